"""What a GP reads, and that nobody can make it say something else."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_notifier.domain.claimed import ClaimedDelivery, Practice
from ion_notifier.domain.delivery import Reason
from ion_notifier.services.composing import compose
from ion_notifier.services.rendering import Sender, one_line, render
from tests.unit.notifier.made_deliveries import PRACTICE, made_delivery

SENDER = Sender("mutatieberichten@ion.example", "https://portaal.ion.example/")
SENT_AT = datetime(2027, 4, 1, 9, 30, tzinfo=UTC)
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]
ANY_TEXT = st.text(st.characters(), max_size=200)


def read(content: bytes) -> EmailMessage:
    """Returns the mail as a strict reader sees it."""
    mail = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    assert not mail.defects
    return mail


def mail_of(delivery: ClaimedDelivery) -> EmailMessage:
    return read(render(delivery, SENDER, SENT_AT))


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    assert not part.defects
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_mail_says_the_end_the_new_gp_the_reason_and_where_the_details_stand() -> None:
    mail = mail_of(made_delivery())
    reference = made_delivery().reference
    assert mail["Subject"] == f"Mutatiebericht {reference}: inschrijving eindigde op 31 maart 2027"
    for kind in ("plain", "html"):
        text = body(mail, kind)
        for said in (
            "31 maart 2027",
            "Huisartsenpraktijk De Eik, AGB-code 01000001",
            "Huisartsenpraktijk De Linde",
            "Dorpsstraat 12a",
            "Lindedam",
            "AGB-code 01000002",
            "overschrijving naar een andere huisarts",
            reference,
            "https://portaal.ion.example/",
            "Een patiënt",
        ):
            assert said in text, (kind, said)
    assert "1234 AB  Lindedam" in body(mail, "plain")


@pytest.mark.parametrize(
    ("changes", "subject", "said"),
    [
        (
            {"reason": Reason.EXPIRED, "new_agb_code": None, "new_practice": None},
            "inschrijving eindigde op 31 maart 2027",
            ("tijdelijke inschrijving verlopen", "31 maart 2027 (de laatste dag bij u)", "geen andere huisarts"),
        ),
        (
            {"reason": Reason.RULED},
            "inschrijving gewijzigd vanaf 1 april 2027",
            ("uitspraak van de ombudsman", "vanaf 1 april 2027 tot nader bericht", "De Linde", "dossier overdragen"),
        ),
        (
            {"reason": Reason.CORRECTED, "lost_until": date(2027, 4, 9)},
            "inschrijving gewijzigd vanaf 1 april 2027",
            ("correctie van het register", "vanaf 1 april 2027 tot en met 9 april 2027", "De huisarts over deze dagen"),
        ),
    ],
)
def test_the_mail_says_what_happened_for_each_reason(
    changes: dict[str, object], subject: str, said: tuple[str, ...]
) -> None:
    mail = mail_of(made_delivery(**changes))  # type: ignore[arg-type] # names and types are those of the fields
    assert str(mail["Subject"]).endswith(subject)
    for kind in ("plain", "html"):
        for words in said:
            assert words in body(mail, kind), (kind, words)
    assert all(len(line) <= 72 for line in body(mail, "plain").splitlines() if not line.startswith("Ingeschreven"))


def test_the_headers_say_who_to_whom_and_that_a_machine_wrote_it() -> None:
    mail = mail_of(made_delivery())
    assert mail.keys() == HEADERS
    assert mail["From"].addresses[0].addr_spec == "mutatieberichten@ion.example"
    assert mail["From"].addresses[0].display_name == "ION, inschrijving op naam"
    assert [address.addr_spec for address in mail["To"].addresses] == ["post@praktijk-eik.example"]
    assert mail["Date"].datetime == SENT_AT
    assert mail["Message-ID"] == made_delivery().message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "nl"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_a_practice_that_is_not_known_yet_is_named_by_its_agb_code() -> None:
    mail = mail_of(made_delivery(None))
    for kind in ("plain", "html"):
        assert "AGB-code 01000002" in body(mail, kind)
        assert "nog niet bekend" in body(mail, kind)


def test_names_with_markup_are_shown_as_they_are() -> None:
    name = 'Jansen & Zn <script>alert("x")</script> $name ${x} =?utf-8?q?x?='
    mail = mail_of(made_delivery(Practice(name, "'s-Gravenweg", "1", "1234 AB", "Ĳmuiden")))
    assert name in body(mail, "plain")
    assert "<script>" not in body(mail, "html")
    assert "Jansen &amp; Zn &lt;script&gt;" in body(mail, "html")
    assert "&#x27;s-Gravenweg" in body(mail, "html")
    assert "Ĳmuiden" in body(mail, "html")


def test_a_name_cannot_pretend_to_be_another_line() -> None:
    name = "De Eik\r\nKenmerk: vals\u2028Einddatum: nooit\u202ekrow\x1c\x00 "
    text = body(mail_of(made_delivery(name=name)), "plain")
    assert "De Eik Kenmerk: vals Einddatum: nooit krow, AGB-code" in text


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: c@d.example", "a@b.example\nX: y", "é@b.example", "a\x00@b.c"]
)
def test_an_address_that_would_break_a_header_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="To cannot stand in a header"):
        render(made_delivery(address=address), SENDER, SENT_AT)


def test_a_header_that_is_too_long_for_a_line_is_refused() -> None:
    with pytest.raises(ValueError, match="Subject"):
        compose({"Subject": "x" * 1000}, "text", "html")


@given(name=ANY_TEXT, street=ANY_TEXT, number=ANY_TEXT, postcode=ANY_TEXT, city=ANY_TEXT)
def test_any_practice_gives_a_mail_without_defect_and_with_our_headers_only(
    name: str, street: str, number: str, postcode: str, city: str
) -> None:
    practice = Practice(name, street, number, postcode, city)
    content = render(made_delivery(practice, name=name), SENDER, SENT_AT)
    assert content.isascii()
    assert all(len(line) <= 998 and b"\r" not in line and b"\n" not in line for line in content.split(b"\r\n"))
    mail = read(content)
    assert mail.keys() == HEADERS
    assert one_line(name) in body(mail, "plain")
    assert len(body(mail, "plain").splitlines()) == len(body(mail_of(made_delivery(PRACTICE)), "plain").splitlines())


@given(ended_on=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_no_mail_holds_nine_digits_in_a_row_that_could_be_a_bsn(ended_on: date) -> None:
    mail = mail_of(made_delivery(ended_on=ended_on))
    for text in (mail["Subject"], body(mail, "plain"), body(mail, "html")):
        assert not re.search(r"[0-9]{9}", text.replace(".", "").replace("-", ""))

"""A published ruling never says who the patient is (rule 41)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_registry.domain.publication import names_the_patient

BSN = "999990019"
PARTIES = ("01023456", "01034567")


def names(text: str, family_name: str | None = "Voorbeeldstra", bsn: str | None = BSN) -> bool:
    return names_the_patient(text, bsn=bsn, family_name=family_name, agb_codes=PARTIES)


@pytest.mark.parametrize(
    "text",
    [
        "BSN 999990019.",
        "999.990.019",
        "999 990 019",
        "9999.90.019",
        "9 9 9 9 9 0 0 1 9",
        "9-99-99-00-19",
        "９９９９９００１９",
        "999\u200b990\u200b019",
        "somebody else: 999991073",
        "somebody else: 999.991.073",
    ],
)
def test_a_bsn_is_found_however_it_is_written(text: str) -> None:
    assert names(text)


def test_a_bsn_is_found_without_its_leading_zero() -> None:
    assert names("BSN 12345672", bsn="012345672")


@pytest.mark.parametrize(
    ("text", "family_name"),
    [
        ("Mevrouw VOORBEELDSTRA koos zelf.", "Voorbeeldstra"),
        ("Mevrouw Van den Voorbeeld koos zelf.", "van den Voorbeeld"),
        ("Mevrouw Testers koos zelf.", "Voorbeeld-Testers"),
        ("Mevrouw Muller koos zelf.", "Müller"),
        ("Mevrouw Müller koos zelf.", "Muller"),
        ("Mevrouw Voor\u00adbeeldstra koos zelf.", "Voorbeeldstra"),
        ("De heer van der koos zelf.", "Van der"),
    ],
)
def test_the_family_name_is_found_in_any_spelling(text: str, family_name: str) -> None:
    assert names(text, family_name)


@pytest.mark.parametrize(
    "text",
    [
        "Op 1 januari 2027 was praktijk 01023456 de huisarts; praktijk 01034567 niet.",
        "Zaak 2027-014 van 01-01-2027, telefoon 030 123 45 67, 3.370 patiënten.",
        "De patiënt van de praktijk in de straat heeft gekozen.",
        "999999999 staat voor: geen BSN.",
        "",
    ],
)
def test_dates_practices_and_common_words_may_be_published(text: str) -> None:
    assert not names(text, "van de Voorbeeldstra")


def test_without_the_person_any_bsn_is_still_found() -> None:
    assert names("999990019", family_name=None, bsn=None)
    assert not names("Voorbeeldstra", family_name=None, bsn=None)


@given(st.text(), st.text(), st.sampled_from([" ", "\n", ", ", "(", ")"]))
def test_the_bsn_and_the_name_are_found_in_any_surroundings(before: str, after: str, border: str) -> None:
    assert names(f"{before}{border}{BSN}{border}{after}") or any(c.isdecimal() for c in before + after)
    assert names(f"{before}{border}Voorbeeldstra{border}{after}")

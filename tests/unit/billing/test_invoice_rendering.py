from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from ion_billing.domain.rates import Rate
from ion_billing.rendering.document import InvoiceDocument
from ion_billing.rendering.invoice import render_invoice
from ion_platform.documents import SHOWABLE_RANGES, showable
from tests.unit.billing.invoices import CUSTOMER, RATE_2027, invoice_named, invoice_of


def opened(invoice: InvoiceDocument) -> PdfReader:
    return PdfReader(io.BytesIO(render_invoice(invoice)))


def text_of(invoice: InvoiceDocument) -> str:
    """Returns the text of all pages on one line, with every kind of space as one space."""
    return " ".join("\n".join(page.extract_text() for page in opened(invoice).pages).split())


def letters_of(text: str) -> str:
    """Returns a text without spaces and break opportunities, which a line end may add or take."""
    return "".join(text.split()).replace("\N{ZERO WIDTH SPACE}", "")


def test_an_invoice_states_everything_the_law_and_the_payer_need() -> None:
    text = text_of(invoice_of({"01012345": 3370, "01054321": 812}))
    for stated in (
        "Factuur",
        "Stichting ION",
        "Voorbeeldlaan 12",
        "KvK-nummer 01234567",
        "Btw-id NL001234567B01",
        "Huisartsenpraktijk De Linde",
        "Dorpsstraat 1",
        "4321 ZY Lindedorp",
        "2027-000123",
        "3 april 2027",
        "Bijdrage ION 2027, peildatum 1 april 2027",
        "kalenderjaar 2027",
        "01012345",
        "3.370",
        "01054321",
        "812",
        "€ 0,029752",
        "€ 100,26",
        "€ 24,16",
        "4.182",
        "Totaal exclusief btw € 124,42",
        "Btw 21% over € 124,42 € 26,13",
        "Te betalen, inclusief btw € 150,55",
        "uiterlijk op 3 mei 2027",
        "9000 0020 2700 0123",
        "NL00 BANK 0123 4567 89",
        "€ 0,036 per patiënt inclusief 21% btw",
        "Pagina 1 van 1",
    ):
        assert stated in text, stated
    assert "minimum" not in text


def test_an_invoice_with_the_minimum_says_so_and_shows_what_it_adds() -> None:
    text = text_of(invoice_of({"01012345": 11}))
    assert "Aanvulling tot het minimum per factuur € 0,67" in text
    assert "Het minimum van € 1,00 exclusief btw per factuur is toegepast." in text
    assert "Te betalen, inclusief btw € 1,21" in text


def test_a_rate_without_vat_is_shown_as_it_is() -> None:
    rate = Rate(2012, date(2012, 4, 1), Decimal("0.035"), False, Decimal(19), Decimal("1.00"))
    text = text_of(invoice_of({"01012345": 3371}, rate))
    assert "€ 0,035 € 117,99" in text
    assert "Btw 19% over € 117,99 € 22,42" in text
    assert "inclusief 19% btw" not in text


def test_many_agb_codes_flow_over_pages_that_repeat_the_head_of_the_table() -> None:
    invoice = invoice_of({f"01{number:06d}": 100 for number in range(1, 61)})
    pages = [page.extract_text() for page in opened(invoice).pages]
    assert len(pages) >= 2
    assert all("AGB-code" in page for page in pages[:2])
    assert all(f"01{number:06d}" in "".join(pages) for number in range(1, 61))


def test_the_document_is_tagged_titled_and_in_dutch() -> None:
    reader = opened(invoice_of({"01012345": 3370}))
    root = reader.trailer["/Root"].get_object()
    assert isinstance(root, DictionaryObject)
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith("nl")
    metadata = reader.metadata
    assert metadata is not None
    assert metadata.title == "Factuur 2027-000123 - Bijdrage ION 2027"
    assert metadata.author == "Stichting ION"
    assert metadata.creation_date is not None
    assert metadata.creation_date.date() == date(2027, 4, 3)
    declared = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in declared
    assert "<pdfaid:part>2</pdfaid:part>" in declared


def test_every_font_is_embedded() -> None:
    reader = opened(invoice_of({"01012345": 3370}))
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font["/DescendantFonts"][0].get_object()
            assert "/FontFile3" in descendant["/FontDescriptor"]


def test_the_same_invoice_gives_the_same_bytes_also_from_several_threads() -> None:
    invoice = invoice_of({"01012345": 3370, "01054321": 812})
    with ThreadPoolExecutor(4) as pool:
        rendered = set(pool.map(render_invoice, [invoice] * 8))
    assert len(rendered) == 1
    assert render_invoice(replace(invoice, number="2027-000124")) not in rendered


@pytest.mark.parametrize(
    "name",
    [
        '#eval("1+1") #read("/etc/passwd")',
        '"aangehaald" \\ \\n $x$ *vet* _schuin_ `code` <label> @verwijzing',
        "= Kop // opmerking /* nog een */ -- --- ... ~",
        '", "incl": "€ 0,00", "x": "',
        "Praktijk Łukasz Żółć, Çelik & Žuković, Παπαδόπουλος, Жуков",
        "https://example.org/een-heel-lange-naam-zonder-spaties-die-niet-op-een-regel-past-en-toch-heel-blijft",
        "W" * 200,
    ],
)
def test_a_name_is_shown_literally_whatever_it_looks_like(name: str) -> None:
    text = text_of(invoice_named(name))
    assert letters_of(name) in letters_of(text)
    assert "Te betalen, inclusief btw € 121,32" in text


def test_a_long_name_stays_within_the_page() -> None:
    page = opened(invoice_named("W" * 200)).pages[0]
    rightmost = 0.0

    def look(text: str, _cm: list[float], text_matrix: list[float], _font: object, size: float) -> None:
        nonlocal rightmost
        if text.strip("W\N{ZERO WIDTH SPACE}\n ") == "" and "W" in text:
            rightmost = max(rightmost, text_matrix[4] + len(text.replace("\N{ZERO WIDTH SPACE}", "")) * size)

    page.extract_text(visitor_text=look)
    assert 0 < rightmost < float(page.mediabox.right)


def test_a_character_that_no_font_has_does_not_stop_the_invoice() -> None:
    assert "Praktijk \N{REPLACEMENT CHARACTER} De Linde" in text_of(invoice_named("Praktijk 😀 De Linde"))


def test_every_character_that_is_said_to_be_shown_is_in_the_fonts() -> None:
    characters = [chr(code) for first, last in SHOWABLE_RANGES for code in range(first, last + 1)]
    shown = [character for character in characters if showable(character) == character]
    assert len(shown) > 1100
    names = ["".join(shown[start : start + 190]) for start in range(0, len(shown), 190)]
    for name in names:
        assert render_invoice(invoice_named(name)).startswith(b"%PDF-1.7")


@given(st.text(min_size=1, max_size=60).filter(lambda text: text.strip()), st.integers(1, 50_000))
@settings(max_examples=40, deadline=None)
def test_no_name_can_stop_an_invoice(name: str, patients: int) -> None:
    customer = replace(CUSTOMER, name=name, street=name)
    assert render_invoice(invoice_of({"01012345": patients}, RATE_2027, customer)).startswith(b"%PDF-1.7")

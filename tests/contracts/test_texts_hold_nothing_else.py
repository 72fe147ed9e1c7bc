"""No text of a message holds control characters, and nothing that is kept outside the person holds a BSN."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from ion_contracts.envelope import EnvelopeError, parse_envelope, readable_id
from ion_contracts.identifiers import Name
from ion_contracts.messages import CloseDay, MailAddress, PartialPerson, Person
from ion_contracts.messages.commands import CommandId, Party
from ion_contracts.messages.office import Reference
from tests.contracts.made_records import made_headers

BSN = "999990019"
CONTROL = [chr(number) for number in (*range(0x20), 0x7F, 0x80, 0x9F)]


@pytest.mark.parametrize("text_type", [Name, Party, MailAddress, CommandId, Reference])
def test_no_text_holds_a_control_character(text_type: Any) -> None:
    adapter: TypeAdapter[str] = TypeAdapter(text_type)
    for character in CONTROL:
        for text in (
            f"a{character}b@example.nl",
            f"a@example.nl{character}",
            f"{character}a@example.nl",
            f"a{character}",
        ):
            with pytest.raises(ValidationError):
                adapter.validate_python(text)


@pytest.mark.parametrize("field", ["initials", "prefix", "family_name"])
@pytest.mark.parametrize("model", [Person, PartialPerson])
def test_no_part_of_a_name_holds_a_control_character(model: type[Person | PartialPerson], field: str) -> None:
    known = {"bsn": BSN, "family_name": "Voorbeeld", "birth_date": date(1990, 1, 1)}
    assert model.model_validate({**known, field: "d'Ås-Łé"})
    for character in CONTROL:
        with pytest.raises(ValidationError):
            model.model_validate({**known, field: f"a{character}b"})


@pytest.mark.parametrize("text_type", [Party, CommandId, Reference])
def test_what_the_journal_keeps_is_no_bsn(text_type: Any) -> None:
    adapter: TypeAdapter[str] = TypeAdapter(text_type)
    assert adapter.validate_python("999990018")
    with pytest.raises(ValidationError, match="must not be a BSN") as refusal:
        adapter.validate_python(BSN)
    assert BSN not in str(refusal.value.errors(include_input=False))


@pytest.mark.parametrize("attribute", ["ce_id", "ce_correlationid", "ce_causationid"])
def test_an_id_that_is_a_bsn_is_refused_without_repeating_it(attribute: str) -> None:
    others = [(name, value) for name, value in made_headers(CloseDay) if name != attribute]
    with pytest.raises(EnvelopeError) as refusal:
        parse_envelope([*others, (attribute, BSN.encode())])
    assert str(refusal.value) == f"{attribute} is not valid"
    assert parse_envelope([*others, (attribute, b"999990018")])
    assert readable_id([("ce_id", BSN.encode())]) is None

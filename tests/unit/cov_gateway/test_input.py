"""What GP systems may send: everything that would be lost, or could not be stored, is refused with its field."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ion_contracts.messages import Person
from ion_cov_gateway.handlers.models import RegistrationInput, SearchInput

PATIENT = {
    "bsn": "999900018",
    "initials": "A.",
    "prefix": "van",
    "familyName": "Núñez-Çelik 🎉",
    "birthDate": "1980-02-01",
    "sex": "female",
}


def registration(patient: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {"agbCode": "01010001", "mode": "manual", "patient": {**PATIENT, **(patient or {})}, **fields}


def wrong_fields(body: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        RegistrationInput.model_validate(body)
    return [".".join(str(part) for part in error["loc"]) for error in refused.value.errors()]


def test_a_patient_becomes_the_person_that_messages_carry() -> None:
    taken = RegistrationInput.model_validate(registration(startDate="1980-02-01")).patient.to_person()
    assert taken == Person.model_validate(PATIENT)


@pytest.mark.parametrize("name", ["A\x00B", "A\nB", "A\tB", "\x1b[31mA", "half a \ud800 character"])
@pytest.mark.parametrize("field", ["familyName", "prefix", "initials"])
def test_a_name_that_cannot_be_printed_or_stored_is_refused(field: str, name: str) -> None:
    assert wrong_fields(registration({field: name[:20]})) == [f"patient.{field}"]


def test_a_misspelt_field_of_the_patient_is_refused_like_any_other() -> None:
    assert wrong_fields(registration({"prefx": "de"})) == ["patient.prefx"]


def test_nobody_is_registered_before_being_born() -> None:
    assert wrong_fields(registration(startDate="1980-01-31")) == ["startDate"]
    assert wrong_fields(registration(startDate="0001-01-01")) == ["startDate"]


def test_a_page_that_no_database_counts_to_is_refused() -> None:
    with pytest.raises(ValidationError):
        SearchInput.model_validate({"agbCode": "01010001", "page": 10**12})

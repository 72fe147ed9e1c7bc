from __future__ import annotations

import json

import pytest

from ion_registry.services.providers import InvalidProvidersError, parse_providers

LINE = {
    "agbCode": "01023456",
    "kind": "practice",
    "name": "Huisartsenpraktijk De Linde",
    "street": "Lindelaan",
    "houseNumber": "12",
    "postcode": "1234 AB",
    "city": "Voorbeeldstad",
    "changeMessageAddress": "post@praktijk-a.example",
}


def test_each_line_is_one_provider_and_blank_lines_do_not_count() -> None:
    lines = [json.dumps(LINE), "", json.dumps({**LINE, "agbCode": "01034567"})]
    assert [provider.agb_code for provider in parse_providers(lines)] == ["01023456", "01034567"]


def test_all_errors_are_told_at_once_with_their_lines_and_fields() -> None:
    lines = [
        json.dumps({**LINE, "agbCode": "0102345"}),
        "no json",
        json.dumps(LINE),
        json.dumps({**LINE, "postcode": "12"}),
        json.dumps(LINE),
    ]
    with pytest.raises(InvalidProvidersError) as refused:
        parse_providers(lines)
    errors = refused.value.errors
    assert [error.split(":")[0] for error in errors] == ["line 1", "line 2", "line 4", "line 5"]
    assert "agbCode" in errors[0]
    assert "postcode" in errors[2]
    assert "twice" in errors[3]

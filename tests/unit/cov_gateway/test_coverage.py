"""What the insurers' answers mean together (rules 17 to 21)."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ion_contracts.messages import Mode
from ion_cov_gateway.domain.coverage import Answer, Coverage, NotConsulted, decide_coverage

NOW = datetime(2027, 3, 22, tzinfo=UTC)
YES, NO, SILENT = "yes", "no", "silent"
answers = st.dictionaries(
    st.sampled_from(["3311", "7095", "7119", "3332"]), st.sampled_from([YES, NO, SILENT]), min_size=1
)


def decide(said: dict[str, str], mode: Mode = Mode.AUTOMATIC, hint: str | None = None) -> Coverage:
    heard = [Answer(uzovi, answer == YES) for uzovi, answer in said.items() if answer != SILENT]
    silent = [NotConsulted(uzovi, "timeout") for uzovi, answer in said.items() if answer == SILENT]
    return decide_coverage(heard, silent, NOW, mode, hint)


def test_code_102_is_for_not_found_while_not_all_could_be_consulted() -> None:
    coverage = decide({"3311": NO, "7095": SILENT})
    assert (coverage.code, coverage.uzovi) == ("102", None)
    assert coverage.not_consulted == (NotConsulted("7095", "timeout"),)


def test_found_while_others_are_silent_is_found_and_says_who_was_silent() -> None:
    coverage = decide({"3311": YES, "7095": SILENT})
    assert (coverage.code, coverage.uzovi, len(coverage.not_consulted)) == ("100", "3311", 1)


def test_two_basic_insurances_are_for_a_person_to_choose_between() -> None:
    twice = {"3311": YES, "7095": YES}
    assert decide(twice).code == "103"
    assert decide(twice, Mode.AUTOMATIC, "7095").code == "103"
    assert decide(twice, Mode.MANUAL).code == "103"
    chosen = decide(twice, Mode.MANUAL, "7095")
    assert (chosen.code, chosen.uzovi) == ("100", "7095")


@given(answers)
def test_the_code_follows_from_who_said_what(said: dict[str, str]) -> None:
    coverage = decide(said)
    found = sum(answer == YES for answer in said.values())
    silent = SILENT in said.values()
    assert coverage.code == ("103" if found > 1 else "100" if found else "102" if silent else "101")
    assert len(coverage.consulted) + len(coverage.not_consulted) == len(said)

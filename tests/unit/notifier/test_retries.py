"""What an attempt means: never again, later, or given up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ion_notifier.domain.delivery import Status
from ion_notifier.domain.retry import Attempt, AttemptResult, RetryPolicy, Verdict, judge

POLICY = RetryPolicy(shortest_s=5, longest_s=3600, give_up_after_s=86400)
AGAIN = [AttemptResult.TEMPORARY, AttemptResult.UNREACHABLE, AttemptResult.ERROR]


def test_a_mail_that_was_taken_is_sent() -> None:
    assert judge(Attempt(AttemptResult.SENT, 2), 0, POLICY) == Verdict(Status.SENT)


def test_a_permanent_refusal_is_final_at_once() -> None:
    assert judge(Attempt(AttemptResult.REFUSED, 5), 0, POLICY) == Verdict(Status.FAILED)


@pytest.mark.parametrize("result", AGAIN)
@pytest.mark.parametrize(
    ("elapsed_s", "delay_s"), [(0, 5), (4, 5), (10, 10), (1000, 1000), (3601, 3600), (86399, 3600)]
)
def test_what_may_succeed_later_waits_as_long_again_as_it_waited(
    result: AttemptResult, elapsed_s: float, delay_s: float
) -> None:
    assert judge(Attempt(result), elapsed_s, POLICY) == Verdict(Status.DUE, delay_s)


@pytest.mark.parametrize("result", AGAIN)
def test_after_a_day_it_is_given_up(result: AttemptResult) -> None:
    assert judge(Attempt(result), 86400, POLICY) == Verdict(Status.FAILED)


def test_a_day_of_retries_is_some_dozens_of_attempts() -> None:
    elapsed_s, attempts = 0.0, 1
    while (verdict := judge(Attempt(AttemptResult.TEMPORARY, 4), elapsed_s, POLICY)).delay_s is not None:
        elapsed_s += verdict.delay_s
        attempts += 1
    assert 30 <= attempts <= 40


@given(st.sampled_from(AttemptResult), st.floats(0, 1e9))
def test_only_what_is_due_has_a_delay_and_it_keeps_its_bounds(result: AttemptResult, elapsed_s: float) -> None:
    verdict = judge(Attempt(result), elapsed_s, POLICY)
    assert (verdict.status is Status.DUE) == (verdict.delay_s is not None)
    assert verdict.delay_s is None or 5 <= verdict.delay_s <= 3600

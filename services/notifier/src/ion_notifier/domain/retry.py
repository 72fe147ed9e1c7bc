"""What an attempt at sending means for the delivery."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ion_notifier.domain.delivery import Status


class AttemptResult(StrEnum):
    """How one attempt ended."""

    SENT = "sent"
    """The mail server took it."""
    REFUSED = "refused"
    """It said never (5xx)."""
    TEMPORARY = "temporary"
    """It said not now (4xx)."""
    UNREACHABLE = "unreachable"
    """It could not be reached, or the connection broke: nobody knows whether it took the mail."""
    ERROR = "error"
    """A fault of ours with this one mail; the log says where."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result, and the first digit of the server's reply when it gave one."""

    result: AttemptResult
    reply_class: int | None = None


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """A delivery waits as long again as it has been waiting, between two bounds; after `give_up_after_s` it failed."""

    shortest_s: float
    longest_s: float
    give_up_after_s: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the delivery becomes; `delay_s` until the next attempt, when there is to be one."""

    status: Status
    delay_s: float | None = None


def judge(attempt: Attempt, elapsed_s: float, policy: RetryPolicy) -> Verdict:
    """Returns the verdict on an attempt, `elapsed_s` after the first one."""
    match attempt.result:
        case AttemptResult.SENT:
            return Verdict(Status.SENT)
        case AttemptResult.REFUSED:
            return Verdict(Status.FAILED)
        case _ if elapsed_s >= policy.give_up_after_s:
            return Verdict(Status.FAILED)
        case _:
            return Verdict(Status.DUE, min(max(elapsed_s, policy.shortest_s), policy.longest_s))

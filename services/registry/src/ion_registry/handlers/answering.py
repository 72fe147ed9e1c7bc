"""How a question is answered: in one transaction with its access records, also when it is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import Depends
from pydantic import BaseModel, Field

from ion_platform.clock import Clock
from ion_platform.database import Connection, Pool
from ion_platform.problems import Problem
from ion_registry.domain.asker import Action, Asker, Result
from ion_registry.handlers.asker import AskerOfRequest, RequestId
from ion_registry.services.evidence.access_log import log_access
from ion_registry.services.questions.asking import Answer, Refusal, RefusedError

T = TypeVar("T")


class ProblemAnswer(BaseModel):
    """An error as application/problem+json; `code` is stable, `errors` name fields and never repeat a value."""

    type: str
    status: int
    title: str
    detail: str
    code: str
    errors: Annotated[list[dict[str, Any]], Field(default_factory=list)]


_PROBLEM = {"model": ProblemAnswer, "content": {"application/problem+json": {}}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {**_PROBLEM, "description": "The question is not as it must be"},
    401: {**_PROBLEM, "description": "It is not said who asks"},
    403: {**_PROBLEM, "description": "Refused; that is recorded"},
    404: {**_PROBLEM, "description": "Nobody here may be shown; that is recorded"},
    409: {**_PROBLEM, "description": "Not possible as things are"},
    503: {**_PROBLEM, "description": "Not available now"},
}


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, in which request."""

    asker: Asker
    request_id: str


def _read_asking(asker: AskerOfRequest, request_id: RequestId) -> Asking:
    return Asking(asker, request_id)


Who = Annotated[Asking, Depends(_read_asking)]


@dataclass(frozen=True, slots=True)
class Answering:
    """Where questions are answered; the pool is asked for with each, for it exists once the service has started."""

    pool: Callable[[], Pool]
    clock: Clock

    @property
    def today(self) -> date:
        """The day in the Netherlands."""
        return self.clock.today()

    async def answer(
        self, who: Asking, question: str, action: Action, work: Callable[[Connection], Awaitable[Answer[T]]]
    ) -> T:
        """Returns what was found. The access records commit with it, and also when the question is refused.

        Raises Problem.
        """
        async with self.pool().acquire() as connection, connection.transaction():
            try:
                found = await work(connection)
            except RefusedError as refused:
                refusal = refused.refusal
                not_found = refusal is Refusal.NOT_FOUND
                result, code = (Result.NOT_FOUND, None) if not_found else (Result.REFUSED, refusal.code)
                await log_access(
                    connection, who.asker, question, action, refused.subjects, result, who.request_id, code
                )
            else:
                if found.subjects is not None:
                    result = Result.FOUND if found.subjects else Result.NOT_FOUND
                    await log_access(connection, who.asker, question, action, found.subjects, result, who.request_id)
                return found.value
        status, title, detail = refusal.value
        raise Problem(status, refusal.code, title, detail)

"""Asks every insurer at once over HTTP, within one deadline. Their side of it stands in the README."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Literal

import aiohttp
import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from ion_contracts.identifiers import Uzovi
from ion_contracts.messages import Mode
from ion_cov_gateway.domain.coverage import Answer, Coverage, NotConsulted, Reason, decide_coverage


@dataclass(frozen=True, slots=True)
class InsurerSettings:
    """The limits of a coverage check."""

    deadline_s: float = 3.0
    """For the whole check; a GP waits for it."""
    concurrent_calls_max: int = 64
    """For each insurer; more would only queue on its side."""
    breaker_failures: int = 5
    """So many failures in a row, and the insurer is left alone for a while."""
    breaker_open_s: float = 2.0
    answer_bytes_max: int = 16 * 1024


def _no_number(value: object) -> object:
    """For Python 0 equals False, but an insurer that says 0 has not said "not insured"."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


class _Insured(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)
    insured: Annotated[Literal[True], BeforeValidator(_no_number)]
    uzovi: Uzovi
    kind: str
    valid_from: date = Field(alias="from")
    valid_until: date | None = Field(None, alias="until")


class _NotInsured(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)
    insured: Annotated[Literal[False], BeforeValidator(_no_number)]


_ANSWER: TypeAdapter[_Insured | _NotInsured] = TypeAdapter(_Insured | _NotInsured)


@dataclass(slots=True)
class _Insurer:
    """One insurer, how many calls it may have, and how it has been doing."""

    uzovi: str
    url: str
    room: asyncio.Semaphore
    failures: int = 0
    open_until_s: float = field(default=0.0)

    def refuses(self, failures_max: int) -> bool:
        """Whether the breaker is open. When its time is over one call goes through to try."""
        if self.failures < failures_max:
            return False
        if time.monotonic() < self.open_until_s:
            return True
        self.open_until_s = float("inf")
        return False

    def note(self, succeeded: bool, open_s: float) -> None:
        self.failures = 0 if succeeded else self.failures + 1
        self.open_until_s = time.monotonic() + open_s


class Insurers:
    """All insurers of an installation."""

    def __init__(self, urls: Mapping[str, str], settings: InsurerSettings) -> None:
        self._settings = settings
        self._insurers = [
            _Insurer(uzovi, f"{url.rstrip('/')}/v1/coverage-checks", asyncio.Semaphore(settings.concurrent_calls_max))
            for uzovi, url in sorted(urls.items())
        ]
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Opens the connections."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=self._settings.concurrent_calls_max),
            timeout=aiohttp.ClientTimeout(total=self._settings.deadline_s),
        )

    async def close(self) -> None:
        """Closes them."""
        if self._session is not None:
            await self._session.close()

    async def check(
        self,
        *,
        bsn: str,
        on_date: date,
        mode: Mode,
        insurer_hint: str | None,
        checked_at: datetime,
    ) -> Coverage:
        """Returns the coverage of one person on a day. Never raises for what insurers do or fail to do."""
        body = orjson.dumps({"bsn": bsn, "onDate": on_date.isoformat()})
        hinted_first = sorted(self._insurers, key=lambda insurer: insurer.uzovi != insurer_hint)
        results = await asyncio.gather(*(self._ask(insurer, body, on_date) for insurer in hinted_first))
        answers = [r for r in results if isinstance(r, Answer)]
        silent = [r for r in results if isinstance(r, NotConsulted)]
        return decide_coverage(answers, silent, checked_at, mode, insurer_hint)

    async def _ask(self, insurer: _Insurer, body: bytes, on_date: date) -> Answer | NotConsulted:
        if insurer.refuses(self._settings.breaker_failures):
            return NotConsulted(insurer.uzovi, "breaker-open")
        result: Answer | Reason = "unavailable"
        try:
            async with asyncio.timeout(self._settings.deadline_s), insurer.room:
                result = await self._call(insurer, body, on_date)
        except TimeoutError:
            result = "timeout"
        except aiohttp.ClientConnectorError:
            result = "refused"
        except (aiohttp.ClientError, OSError):
            result = "unavailable"
        finally:
            # Also when the asker left: the one call that tries an open breaker must not leave it open for ever.
            insurer.note(isinstance(result, Answer), self._settings.breaker_open_s)
        return result if isinstance(result, Answer) else NotConsulted(insurer.uzovi, result)

    async def _call(self, insurer: _Insurer, body: bytes, on_date: date) -> Answer | Reason:
        """A redirect is no answer: the BSN goes where the operator said, and nowhere else."""
        assert self._session is not None, "not started"
        async with self._session.post(
            insurer.url, data=body, headers={"content-type": "application/json"}, allow_redirects=False
        ) as response:
            if response.status in (429, 503):
                return "unavailable" if response.status == 503 else "busy"
            if response.status != 200:
                return "unavailable" if response.status >= 500 else "bad-answer"
            content = bytearray()
            async for chunk in response.content.iter_any():
                content += chunk
                if len(content) > self._settings.answer_bytes_max:
                    return "bad-answer"
            return _read(insurer.uzovi, bytes(content), on_date)


def _read(uzovi: str, content: bytes, on_date: date) -> Answer | Reason:
    """An answer that does not fit the contract counts as none, never as "not insured"."""
    try:
        answer = _ANSWER.validate_json(content)
    except ValidationError:
        return "bad-answer"
    if isinstance(answer, _NotInsured):
        return Answer(uzovi, insured=False)
    if answer.uzovi != uzovi:
        return "bad-answer"
    active = answer.valid_from <= on_date and (answer.valid_until is None or on_date <= answer.valid_until)
    return Answer(uzovi, insured=active and answer.kind == "basic")

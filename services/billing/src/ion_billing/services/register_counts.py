"""Asks the register for its own count, to reconcile with before anything is issued."""

from __future__ import annotations

from datetime import date

import aiohttp

TIMEOUT_S = 60


class RegisterNotReachableError(Exception):
    """The register did not answer. Try again later; nothing was issued."""


async def ask_register(registry_url: str, on_date: date) -> dict[str, int]:
    """Returns patients per AGB code on a day, as known by its end. Raises RegisterNotReachableError."""
    question = {"onDate": on_date.isoformat(), "knownOn": on_date.isoformat()}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session,
            session.post(f"{registry_url.rstrip('/')}/internal/v1/counts", json=question) as answer,
        ):
            answer.raise_for_status()
            counts = (await answer.json())["counts"]
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise RegisterNotReachableError("the register cannot be asked for its count") from error
    return {count["agbCode"]: int(count["patients"]) for count in counts}

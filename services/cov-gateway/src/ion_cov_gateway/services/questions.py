"""Questions to the registry, asked for those who may ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from ion_cov_gateway.services.access import Caller
from ion_platform.log_fields import without_bsn
from ion_platform.problems import Problem, invalid_input

TIMEOUT_S = 10


class RegistryQuestions:
    """The registry's internal HTTP."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Opens the connections."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))

    async def close(self) -> None:
        """Closes them."""
        if self._session is not None:
            await self._session.close()

    async def search(self, question: dict[str, Any], asker: Mapping[str, str]) -> Any:
        """Returns the registry's answer; `asker` are `asker_headers`. Raises Problem (503) when it is not reached."""
        assert self._session is not None, "not started"
        try:
            async with self._session.post(
                f"{self._url}/internal/v1/registrations/_search",
                data=orjson.dumps(question),
                headers={"content-type": "application/json", **asker},
            ) as response:
                response.raise_for_status()
                return orjson.loads(await response.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Problem(
                503,
                "registry-not-reachable",
                "The register cannot be asked right now",
                "Try again in a moment; what you posted is safe and goes on.",
                headers={"Retry-After": "2"},
            ) from error


def asker_headers(caller: Caller, on_behalf_of: str, user: str | None, request_id: str | None) -> dict[str, str]:
    """Returns who asks, for the registry's access log: the party, its AGB code, and the person there when named.

    Raises Problem (400) when `user` is somebody's BSN.
    """
    if user and without_bsn(user) != user:
        raise invalid_input([{"field": "ion-user", "code": "holds-a-bsn", "detail": "Use a code of your own"}])
    headers = {"ion-party": quote(caller.party, safe=" "), "ion-role": "provider", "ion-on-behalf-of": on_behalf_of}
    if user:
        headers["ion-user"] = user
    if request_id:
        headers["x-request-id"] = request_id
    return headers

"""Questions to the registry, asked for those who may ask."""

from __future__ import annotations

from typing import Any

import aiohttp
import orjson

from ion_platform.problems import Problem

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

    async def search(self, question: dict[str, Any]) -> Any:
        """Returns the registry's answer. Raises Problem (503) when it cannot be reached."""
        assert self._session is not None, "not started"
        try:
            async with self._session.post(
                f"{self._url}/internal/v1/registrations/_search",
                data=orjson.dumps(question),
                headers={"content-type": "application/json"},
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

"""Stops reading a body as soon as it is too large: FastAPI reads it whole before anything is judged."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FILES = "/v1/batches"
"""Files have a limit of their own, which their handler keeps."""


class BodyLimit:
    """Answers 413 to a body above so many bytes."""

    def __init__(self, app: ASGIApp, bytes_max: int) -> None:
        self._app = app
        self._bytes_max = bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._bytes_max:
                raise HTTPException(413, f"The body is larger than {self._bytes_max} bytes")
            return message

        await self._app(scope, receive if scope.get("path") == FILES else limited, send)

"""A real SMTP server (aiosmtpd) that can be told to refuse, to hold its answer, to go away and to come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

Answer = Callable[[Envelope], str | None]
"""Returns what to say to a mail; None keeps it and says 250."""


class MailServer:
    """Listens on one port, whenever it is up; it keeps what it took."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.taken: list[EmailMessage] = []
        self.offered = 0
        self.connections = 0
        self.answer: Answer = lambda _envelope: None
        self.answers = asyncio.Event()
        self.answers.set()
        self._server: asyncio.Server | None = None
        self._sessions: list[SMTP] = []

    async def up(self) -> None:
        """Starts to listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", self.port)

    async def down(self) -> None:
        """Breaks every connection; new ones are refused."""
        if self._server is not None:
            self._server.close()
            for session in self._sessions:
                if isinstance(session.transport, asyncio.WriteTransport):
                    session.transport.abort()
            self._sessions.clear()
            await self._server.wait_closed()
            self._server = None

    @property
    def message_ids(self) -> list[str]:
        """The Message-IDs of what was taken."""
        return [str(mail["Message-ID"]) for mail in self.taken]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keeps a mail or refuses it. While `answers` is not set it keeps silent about what it took."""
        self.offered += 1
        refusal = self.answer(envelope)
        if refusal is not None:
            return refusal
        content = envelope.original_content or b""
        self.taken.append(message_from_bytes(content, _class=EmailMessage, policy=policy.default))
        await self.answers.wait()
        return "250 kept"

    def _session(self) -> SMTP:
        self.connections += 1
        session = SMTP(self, hostname="mail.example", loop=asyncio.get_running_loop())
        self._sessions.append(session)
        return session

"""The mail server, through a few connections that stay open."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass

import aiosmtplib

from ion_notifier.domain.retry import Attempt, AttemptResult

IDLE_MAX_S = 30.0
"""A connection that was silent for longer may be dead without knowing it: servers and networks forget."""
SERVICE_CLOSES = 421
"""The reply with which a server ends the connection (RFC 5321)."""


class UnreachableError(ConnectionError):
    """The mail server does not take mails now, from anybody; nothing was offered to it."""


@dataclass(frozen=True, slots=True)
class MailServerSettings:
    """Where the server is, and how it is used."""

    host: str
    port: int
    timeout_s: float
    mails_per_connection: int


class Line:
    """One connection, opened when it is needed and replaced after so many mails, an error, or a silence."""

    def __init__(self, settings: MailServerSettings) -> None:
        self._settings = settings
        self._client: aiosmtplib.SMTP | None = None
        self._mails = 0
        self._used_s = 0.0

    async def send(self, sender: str, recipient: str, content: bytes) -> Attempt:
        """Offers one mail and returns what the server said.

        Raises UnreachableError when there is no connection to be had.
        """
        client = await self._open()
        attempt, keep = await self._offer(client, sender, recipient, content)
        self._mails += 1
        self._used_s = time.monotonic()
        if not keep:
            self.drop()
        return attempt

    def drop(self) -> None:
        """Closes the connection without a word."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    async def close(self) -> None:
        """Says goodbye and closes."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit(timeout=1)
            client.close()

    async def _open(self) -> aiosmtplib.SMTP:
        client = self._client
        if client is not None and (
            not client.is_connected
            or self._mails >= self._settings.mails_per_connection
            or time.monotonic() - self._used_s > IDLE_MAX_S
        ):
            await self.close()
        if self._client is None:
            self._client = await self._connect()
            self._mails = 0
        return self._client

    async def _connect(self) -> aiosmtplib.SMTP:
        """A server that refuses us, even for ever, refuses no single mail: that is for the operator to mend."""
        client = aiosmtplib.SMTP(
            hostname=self._settings.host, port=self._settings.port, timeout=self._settings.timeout_s
        )
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                await client.connect()
                await client.ehlo()
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            client.close()
            raise UnreachableError(f"no connection to the mail server: {type(error).__name__}") from error
        except BaseException:
            client.close()
            raise
        return client

    async def _offer(
        self, client: aiosmtplib.SMTP, sender: str, recipient: str, content: bytes
    ) -> tuple[Attempt, bool]:
        """Returns the attempt, and whether the connection is still good."""
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                await client.sendmail(sender, [recipient], content)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _replied(error.recipients[0].code)
        except aiosmtplib.SMTPResponseException as error:
            return _replied(error.code)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            return Attempt(AttemptResult.UNREACHABLE), False
        except BaseException:
            self.drop()
            raise
        return Attempt(AttemptResult.SENT, 2), True


def _replied(code: int) -> tuple[Attempt, bool]:
    """5xx is never, everything else not now; a code outside SMTP's own says that the two have lost each other."""
    reply_class = code // 100 if 200 <= code < 600 else None
    result = AttemptResult.REFUSED if reply_class == 5 else AttemptResult.TEMPORARY
    return Attempt(result, reply_class), code != SERVICE_CLOSES and reply_class in (4, 5)

"""A real SMTP server that keeps what it gets: each mail a file, and a list of them over HTTP."""

from __future__ import annotations

import argparse
import asyncio
import email.policy
import itertools
import os
import re
import time
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from aiohttp import web
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import Envelope

_SAFE = re.compile(r"[^A-Za-z0-9@._-]")


class Mailbox:
    """A folder of .eml files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keeps a mail; the answer 250 comes after the file is complete."""
        content = envelope.original_content or b""
        recipient = _SAFE.sub("_", (envelope.rcpt_tos or ["nobody"])[0])[:80]
        name = f"{time.time():.6f}-{next(self._numbers):06}-{recipient}.eml"
        unfinished = self._folder / f".{name}"
        unfinished.write_bytes(content)
        os.replace(unfinished, self._folder / name)
        return "250 kept"

    def list_mails(self) -> list[dict[str, str]]:
        """Returns who got what, oldest first."""
        parser = BytesHeaderParser(policy=email.policy.default)
        found = []
        for path in sorted(self._folder.glob("[!.]*.eml")):
            with path.open("rb") as file:
                message = parser.parse(file)
            found.append(
                {
                    "name": path.name,
                    "to": str(message["To"]),
                    "from": str(message["From"]),
                    "subject": str(message["Subject"]),
                    "messageId": str(message["Message-ID"]).strip(),
                }
            )
        return found

    def read(self, name: str) -> bytes | None:
        """Returns one mail as it came."""
        path = self._folder / name
        return path.read_bytes() if path.parent == self._folder and path.is_file() else None


def mail_files(folder: Path) -> list[Path]:
    """Returns the files of all mails of a folder, oldest first; each is whole and never changes."""
    return sorted(folder.glob("[!.]*.eml"))


def read_mail(path: Path) -> EmailMessage:
    """Returns one mail."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


async def serve(folder: Path, smtp_port: int, http_port: int) -> None:
    """Runs until the process is ended."""
    mailbox = Mailbox(folder)
    controller = UnthreadedController(mailbox, hostname="127.0.0.1", port=smtp_port, loop=asyncio.get_running_loop())
    controller.server = await controller._create_server()
    app = web.Application()

    async def list_mails(_request: web.Request) -> web.Response:
        return web.json_response(mailbox.list_mails())

    async def read_mail(request: web.Request) -> web.Response:
        content = mailbox.read(request.match_info["name"])
        return web.Response(body=content, content_type="message/rfc822") if content else web.Response(status=404)

    app.add_routes([web.get("/mails", list_mails), web.get("/mails/{name}", read_mail)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", http_port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, required=True)
    arguments.add_argument("--smtp-port", type=int, required=True)
    arguments.add_argument("--http-port", type=int, required=True)
    given = arguments.parse_args()
    asyncio.run(serve(given.folder, given.smtp_port, given.http_port))

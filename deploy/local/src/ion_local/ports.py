"""The ports of a stack: chosen at its first start, and kept."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Sequence
from pathlib import Path


class PortError(RuntimeError):
    """A setting names no port."""


def choose_ports(path: Path, names: Sequence[str], ours: bool) -> dict[str, int]:
    """Returns the ports: from settings, else those of last time when nobody else took them, else free ones.

    `ours` says that parts of this stack run, so that a port in use is no stranger's. Raises PortError.
    """
    known: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    ports: dict[str, int] = {}
    for name in names:
        asked = os.environ.get(f"ION_LOCAL_{name.upper().replace('-', '_')}_PORT")
        if asked and not asked.isdecimal():
            raise PortError(f"the port of {name} is not a number: {asked}")
        if asked:
            ports[name] = int(asked)
        elif name in known and (ours or _is_free(known[name])):
            ports[name] = known[name]
        else:
            ports[name] = _free_port(set(ports.values()))
    path.write_text(json.dumps(ports, indent=2) + "\n")
    return ports


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port(taken: set[int]) -> int:
    while True:
        with socket.socket() as attempt:
            attempt.bind(("127.0.0.1", 0))
            port = int(attempt.getsockname()[1])
        if port not in taken:
            return port

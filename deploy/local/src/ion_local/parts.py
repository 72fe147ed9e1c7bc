"""Processes that outlive the command that started them. They are known by id and start time, never by name."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

State = Literal["running", "stopped", "crashed"]
STOP_TIMEOUT_S = 25.0


@dataclass(frozen=True, slots=True)
class PartState:
    """How a part is."""

    name: str
    state: State
    pid: int | None
    up_s: float


class Part:
    """One process of a stack: started detached, its output in a log file, its id in a file."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self.log = directory / "logs" / f"{name}.log"
        self._pid_file = directory / "run" / f"{name}.json"

    def start(self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> None:
        """Starts it, unless it runs already."""
        if self.process() is not None:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )
        self.adopt(started.pid)

    def adopt(self, pid: int) -> None:
        """Takes a process that something else started."""
        self._pid_file.parent.mkdir(parents=True, exist_ok=True)
        self._pid_file.write_text(json.dumps({"pid": pid, "started": psutil.Process(pid).create_time()}))

    def process(self) -> psutil.Process | None:
        """Returns the process when it runs: the same id with another start time is somebody else's."""
        if not self._pid_file.exists():
            return None
        known = json.loads(self._pid_file.read_text())
        try:
            process = psutil.Process(known["pid"])
            same = abs(process.create_time() - known["started"]) < 1.0
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def state(self) -> PartState:
        """Tells whether it runs, was stopped, or is gone without having been stopped."""
        process = self.process()
        if process is not None:
            return PartState(self.name, "running", process.pid, time.time() - process.create_time())
        return PartState(self.name, "crashed" if self._pid_file.exists() else "stopped", None, 0.0)

    def stop(self, with_signal: int = signal.SIGTERM) -> None:
        """Asks it to stop, waits, and kills it when it does not."""
        process = self.process()
        if process is not None:
            _signal(process, with_signal)
            _, alive = psutil.wait_procs([process], timeout=STOP_TIMEOUT_S)
            for left in alive:
                _signal(left, signal.SIGKILL)
                psutil.wait_procs([left], timeout=5)
        self._pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """Kills it at once, as a power cut would: it counts as crashed until it is started again."""
        process = self.process()
        if process is not None:
            victims = [process, *process.children(recursive=True)]
            for victim in victims:
                _signal(victim, signal.SIGKILL)
            psutil.wait_procs(victims, timeout=10)

    def last_lines(self, count: int = 15) -> list[str]:
        """Returns the end of its log."""
        return self.log.read_text(errors="replace").splitlines()[-count:] if self.log.exists() else []


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return

"""Third parties' log records (aiokafka, FastStream, uvicorn, asyncio) under the same rules as ours.

Their arguments are never rendered, because they may be a record or a row. Their text is shown only when it stands as
a constant in the code that logs it: a text that was put together at run time may hold anything.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ion_platform.logging import Logger

FRAMES_MAX = 20
"""How far up the stack the constant is looked for: wrappers pass a text on."""
REPEAT_AFTER_S = 5.0
"""While Kafka is down, aiokafka says the same fifty times a second: gigabytes a day that hide everything else."""


class ThirdPartyHandler(logging.Handler):
    """The root logger's only handler; WARNING and above."""

    def __init__(self, get_logger: Callable[[str], Logger]) -> None:
        super().__init__(logging.WARNING)
        self._get_logger = get_logger
        self._last_said_s: dict[tuple[str, int], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info is None and self._was_just_said(record):
            return
        level = "critical" if record.levelno >= logging.CRITICAL else "error"
        method = "warning" if record.levelno < logging.ERROR else level
        text = record.msg if isinstance(record.msg, str) and _is_constant(record.msg) else "text left out"
        place = f"{'/'.join(Path(record.pathname).parts[-2:])}:{record.lineno} {record.funcName}"
        fields = {"exc_info": record.exc_info} if record.exc_info else {"error_places": [place]}
        getattr(self._get_logger(record.name), method)(text, **fields)

    def _was_just_said(self, record: logging.LogRecord) -> bool:
        """Whether the same place spoke a moment ago; there are as many places as lines of code that log."""
        place, now_s = (record.pathname, record.lineno), time.monotonic()
        if now_s - self._last_said_s.get(place, -REPEAT_AFTER_S) < REPEAT_AFTER_S:
            return True
        self._last_said_s[place] = now_s
        return False


def adopt_third_party_loggers() -> None:
    """Takes away handlers that libraries gave their own loggers, so that every record comes to the root's.

    FastStream adds its own when a broker is made: call this again after that.
    """
    for name in list(logging.root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(max(logger.level, logging.WARNING))


def _is_constant(text: str) -> bool:
    frame = sys._getframe(2)
    for _ in range(FRAMES_MAX):
        if text in frame.f_code.co_consts:
            return True
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return False

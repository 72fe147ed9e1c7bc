"""Structured logs: one JSON object a line, and only fields of an allow-list, so that personal data cannot get out.

    log = get_logger(__name__)
    log.info("batch handled", topic="registration.commands.v1", records=1000)

The text is a constant; what varies is a field. A field that is not allowed is left out and its name is shown in
`dropped_fields`. Of an exception the type and the places in the code are logged, and its text only when the class is
ours: our own errors hold no values of records.
"""

from __future__ import annotations

import logging
import sys
from types import TracebackType
from typing import Any, BinaryIO, cast

import orjson
import structlog

from ion_platform.log_fields import allow_fields, describe_exception, redact_bsn, where
from ion_platform.log_third_party import ThirdPartyHandler, adopt_third_party_loggers

__all__ = ["Logger", "adopt_third_party_loggers", "configure_logging", "get_logger", "where"]


class Logger(structlog.BoundLoggerBase):
    """Logs a constant text with fields. There are no positional arguments to format into the text, on purpose."""

    def debug(self, event: str, **fields: object) -> None:
        self._proxy_to_logger("debug", event, **fields)

    def info(self, event: str, **fields: object) -> None:
        self._proxy_to_logger("info", event, **fields)

    def warning(self, event: str, **fields: object) -> None:
        self._proxy_to_logger("warning", event, **fields)

    def error(self, event: str, **fields: object) -> None:
        self._proxy_to_logger("error", event, **fields)

    def critical(self, event: str, **fields: object) -> None:
        self._proxy_to_logger("critical", event, **fields)

    def exception(self, event: str, **fields: object) -> None:
        """Logs at error, with the exception that is being handled."""
        self._proxy_to_logger("error", event, **{"exc_info": True, **fields})


def get_logger(name: str) -> Logger:
    """Returns the logger of a module: `get_logger(__name__)`."""
    return cast("Logger", structlog.get_logger(module=name))


def configure_logging(service: str, level: str, instance: str | None, to: BinaryIO | None = None) -> None:
    """Sends every log line of this process, third parties' too, to a stream (standard output) as JSON."""
    structlog.configure(
        processors=[
            _DropBelow(level),
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _BindProcess(service, instance),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            describe_exception,
            allow_fields,
            redact_bsn,
            _render,
        ],
        wrapper_class=Logger,
        logger_factory=structlog.BytesLoggerFactory(to or sys.stdout.buffer),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [ThirdPartyHandler(get_logger)]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    adopt_third_party_loggers()
    sys.excepthook = _log_the_end


class _DropBelow:
    """Keeps the lines of a level and above."""

    def __init__(self, level: str) -> None:
        self._level_min = logging.getLevelNamesMapping()[level.upper()]

    def __call__(self, _logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        if logging.getLevelNamesMapping()[method.upper()] < self._level_min:
            raise structlog.DropEvent
        return event


class _BindProcess:
    """Says which process speaks."""

    def __init__(self, service: str, instance: str | None) -> None:
        self._fields = {"service": service} | ({"instance": instance} if instance else {})

    def __call__(self, _logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event.update(self._fields)
        return event


_FIRST = ("timestamp", "level", "service", "event")
"""A person reads the line from the left."""


def _render(_logger: object, _method: str, event: structlog.typing.EventDict) -> bytes:
    ordered: dict[str, Any] = {name: event.pop(name) for name in _FIRST if name in event}
    return orjson.dumps(ordered | dict(event), default=lambda value: type(value).__name__)


def _log_the_end(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Python's own hook would print the error's text, which may hold anything."""
    if issubclass(kind, KeyboardInterrupt):
        return
    get_logger(__name__).critical("process ends by an error", exc_info=(kind, error, traceback))

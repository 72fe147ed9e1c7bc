"""One clock for all services of a stack: set forward only, and set when every process has confirmed."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from datetime import UTC, datetime

from ion_local.stack import SERVICES, Stack, StackError
from ion_platform.clock import AMSTERDAM, Clock


def show_clock(stack: Stack) -> datetime:
    """Returns the stack's time in the Netherlands."""
    return Clock(stack.clock_file).now().astimezone(AMSTERDAM)


def set_clock(stack: Stack, moment: datetime) -> datetime:
    """Sets the stack to a moment in the Netherlands. Raises StackError: it lies in the past, or a service is silent."""
    wanted = moment.replace(tzinfo=AMSTERDAM) if moment.tzinfo is None else moment
    if wanted < show_clock(stack):
        raise StackError(f"time only goes forward: it is {show_clock(stack):%Y-%m-%d %H:%M} in this stack")
    offset_s = (wanted - datetime.now(UTC)).total_seconds()
    stack.directory.mkdir(parents=True, exist_ok=True)
    unfinished = stack.clock_file.with_suffix(".new")
    unfinished.write_text(json.dumps({"offset_s": offset_s}))
    os.replace(unfinished, stack.clock_file)
    for name in SERVICES:
        if stack.parts[name].process() is not None:
            _confirm(stack, name)
    return show_clock(stack)


def _confirm(stack: Stack, name: str) -> None:
    """Lets a running service read the clock again; one that is down reads it when it starts."""
    request = urllib.request.Request(f"{stack.service_url(name)}/internal/simulated-clock", method="POST")
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except (urllib.error.URLError, OSError) as error:
        raise StackError(f"{name} did not confirm the time: {error}; see {stack.parts[name].log}") from error

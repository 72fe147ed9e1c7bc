"""Who asks, from the internal headers `ion-party`, `ion-role`, `ion-on-behalf-of` and `ion-user`."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import unquote
from uuid import uuid4

from fastapi import Depends, Header

from ion_platform.log_fields import without_bsn
from ion_platform.problems import Problem
from ion_registry.domain.asker import Asker, InvalidAskerError, parse_asker

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")


def read_asker(
    party: Annotated[str | None, Header(alias="ion-party", description="Percent-encoded UTF-8")] = None,
    role: Annotated[str | None, Header(alias="ion-role")] = None,
    on_behalf_of: Annotated[str | None, Header(alias="ion-on-behalf-of")] = None,
    user: Annotated[str | None, Header(alias="ion-user")] = None,
) -> Asker:
    """Returns who asks. Raises Problem: 401 when party or role is not said, 400 when something makes no sense."""
    if not party or not role:
        raise Problem(
            401,
            "asker-missing",
            "It is not said who asks",
            "Send the headers ion-party and ion-role, and ion-on-behalf-of and ion-user where they are known.",
        )
    try:
        return parse_asker(unquote(party), role, on_behalf_of or None, user or None)
    except InvalidAskerError as error:
        raise Problem(
            400,
            "asker-invalid",
            "Who asks is not said as it must be",
            "Correct the headers under `errors`.",
            [{"field": f"ion-{name}", "code": "asker-invalid"} for name in error.fields],
        ) from None


def read_request_id(request_id: Annotated[str | None, Header(alias="x-request-id")] = None) -> str:
    """Returns the id that the caller gave to this question, or a new one when that is none that can be kept."""
    given = request_id or ""
    return given if _REQUEST_ID.fullmatch(given) and without_bsn(given) == given else str(uuid4())


AskerOfRequest = Annotated[Asker, Depends(read_asker)]
RequestId = Annotated[str, Depends(read_request_id)]

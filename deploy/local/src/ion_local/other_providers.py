"""Care providers of the local stack who do not post: a GP with her own code, and a practice that stopped."""

from __future__ import annotations

from typing import Any

from ion_local.practices import PRACTICES

GP_OF_DE_LINDE: dict[str, Any] = {
    **PRACTICES[0].provider_line(),
    "agbCode": "01020001",
    "kind": "person",
    "name": "M. Lindeman",
    "activeFrom": "2012-05-01",
    "associations": [{"agbCode": PRACTICES[0].agb_code, "since": "2012-05-01"}],
}
STOPPED_PRACTICE: dict[str, Any] = {
    "agbCode": "01010009",
    "kind": "practice",
    "name": "Huisartsenpraktijk De Oude Molen",
    "street": "Molenpad",
    "houseNumber": "1",
    "postcode": "6811 GH",
    "city": "Arnhem",
    "activeFrom": "2006-01-01",
    "activeUntil": "2024-12-31",
    "successor": PRACTICES[3].agb_code,
}
OTHER_PROVIDERS = (GP_OF_DE_LINDE, STOPPED_PRACTICE)

"""The internal questions to the register, all under /internal/v1; contracts/openapi-registry.yaml describes them."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter

from ion_platform.clock import Clock
from ion_platform.database import Pool
from ion_registry.handlers import codes, counts, lists, operations, patients, proofs
from ion_registry.handlers.answering import PROBLEMS, Answering
from ion_registry.services.questions.proof_signing import ProofSigner

PREFIX = "/internal/v1"


def create_router(pool: Callable[[], Pool], clock: Clock, signer: ProofSigner | None) -> APIRouter:
    """Returns the routes; the pool is asked for with each question, for it exists once the service has started."""
    router = APIRouter(prefix=PREFIX, responses=PROBLEMS)
    answering = Answering(pool, clock)
    for kind in (lists, codes, patients, counts, operations):
        kind.add_routes(router, answering)
    proofs.add_routes(router, answering, signer)
    return router

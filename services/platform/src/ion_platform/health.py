"""`/health/live`, `/health/ready`, `/metrics`, and setting a simulated clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ion_contracts.envelope import format_time
from ion_platform import metrics
from ion_platform.clock import ClockError
from ion_platform.problems import Problem

if TYPE_CHECKING:
    from ion_platform.runtime import Service


def add_health_routes(app: FastAPI, service: Service) -> None:
    """Adds what orchestrators and Prometheus ask every process."""

    @app.get("/health/live", include_in_schema=False)
    async def live() -> Response:
        return JSONResponse({"alive": service.alive}, 200 if service.alive else 503)

    @app.get("/health/ready", include_in_schema=False)
    async def ready() -> Response:
        checks = await service.checks()
        is_ready = all(checks.values())
        metrics.READY.set(is_ready)
        return JSONResponse({"ready": is_ready, "checks": checks}, 200 if is_ready else 503)

    @app.get("/metrics", include_in_schema=False)
    async def show_metrics() -> Response:
        await service.measure()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    if service.clock.simulated:

        @app.post("/internal/simulated-clock", include_in_schema=False)
        async def set_clock() -> Response:
            try:
                return JSONResponse({"now": format_time(service.clock.refresh())})
            except ClockError as error:
                return Problem(409, "clock-not-set", "The clock stays as it was", str(error)).response()

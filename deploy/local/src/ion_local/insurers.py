"""Six simulated insurers: real HTTP servers whose latency, failures and being down can be set while they run."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from ion_local.population import INSURERS, population


@dataclass(slots=True)
class Behaviour:
    """How an insurer behaves. Down means that nothing listens on its port."""

    latency_ms: int = 0
    failure_rate: float = 0.0
    down: bool = False


@dataclass(slots=True)
class Insurer:
    """One insurer with its insured; what was added and removed by hand is kept over a restart."""

    uzovi: str
    port: int
    insured: set[str]
    behaviour: Behaviour = field(default_factory=Behaviour)
    runner: web.AppRunner | None = None

    async def apply(self) -> None:
        """Opens or closes the port, as the behaviour says."""
        if self.behaviour.down and self.runner is not None:
            await self.runner.cleanup()
            self.runner = None
        elif not self.behaviour.down and self.runner is None:
            app = web.Application()
            app.add_routes([web.post("/v1/coverage-checks", self.check)])
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", self.port, reuse_address=True).start()
            except OSError:
                await runner.cleanup()
                raise
            self.runner = runner

    async def check(self, request: web.Request) -> web.Response:
        """Answers whether a person is insured here."""
        if self.behaviour.latency_ms:
            await asyncio.sleep(self.behaviour.latency_ms / 1000)
        if random.random() < self.behaviour.failure_rate:
            return web.Response(status=503)
        question = orjson.loads(await request.read())
        if question["bsn"] not in self.insured:
            return web.Response(body=b'{"insured":false}', content_type="application/json")
        answer = {
            "insured": True,
            "uzovi": self.uzovi,
            "insuredNumber": f"{self.uzovi}{hash((self.uzovi, question['bsn'])) % 10**8:08}",
            "kind": "basic",
            "from": "2020-01-01",
            "until": None,
        }
        return web.Response(body=orjson.dumps(answer), content_type="application/json")


class Insurers:
    """All of them, with the control interface."""

    def __init__(self, ports: dict[str, int], kept: Path) -> None:
        self._kept = kept
        by_insurer: dict[str, set[str]] = {uzovi: set() for uzovi in ports}
        for person in population():
            for uzovi in person.insurers:
                by_insurer[uzovi].add(person.bsn)
        self.insurers = {uzovi: Insurer(uzovi, port, by_insurer[uzovi]) for uzovi, port in ports.items()}
        self._changes: dict[str, dict[str, bool]] = {uzovi: {} for uzovi in ports}
        if kept.exists():
            self._restore(json.loads(kept.read_text()))

    def routes(self) -> list[web.RouteDef]:
        """Returns the control interface. A BSN stands in bodies only."""
        return [
            web.get("/insurers", self.show),
            web.put("/insurers/{uzovi}/behaviour", self.set_behaviour),
            web.post("/insurers/{uzovi}/insured", self.add_insured),
            web.post("/insurers/{uzovi}/insured/_remove", self.remove_insured),
            web.post("/insured/_search", self.search),
        ]

    async def show(self, _request: web.Request) -> web.Response:
        return web.json_response([self._shown(insurer) for insurer in self.insurers.values()])

    async def set_behaviour(self, request: web.Request) -> web.Response:
        """Takes {"latencyMs", "failureRate", "down"}, each optional."""
        insurer = self._of(request)
        insurer.behaviour = _changed(insurer.behaviour, await request.read())
        try:
            await insurer.apply()
        except OSError:
            insurer.behaviour.down = True
            raise web.HTTPConflict(text=f"port {insurer.port} is taken; free it and try again") from None
        finally:
            self._keep()
        return web.json_response(self._shown(insurer))

    async def add_insured(self, request: web.Request) -> web.Response:
        return await self._change(request, insured=True)

    async def remove_insured(self, request: web.Request) -> web.Response:
        return await self._change(request, insured=False)

    async def search(self, request: web.Request) -> web.Response:
        """Tells which insurers know a person."""
        bsn = (await request.json())["bsn"]
        return web.json_response({"insurers": [i.uzovi for i in self.insurers.values() if bsn in i.insured]})

    async def _change(self, request: web.Request, insured: bool) -> web.Response:
        insurer = self._of(request)
        for bsn in (await request.json())["bsns"]:
            self._changes[insurer.uzovi][bsn] = insured
            (insurer.insured.add if insured else insurer.insured.discard)(bsn)
        self._keep()
        return web.json_response(self._shown(insurer))

    def _of(self, request: web.Request) -> Insurer:
        insurer = self.insurers.get(request.match_info["uzovi"])
        if insurer is None:
            raise web.HTTPNotFound(text=f"insurers are {', '.join(self.insurers)}")
        return insurer

    def _shown(self, insurer: Insurer) -> dict[str, Any]:
        b = insurer.behaviour
        return {
            "uzovi": insurer.uzovi,
            "name": INSURERS.get(insurer.uzovi, ""),
            "url": f"http://127.0.0.1:{insurer.port}",
            "insured": len(insurer.insured),
            "behaviour": {"latencyMs": b.latency_ms, "failureRate": b.failure_rate, "down": b.down},
        }

    def _keep(self) -> None:
        behaviours = {uzovi: asdict(insurer.behaviour) for uzovi, insurer in self.insurers.items()}
        unfinished = self._kept.with_suffix(".new")
        unfinished.write_text(json.dumps({"behaviours": behaviours, "changes": self._changes}))
        os.replace(unfinished, self._kept)

    def _restore(self, kept: dict[str, Any]) -> None:
        for uzovi, behaviour in kept["behaviours"].items():
            self.insurers[uzovi].behaviour = Behaviour(**behaviour)
        for uzovi, changes in kept["changes"].items():
            self._changes[uzovi] = changes
            for bsn, insured in changes.items():
                (self.insurers[uzovi].insured.add if insured else self.insurers[uzovi].insured.discard)(bsn)


def _changed(behaviour: Behaviour, body: bytes) -> Behaviour:
    """Returns the behaviour with what was asked. Raises HTTPBadRequest."""
    try:
        asked = orjson.loads(body)
        latency_ms, failure_rate = asked.get("latencyMs", behaviour.latency_ms), asked.get("failureRate")
        changed = Behaviour(
            int(latency_ms),
            behaviour.failure_rate if failure_rate is None else float(failure_rate),
            bool(asked.get("down", behaviour.down)),
        )
    except (ValueError, TypeError, AttributeError):
        changed = None
    if changed is None or changed.latency_ms < 0 or not 0 <= changed.failure_rate <= 1:
        raise web.HTTPBadRequest(text='send {"latencyMs": 0 or more, "failureRate": 0 to 1, "down": true or false}')
    return changed


async def serve(ports: dict[str, int], control_port: int, kept: Path) -> None:
    """Runs until the process is ended."""
    insurers = Insurers(ports, kept)
    for insurer in insurers.insurers.values():
        await insurer.apply()
    control = web.Application()
    control.add_routes(insurers.routes())
    runner = web.AppRunner(control, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", control_port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--ports", type=json.loads, required=True)
    arguments.add_argument("--control-port", type=int, required=True)
    arguments.add_argument("--kept", type=Path, required=True)
    given = arguments.parse_args()
    asyncio.run(serve(given.ports, given.control_port, given.kept))

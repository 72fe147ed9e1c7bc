"""The whole system on one machine: started in the order of dependency, stopped in the reverse, known by its folder."""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ion_contracts.catalogue import all_topics
from ion_local.kafka import start_kafka, wait_for_port
from ion_local.keys import patient_reference_secret, proof_key_file
from ion_local.parts import Part, PartState
from ion_local.population import INSURERS, population, write_population
from ion_local.ports import choose_ports
from ion_local.postgres import create_databases, start_postgres
from ion_local.practices import PRACTICES
from ion_local.seeding import seed
from ion_local.topics import create_topics
from ion_platform.migrations import migrate

SERVICES = {
    "registry": "ion_registry",
    "gateway": "ion_cov_gateway",
    "notifier": "ion_notifier",
    "billing": "ion_billing",
}
COMMANDS = {"registry": "ion-registry", "gateway": "ion-gateway", "notifier": "ion-notifier", "billing": "ion-billing"}
PARTS = ("postgres", "kafka", "mail", "insurers", *SERVICES)
PORTS = ("kafka", "kafka-controller", "smtp", "mail", "insurers-control", *(f"insurer-{u}" for u in INSURERS))
READY_TIMEOUT_S = 60.0
Say = Callable[[str], None]


class StackError(RuntimeError):
    """Something of the stack does not work; the message says what, and where to look."""


class Stack:
    """One stack in one folder. Several can run beside each other."""

    def __init__(self, directory: Path, say: Say = lambda _text: None) -> None:
        self.directory = directory
        self._say = say
        self.parts = {name: Part(name, directory) for name in PARTS}

    @property
    def endpoints(self) -> dict[str, Any]:
        """Returns every address. Raises StackError when the stack was never started."""
        return self._kept("endpoints.json")

    def states(self) -> list[PartState]:
        """Returns how each part is."""
        return [part.state() for part in self.parts.values()]

    def up(self) -> bool:
        """Starts what does not run, and returns whether there was anything to start. Raises StackError."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if all(state.state == "running" for state in self.states()):
                return False
            began_s = time.monotonic()
            ours = any(state.state == "running" for state in self.states())
            ports = choose_ports(self.directory / "ports.json", (*PORTS, *SERVICES), ours)
            self._start_databases(ports)
            self._start_surroundings(ports)
            for name in SERVICES:
                self.start_service(name)
            self._wait_until_ready(list(SERVICES))
            self._say("seeding practices, access and example rates")
            seed(self)
            self._say(f"up after {time.monotonic() - began_s:.1f} s")
            return True

    def down(self) -> bool:
        """Stops everything in reverse order; returns whether anything ran. The data stays."""
        with self._alone():
            ran = any(state.state == "running" for state in self.states())
            with ThreadPoolExecutor() as together:
                list(together.map(lambda name: self.parts[name].stop(), [*SERVICES, "mail", "insurers"]))
            self.parts["kafka"].stop()
            self.parts["postgres"].stop(signal.SIGINT)
            return ran

    def start_service(self, name: str) -> None:
        """Starts one service, unless it runs."""
        self.parts[name].start([self.program(COMMANDS[name]), "serve"], self.environment(name))

    def restart(self, name: str) -> None:
        """Starts a service again and waits until it is ready."""
        self.parts[name].stop()
        self.start_service(name)
        self._wait_until_ready([name])

    def wait_until_ready(self, *names: str) -> None:
        """Returns when these services are ready. Raises StackError with the log's end otherwise."""
        self._wait_until_ready(list(names or SERVICES))

    def is_ready(self, name: str) -> bool:
        """Asks a service whether it is ready."""
        try:
            with urllib.request.urlopen(f"{self.service_url(name)}/health/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def service_url(self, name: str) -> str:
        """Returns the HTTP address of a service."""
        return f"http://127.0.0.1:{self._known_ports()[name]}"

    def database_url(self, name: str) -> str:
        """Returns the address of a service's database."""
        return str(self._kept("databases.json")[name])

    def program(self, name: str) -> Path:
        """Returns a command of the virtual environment that runs this."""
        return Path(sys.executable).parent / name

    def environment(self, name: str) -> dict[str, str]:
        """Returns the settings of a service."""
        ports = self._known_ports()
        common = {
            "ION_ENVIRONMENT": "local",
            "ION_INSTANCE": f"{name}-0",
            "ION_DATABASE_URL": self.database_url(name),
            "ION_KAFKA_BOOTSTRAP": f"127.0.0.1:{ports['kafka']}",
            "ION_HTTP_HOST": "127.0.0.1",
            "ION_HTTP_PORT": str(ports[name]),
            "ION_SIMULATED_CLOCK_FILE": str(self.clock_file),
            "ION_REGISTRY_URL": f"http://127.0.0.1:{ports['registry']}",
            "ION_BILLING_URL": f"http://127.0.0.1:{ports['billing']}",
            "ION_SMTP_HOST": "127.0.0.1",
            "ION_SMTP_PORT": str(ports["smtp"]),
        }
        if name == "gateway":
            common["ION_PATIENT_REFERENCE_SECRET"] = patient_reference_secret(self.directory)
            common["ION_INSURERS"] = json.dumps({u: f"http://127.0.0.1:{ports[f'insurer-{u}']}" for u in INSURERS})
        if name == "registry":
            common["ION_PROOF_KEY_FILE"] = str(proof_key_file(self.directory))
            common["ION_PROOF_KEY_ID"] = "local"
        return common

    @property
    def clock_file(self) -> Path:
        return self.directory / "clock.json"

    def remove(self) -> None:
        """Removes everything that this stack keeps. It has to be down. Raises StackError for somebody else's folder."""
        if self.directory.exists() and {path.name for path in self.directory.iterdir()} - {"lock"}:
            self._known_ports()  # A folder without them was never a stack's.
        shutil.rmtree(self.directory, ignore_errors=True)

    def _start_databases(self, ports: dict[str, int]) -> None:
        self._say("starting PostgreSQL and Kafka (the first time downloads Kafka)")
        with ThreadPoolExecutor() as together:
            kafka = together.submit(
                start_kafka, self.parts["kafka"], self.directory / "kafka", ports["kafka"], ports["kafka-controller"]
            )
            url = start_postgres(self.parts["postgres"], self.directory / "postgres")
            databases = create_databases(url, list(SERVICES))
            (self.directory / "databases.json").write_text(json.dumps(databases))
            self._say("bringing the databases to this version")
            asyncio.run(_migrate_all(databases))
            kafka.result()
        asyncio.run(create_topics(f"127.0.0.1:{ports['kafka']}", all_topics(INSURERS)))

    def _start_surroundings(self, ports: dict[str, int]) -> None:
        self._say("starting the mail server, six insurers and four services")
        write_population(self.directory / "population.csv", population())
        folder, smtp, http = str(self.directory / "mail"), str(ports["smtp"]), str(ports["mail"])
        mail = ["--folder", folder, "--smtp-port", smtp, "--http-port", http]
        self.parts["mail"].start([sys.executable, "-m", "ion_local.mail", *mail])
        insurer_ports = json.dumps({u: ports[f"insurer-{u}"] for u in INSURERS})
        insurers = ["--ports", insurer_ports, "--control-port", str(ports["insurers-control"])]
        kept = self.directory / "insurers.json"
        self.parts["insurers"].start([sys.executable, "-m", "ion_local.insurers", *insurers, "--kept", kept])
        self._write_endpoints(ports)
        wait_for_port(self.parts["insurers"], ports["insurers-control"], 20)

    def _wait_until_ready(self, names: list[str]) -> None:
        deadline_s = time.monotonic() + READY_TIMEOUT_S
        waiting = list(names)
        while waiting:
            for name in list(waiting):
                if self.is_ready(name):
                    waiting.remove(name)
                elif self.parts[name].process() is None:
                    raise StackError(
                        f"{name} ended while starting; the end of {self.parts[name].log}:\n{self._tail(name)}"
                    )
            if waiting and time.monotonic() > deadline_s:
                name = waiting[0]
                raise StackError(
                    f"{name} is not ready after {READY_TIMEOUT_S:.0f} s; {self.parts[name].log}:\n{self._tail(name)}"
                )
            time.sleep(0.05)

    def _tail(self, name: str) -> str:
        return "\n".join(self.parts[name].last_lines())

    def _write_endpoints(self, ports: dict[str, int]) -> None:
        endpoints = {
            "gateway": f"http://127.0.0.1:{ports['gateway']}",
            "kafka": f"127.0.0.1:{ports['kafka']}",
            "postgres": self._kept("databases.json"),
            "mail": {
                "smtp": f"127.0.0.1:{ports['smtp']}",
                "folder": str(self.directory / "mail"),
                "url": f"http://127.0.0.1:{ports['mail']}/mails",
            },
            "insurers": {u: f"http://127.0.0.1:{ports[f'insurer-{u}']}" for u in INSURERS},
            "insurersControl": f"http://127.0.0.1:{ports['insurers-control']}",
            "services": {name: f"http://127.0.0.1:{ports[name]}" for name in SERVICES},
            "practices": [
                {
                    "agbCode": p.agb_code,
                    "name": p.name,
                    "mailAddress": p.address,
                    "x-forwarded-client-cert": p.certificate_header,
                }
                for p in PRACTICES
            ],
            "population": str(self.directory / "population.csv"),
        }
        (self.directory / "endpoints.json").write_text(json.dumps(endpoints, indent=2, ensure_ascii=False) + "\n")

    def _known_ports(self) -> dict[str, int]:
        return self._kept("ports.json")

    def _kept(self, name: str) -> dict[str, Any]:
        """Returns what a file of this stack says. Raises StackError when the stack was never started."""
        path = self.directory / name
        if not path.exists():
            raise StackError(f"there is no stack in {self.directory}: start it with `make up`")
        return dict(json.loads(path.read_text()))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Lets only one command at a time change this stack. Raises StackError when another one does."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StackError(
                    "another command is starting or stopping this stack; wait for it and try again"
                ) from None
            yield


async def _migrate_all(databases: dict[str, str]) -> None:
    await asyncio.gather(*(migrate(databases[name], package) for name, package in SERVICES.items()))

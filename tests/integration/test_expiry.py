"""What message expiry does for who was cut: nothing that is over reaches him, unless it is lifted to show that."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from alertsim import exercise, library, story
from alertsim.broker import parse_target
from alertsim.crowd import People
from alertsim.wire import marking
from tests.integration.real import needs_mosquitto

pytestmark = needs_mosquitto

SCENARIO = """\
alertsim: 1
basis: fictional
title: {en: A short outage, uk: Короткий збій}
exercise: {type: drill, contact: Exercise control}
start: 2026-03-02T08:00:00+02:00
chapters: {all: {from: 2026-03-02T08:00:00+02:00, until: 2026-03-02T08:00:04.400+02:00, rate: 1}}
events:
  - id: a-down
    at: 2026-03-02T08:00:00.500+02:00
    outage:
      operator: operator-a
      up: {data: 0.0, fixed: 0.0}
      restoration: [{at: 2026-03-02T08:00:03.400+02:00, up: {data: 1.0, fixed: 1.0}}]
  - alert: {area: UA-30, raised: 2026-03-02T08:00:00.800+02:00, cleared: 2026-03-02T08:00:01+02:00}
"""
POPULATION = """\
areas: {UA-30: 1}
operators: {operator-a: 0.5, operator-b: 0.5}
devices:
  phone: {device: phone, share: 0.5, session: persistent, basis: assumed}
  browser: {device: phone, share: 0.5, session: clean, basis: assumed}
"""
MANY = 40
LEASE_S = 1


async def _nobody_looks(stage: exercise.Stage) -> None:
    while await stage.lines.take():
        pass


def conducted(folder: Path, *, no_expiry: bool) -> dict[str, Any]:
    """What came of it."""
    folder.mkdir()
    (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (folder / "population.yaml").write_text(POPULATION, encoding="utf-8")
    order = exercise.Order(
        story=story.of_scenario(library.load(str(folder / "scenario.yaml")), 1),
        target=parse_target("mosquitto"),
        out=folder / "runs",
        exercise="short-outage",
        people=People(MANY, folder / "population.yaml", brands=False),
        no_expiry=no_expiry,
    )
    return exercise.as_json(asyncio.run(exercise.conduct(order, _nobody_looks)))


def test_alerts_that_are_over_reach_nobody_unless_expiry_is_lifted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Side by side: with a lease of a second those that were cut for three hear nothing of it; else all too late.

    Only who has a session that waits, and each both messages; the others are the same in both.
    """
    monkeypatch.setattr(marking, "LEASE_S", LEASE_S)
    usual, lifted = (conducted(tmp_path / name, no_expiry=name == "lifted") for name in ("usual", "lifted"))
    for told in (usual, lifted):
        assert told["failures"] == []
        assert told["networks"]["subscribers"]["operator-a"]["cut"] == MANY // 2
        assert told["subscribers"]["operators"]["operator-b"]["heard"] == MANY
        assert told["subscribers"]["operators"]["operator-b"]["stale"] == 0
    a_usual, a_lifted = (told["subscribers"]["operators"]["operator-a"] for told in (usual, lifted))
    assert (a_usual["stale"], a_usual["heard"], a_usual["never"]) == (0, 0, MANY)
    assert (a_lifted["stale"], a_lifted["heard"], a_lifted["never"]) == (MANY // 2, MANY // 2, MANY // 2)
    assert (usual["networks"]["expiry_lifted"], lifted["networks"]["expiry_lifted"]) == (False, True)
    assert f"{MANY // 2} times one came after it had expired" in lifted["sentences"]["en"][-1]

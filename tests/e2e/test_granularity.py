"""An alert for one raion rings wherever it should: for who listens to the oblast, and for who listens to a hromada."""

import json

import pytest

from tests.e2e.world import World

OBLAST, RAION, HROMADA, OTHER = "UA-32", "UA-32/75", "UA-32/75/702", "UA-32/76"
SCENARIO = f"""\
alertsim: 1
basis: fictional
title: Granularity
exercise: {{type: drill, contact: control}}
start: 2026-01-01T00:00:00+02:00
events:
  - alert: {{area: {RAION}, raised: +10s, cleared: +20s, threats: [drones]}}
  - id: wide
    alert:
      area: {OBLAST}
      raised: +30s
      threats: [drones]
      updates: [{{at: +40s, areas: [{RAION}]}}]
      cleared: +50s
"""
pytestmark = pytest.mark.mosquitto


def test_a_raion_rings_for_its_oblast_and_its_hromadas(world: World) -> None:
    """Alone before the change, and after the alert of the oblast has narrowed to it: both ring, a neighbour does not.

    Nobody under alert hears that it is over while it goes on; a foreign subscriber to `alert/<oblast>/#` hears it too.
    """
    broker = world.mosquitto()
    (world.folder / "granularity.yaml").write_text(SCENARIO, encoding="utf-8")
    phones = {
        area: world.alertsim("subscribe", "--broker", broker.url, "--area", area, "--json")
        for area in (OBLAST, HROMADA, OTHER)
    }
    for phone in phones.values():
        phone.says('"connected":true')
    foreign = world.watch(broker.port, "-t", f"exercise/+/public/alert/{OBLAST}/#")
    run = world.alertsim("run", "granularity.yaml", "--broker", broker.url, "--rate", "10")
    assert run.ended() == 0, run.err
    for phone in phones.values():
        phone.says('"state":"ended"')
    told = {
        area: [line["status"] for line in map(json.loads, phone.said) if line["what"] == "area"]
        for area, phone in phones.items()
    }
    assert without_repeats(told[OBLAST]) == ["quiet", "partly", "cleared", "alert", "partly", "cleared"]
    assert without_repeats(told[HROMADA]) == ["quiet", "alert", "cleared", "alert", "cleared"]
    assert without_repeats(told[OTHER]) == ["quiet", "alert", "cleared"]
    words = [heard.word for heard in foreign.caught_up().heard if heard.topic.endswith(f"alert/{RAION}")]
    assert without_repeats(words)[:4] == ["raised", "cleared", "raised", "cleared"]


def without_repeats(statuses: list[str]) -> list[str]:
    """Each status once as long as it stays."""
    return [status for n, status in enumerate(statuses) if n == 0 or statuses[n - 1] != status]

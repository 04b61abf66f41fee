"""The live view on a real terminal: what a director sees, and that his terminal is given back."""

import re
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.glass import Glass
from tests.e2e.programs import PATIENCE_S
from tests.e2e.world import CALM, SCENARIO, Mosquitto, World

pytestmark = pytest.mark.mosquitto
MARK = "EXERCISE · НАВЧАННЯ · EXERCISE"


@pytest.fixture
def broker(world: World) -> Mosquitto:
    return world.mosquitto()


def run(world: World, broker: Mosquitto, *options: str, environment: Mapping[str, str] | None = None) -> Glass:
    """An exercise with three open alerts, on a terminal."""
    arguments = ("run", SCENARIO, "--broker", broker.url, *CALM, "--out", "runs", "--exercise", "night-1", *options)
    return Glass(*arguments, folder=world.folder, environment=environment)


def test_it_is_marked_and_fits(world: World, broker: Mosquitto) -> None:
    """The mark is the first row, the keys are the last, at every size the terminal is given while it runs."""
    with run(world, broker, "--lang", "en") as glass:
        glass.shows("Chernihivska oblast  ballistic")
        for width, height in ((160, 50), (60, 15), (80, 24)):
            glass.resize(width, height)
            glass.until(lambda seen: MARK in seen.rows()[0] and "r REAL ALERT   q end" in seen.rows()[-1])
        glass.resize(20, 5)
        glass.until(lambda seen: "EXERCISE · НАВЧАННЯ" in seen.rows()[0] and "r REAL ALERT q end" in seen.rows()[-1])


@pytest.mark.parametrize(("how", "code"), [("q", 0), ("\x03", 130), (signal.SIGTERM, 130)])
def test_the_terminal_is_given_back(how: str | signal.Signals, code: int, world: World, broker: Mosquitto) -> None:
    """However it ends: settings, cursor and screen as before, the last frame and the summary left behind."""
    with run(world, broker, "--lang", "uk") as glass:
        glass.shows("q кінець")
        assert not glass.cursor
        glass.press(how) if isinstance(how, str) else glass.send(how)
        assert glass.ended() == code
        assert glass.settings_are_back
        left = glass.scrollback
        assert MARK in left
        assert left.index(MARK) < left.index("Скасовано: ") < left.index("Запис: ")
        assert "Навчання закінчено. Це не справжній відбій." in left
    assert broker.retained() == []


def test_a_terminal_that_is_closed(world: World, broker: Mosquitto) -> None:
    """The exercise ends properly without being watched."""
    with run(world, broker) as glass:
        glass.shows("q end")
        glass.close()
        glass.process.wait(PATIENCE_S)
    assert world.summary("night-1")["ended"] == "interrupted"
    assert broker.retained() == []


def test_a_real_alert(world: World, broker: Mosquitto) -> None:
    """`r` turns the whole screen into one message in both languages; space does nothing then, `c` goes on."""
    with run(world, broker, "--lang", "en") as glass:
        glass.shows("q end")
        glass.press("r")
        glass.shows("REAL ALERT: exercise stopped, follow the official signal")
        glass.shows("РЕАЛЬНА ТРИВОГА: навчання зупинено, дійте за офіційним сигналом")
        glass.until(lambda seen: sum(bool(row.strip()) for row in seen.rows()) == 3)
        glass.press(" ")
        time.sleep(0.5)  # it would have been painted by now
        assert "It never goes on by itself." in glass.rows()[-1]
        glass.press("c")
        glass.shows("Chernihivska oblast  ballistic")
        assert MARK in glass.rows()[0]


def test_pause_and_pace(world: World, broker: Mosquitto) -> None:
    """Space pauses and goes on, + and - change the pace, and the view says so."""
    with run(world, broker, "--lang", "en") as glass:
        for key, shown in ((" ", "PAUSED"), (" ", "RUNNING"), ("+", "×2 "), ("-", "×1 ")):
            glass.shows("q end")
            glass.press(key)
            glass.shows(shown)


def test_called_away_and_back(world: World, broker: Mosquitto) -> None:
    """Ctrl-Z gives the terminal to the shell; called back, the view goes on."""
    with run(world, broker, "--lang", "en") as glass:
        glass.shows("q end")
        state = Path(f"/proc/{glass.process.pid}/stat")
        glass.press("\x1a")
        glass.until(lambda seen: not seen.other)
        while state.read_text().rpartition(") ")[2][0] != "T":
            time.sleep(0.01)  # it stops itself, which sets no event
        assert glass.settings_are_back
        glass.resize(80, 24, tell=False)
        glass.send(signal.SIGCONT)
        glass.shows("q end")
        assert not glass.cursor


def test_a_silent_broker(world: World, broker: Mosquitto) -> None:
    """A broker that is stopped is told within seconds, as is that it is back."""
    with run(world, broker, "--lang", "en", "--rate", "60") as glass:
        glass.shows("Chernihivska oblast  ballistic")
        broker.freeze()
        glass.until(lambda seen: any("has not confirmed for" in row or "BROKER LOST" in row for row in seen.rows()))
        broker.thaw()
        glass.until(lambda seen: not any("has not confirmed" in row or "BROKER LOST" in row for row in seen.rows()))


@pytest.mark.parametrize(("options", "environment"), [(("--plain",), {}), ((), {"TERM": "dumb"})])
def test_lines(options: tuple[str, ...], environment: dict[str, str], world: World, broker: Mosquitto) -> None:
    """With --plain, or on a terminal that can do nothing: marked lines one after the other, and the keys."""
    with run(world, broker, "--lang", "en", *options, environment=environment) as glass:
        glass.until(lambda seen: "Air raid alert: Chernihivska oblast" in seen.scrollback)
        glass.press("q")
        assert glass.ended() == 0
        assert glass.settings_are_back
        assert not glass.ever
        events = re.findall(r"\d\d:\d\d:\d\d .*", glass.scrollback)
        assert len(events) > 3
        assert glass.scrollback.count("EXERCISE ") >= len(events)


def test_no_colour(world: World, broker: Mosquitto) -> None:
    """NO_COLOR: bold, dim and reverse only."""
    with run(world, broker, "--lang", "en", environment={"NO_COLOR": "1"}) as glass:
        glass.shows("Chernihivska oblast  ballistic")
        assert {code for style in glass.styles for code in style.split(";")} <= {"", "0", "1", "2", "7"}

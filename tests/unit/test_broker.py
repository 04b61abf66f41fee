"""The parts of alertsim.broker that need no broker: when a dying child is given up, free ports, consent, the gate."""

import asyncio
import json
import os
import resource
import socket

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alertsim.broker import Broker, embedded, mosquitto, parse_target
from alertsim.broker.client import Door
from alertsim.broker.consent import MOST_BYTES, Consent, read_consent
from alertsim.broker.permit import LEAVE_S, Permit
from alertsim.broker.ports import reserved_port
from alertsim.broker.supervision import MOST_RESTARTS, WITHIN_S, too_often
from alertsim.broker.tether import allow_connections, tie_to
from alertsim.errors import BrokerError
from alertsim.times import Millis, parse_instant, rfc3339

FIRST = 24_100


def test_a_broker_says_where_it_is() -> None:
    """A broker says its URL as it can be typed again, IPv6 in brackets, and its address and port beside it."""
    broker = Broker("external", Door(parse_target("mqtt://[::1]:1884"), "::1"))
    assert (broker.url, broker.host, broker.port) == ("mqtt://[::1]:1884", "::1", 1884)
    assert parse_target(broker.url).hosts == ("::1",)


@given(st.lists(st.floats(0.0, WITHIN_S, exclude_max=True), max_size=MOST_RESTARTS))
def test_three_deaths_a_minute_are_forgiven(deaths: list[float]) -> None:
    """Up to three deaths are forgiven, however close together."""
    assert not too_often(sorted(deaths))


@given(st.floats(0.0, 1e6), st.lists(st.floats(0.0, 59.0), min_size=MOST_RESTARTS, max_size=MOST_RESTARTS))
def test_the_fourth_death_in_a_minute_is_not(start: float, later: list[float]) -> None:
    """Four deaths within a minute are too many."""
    assert too_often(sorted([start, *(start + after for after in later)]))


@given(st.lists(st.floats(WITHIN_S / MOST_RESTARTS + 0.01, 1e4), min_size=1, max_size=50))
def test_rare_deaths_are_forgiven_for_ever(gaps: list[float]) -> None:
    """A broker that dies less often than three times a minute is never given up."""
    moments = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    assert not any(too_often(moments[: n + 1]) for n in range(len(moments)))


def test_a_reserved_port_is_not_given_twice() -> None:
    """Two exercises that start at once get two ports, though nothing listens on either yet."""
    with reserved_port(FIRST) as one, reserved_port(FIRST) as other:
        assert FIRST <= one < other


def test_a_port_somebody_listens_on_is_skipped() -> None:
    """A port with a listener is passed over."""
    with reserved_port(FIRST) as taken:
        pass
    with socket.create_server(("127.0.0.1", taken)), reserved_port(taken) as other:
        assert other > taken


def test_no_port_left() -> None:
    """Where none of the ports is free, the error names the range."""
    with (
        reserved_port(65_535) as last,
        pytest.raises(BrokerError, match="no port from 65535 to 65535 is free"),
        reserved_port(last),
    ):
        pass


def test_both_children_listen_on_loopback_only() -> None:
    """The port asked for is in the configuration, behind 127.0.0.1, and the embedded broker has no 3.1.1 side."""
    assert 'listen = "127.0.0.1:24100"' in embedded.recipe(FIRST).arguments[-1]
    assert "[v4" not in embedded.recipe(FIRST).arguments[-1]


def test_mosquitto_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without mosquitto the error says how to get it and how to do without."""
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(BrokerError, match="apt install mosquitto, or use --broker embedded"):
        mosquitto.recipe(FIRST)


def test_mosquitto_stays_the_user_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only root has to say that mosquitto shall stay root; it listens on loopback for everybody."""
    monkeypatch.setattr("shutil.which", lambda *_, **__: "/usr/sbin/mosquitto")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    as_root = mosquitto.recipe(FIRST)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    as_somebody = mosquitto.recipe(FIRST)
    configuration = as_somebody.arguments[-1]
    assert as_root.arguments == (*as_somebody.arguments[:-1], configuration + "user root\n")
    assert configuration.startswith("listener 24100 127.0.0.1\nallow_anonymous true\n")


@pytest.mark.parametrize(
    ("hard", "soft"), [(4096, 4096), (1_048_576, 65_536), (resource.RLIM_INFINITY, 65_536)], ids=["few", "many", "all"]
)
def test_a_child_may_hold_many_connections(monkeypatch: pytest.MonkeyPatch, hard: int, soft: int) -> None:
    """The descriptors a child may open are lifted as far as this user may lift them, and not beyond reason."""
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr("resource.getrlimit", lambda _: (1024, hard))
    monkeypatch.setattr("resource.setrlimit", lambda _, wanted: limits.append(wanted))
    allow_connections()
    assert limits == [(soft, hard)]


def test_a_child_without_its_parent_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parent that died before the tie was made ends the child at once."""
    monkeypatch.setattr("sys.platform", "other")
    with pytest.raises(SystemExit, match="is gone"):
        tie_to(os.getpid())


NIGHT = Consent("Network control, +380 44 000 00 00", "2026-01-02T03:04:05+02:00", 10, 2.5)
texts = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=200).filter(str.strip)


@given(
    st.builds(
        Consent,
        texts.filter(str.isprintable),
        st.integers(0, 2**41).map(lambda at: rfc3339(Millis(at), 0)),
        st.integers(1, 10_000_000),
        st.floats(0.1, 1_000_000),
    )
)
def test_a_consent_is_read_as_it_was_given(consent: Consent) -> None:
    """Every consent survives its document, which may say more than we know."""
    assert read_consent(consent.document()) == consent
    more = {**json.loads(consent.document()), "note": "more"}
    assert read_consent(json.dumps(more).encode()) == consent


@given(st.binary(max_size=100) | st.recursive(st.none() | st.text(), st.lists).map(lambda it: json.dumps(it).encode()))
@example(b"[" * 4_000)
@example(b"x" * (MOST_BYTES + 1))
def test_anything_else_is_no_consent(document: bytes) -> None:
    """Whatever stands there instead is refused in a few printable words."""
    with pytest.raises(ValueError, match=r"\w") as error:
        read_consent(document)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("contact", ""), ("contact", " "), ("contact", "a\x1b[2J"), ("contact", "x" * 201), ("contact", None)),
        *(("until", "tomorrow"), ("until", "2026-01-02T03:04:05Z"), ("until", 5), ("until", "2026-01-02T03:04:05")),
        *(
            ("max_clients", 0),
            ("max_clients", True),
            ("max_clients", "9"),
            ("max_clients", 1.5),
            ("max_clients", 10**8),
        ),
        *(("max_connects_per_s", 0), ("max_connects_per_s", float("nan")), ("max_connects_per_s", float("inf"))),
        *(("max_connects_per_s", True), ("max_connects_per_s", "5"), ("max_connects_per_s", -1)),
    ],
)
def test_each_value_of_a_consent_is_checked(field: str, value: object) -> None:
    """A value that is not of its kind spoils the consent, and the refusal names it or shows its form."""
    document = json.dumps({**json.loads(NIGHT.document()), field: value}).encode()
    with pytest.raises(ValueError, match=rf"{field}|expected a time like|expected an offset"):
        read_consent(document)


@given(st.integers(1, 20), st.integers(-10_000, 10_000))
def test_a_consent_covers_so_many_until_then(clients: int, left_ms: int) -> None:
    """It objects to more connections than it names, and to everybody once its time is over."""
    end_us = parse_instant(NIGHT.until)[0] * 1_000
    objection = NIGHT.objection(clients, end_us - left_ms * 1_000)
    assert (objection == "") is (clients <= 10 and left_ms > 0)
    assert "alertsim consent give" in objection or not objection


class Line:
    """Something that can be cut."""

    ended = False

    def cut(self) -> None:
        self.ended = True


async def test_a_free_permit_keeps_nobody_waiting() -> None:
    """Where nobody has to consent, connections go through at once and a goodbye may take its time."""
    permit = Permit()
    async with asyncio.timeout(1):
        for _ in range(1_000):
            await permit.pass_through(Line())
    assert permit.patience_s(30) == 30


async def test_a_permit_opens_with_the_consent_and_shuts_with_it() -> None:
    """Nobody passes before it is confirmed, nor after it is over, whatever is said then; a goodbye is short."""
    permit, line = Permit(free=False), Line()
    early = asyncio.create_task(permit.pass_through(line))
    await asyncio.sleep(0.02)
    assert not early.done()
    permit.confirm(NIGHT)
    await asyncio.wait_for(early, 1)
    permit.end("withdrawn")
    permit.confirm(NIGHT)
    late = asyncio.create_task(permit.pass_through(Line()))
    assert await asyncio.wait_for(permit.over(), 1) == "withdrawn"
    assert 0 < permit.patience_s(30) <= LEAVE_S
    assert not late.done()
    late.cancel()
    permit.cut()
    assert line.ended


@pytest.mark.parametrize("again", [True, False])
async def test_a_doubt_that_lasts_cuts_everybody(monkeypatch: pytest.MonkeyPatch, *, again: bool) -> None:
    """A doubt is forgiven when the consent is confirmed in time, else every connection is cut."""
    monkeypatch.setattr("alertsim.broker.permit.UNSURE_S", 0.05)
    permit, line = Permit(free=False), Line()
    permit.confirm(NIGHT)
    await permit.pass_through(line)
    permit.doubt()
    if again:
        permit.confirm(NIGHT)
    await asyncio.sleep(0.2)
    assert line.ended is not again

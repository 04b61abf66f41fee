"""The pure parts of alertsim.broker: what a person may ask for, when a dying child is given up, free ports."""

import os
import resource
import socket
from ipaddress import ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alertsim.broker import Broker, Target, embedded, mosquitto, parse_target
from alertsim.broker.ports import reserved_port
from alertsim.broker.supervision import MOST_RESTARTS, WITHIN_S, too_often
from alertsim.broker.target import Kind, is_loopback
from alertsim.broker.tether import allow_connections, tie_to
from alertsim.errors import BrokerError, InputError

FIRST = 24_100


@pytest.mark.parametrize(
    ("text", "hosts", "port"),
    [
        ("mqtt://127.0.0.1:1884", ("127.0.0.1",), 1884),
        ("mqtt://127.0.0.1", ("127.0.0.1",), 1883),
        ("mqtt://127.1.2.3:1", ("127.1.2.3",), 1),
        ("mqtt://localhost:65535", ("127.0.0.1", "::1"), 65_535),
        ("MQTT://LocalHost", ("127.0.0.1", "::1"), 1883),
        ("mqtt://[::1]:1884", ("::1",), 1884),
    ],
)
def test_loopback_urls(text: str, hosts: tuple[str, ...], port: int) -> None:
    """A loopback URL is taken literally, localhost without asking anybody, and the port is 1883 unless said."""
    assert parse_target(text) == Target("external", port, hosts)


@pytest.mark.parametrize("kind", ["embedded", "mosquitto"])
def test_children_start_at_21883(kind: Kind) -> None:
    """A broker of our own is asked for by one word and begins looking for a port at 21883."""
    assert parse_target(kind) == Target(kind, 21_883)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "mosquito",
            "Embedded",
            "127.0.0.1",
            "127.0.0.1:1883",
            "localhost",
            "mqtt:127.0.0.1",
            "mqtt:///",
            "mqtt://",
        ),
        *("mqtts://127.0.0.1", "ws://127.0.0.1", "tcp://127.0.0.1", "http://127.0.0.1", "unix:///run/mq.sock"),
        *("mqtt://test.mosquitto.org", "mqtt://10.0.0.1", "mqtt://0.0.0.0", "mqtt://[::]", "mqtt://128.0.0.1"),
        *(
            "mqtt://localhost.",
            "mqtt://localhost.example",
            "mqtt://127.0.0.1.example",
            "mqtt://my-machine",
            "mqtt://127.1",
        ),
        *(
            "mqtt://0x7f.0.0.1",
            "mqtt://2130706433",
            "mqtt://127.0.0.01",
            "mqtt://[::ffff:127.0.0.1]",
            "mqtt://[::1%lo]",
        ),
        *(
            "mqtt://127.0.0.1:0",
            "mqtt://127.0.0.1:65536",
            "mqtt://127.0.0.1:",
            "mqtt://127.0.0.1:x",
            "mqtt://127.0.0.1:-1",
        ),
        *("mqtt://127.0.0.1:1883/", "mqtt://127.0.0.1/topic", "mqtt://127.0.0.1?a=b", "mqtt://127.0.0.1#a"),
        *(
            "mqtt://[127.0.0.1]",
            "mqtt://::1",
            "mqtt://[::1",
            "mqtt://127.0.0.1\n",
            " mqtt://127.0.0.1",
            "mqtt://127.0.0.1\0",
        ),
        *(
            "mqtt://１２７.0.0.1",
            "mqtt://127.0.0.1:１",
            "mqtt://127.0.0.1@example.org",
            "mqtt://example.org#@127.0.0.1",
        ),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """Everything that is not loopback MQTT in the clear is refused, and the refusal says what is allowed."""
    with pytest.raises(InputError, match=r"only brokers on this machine for now: embedded, mosquitto or mqtt://"):
        parse_target(text)


@pytest.mark.parametrize("text", ["mqtt://me:s3cret@127.0.0.1", "mqtt://me:s3/cr@et@127.0.0.1", "me:s3cret@127.0.0.1"])
def test_a_password_is_refused_unseen(text: str) -> None:
    """A user and password are refused without repeating them."""
    with pytest.raises(InputError) as refusal:
        parse_target(text)
    assert "s3" not in str(refusal.value)


@given(st.from_regex(r"\A(mqtt://)?(\[?[0-9a-f:.]{1,15}\]?|localhost|[a-z.]{1,9})(:[0-9]{0,6})?(/|@|\Z)") | st.text())
@example("mqtt://127.0.0.1:1883")
def test_only_loopback_ever_comes_out(text: str) -> None:
    """Whatever is typed, what comes out is a literal loopback address with a real port, or one printable refusal."""
    try:
        target = parse_target(text)
    except InputError as refusal:
        said = str(refusal)
    else:
        said = ""
        assert all(ip_address(host).is_loopback for host in target.hosts)
        assert 0 < target.port < 65_536
    assert said.isprintable()
    assert len(said) < 500


@pytest.mark.parametrize(
    ("address", "ours"),
    [("127.0.0.1", True), ("127.255.0.9", True), ("::1", True), ("192.168.0.1", False), ("::", False), ("::2", False)],
)
def test_is_loopback(address: str, ours: bool) -> None:
    """127.0.0.0/8 and ::1 are this machine, nothing else is."""
    assert is_loopback(address) is ours


def test_urls_of_a_broker() -> None:
    """A broker says its URL as it can be typed again, IPv6 in brackets."""
    four, six = Broker("external", "127.0.0.1", 1884), Broker("external", "::1", 1884)
    assert (four.url, six.url) == ("mqtt://127.0.0.1:1884", "mqtt://[::1]:1884")
    assert parse_target(six.url).hosts == ("::1",)


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

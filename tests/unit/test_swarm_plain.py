"""The small pure parts of the swarm: ramp, keep-alive, plan and bytes, recognising, bulletins."""

from collections import Counter
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.errors import InputError
from alertsim.mqtt.codes import Version
from alertsim.mqtt.packets import Connect, Publish, Subscribe
from alertsim.mqtt.reader import Reader
from alertsim.swarm.bulletins import Bulletins
from alertsim.swarm.dialling import source_of
from alertsim.swarm.keepalive import SHARE, Turns
from alertsim.swarm.ledger import Ledger
from alertsim.swarm.plan import Address, Plan, Stage, Tls, alike, read_plan
from alertsim.swarm.ramp import LONGEST_S, SLACK_S, Ramp, back_off_s
from alertsim.swarm.recognise import Recogniser
from alertsim.swarm.roster import Roster
from alertsim.swarm.wire_bytes import Phrases
from alertsim.wire import Mark

BY = Mark("load-x", "nobody", status="Test")
NOW = 1_795_000_000_000_000


def plan(subscribers: int = 3, behaviour: dict[str, Any] | None = None, **options: Any) -> Plan:
    """A plan of subscribers that are all alike."""
    people = alike(subscribers, ("t",), **behaviour or {})
    usual = {"brokers": (Address("127.0.0.1", 1, None, "u", "p"),), "name": "test-x", "offset_us": 0}
    whole: dict[str, Any] = {**usual, **people, **options}
    return Plan(**whole)


@given(st.floats(0.5, 5_000), st.lists(st.floats(0, 0.4), max_size=200))
def test_a_ramp_keeps_its_rate(per_s: float, gaps: list[float]) -> None:
    """However often it is asked, it never gives more than its rate and the slack."""
    ramp, now, given_out = Ramp(10_000, (Stage(10_000, per_s),)), 0.0, 0
    for gap in gaps:
        now += gap
        while ramp.take(now) is not None:
            given_out += 1
        assert given_out <= (now + SLACK_S) * per_s + 1.001
        assert ramp.due_s() > now or given_out == 10_000


def test_a_ramp_without_a_rate_gives_everybody_in_order() -> None:
    """As many as are asked for, each once, then nobody; who is to come again, not before its time, and first."""
    ramp = Ramp(4)
    assert [ramp.take(0.0) for _ in range(2)] == [0, 1]
    ramp.again(1, 5.0)
    assert [ramp.take(4.9) for _ in range(3)] == [2, 3, None]
    assert ramp.due_s() == 5.0
    assert [ramp.take(5.0), ramp.take(5.0)] == [1, None]
    assert ramp.due_s() == float("inf")
    ramp.again(1, 5.0)
    ramp.stop()
    assert ramp.take(9.0) is None


@given(st.floats(0.01, 10), st.integers(1, 300))
def test_back_off_doubles_up_to_a_minute(first_s: float, attempt: int) -> None:
    """Fixed: doubled each time. Jittered: below that, and the same in each run."""
    whole = back_off_s(first_s, attempt, "a", jittered=False)
    assert whole == min(LONGEST_S, first_s * 2 ** min(attempt - 1, 30))
    assert 0 <= back_off_s(first_s, attempt, "a", jittered=True) < whole
    assert back_off_s(first_s, attempt, "a", jittered=True) == back_off_s(first_s, attempt, "a", jittered=True)


def test_jitter_spreads() -> None:
    """A thousand names fall evenly into ten tenths, give or take."""
    tenths = Counter(int(10 * back_off_s(1.0, 1, f"n{n}", jittered=True)) for n in range(1_000))
    assert set(tenths) == set(range(10))
    assert max(tenths.values()) < 150


@given(st.integers(1, 500), st.integers(5, 300), st.lists(st.floats(0, 60), max_size=60))
def test_everybody_pings_within_a_keep_alive(subscribers: int, keep_alive_s: int, gaps: list[float]) -> None:
    """Between two pings of a subscriber lie at most three quarters of the keep-alive, and what the loop was late."""
    turns, now = Turns(subscribers, keep_alive_s, 0.0), 0.0
    last = dict.fromkeys(range(subscribers), 0.0)
    for gap in gaps:
        now += gap
        due = [turn % subscribers for turn in turns.due(now)]
        assert len(due) == len(set(due))
        last.update(dict.fromkeys(due, now))
        assert now - min(last.values()) <= keep_alive_s * SHARE + gap + 0.01 + max(gaps)


def test_pings_are_spread() -> None:
    """A hundred subscribers do not ping at once."""
    turns = Turns(100, 40, 0.0)
    assert [len(turns.due(n * 3.0)) for n in range(1, 11)] == [10] * 10


def test_no_keep_alive_no_pings() -> None:
    """Keep-alive 0 switches it off."""
    assert not Turns(3, 0, 0.0).due(1e9)


def test_a_plan_survives_json() -> None:
    """What is written for the process is what it reads."""
    tls = Tls("broker.example", "ca.pem")
    wish = plan(
        behaviour={"persistent": True, "operator": "operator-a", "network": "data"},
        brokers=(Address("127.0.0.1", 1, tls, "u", "ключ"), Address("::1", 2)),
        stages=(Stage(2, 2.5), Stage(3, None)),
        sources=("127.0.0.9",),
    )
    assert read_plan(wish.text()) == wish


@pytest.mark.parametrize("version", [4, 5])
@pytest.mark.parametrize("persistent", [False, True])
@given(subscriber=st.integers(0, 2))
def test_greetings(version: Literal[4, 5], persistent: bool, subscriber: int) -> None:
    """Everybody introduces himself under a name of his own and subscribes; a persistent one returns to his session."""
    persistent = persistent and version == 5
    phrases = Phrases(Roster(plan(version=version, behaviour={"persistent": persistent, "qos": 1})))
    for again in (False, True):
        connect, subscribe = Reader(None).feed(phrases.greeting(subscriber, again=again))
        assert isinstance(connect, Connect)
        assert isinstance(subscribe, Subscribe)
        assert (connect.client_id, connect.username, connect.password) == (f"test-x-{subscriber:06}", "u", b"p")
        assert connect.clean_start is not (again and persistent)
        assert [(one.filter, one.qos) for one in subscribe.subscriptions] == [("t", 1)]


def test_sources() -> None:
    """On loopback at most 10,000 share an address; elsewhere the system chooses."""
    assert Counter(source_of("127.0.0.1", n) for n in range(25_000)) == {
        "127.0.1.1": 10_000,
        "127.0.2.1": 10_000,
        "127.0.3.1": 5_000,
    }
    assert source_of("192.0.2.1", 1) is None
    assert source_of("::1", 1) is None


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("qos", [0, 1, 2])
@given(seq=st.integers(0, 10**9), size=st.integers(500, 3_000), packet_id=st.integers(1, 65_535))
def test_bulletins(version: Version, qos: int, seq: int, size: int, packet_id: int) -> None:
    """Each is a marked Test message of the size asked for, not retained, with the id it is given."""
    bulletin = Bulletins(BY, size=size, qos=qos, version=version).make(seq, NOW)
    (packet,) = Reader(version).feed(bulletin.with_id(packet_id))
    assert isinstance(packet, Publish)
    assert (len(packet.payload), packet.qos, packet.retain) == (size, qos, False)
    assert packet.packet_id == (packet_id if qos else 0)
    assert packet.topic == bulletin.topic == "test/load-x/public/news"
    assert packet.payload.startswith(b'{"intended_us":%d,"status":"Test","exercise":"load-x",' % NOW)
    if version is Version.V5:
        assert ("status", "Test") in packet.properties.user_properties
        assert bulletin.expires_us == NOW + (packet.properties.message_expiry_interval or 0) * 1_000_000


@pytest.mark.parametrize("size", [0, 300, 65_537])
def test_a_size_that_cannot_be(size: int) -> None:
    """Smaller than the mark or larger than the contract: the sentence names both limits."""
    with pytest.raises(InputError, match=r"has \d+ to 65536 bytes"):
        Bulletins(BY, size=size, qos=0, version=Version.V5)


def test_load_is_never_published_as_an_exercise() -> None:
    """The mark must be Test."""
    with pytest.raises(ValueError, match="Test"):
        Bulletins(Mark("x", "nobody"), size=500, qos=0, version=Version.V5)


def payload(seq: int, rest: str = "") -> bytes:
    head = f'{{"intended_us":{NOW},"status":"Test","exercise":"x","v":1,"event":"e","seq":{seq},"kind":"k"'
    return f"{head}{rest}}}".encode()


def test_recognises_what_was_announced() -> None:
    """A message is found by topic and `seq`, then by its bytes; said again in other words it is the same message."""
    ledger = Ledger([0])
    entry = ledger.publish("t", 7, NOW)
    recogniser = Recogniser(ledger, listen_only=False)
    for each in (payload(7), payload(7), payload(7, ',"renewed":true')):
        assert recogniser.find(b"t", each, 0, NOW) is entry
    assert recogniser.find(b"u", payload(7), 0, NOW) is None
    assert recogniser.find(b"t", b"", 0, NOW) is None
    assert recogniser.strangers == 2


def test_asks_for_news_before_it_calls_anything_strange() -> None:
    """It may have been announced, and nobody has looked yet."""
    ledger = Ledger([0])
    recogniser = Recogniser(ledger, listen_only=False)

    def news() -> None:
        ledger.publish("t", 7, NOW)

    recogniser.news = news
    assert recogniser.find(b"t", payload(7), 0, NOW) is ledger.find("t", 7)
    assert recogniser.strangers == 0


def test_says_what_came_after_its_closing() -> None:
    """A message whose bits were given up is counted so, and is no stranger."""
    ledger = Ledger([0] * 8_000, memory=150_000)
    recogniser = Recogniser(ledger, listen_only=False)
    for seq in range(300):
        ledger.publish("t", seq, NOW)
    recogniser.forget()
    assert recogniser.find(b"t", payload(0), 3, NOW) is None
    assert (recogniser.strangers, ledger.close().sums.after_close) == (0, 1)


def test_listening_only_takes_what_comes() -> None:
    """Marked: with its own intended time. Unmarked: an account for each payload, without times."""
    ledger = Ledger([0, 0])
    recogniser = Recogniser(ledger, listen_only=True)
    marked = recogniser.find(b"t", payload(9), 0, NOW + 5)
    assert marked
    assert (marked.seq, marked.intended_us) == (9, NOW)
    one, other = (recogniser.find(b"t", body, 0, NOW) for body in (b"a", b"b"))
    assert one is not other
    assert recogniser.find(b"t", b"a", 1, NOW) is one


def test_listening_only_leaves_alone_what_was_there_before() -> None:
    """A copy the broker had kept of an unknown message opens no account and is no stranger; of a known one it is it."""
    ledger = Ledger([0, 0])
    recogniser = Recogniser(ledger, listen_only=True)
    for body in (payload(9), b"a"):
        assert recogniser.find(b"t", body, 0, NOW, retained=True) is None
    assert (ledger.messages, recogniser.strangers) == (0, 0)
    entry = recogniser.find(b"t", payload(9), 0, NOW)
    assert entry
    assert recogniser.find(b"t", payload(9), 1, NOW, retained=True) is entry


def test_remembers_so_many_bytes() -> None:
    """Large payloads are forgotten, not collected."""
    ledger = Ledger([0])
    recogniser = Recogniser(ledger, listen_only=True)
    for n in range(40):
        recogniser.find(b"t", bytes([n]) * 1_000_000, 0, NOW)
    assert 0 < sum(len(body) for _, body in recogniser._known) <= 4_200_000

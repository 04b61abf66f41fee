"""A 3.1.1 client and an MQTT 5 broker that never notice each other's version."""

import random
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.mqtt import (
    Auth,
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Properties,
    ProtocolError,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Reason,
    ReturnCode,
    Suback,
    Subscribe,
    Subscription,
    Told,
    Translator,
    Unsuback,
    Unsubscribe,
    Version,
    Will,
    encode,
    return_code,
)
from alertsim.mqtt.codes import CODES, Kind
from alertsim.mqtt.translation import FOREVER, MANY
from tests.mqtt_packets import packet, random_sources

LIVELY = Properties(content_type="application/json", user_properties=(("a", "b"),), message_expiry_interval=9)


def connected(receive_maximum: int | None = None, keep_alive_s: int = 0) -> Translator:
    translator = Translator(keep_alive_s)
    translator.from_client(Connect("c"))
    translator.from_broker(Connack(properties=Properties(receive_maximum=receive_maximum)))
    return translator


@given(random_sources)
def test_whatever_comes_can_be_sent_on(draw: random.Random) -> None:
    """Any packet of either side becomes packets the other's version allows, or is refused as not that side's part."""
    translator = connected()
    for _ in range(10):
        try:
            if draw.random() < 0.5:
                told = translator.from_client(packet(draw, Version.V311))
            else:
                told = translator.from_broker(packet(draw, Version.V5))
        except ProtocolError as error:
            if "does not send" not in str(error) and error.reason is not Reason.TOPIC_ALIAS_INVALID:
                raise
            continue
        for one in told.to_broker:
            encode(one, Version.V5)
        for one in told.to_client:
            encode(one, Version.V311)


def test_a_session_without_end_stays_without_end() -> None:
    """A clean session leaves none behind; any other is kept for ever, as 3.1.1 means it. The will comes along."""
    will = Will("t", b"gone", 1, retain=True)
    for clean, stays in ((True, None), (False, FOREVER)):
        hello = Connect("c", clean, 60, "u", b"p", will)
        told = Translator().from_client(hello)
        assert told == Told((Connect("c", clean, 60, "u", b"p", will, Properties(session_expiry_interval=stays)),))


def test_a_broker_may_rename_and_hurry_a_client() -> None:
    """An assigned client id cannot be told; a keep-alive the broker sets becomes ours to keep."""
    translator = Translator()
    translator.from_client(Connect(""))
    some = Properties(assigned_client_identifier="auto-1", server_keep_alive=20)
    assert translator.from_broker(Connack(session_present=True, properties=some)) == Told(to_client=(Connack(True),))
    assert translator.ping_s == 20


def test_a_client_without_keep_alive_gets_one() -> None:
    """Where the broker refuses keep-alive 0 the proxy's stands in, and the answers to its pings stay with it."""
    translator = Translator(keep_alive_s=30)
    (hello,) = translator.from_client(Connect("c", keep_alive_s=0)).to_broker
    assert isinstance(hello, Connect)
    assert (hello.keep_alive_s, translator.ping_s) == (30, 30)
    assert [translator.ping(), translator.ping()] == [Pingreq()] * 2
    assert translator.from_client(Pingreq()) == Told((Pingreq(),))
    assert [translator.from_broker(Pingresp()) for _ in range(2)] == [Told()] * 2
    assert [translator.from_broker(Pingresp()) for _ in range(2)] == [Told(to_client=(Pingresp(),))] * 2
    assert connected(keep_alive_s=30).ping_s == 0


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (Reason.SUCCESS, ReturnCode.ACCEPTED),
        (Reason.UNSUPPORTED_PROTOCOL_VERSION, ReturnCode.UNACCEPTABLE_PROTOCOL_VERSION),
        (Reason.CLIENT_IDENTIFIER_NOT_VALID, ReturnCode.IDENTIFIER_REJECTED),
        (Reason.BAD_USER_NAME_OR_PASSWORD, ReturnCode.BAD_USER_NAME_OR_PASSWORD),
        (Reason.NOT_AUTHORIZED, ReturnCode.NOT_AUTHORIZED),
        (Reason.BANNED, ReturnCode.NOT_AUTHORIZED),
        (Reason.SERVER_BUSY, ReturnCode.SERVER_UNAVAILABLE),
        (Reason.QUOTA_EXCEEDED, ReturnCode.SERVER_UNAVAILABLE),
    ],
)
def test_a_refusal_has_a_return_code(reason: Reason, code: ReturnCode) -> None:
    """Reasons become the nearest of 3.1.1's five; after a refusal both connections end."""
    told = Translator().from_broker(Connack(reason=reason))
    assert (return_code(reason), told) == (code, Told(to_client=(Connack(reason=code),), ends=bool(code)))


def test_every_reason_has_a_return_code() -> None:
    """No reason a CONNACK may carry is left without one 3.1.1 allows."""
    assert {return_code(code) for code in CODES[Version.V5][Kind.CONNACK]} == set(ReturnCode)


def test_a_message_loses_what_3_1_1_cannot_say() -> None:
    """Properties go, the message stays as it is."""
    one = Publish("t", b"x", 1, 7, retain=True, dup=True)
    told = connected().from_broker(Publish("t", b"x", 1, 7, retain=True, dup=True, properties=LIVELY))
    assert told == Told(to_client=(one,))


def test_an_alias_nobody_offered_is_refused() -> None:
    """The CONNECT we send allows no topic alias, so one is the broker's fault."""
    with pytest.raises(ProtocolError, match="topic alias") as caught:
        connected().from_broker(Publish("", properties=Properties(topic_alias=1)))
    assert caught.value.reason is Reason.TOPIC_ALIAS_INVALID


def test_answers_lose_their_reasons() -> None:
    """A granted QoS stays, every failure is 0x80, UNSUBACK says nothing, PUBREL and PUBCOMP are bare."""
    translator, why = connected(), Properties(reason_string="no")
    told = translator.from_broker(Suback(1, (0, 1, 2, Reason.NOT_AUTHORIZED, Reason.QUOTA_EXCEEDED), why))
    assert told == Told(to_client=(Suback(1, (0, 1, 2, 0x80, 0x80)),))
    assert translator.from_broker(Unsuback(1, (0x11,), why)) == Told(to_client=(Unsuback(1),))
    assert translator.from_broker(Pubrel(1, 0x92, why)) == Told(to_client=(Pubrel(1),))
    assert translator.from_broker(Pubcomp(1, 0x92, why)) == Told(to_client=(Pubcomp(1),))
    assert translator.from_broker(Puback(1, Reason.NOT_AUTHORIZED, why)) == Told(to_client=(Puback(1),))


def test_requests_pass_unchanged() -> None:
    """What means the same in both versions is passed on as it is."""
    some: list[Packet] = [
        Subscribe(1, (Subscription("t", 1),)), Unsubscribe(2, ("t",)), Puback(3), Pubrec(4), Pubrel(5), Pubcomp(6),
        Publish("t", b"x"), Pingreq(),
    ]  # fmt: skip
    translator = connected()
    assert [translator.from_client(one) for one in some] == [Told((one,)) for one in some]


def test_a_refused_message_ends_with_its_client() -> None:
    """A broker that refuses at PUBREC is done; the client's PUBREL is answered here and not passed on."""
    translator = connected()
    translator.from_client(Publish("t", b"", 2, 7))
    assert translator.from_broker(Pubrec(7, Reason.NOT_AUTHORIZED)) == Told(to_client=(Pubrec(7),))
    assert translator.from_client(Pubrel(7)) == Told(to_client=(Pubcomp(7),))
    assert translator.from_client(Pubrel(7)) == Told((Pubrel(7),))
    assert translator.from_broker(Pubrec(8, Reason.NO_MATCHING_SUBSCRIBERS)) == Told(to_client=(Pubrec(8),))


def test_both_ways_of_ending() -> None:
    """A client's DISCONNECT is passed on; a broker's is not, for 3.1.1 has none: the connection ends."""
    assert connected().from_client(Disconnect()) == Told((Disconnect(),), ends=True)
    assert connected().from_broker(Disconnect(Reason.SERVER_SHUTTING_DOWN)) == Told(ends=True)


@pytest.mark.parametrize("one", [Connack(), Suback(1, (0,)), Unsuback(1), Pingresp(), Auth()])
def test_a_client_sends_a_clients_packets(one: Packet) -> None:
    """What is a broker's to send is refused from a client."""
    with pytest.raises(ProtocolError, match=f"a client does not send {one.kind.name}"):
        connected().from_client(one)


@pytest.mark.parametrize(
    "one", [Connect("c"), Subscribe(1, (Subscription("t"),)), Unsubscribe(1, ("t",)), Pingreq(), Auth()]
)
def test_a_broker_sends_a_brokers_packets(one: Packet) -> None:
    """What is a client's to send, and AUTH, is refused from a broker."""
    with pytest.raises(ProtocolError, match=f"a broker does not send {one.kind.name}"):
        connected().from_broker(one)


def test_nothing_is_sent_before_the_broker_said_how_much() -> None:
    """Messages that come before CONNACK wait for the broker's Receive Maximum; QoS 0 has none."""
    translator = Translator()
    translator.from_client(Connect("c"))
    some = [Publish("t", b"", 1, n) for n in (1, 2, 3)]
    assert [translator.from_client(one) for one in some] == [Told()] * 3
    assert translator.from_client(Publish("t")) == Told((Publish("t"),))
    told = translator.from_broker(Connack(properties=Properties(receive_maximum=2)))
    assert told == Told(tuple(some[:2]), (Connack(),))


def test_a_client_that_hurries_is_to_be_stopped() -> None:
    """When as many messages are held back as a proxy should keep, it is told, until one of them goes."""
    translator = connected(receive_maximum=1)
    crowds = []
    for packet_id in range(1, MANY + 2):
        translator.from_client(Publish("t", b"", 1, packet_id))
        crowds.append(translator.crowded)
    assert crowds == [False] * MANY + [True]
    translator.from_broker(Puback(1))
    assert not translator.crowded


def test_a_repeated_message_is_not_sent_twice() -> None:
    """MQTT 5 forbids to repeat on one connection what 3.1.1 allowed: the broker has it, or will."""
    translator = connected(receive_maximum=1)
    for packet_id in (1, 2):
        translator.from_client(Publish("t", b"", 1, packet_id))
        assert translator.from_client(Publish("t", b"", 1, packet_id, dup=True)) == Told()
    assert translator.from_broker(Puback(1)) == Told((Publish("t", b"", 1, 2),), (Puback(1),))
    assert translator.from_client(Publish("t", b"", 1, 1, dup=True)) == Told()
    assert translator.from_broker(Puback(2)).to_broker == (Publish("t", b"", 1, 1, dup=True),)


@given(st.integers(1, 5), st.lists(st.sampled_from([1, 2]), max_size=200), random_sources)
def test_the_brokers_window_holds(window: int, levels: list[int], draw: random.Random) -> None:
    """However fast a client publishes, the broker has at most its Receive Maximum open, in order, and at last all."""
    translator, waiting, got = connected(window), deque(enumerate(levels, 1)), list[int]()
    unanswered: list[Publish] = []

    def take(told: Told) -> None:
        for one in told.to_broker:
            assert isinstance(one, Publish)
            got.append(one.packet_id)
            unanswered.append(one)
        assert len(unanswered) <= window

    while waiting or unanswered:
        if waiting and draw.random() < 0.7:
            packet_id, qos = waiting.popleft()
            take(translator.from_client(Publish("t", b"", qos, packet_id)))
        elif unanswered:
            one = unanswered.pop(draw.randrange(len(unanswered)))
            if one.qos == 1:
                take(translator.from_broker(Puback(one.packet_id)))
            elif draw.random() < 0.5:
                take(translator.from_broker(Pubrec(one.packet_id, Reason.QUOTA_EXCEEDED)))
            else:
                take(translator.from_broker(Pubcomp(one.packet_id)))
    assert got == list(range(1, len(levels) + 1))

"""The MQTT 5 connection of one exercise: connects, keeps reconnecting, sends the outbox, renews leases.

The publisher remembers the newest retained message of each topic (`standing`). That is the one copy of state outside
the situation, because order needs it: after a reconnect the broker must be told again what stood, before what waits.
An alert is handed only to a broker that answered within the last quarter of a second, so that none lies in the socket
of a stopped broker when the exercise is terminated.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterable
from functools import partial

import aiomqtt
import structlog
from aiomqtt.types import PayloadType
from paho.mqtt.packettypes import PacketTypes

from alertsim.clock import monotonic_s, pause, unix_us
from alertsim.errors import BrokerError
from alertsim.events import warns
from alertsim.feed import Reader
from alertsim.observations import (
    BrokerLost,
    BrokerRestored,
    EventAcknowledged,
    EventExpired,
    EventPublished,
    Observation,
    Played,
    Unsent,
)
from alertsim.publisher.connection import Poster, properties_of
from alertsim.publisher.outbox import LIMIT, Letter, Outbox
from alertsim.times import Millis
from alertsim.wire import LEASE_S, Mark, Message, lifted, mark, retire, will, withdrawal

RENEW_S = 60.0
IN_FLIGHT = 16
"""How many topics have a message in flight at once; mosquitto grants 20 (its Receive Maximum)."""

FRESH_S = 0.25
_TIMEOUT_S = 5.0
_BACKOFF_S = (0.2, 5.0)


class Publisher:
    """The door of one exercise to its broker. `reader` hands it played events; `observe` takes what it sees.

    `connect` makes its clients. `on_refused` takes why the broker, which let us in, does not take our messages;
    `on_sending` each letter right before it goes out. `lifts_expiry`: who is away gets what warned him however late.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        by: Mark,
        at: Millis,
        reader: Reader,
        observe: Callable[[Observation], None],
        connect: Callable[..., Poster],
    ) -> None:
        self.on_refused: Callable[[str], None] = lambda _: None
        self.on_sending: Callable[[Letter], None] = lambda _: None
        self.lifts_expiry = False
        self.standing: dict[str, Message] = {}
        self.sent = 0
        self._address, self._by, self._at, self._reader, self._observe = (host, port), by, at, reader, observe
        self._connect = connect
        self._outbox, self._changed, self._back = Outbox(), asyncio.Event(), asyncio.Event()
        self._answered, self._flying = 0.0, set[Letter]()
        self._purged = self._closed = False
        self._log = structlog.get_logger().bind(part="publisher", broker=f"{host}:{port}")

    async def connect_once(self) -> None:
        """Check that the broker accepts us at all; BrokerError says why not."""
        try:
            async with asyncio.timeout(2 * _TIMEOUT_S), self._client("-check", last_will=False):
                return
        except BrokerError:
            raise
        except (aiomqtt.MqttError, TimeoutError, OSError) as error:
            (host, port), reason = self._address, str(error) or "no answer"
            raise BrokerError(f"the broker at mqtt://{host}:{port} does not accept us: {reason}") from None

    async def run(self) -> None:
        """Send until cancelled, over as many connections as it takes."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._collect(), name="publisher: collect")
            group.create_task(self._renew(), name="publisher: renew leases")
            group.create_task(self._stay_connected(), name="publisher: connection")

    def close(self) -> None:
        """Connect no more. Cancel `run` after it: on Python 3.11 a breaking connection can swallow a cancellation."""
        self._closed = True
        self._changed.set()

    def hurry(self) -> None:
        """Connect again at once: the broker is known to be back."""
        self._back.set()

    def say(self, played: Played) -> None:
        """Send what did not come by the feed, unless only the farewell is still to be said."""
        if not self._purged:
            self._enclose(played)

    def purge(self) -> None:
        """Drop everything that waits and take nothing more from the feed: what comes now is the farewell."""
        self._purged = True
        self._reader.close(discard=True)
        self._outbox.purge()
        self._say_dropped()

    async def drained(self, patience_s: float) -> bool:
        """Wait until the reader is closed and everything it gave has arrived; False when patience ended first."""
        try:
            async with asyncio.timeout(patience_s):
                while not self._reader.drained or len(self._outbox):
                    await pause(0.01)
        except TimeoutError:
            return False
        return True

    async def farewell(self, last: Iterable[Played], patience_s: float) -> tuple[Message, ...]:
        """Say the last events, end and clear whatever stands; BrokerError when the broker is not there to hear it.

        Returns the messages beyond the events' own: what ended and cleared each retained topic.
        """
        played = tuple(last)
        for each in played:
            self._enclose(each)
        closing = tuple(retire(self.standing, played[-1], self._by))
        for message in closing:
            self._put(Letter(message, "", played[-1].seq, played[-1].due_us))
        self.standing.clear()
        if not await self.drained(patience_s):
            raise BrokerError(
                "the broker went away before the exercise could be cleared; "
                f"what it retains expires within {LEASE_S} s, and `alertsim clear` removes it at once"
            )
        return closing

    async def _collect(self) -> None:
        """Feed to outbox, as long as there is room."""
        while lines := await self._reader.take():
            for line in lines:
                if isinstance(line, Played) and not self._purged:
                    self._enclose(line)
            while len(self._outbox) >= LIMIT:
                await pause(0.01)

    def _enclose(self, played: Played) -> None:
        message = mark(played, self._by)
        if message.retain:
            self.standing.pop(message.topic, None)
            self.standing[message.topic] = message
        if self.lifts_expiry and message.qos and not message.retain:
            message = lifted(message)
        self._put(Letter(message, played.event.event, played.seq, played.due_us))
        if self.lifts_expiry and message.retain and warns(played.event):
            self._put(Letter(lifted(message), "", played.seq, played.due_us))
        for last in withdrawal(played, self._by):
            self.standing.pop(last.topic, None)
            self._put(Letter(last, "", played.seq, played.due_us))

    def _put(self, letter: Letter) -> None:
        self._outbox.put(letter)
        self._changed.set()

    async def _renew(self) -> None:
        """Once a minute say again what stands, wherever nothing newer waits."""
        while True:
            await pause(RENEW_S)
            self._say_what_stands()

    def _say_what_stands(self) -> None:
        """Also what was never sent stands; not once everything was purged: what comes then is the farewell."""
        if self._purged:
            return
        for topic, message in self.standing.items():
            if not self._outbox.holds(topic):
                self._put(Letter(message, "", 0, unix_us()))

    async def _stay_connected(self) -> None:
        """One connection after the other, with jittered exponential back-off."""
        backoff, first = _BACKOFF_S[0], True
        while not self._closed:
            try:
                async with self._client() as client:
                    await client.subscribe(f"{self._by.root}/ack/+", qos=1)
                    if not first:
                        self._observe(BrokerRestored(waiting=len(self._outbox)))
                        self._log.warning("connected again", waiting=len(self._outbox))
                        self._say_what_stands()
                    backoff, first = _BACKOFF_S[0], False
                    try:
                        await self._serve(client)
                    finally:
                        if self.standing:  # no farewell was said: leave without a word, so that the will speaks
                            client.cut()
            except* (aiomqtt.MqttError, OSError, TimeoutError) as broken:
                reason = str(broken.exceptions[0])
                self._observe(BrokerLost(reason=reason))
                self._log.warning("connection lost", reason=reason)
            backoff = await self._rest(backoff)

    async def _rest(self, backoff: float) -> float:
        """Wait before the next attempt, unless the broker is known to be back; how long to wait after that one."""
        try:
            async with asyncio.timeout(backoff * (0.5 + secrets.randbelow(1000) / 1000)):
                await self._back.wait()
        except TimeoutError:
            return min(backoff * 2, _BACKOFF_S[1])
        self._back.clear()
        return _BACKOFF_S[0]

    async def _serve(self, client: Poster) -> None:
        """Use one connection until it breaks; what was in flight goes first on the next."""
        self._answered = monotonic_s()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(client), name="publisher: acks")
                group.create_task(self._deliver(client), name="publisher: deliver")
        finally:
            for letter in self._flying:
                self._outbox.lost(letter)
            self._flying.clear()

    async def _listen(self, client: Poster) -> None:
        """Acknowledgements in; ends with MqttError as soon as the socket drops."""
        async for message in client.messages:
            self._note(message.topic.value.rpartition("/")[2], message.payload)

    def _note(self, client: str, payload: PayloadType) -> None:
        """One acknowledgement; what is not one is logged and left alone."""
        try:
            body = json.loads(bytes(payload))  # type: ignore[arg-type]  # aiomqtt hands over bytes
            seen = EventAcknowledged(
                event=body["event"], seq=body["seq"], client=client, what=body["what"][:60], at_us=unix_us()
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            self._log.warning("not an acknowledgement", client=client[:60])
            return
        self._observe(seen)

    async def _deliver(self, client: Poster) -> None:
        """Send letter after letter, as many at once as may be in flight."""
        while letter := await self._next_letter(client):
            self._flying.add(letter)  # also where the connection breaks right here
            self.on_sending(letter)
            message = letter.aged(unix_us())
            answer = client.post(
                message.topic,
                message.payload,
                qos=message.qos,
                retain=message.retain,
                properties=properties_of(message, PacketTypes.PUBLISH),
            )
            answer.add_done_callback(partial(self._landed, letter))

    def _landed(self, letter: Letter, answer: "asyncio.Future[None]") -> None:
        """The broker has answered; on a connection that broke meanwhile it is of no use."""
        if letter not in self._flying:
            return
        self._flying.remove(letter)
        self._outbox.done(letter)
        self._changed.set()
        if refused := answer.exception():
            self._say_refused(letter, str(refused))
            return
        if letter.message.qos:
            self._answered = monotonic_s()
        self._say_sent(letter)

    async def _next_letter(self, client: Poster) -> Letter | None:
        """The next letter, once the broker is known to answer; None when there will be none."""
        while not self._closed:
            self._changed.clear()
            if len(self._flying) < IN_FLIGHT:
                if len(self._outbox):
                    await self._make_sure_it_answers(client)
                letter = self._outbox.take(unix_us())
                self._say_dropped()
                if letter:
                    return letter
            if not self._closed:
                await self._change()
        return None

    async def _change(self) -> None:
        """Wait until there is something to do; MqttError where the broker owes an answer for too long."""
        if not self._flying:
            await self._changed.wait()
            return
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                await self._changed.wait()
        except TimeoutError:
            raise aiomqtt.MqttError("the broker has stopped to answer") from None

    async def _make_sure_it_answers(self, client: Poster) -> None:
        """A round trip that leaves no trace, unless the broker has answered just now."""
        if monotonic_s() - self._answered > FRESH_S:
            await client.subscribe(f"{self._by.root}/are-you-there", timeout=_TIMEOUT_S)
            self._answered = monotonic_s()

    def _say_sent(self, letter: Letter) -> None:
        self.sent += 1
        if letter.event and letter.message.qos:
            topic = letter.message.topic.removeprefix(self._by.root + "/")
            self._observe(EventPublished(event=letter.event, seq=letter.seq, topic=topic, at_us=unix_us()))

    def _say_refused(self, letter: Letter, reason: str) -> None:
        """A broker that refuses one message would refuse it again: it is over, and so is the exercise."""
        self.standing.pop(letter.message.topic, None)
        self._say_unsent(letter, "refused")
        self.on_refused(reason)

    def _say_dropped(self) -> None:
        dropped, self._outbox.dropped = self._outbox.dropped, []
        for letter, reason in dropped:
            self._say_unsent(letter, reason)

    def _say_unsent(self, letter: Letter, reason: Unsent) -> None:
        if letter.event and letter.message.qos:
            topic = letter.message.topic.removeprefix(self._by.root + "/")
            self._observe(EventExpired(event=letter.event, seq=letter.seq, topic=topic, reason=reason))
            self._log.warning("not sent", what=letter.event, reason=reason)

    def _client(self, suffix: str = "", *, last_will: bool = True) -> Poster:
        """A connection of this exercise: its client id and its will carry the mark."""
        parting = will(self._by, at=self._at, intended_us=unix_us())
        return self._connect(
            identifier=f"{self._by.root.replace('/', '-')}-publisher{suffix}",
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=True,
            keepalive=10,
            timeout=_TIMEOUT_S,
            max_inflight_messages=IN_FLIGHT,
            will=aiomqtt.Will(
                parting.topic,
                parting.payload,
                qos=parting.qos,
                retain=parting.retain,
                properties=properties_of(parting, PacketTypes.WILLMESSAGE),
            )
            if last_will
            else None,
        )

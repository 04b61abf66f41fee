"""The connections of a swarm: opened when it is their turn, kept alive, given up, and every loss counted by cause."""

from collections import Counter

from alertsim.mqtt.frames import PINGREQ
from alertsim.swarm import causes
from alertsim.swarm.attendance import Attendance
from alertsim.swarm.conversation import GREETED, SUBSCRIBED, Conversation
from alertsim.swarm.dialling import dial
from alertsim.swarm.keepalive import Pings
from alertsim.swarm.ramp import HANDSHAKES
from alertsim.swarm.roster import Roster
from alertsim.swarm.seats import Seats
from alertsim.swarm.ticks import monotonic_s
from alertsim.swarm.tls import channels
from alertsim.swarm.wire_bytes import Phrases

ANSWER_S = 10.0
"""How long CONNACK and SUBACK may take."""

_PINGS = 2


class Connections:
    """Those of a roster.

    `causes` counts every connection that failed or ended, by cause; `lost_of` those of each cohort, but for who
    fell asleep; `connects_of` every CONNACK, of which `first_connects` came in the `connect_s` of the first round, and
    `returns_of` are of who had been subscribed before.
    """

    def __init__(self, roster: Roster, seats: Seats, talk: Conversation) -> None:
        now_s = monotonic_s()
        self.causes: Counter[str] = Counter()
        self.attendance = Attendance(roster, now_s)
        self.connects_of, self.returns_of, self.lost_of = ([0] * len(roster.plan.cohorts) for _ in range(3))
        self.first_connects = self.handshakes = 0
        self.connect_s = self._first_dial_s = 0.0
        self._roster, self._seats, self._talk = roster, seats, talk
        self._phrases, self._pings = Phrases(roster), Pings(roster, now_s)
        self._unanswered, self._before = bytearray(roster.many), bytearray(roster.many)
        self._slow = [cohort.reads_per_s > 0 for cohort in roster.plan.cohorts]
        self._deadlines: dict[int, float] = {}
        self._channels = [channels(address.tls) for address in roster.plan.brokers]
        self._first_round, self._over = True, False

    @property
    def connects(self) -> int:
        """How many CONNACKs there were."""
        return sum(self.connects_of)

    @property
    def lost(self) -> int:
        """How many subscribers' connections were lost."""
        return sum(self.lost_of)

    def dial_who_is_due(self, now_s: float) -> None:
        """As many as there is room for."""
        while self.handshakes < HANDSHAKES and (subscriber := self.attendance.next(now_s)) is not None:
            if self._seats.fds[subscriber] < 0:
                self._first_dial_s = self._first_dial_s or now_s
                self._dial(subscriber, now_s)
        if self._first_round and self.attendance.begun and not self.handshakes:
            self._first_round = False

    def due_s(self) -> float:
        """When somebody may next be dialled; infinity when nobody is to be."""
        return self.attendance.due_s() if self.handshakes < HANDSHAKES and not self._over else float("inf")

    def tick(self, now_s: float) -> None:
        """What is due now and then: pings, giving up who does not answer, sleep and churn."""
        for subscriber in self._pings.due(now_s):
            if self._talk.states[subscriber] == SUBSCRIBED:
                self._ping(subscriber)
        for subscriber in [each for each, until_s in self._deadlines.items() if until_s < now_s]:
            self.end(self._seats.fds[subscriber], causes.NO_ANSWER)
        for subscriber in self.attendance.napping(now_s):
            self._part(subscriber, causes.ASLEEP, self._phrases.good_night())
        for subscriber in self.attendance.churning(now_s):
            self._part(subscriber, causes.CHURN)

    def cover(self, operator: str, up: dict[str, float], areas: dict[str, dict[str, float]]) -> None:
        """An operator's condition from now on; who is cut is gone without a word."""
        for subscriber in self.attendance.cover(operator, up, monotonic_s(), areas):
            self._part(subscriber, causes.NO_COVERAGE)

    def heard_from(self, subscriber: int) -> None:
        """It was answered: the connection lives."""
        self._unanswered[subscriber] = 0

    def welcomed(self, subscriber: int) -> None:
        """A CONNACK let somebody in: there is room for another handshake."""
        self.handshakes -= 1
        cohort = self._roster.cohorts[subscriber]
        self.connects_of[cohort] += 1
        self.returns_of[cohort] += self._before[subscriber]
        if self._first_round:
            self.first_connects += 1
            self.connect_s = monotonic_s() - self._first_dial_s

    def subscribed(self, subscriber: int) -> None:
        """A SUBACK came."""
        del self._deadlines[subscriber]
        self._before[subscriber] = 1
        self.attendance.arrived(subscriber)
        if self._slow[self._roster.cohorts[subscriber]]:
            self._seats.hold_back(self._seats.fds[subscriber])

    def send(self, fd: int, data: bytes) -> None:
        """Now, or when there is room."""
        if cause := self._seats.send(fd, data):
            self.end(fd, cause)

    def end(self, fd: int, cause: str) -> None:
        """A connection has ended, or is ended for a reason; whoever had it comes back, if it may."""
        subscriber = self._seats.owners[fd]
        was_lost = self._talk.states[subscriber] == SUBSCRIBED and cause != causes.ASLEEP
        self.lost_of[self._roster.cohorts[subscriber]] += was_lost
        self._close(fd)
        self._count(subscriber, cause)

    def leave(self) -> None:
        """Everybody says goodbye, sessions end; nobody comes back."""
        self._over = True
        self.attendance.stop()
        for fd in self._seats.taken:
            self.send(fd, self._phrases.goodbye(self._seats.owners[fd]))

    def close_all(self) -> None:
        """Whoever is still there."""
        for fd in self._seats.taken:
            self._close(fd)

    def _dial(self, subscriber: int, now_s: float) -> None:
        broker, place = self._roster.at_broker(subscriber)
        try:
            fd = dial(self._roster.plan.brokers[broker], place, self._roster.plan.sources)
        except OSError as error:
            self._count(subscriber, causes.failed(error))
            return
        self._seats.sit(fd, subscriber, self._channels[broker]())
        self._talk.states[subscriber] = GREETED
        self._deadlines[subscriber] = now_s + ANSWER_S
        self.handshakes += 1
        self.send(fd, self._phrases.greeting(subscriber, again=bool(self._before[subscriber])))

    def _ping(self, subscriber: int) -> None:
        fd = self._seats.fds[subscriber]
        if self._unanswered[subscriber] >= _PINGS:
            self.end(fd, causes.SILENT)
        else:
            self._unanswered[subscriber] += 1
            self.send(fd, PINGREQ)

    def _part(self, subscriber: int, cause: str, last_words: bytes = b"") -> None:
        """End a connection, if there is one."""
        if (fd := self._seats.fds[subscriber]) >= 0 and last_words:
            self.send(fd, last_words)
        if (fd := self._seats.fds[subscriber]) >= 0:
            self.end(fd, cause)

    def _count(self, subscriber: int, cause: str) -> None:
        if not self._over:
            self.causes[cause] += 1
            self.attendance.lost(subscriber, monotonic_s())

    def _close(self, fd: int) -> None:
        subscriber = self._seats.owners[fd]
        self.handshakes -= self._talk.states[subscriber] == GREETED
        self._unanswered[subscriber] = 0
        self._talk.ended(subscriber)
        self._seats.leave(fd)
        self._deadlines.pop(subscriber, None)

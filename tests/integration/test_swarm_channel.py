"""One connection by TLS, byte by byte: early words, records, broken ones, the end; alone and in a subscriber's seat."""

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsim.swarm import causes
from alertsim.swarm.causes import TlsError
from alertsim.swarm.plan import Tls
from alertsim.swarm.poller import WRITABLE, new_poller
from alertsim.swarm.seats import Seats
from alertsim.swarm.tls import Bare, Channel, channels, context_of
from tests.integration.real import Certificates, certificates, needs_openssl

pytestmark = needs_openssl


class Server:
    """The other end of a channel, in this process."""

    def __init__(self, pem: Certificates, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = version
        context.load_cert_chain(pem["server.pem"], pem["server.key"])
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def greet(self, channel: Channel) -> bytes:
        """Shake hands; what the channel had said by then."""
        channel.say(b"hello")
        for _ in range(3):
            assert channel.hear(self.shake(channel.owed())) == b""
        return self._tls.read(100)

    def shake(self, sealed: bytes) -> bytes:
        """Go on with the handshake; what to answer."""
        self._incoming.write(sealed)
        with suppress(ssl.SSLWantReadError):
            self._tls.do_handshake()
        return self._outgoing.read()

    @property
    def shaken(self) -> bool:
        """Whether the handshake is over."""
        return self._tls.version() is not None

    def take(self, sealed: bytes) -> bytes:
        """The plain text of everything."""
        self._incoming.write(sealed)
        heard = b""
        while self._incoming.pending:
            heard += self._tls.read(16_384)
        return heard

    def say(self, *texts: bytes) -> bytes:
        """Records with these texts."""
        for text in texts:
            rest = text
            while rest:
                rest = rest[self._tls.write(rest) :]
        return self._outgoing.read()

    def bye(self) -> bytes:
        """Its close_notify."""
        with pytest.raises(ssl.SSLWantReadError):
            self._tls.unwrap()
        return self._outgoing.read()


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("pem"))


def channel_to(pem: Certificates) -> Channel:
    new = channels(Tls("localhost", str(pem["ca.pem"])))()
    assert new
    return new


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_was_said_early_is_said(pem: Certificates, version: ssl.TLSVersion) -> None:
    """Words from before the handshake go out behind it, and much at once record by record."""
    server, channel = Server(pem, version), channel_to(pem)
    assert server.greet(channel) == b"hello"
    assert not channel._early
    much = os.urandom(200_000)
    channel.say(much)
    assert server.take(channel.owed()) == much


@settings(max_examples=30, deadline=None)
@given(
    texts=st.lists(st.binary(max_size=40_000), max_size=4),
    cuts=st.lists(st.floats(0, 1), max_size=6),
    bye=st.booleans(),
)
def test_the_pieces_do_not_matter(pem: Certificates, texts: list[bytes], cuts: list[float], bye: bool) -> None:
    """However the bytes come, the plain text is the same at once, and the end is the end."""
    server, channel = Server(pem), channel_to(pem)
    server.greet(channel)
    sealed = server.say(*texts)
    places = [0, *sorted(int(cut * len(sealed)) for cut in cuts), len(sealed)]
    heard = b"".join(channel.hear(sealed[start:stop]) for start, stop in pairwise(places))
    assert heard == b"".join(texts)
    if bye:
        assert channel.hear(server.bye()) == b""
    assert channel.closed is bye


def test_a_broken_record(pem: Certificates) -> None:
    """What came whole before it counts; then the reason is given, and the other end is told."""
    server, channel = Server(pem), channel_to(pem)
    server.greet(channel)
    good, bad = server.say(b"good"), server.say(b"bad")
    assert channel.hear(good + bad[:-1] + bytes([bad[-1] ^ 1])) == b"good"
    assert channel.closed
    with pytest.raises(TlsError, match="TLS: decryption failed or bad record mac"):
        channel.hear(b"")
    with pytest.raises(TlsError, match="TLS: "):
        channel.say(b"x")
    with pytest.raises(ssl.SSLError, match="ALERT_BAD_RECORD_MAC"):
        server.take(channel.owed())


@pytest.fixture
def ends(pem: Certificates) -> Iterator[tuple[Seats, int, socket.socket, Server]]:
    """A subscriber's seat after the handshake, its descriptor, the other end of it and who sits there."""
    mine, theirs = socket.socketpair()
    mine.setblocking(False)
    mine.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    server, channel = Server(pem), channel_to(pem)
    server.greet(channel)
    seats, fd = Seats(3, new_poller()), mine.detach()
    seats.sit(fd, 1, channel)
    with theirs:
        yield seats, fd, theirs, server
        seats.leave(fd)


def test_a_seat_with_tls_is_never_calm(ends: tuple[Seats, int, socket.socket, Server]) -> None:
    """So the short way of the reactor, which reads the descriptor itself, never meets a sealed byte."""
    seats, fd, theirs, server = ends
    seats.settle(fd, subscribed=True)
    assert seats.calm[fd] == -1
    assert not seats.send(fd, b"x")
    assert not seats.flush(fd)
    seats.settle(fd, subscribed=True)
    assert seats.calm[fd] == -1
    assert server.take(theirs.recv(1000)) == b"x"


def test_little_room(ends: tuple[Seats, int, socket.socket, Server]) -> None:
    """What the socket does not take at once follows in order, and only as long as there is some is room waited for."""
    seats, fd, theirs, server = ends
    said = [bytes([n]) * 1_000 for n in range(50)]
    for text in said:
        assert not seats.send(fd, text)
    sealed = b""
    while len(sealed) < 50_000 or seats._unsent[fd]:
        sealed += theirs.recv(3_000)
        assert not seats.flush(fd)
    theirs.setblocking(False)
    with suppress(BlockingIOError):
        while more := theirs.recv(10_000):
            sealed += more
    assert not [bits for _, bits in seats._poller.poll(0) if bits & WRITABLE]
    assert server.take(sealed) == b"".join(said)
    assert causes.STUCK in [seats.send(fd, bytes(1_000)) for _ in range(200)]


def test_several_records_at_once(ends: tuple[Seats, int, socket.socket, Server]) -> None:
    """One reading gives all of them: the poller would not tell of any that was left inside; half of one is nothing."""
    seats, fd, theirs, server = ends
    sealed = server.say(b"a" * 9_000, b"b", b"c" * 5_000, b"d")
    theirs.sendall(sealed[:-5])
    assert seats.receive(fd) == b"a" * 9_000 + b"b" + b"c" * 5_000
    theirs.sendall(sealed[-5:-3])
    with pytest.raises(BlockingIOError):
        seats.receive(fd)
    with pytest.raises(BlockingIOError):
        seats.receive(fd)
    theirs.sendall(sealed[-3:])
    assert seats.receive(fd) == b"d"


@pytest.mark.parametrize("broken", [False, True])
def test_last_words_are_heard(ends: tuple[Seats, int, socket.socket, Server], broken: bool) -> None:
    """What comes with the end, in one reading, is given first; the poller then tells of the end by itself."""
    seats, fd, theirs, server = ends
    theirs.sendall(server.say(b"last") + (b"\x17\x03\x03\x00\x20" + bytes(32) if broken else server.bye()))
    assert seats.receive(fd) == b"last"
    assert [place for place, _ in seats._poller.poll(0)] == [fd]
    if broken:
        with pytest.raises(TlsError, match="bad record mac"):
            seats.receive(fd)
        assert seats.send(fd, b"x").startswith("TLS: ")
    else:
        assert seats.receive(fd) == b""


def test_an_end_with_nothing_before_it(ends: tuple[Seats, int, socket.socket, Server]) -> None:
    """A goodbye by TLS is the end, whether or not the socket is closed as well."""
    seats, fd, theirs, server = ends
    theirs.sendall(server.bye())
    assert seats.receive(fd) == b""


def test_an_end_without_a_word(ends: tuple[Seats, int, socket.socket, Server]) -> None:
    """A connection that just ends is at its end; writing there says what writing to any such says."""
    seats, fd, theirs, _ = ends
    theirs.close()
    assert seats.receive(fd) == b""
    assert seats.send(fd, b"x") == "reset"


def test_nobody_is_trusted_blindly(pem: Certificates) -> None:
    """Certificate and name are always checked, once; TLS 1.2 is the least; a key with a passphrase asks nobody."""
    for tls in (Tls("localhost"), Tls("localhost", str(pem["ca.pem"]), str(pem["client.pem"]), str(pem["client.key"]))):
        context = context_of(tls)
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
        assert ssl.OP_NO_RENEGOTIATION in context.options
    with pytest.raises(ssl.SSLError, match="passphrase"):
        context_of(Tls("localhost", None, str(pem["client.pem"]), str(pem["locked.key"])))
    with pytest.raises(FileNotFoundError):
        context_of(Tls("localhost", str(pem["nowhere.pem"])))


def test_without_tls_it_is_the_same() -> None:
    """Who does not want to know whether there is TLS asks the same of a bare connection."""
    bare = Bare()
    bare.say(b"a")
    bare.say(b"b")
    assert (bare.owed(), bare.owed(), bare.hear(b"c"), bare.closed, channels(None)()) == (b"ab", b"", b"c", False, None)

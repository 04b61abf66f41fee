"""Half written packets: what a socket does not take at once."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from alertsim.swarm import causes
from alertsim.swarm.poller import READABLE, WRITABLE, Poller, Selecting, new_poller
from alertsim.swarm.seats import Seats

SUBSCRIBER = 1


def seat(poller: Poller) -> tuple[Seats, int, socket.socket]:
    """A subscriber's seat, its descriptor, and the other end of it."""
    mine, theirs = socket.socketpair()
    mine.setblocking(False)
    mine.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    seats, fd = Seats(3, poller), mine.detach()
    seats.sit(fd, SUBSCRIBER)
    return seats, fd, theirs


def drain(end: socket.socket) -> bytes:
    """Everything that has come there."""
    end.setblocking(False)
    heard = b""
    with suppress(BlockingIOError):
        while more := end.recv(10_000):
            heard += more
    return heard


def moved(fd: int, to: int) -> int:
    """The same open file at that number."""
    if fd != to:
        os.dup2(fd, to)
        os.close(fd)
    return to


@pytest.fixture
def ends() -> Iterator[tuple[Seats, int, socket.socket]]:
    """One where everything is as usual."""
    seats, fd, theirs = seat(new_poller())
    seats.settle(fd, subscribed=True)
    with theirs:
        yield seats, fd, theirs
        if seats.taken:
            seats.leave(fd)


def test_nothing_is_lost_and_nothing_overtaken(ends: tuple[Seats, int, socket.socket]) -> None:
    """Everything arrives in order, however little the socket takes at once; meanwhile the seat is not calm."""
    seats, fd, theirs = ends
    said = [bytes([n % 256]) * 1_000 for n in range(60)]
    for packet in said:
        assert not seats.send(fd, packet)
    assert seats.calm[fd] == -1
    heard = b""
    while len(heard) < 60_000:
        heard += theirs.recv(3_000)
        assert not seats.flush(fd)
    assert heard == b"".join(said)
    seats.settle(fd, subscribed=True)
    assert seats.calm[fd] == SUBSCRIBER
    assert not seats.flush(fd)


def test_who_takes_nothing_any_more_is_stuck(ends: tuple[Seats, int, socket.socket]) -> None:
    """What waits is bounded: beyond 64 KiB the connection is given up, for that reason."""
    seats, fd, _ = ends
    answers = [seats.send(fd, bytes(1_000)) for _ in range(200)]
    assert answers[-1] == causes.STUCK
    assert answers.index(causes.STUCK) <= 140


def test_a_closed_socket_says_so(ends: tuple[Seats, int, socket.socket]) -> None:
    """Writing to an end that is gone gives the cause."""
    seats, fd, theirs = ends
    theirs.close()
    assert seats.send(fd, b"x") == "reset"


def test_a_seat_is_left_empty(ends: tuple[Seats, int, socket.socket]) -> None:
    """After the end nothing is known of the descriptor."""
    seats, fd, _ = ends
    seats.keep(fd, b"half")
    seats.settle(fd, subscribed=True)
    assert seats.calm[fd] == -1
    seats.leave(fd)
    assert (seats.taken, seats.owners[fd], seats.calm[fd], seats.rest(fd)) == ([], -1, -1, b"")


def test_what_comes_is_received(ends: tuple[Seats, int, socket.socket]) -> None:
    """Without TLS it is what was sent, as much as was asked for; nothing yet and the end are told apart."""
    seats, fd, theirs = ends
    with pytest.raises(BlockingIOError):
        seats.receive(fd)
    theirs.sendall(b"abc")
    assert (seats.receive(fd, 2), seats.receive(fd)) == (b"ab", b"c")
    theirs.close()
    assert seats.receive(fd) == b""


@pytest.mark.parametrize("poller", [new_poller, Selecting])
def test_who_is_held_back_reads_by_the_clock(poller: Callable[[], Poller]) -> None:
    """Nobody tells of what has come there, only of room to write; who sits there next is told again."""
    watch = poller()
    seats, fd, theirs = seat(watch)
    with theirs:
        theirs.sendall(b"abc")
        assert watch.poll(0) == [(fd, READABLE)]
        seats.hold_back(fd)
        assert watch.poll(0) == []
        while fd not in seats._unsent:
            assert not seats.send(fd, bytes(1_000))
        assert watch.poll(0) == []
        while fd in seats._unsent:
            theirs.recv(10_000)
            assert watch.poll(1) == [(fd, WRITABLE)]
            assert not seats.flush(fd)
        drain(theirs)
        assert watch.poll(0) == []
        assert seats.receive(fd) == b"abc"
        seats.leave(fd)
    mine, theirs = socket.socketpair()
    with theirs:
        seats.sit(moved(mine.detach(), fd), SUBSCRIBER)
        theirs.sendall(b"abc")
        assert watch.poll(0) == [(fd, READABLE)]
        seats.leave(fd)

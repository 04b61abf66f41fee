"""The one door to a broker: whatever was asked for, a context in which it answers, and in which we may be there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from structlog.typing import FilteringBoundLogger

from alertsim.broker import embedded, mosquitto
from alertsim.broker.access import ANONYMOUS, Access
from alertsim.broker.asking import consented
from alertsim.broker.child import Recipe
from alertsim.broker.client import Client, Door
from alertsim.broker.external import addresses_of, answering_host
from alertsim.broker.memory import Memory
from alertsim.broker.permit import Permit
from alertsim.broker.ports import LOOPBACK, reserved_port
from alertsim.broker.probe import look_around
from alertsim.broker.supervision import Keeper, supervised
from alertsim.broker.target import Kind, Target, is_loopback
from alertsim.errors import InputError

Confirm = Callable[[tuple[str, ...]], Awaitable[bool]]
"""Asks the owner of a broker whether an exercise may go there in spite of what was found; no terminal, no yes."""


async def nobody_confirms(_found: tuple[str, ...]) -> bool:
    """The answer where there is nobody to ask."""
    return False


_OWN_WINDOW, _USUAL_WINDOW = 100, 20
"""What our own brokers are told (mosquitto's max_inflight_messages, rumqttd's max_inflight_count); else its default."""


@dataclass(frozen=True)
class Broker:
    """A broker that answers MQTT 5, and the door to it. Every connection comes from `client`.

    `keeper` keeps the one we have started; None where somebody else runs it.
    """

    kind: Kind
    door: Door
    keeper: Keeper | None = None

    @property
    def host(self) -> str:
        """The literal address it answers at."""
        return self.door.host

    @property
    def port(self) -> int:
        """Its port; perhaps another than asked for, when that was taken."""
        return self.door.port

    @property
    def url(self) -> str:
        """As people read it: `mqtt://127.0.0.1:21883`; never with a user."""
        return self.door.url

    @property
    def permit(self) -> Permit:
        """What its owner allows: `permit.consent` (None where nobody need consent), `permit.over()`."""
        return self.door.permit

    @property
    def max_inflight(self) -> int:
        """How many messages it sends a client before an answer; of somebody else's we take mosquitto's default."""
        return _OWN_WINDOW if self.keeper else _USUAL_WINDOW

    def client(self, **options: Any) -> Client:
        """A connection to be entered, with address, TLS, login and consent decided."""
        return self.door.client(**options)


@asynccontextmanager
async def open_broker(
    target: Target,
    *,
    log: FilteringBoundLogger,
    access: Access = ANONYMOUS,
    clients: int = 1,
    confirm: Confirm | None = None,
    remembers: bool = False,
) -> AsyncIterator[Broker]:
    """The broker of `target`; one we start is watched, restarted on its port when it dies, ended with the context.

    After a restart its memory is empty: who publishes sees the connection lost and asserts retained state again. A
    broker given up cancels the body where it waits, as `asyncio.timeout` does, and the context raises. Enter and
    leave in the same task. An external broker is not started. On another machine its owner must consent to `clients`
    connections, all the time (`consented`). On this one it is looked at before anything is published, by whoever
    gives `confirm`. A mosquitto of ours that `remembers` can be restarted with its state.

    Raises:
        BrokerError: no such program, no free port, no answer, no consent, or a fourth death within a minute.
        InputError: a file of `access` is not what it should be, or the broker is in use and nobody confirmed.
    """
    if target.kind == "external":
        async with _joined(target, access, clients, confirm, log) as door:
            yield Broker("external", door)
        return
    with reserved_port(target.port) as port:
        if port != target.port:
            log.warning(
                "port taken, using the next free one",
                wanted=target.port,
                port=port,
                hint=f"alertsim subscribe --broker mqtt://{LOOPBACK}:{port}",
            )
        recipe = await asyncio.to_thread(_recipe, target.kind, port, remembers=remembers)
        async with supervised(recipe, log) as keeper:
            yield Broker(target.kind, Door(replace(target, port=port), LOOPBACK), keeper)


def _recipe(kind: Kind, port: int, *, remembers: bool) -> Recipe:
    if kind == "embedded":
        return embedded.recipe(port)
    return mosquitto.recipe(port, Memory() if remembers else None)


async def doors_of(target: Target, access: Access) -> tuple[Door, ...]:
    """A door for each address of an external target, none of them opened yet.

    Raises:
        BrokerError: nobody knows its name.
        InputError: a file of `access` is not what it should be.
    """
    tls = await asyncio.to_thread(access.context, target)
    return tuple(Door(target, address, access, tls) for address in await addresses_of(target))


@asynccontextmanager
async def _joined(
    target: Target, access: Access, clients: int, confirm: Confirm | None, log: FilteringBoundLogger
) -> AsyncIterator[Door]:
    doors = await doors_of(target, access)
    if not all(is_loopback(door.host) for door in doors):
        if target.user and not target.encrypted:
            log.warning("the login goes through the network unencrypted; use mqtts:// or wss://", broker=target.url)
        async with consented(doors, clients, log) as door:
            yield door
        return
    door = replace(doors[0], host=await answering_host(target, (door.host for door in doors)))
    if confirm and (found := await look_around(door)) and not await confirm(found):
        raise InputError(
            f"the broker at {target.url} is in use: it has {', '.join(found)}; use one of the exercise's own, "
            "or confirm on a terminal by typing the exercise id"
        )
    yield door

"""The one door to a broker: whatever was asked for, a context in which it answers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from structlog.typing import FilteringBoundLogger

from alertsim.broker import embedded, mosquitto
from alertsim.broker.child import Recipe
from alertsim.broker.external import answering_host
from alertsim.broker.ports import LOOPBACK, reserved_port
from alertsim.broker.supervision import supervised
from alertsim.broker.target import Kind, Target, mqtt_url

_RECIPES: dict[Literal["embedded", "mosquitto"], Callable[[int], Recipe]] = {
    "embedded": embedded.recipe,
    "mosquitto": mosquitto.recipe,
}


@dataclass(frozen=True)
class Broker:
    """A broker that answers MQTT 5 at `host`:`port`; the port may be another than asked for, when that was taken."""

    kind: Kind
    host: str
    port: int

    @property
    def url(self) -> str:
        """As people type it: `mqtt://127.0.0.1:21883`."""
        return mqtt_url(self.host, self.port)


@asynccontextmanager
async def open_broker(target: Target, *, log: FilteringBoundLogger) -> AsyncIterator[Broker]:
    """The broker of `target`; one we start is watched, restarted on its port when it dies, ended with the context.

    After a restart its memory is empty: who publishes sees the connection lost and asserts retained state again. A
    broker given up cancels the body where it waits, as `asyncio.timeout` does, and the context raises. Enter and
    leave in the same task. An external broker is neither started nor watched.

    Raises:
        BrokerError: no such program, no free port, no answer, or a fourth death within a minute.
    """
    if target.kind == "external":
        yield Broker("external", await answering_host(target), target.port)
        return
    with reserved_port(target.port) as port:
        if port != target.port:
            log.warning("port taken, using the next free one", wanted=target.port, port=port)
        recipe = await asyncio.to_thread(_RECIPES[target.kind], port)
        async with supervised(recipe, log):
            yield Broker(target.kind, LOOPBACK, port)

"""Does to the running proxies what is asked of the registry, one request after the other, and undoes it in time."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from math import inf
from typing import Final

from alertsim.clock import monotonic_s
from alertsim.errors import AlertSimError
from alertsim.proxy.addresses import Address
from alertsim.proxy.door import Door
from alertsim.proxy.process import Proxies
from alertsim.proxy.registry import Proxy, RefusalError, Registry

PATIENCE_S: Final = 0.02
"""How long an answer waits until every connection feels the change (2,000 take 30 ms); it comes then anyway."""

_WAITING: Final = 32


class Controller:
    """The registry, and the proxies it is about. `doors`: those that `proxies` opened already, for an exercise.

    New proxies in front of the same broker are like these doors. Toxics, and whether a proxy is enabled, are the
    control's alone: they lie over the conditions that others assign.
    """

    def __init__(self, proxies: Proxies, doors: Sequence[Door] = ()) -> None:
        self.brokers = frozenset((door.host, door.broker_port) for door in doors)
        self.registry = Registry(_proxy_of(door, proxies.ports[door.name]) for door in doors)
        self._proxies, self._doors = proxies, doors
        self._turn, self._news = asyncio.Lock(), asyncio.Event()
        self._threads = ThreadPoolExecutor(_WAITING, "proxies: control")

    async def create(self, proxy: Proxy) -> Proxy:
        """A new proxy, at the port it has got."""
        async with self._turn:
            made = await self._become(None, self.registry.admit(proxy))
        await self._settle()
        return made

    async def change(self, name: str, how: Callable[[Proxy], Proxy]) -> Proxy:
        """A proxy becomes another."""
        async with self._turn:
            before = self.registry.get(name)
            after = await self._become(before, how(before))
        await self._settle()
        return after

    async def delete(self, name: str) -> None:
        """A proxy is no more."""
        async with self._turn:
            self._drop(self.registry.removable(name))
        await self._settle()

    async def populate(self, given: Sequence[Proxy], enabled: Sequence[bool | None]) -> list[Proxy]:
        """These proxies are there."""
        async with self._turn:
            wanted = self.registry.populate(given, enabled)
            made = [await self._become(self.registry.proxies.get(each.name), each) for each in wanted]
        await self._settle()
        return made

    async def reset(self) -> None:
        """No fault anywhere."""
        async with self._turn:
            for proxy in list(self.registry.proxies.values()):
                await self._become(proxy, proxy.reset())
        await self._settle()

    async def mind(self) -> None:
        """Undo what passes by itself, as long as this runs."""
        while True:
            due_s = self.registry.due_s
            with suppress(TimeoutError):
                async with asyncio.timeout(None if due_s == inf else due_s - monotonic_s()):
                    await self._news.wait()
            self._news.clear()
            async with self._turn:
                for proxy in list(self.registry.proxies.values()):
                    if proxy.due_s <= monotonic_s():
                        await self._let_go(proxy, proxy.expire(monotonic_s()))

    async def close(self) -> None:
        """Leave nothing behind: neither a fault nor a proxy that was made here."""
        async with self._turn:
            for proxy in list(self.registry.proxies.values()):
                await self._let_go(proxy, proxy.reset())
                if not proxy.fixed:
                    self._drop(proxy)
        self._threads.shutdown(wait=False)

    async def _let_go(self, before: Proxy, after: Proxy) -> None:
        """Less of a fault; where there is nobody any more to be told, it is over as well."""
        self.registry.proxies[after.name] = after
        with suppress(AlertSimError):
            await self._become(before, after)

    async def _become(self, before: Proxy | None, after: Proxy) -> Proxy:
        """Do it, or leave everything as it is."""
        if self._proxies.over.is_set():
            raise RefusalError("the proxies' process has ended", 503)
        if before is None or before.place != after.place:
            after = await self._move(before, self.registry.straight(after))
            before = replace(after, enabled=True, toxics=())
        if before.toxics != after.toxics:
            self._proxies.poison(after.name, after.toxics)
        if before.enabled != after.enabled:
            self._proxies.shut(after.name, shut=not after.enabled)
        self.registry.proxies[after.name] = after
        self._news.set()
        return after

    async def _move(self, before: Proxy | None, after: Proxy) -> Proxy:
        """Open its door, instead of the one it has; where that cannot be, the old one again."""
        if before:
            self._drop(before)
        try:
            return await self._open(after)
        except AlertSimError:
            if before:
                await self._become(None, before)
            raise

    def _drop(self, proxy: Proxy) -> None:
        del self.registry.proxies[proxy.name]
        with suppress(AlertSimError):  # it is gone already
            self._proxies.close_door(proxy.name)

    async def _open(self, proxy: Proxy) -> Proxy:
        """At its very port, or not at all."""
        upstream = proxy.upstream
        like = next(
            (door for door in self._doors if (door.host, door.broker_port) == (upstream.host, upstream.port)), None
        )
        door = replace(like or Door("", 0, upstream.host, upstream.port), name=proxy.name, port=proxy.port, exact=True)
        try:
            port = await self._aside(self._proxies.listen, door)
        except AlertSimError as error:
            raise RefusalError(f"listen: {error}", 409) from None
        return replace(proxy, port=port)

    async def _settle(self) -> None:
        await self._aside(self._proxies.settle, PATIENCE_S)

    async def _aside(self, work: Callable[..., int], *arguments: object) -> int:
        """In a thread, because it waits."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _proxy_of(door: Door, port: int) -> Proxy:
    host = f"[{door.host}]" if ":" in door.host else door.host
    return Proxy(door.name, port, Address(door.host, door.broker_port, f"{host}:{door.broker_port}"), fixed=True)

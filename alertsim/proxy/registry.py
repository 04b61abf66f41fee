"""The proxies that can be controlled, as values: what is done to each, and what of that passes by itself; pure.

Toxics become conditions where they are felt (`operators.toxics.effective`), one client at a time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Final

from alertsim.errors import InputError
from alertsim.operators.toxics import Toxic
from alertsim.proxy.addresses import Address

MOST_PROXIES: Final = 256
MOST_TOXICS: Final = 64
"""Of one proxy."""


class RefusalError(InputError):
    """A request that is not done; `status` is the HTTP status that says whose fault it is."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


Before = Toxic | bool | None
"""What a toxic was, None: there was none; or whether a proxy was enabled."""


@dataclass(frozen=True)
class Return:
    """At `at_s` the toxic `of` goes back to what it was; where `of` is empty, `enabled` does."""

    of: str
    to: Before
    at_s: float


@dataclass(frozen=True)
class Proxy:
    """A listener on 127.0.0.1 at `port` (0: any) in front of a broker, and the faults upon it.

    `fixed`: the exercise made it; it may be made faulty, but neither moved nor removed. Where a change has `until_s`,
    it passes then; another change of the same thing that lasts ends that.
    """

    name: str
    port: int
    upstream: Address
    enabled: bool = True
    toxics: tuple[Toxic, ...] = ()
    fixed: bool = False
    returns: tuple[Return, ...] = ()

    @property
    def place(self) -> tuple[int, Address]:
        """Where it listens, and for which broker."""
        return self.port, self.upstream

    @property
    def due_s(self) -> float:
        """When something passes next."""
        return min((each.at_s for each in self.returns), default=inf)

    def toxic(self, name: str) -> Toxic:
        """The toxic of this name; RefusalError where there is none."""
        if found := self._find(name):
            return found
        raise RefusalError("toxic not found", 404)

    def add(self, toxic: Toxic, until_s: float = inf) -> "Proxy":
        """One toxic more."""
        if self._find(toxic.name):
            raise RefusalError("toxic already exists", 409)
        if len(self.toxics) >= MOST_TOXICS:
            raise RefusalError(f"no proxy takes more than {MOST_TOXICS} toxics: remove some", 409)
        return replace(self._noting(toxic.name, None, until_s), toxics=(*self.toxics, toxic))

    def alter(self, toxic: Toxic, until_s: float = inf) -> "Proxy":
        """Another toxic in the place of that with its name."""
        noted = self._noting(toxic.name, self.toxic(toxic.name), until_s)
        return replace(noted, toxics=tuple(toxic if each.name == toxic.name else each for each in self.toxics))

    def remove(self, name: str) -> "Proxy":
        """One toxic less."""
        noted = self._noting(name, self.toxic(name), inf)
        return replace(noted, toxics=tuple(each for each in self.toxics if each.name != name))

    def enable(self, enabled: bool, until_s: float = inf) -> "Proxy":  # noqa: FBT001 — the field's own name and value
        """Take connections, or refuse them."""
        return replace(self._noting("", self.enabled, until_s), enabled=enabled)

    def move(self, port: int, upstream: Address) -> "Proxy":
        """Listen elsewhere, or for another broker."""
        if self.fixed and (port, upstream) != self.place:
            raise RefusalError(f"{self.name} belongs to the exercise: it can be disabled, but not moved", 409)
        return replace(self, port=port, upstream=upstream)

    def reset(self) -> "Proxy":
        """Without any fault."""
        return replace(self, enabled=True, toxics=(), returns=())

    def expire(self, now_s: float) -> "Proxy":
        """What is over has passed."""
        proxy = replace(self, returns=tuple(each for each in self.returns if each.at_s > now_s))
        for each in self.returns:
            if each.at_s <= now_s:
                proxy = _undo(proxy, each)
        return proxy

    def _find(self, name: str) -> Toxic | None:
        return next((each for each in self.toxics if each.name == name), None)

    def _noting(self, of: str, before: Before, until_s: float) -> "Proxy":
        """The same, with a note of what to go back to: what lasts, not what was itself to pass."""
        others = tuple(each for each in self.returns if each.of != of)
        if until_s == inf:
            return replace(self, returns=others)
        lasting = next((each.to for each in self.returns if each.of == of), before)
        return replace(self, returns=(*others, Return(of, lasting, until_s)))


class Registry:
    """All of them by name; nothing here opens a port. `fixed` are the exercise's own."""

    def __init__(self, fixed: Iterable[Proxy] = ()) -> None:
        self.proxies = {proxy.name: proxy for proxy in fixed}

    @property
    def due_s(self) -> float:
        """When something passes next."""
        return min((proxy.due_s for proxy in self.proxies.values()), default=inf)

    def get(self, name: str) -> Proxy:
        """The proxy of this name; RefusalError where there is none."""
        if proxy := self.proxies.get(name):
            return proxy
        raise RefusalError("proxy not found", 404)

    def admit(self, proxy: Proxy) -> Proxy:
        """A new one; RefusalError where it cannot be."""
        if proxy.name in self.proxies:
            raise RefusalError("proxy already exists", 409)
        if len(self.proxies) >= MOST_PROXIES:
            raise RefusalError(f"there are {MOST_PROXIES} proxies: delete some", 409)
        return proxy

    def straight(self, proxy: Proxy) -> Proxy:
        """The same; RefusalError where a connection through it might go in a circle: no proxy calls another."""
        others = [each for each in self.proxies.values() if each.name != proxy.name]
        listeners = {each.port for each in (*others, proxy)} - {0}
        called = {each.upstream.port for each in others if each.upstream.loopback}
        if (proxy.upstream.loopback and proxy.upstream.port in listeners) or proxy.port in called:
            raise RefusalError(f"{proxy.name}: a proxy in front of a proxy is not supported: name the broker itself")
        return proxy

    def removable(self, name: str) -> Proxy:
        """One that may be removed; RefusalError where it belongs to the exercise."""
        proxy = self.get(name)
        if proxy.fixed:
            raise RefusalError(f"{name} belongs to the exercise: it can be disabled, but not deleted", 409)
        return proxy

    def populate(self, given: Sequence[Proxy], enabled: Sequence[bool | None]) -> list[Proxy]:
        """What each of these becomes: what is there already in this place stays as it is, but for `enabled`."""
        names = [proxy.name for proxy in given]
        if doubled := next((name for name in names if names.count(name) > 1), ""):
            raise RefusalError(f"duplicate proxy name {doubled!r}")
        if len(self.proxies.keys() | set(names)) > MOST_PROXIES:
            raise RefusalError(f"more than {MOST_PROXIES} proxies: delete some", 409)
        return [self._settle(proxy, wanted) for proxy, wanted in zip(given, enabled, strict=True)]

    def _settle(self, proxy: Proxy, enabled: bool | None) -> Proxy:  # noqa: FBT001 — as above
        here = self.proxies.get(proxy.name)
        if here is None or (here.place != proxy.place and not here.fixed):
            return proxy if enabled is None else replace(proxy, enabled=enabled)
        here = here.move(*proxy.place)
        return here if enabled is None else here.enable(enabled)


def _undo(proxy: Proxy, done: Return) -> Proxy:
    if isinstance(done.to, bool):
        return replace(proxy, enabled=done.to)
    others = [done.to if each.name == done.of else each for each in proxy.toxics]
    return replace(proxy, toxics=tuple(each for each in others if each is not None))

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertsim.clock import monotonic_s, pause
from alertsim.errors import AlertSimError, InputError
from alertsim.operators.toxics import Toxic
from alertsim.proxy.control import serve_control
from alertsim.proxy.control_app import MOST_BYTES, build_app
from alertsim.proxy.controller import Controller
from alertsim.proxy.door import Door
from alertsim.proxy.process import Proxies

DOOR = Door("kyivstar", 0, "127.0.0.1", 1883, prefix="exercise-", translates=True)
LATE = {"type": "latency", "name": "late", "attributes": {"latency": 400}}
ADDRESSES = st.sampled_from(
    ["/proxies", "/populate", "/reset", "/version", "/proxies/kyivstar", "/proxies/kyivstar/toxics"]
    + ["/proxies/kyivstar/toxics/late", "/proxies/nobody", "/proxies/kyivstar/toxics/none", "/", "/proxies/"]
)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("localhost:1883")
BODIES = st.dictionaries(
    st.sampled_from(["name", "listen", "upstream", "enabled", "type", "stream", "toxicity", "attributes", "for", "x"]),
    VALUES | st.sampled_from(["latency", "upstream"]) | st.dictionaries(st.sampled_from(["latency", "y"]), VALUES),
)


class Answer(NamedTuple):
    status: int
    said: Any


class Recorder:
    """Stands for the process of proxies: takes what is ordered, and opens every port but 1."""

    def __init__(self) -> None:
        self.ports = {"kyivstar": 21900}
        self.over = threading.Event()
        self.doors: list[Door] = []
        self.toxics: dict[str, tuple[Toxic, ...]] = {}
        self.shuts: list[tuple[str, bool]] = []

    def listen(self, door: Door) -> int:
        if door.port == 1:
            raise AlertSimError("no port is free")
        self.doors.append(door)
        self.ports[door.name] = door.port or 30_000 + len(self.doors)
        return self.ports[door.name]

    def close_door(self, operator: str) -> None:
        self._known(operator)
        del self.ports[operator]
        self.toxics.pop(operator, None)

    def poison(self, operator: str, toxics: tuple[Toxic, ...]) -> None:
        self._known(operator)
        self.toxics[operator] = toxics

    def shut(self, operator: str, *, shut: bool) -> None:
        self._known(operator)
        self.shuts.append((operator, shut))

    def settle(self, patience_s: float) -> bool:
        assert patience_s < 1
        return True

    def _known(self, operator: str) -> None:
        if operator not in self.ports:
            raise InputError(f"no proxy {operator!r}")


class World:
    """The API over a recorder, asked without any socket."""

    def __init__(self) -> None:
        self.proxies = Recorder()
        self.controller = Controller(cast(Proxies, self.proxies), [DOOR])
        self.app = build_app(self.controller)

    async def ask(self, method: str, address: str, said: object = None, **headers: str) -> Answer:
        """One request with JSON, or with bytes as they are."""
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        path, _, query = address.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }
        return await self.raw(scope, [{"type": "http.request", "body": body}])

    async def raw(self, scope: dict[str, Any], messages: list[dict[str, Any]]) -> Answer:
        told: list[Any] = []

        async def receive() -> Any:
            return messages.pop(0)

        async def send(message: Any) -> None:
            told.append(message)

        await self.app(scope, receive, send)
        text = b"".join(each.get("body", b"") for each in told)
        return Answer(told[0]["status"], json.loads(text) if text else None)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    yield world
    await world.controller.close()


async def test_the_exercises_own_proxies_are_there(world: World) -> None:
    """Each with where it listens and whom it calls."""
    fields = {
        "name": "kyivstar",
        "listen": "127.0.0.1:21900",
        "upstream": "127.0.0.1:1883",
        "enabled": True,
        "toxics": [],
    }
    assert await world.ask("GET", "/proxies") == (200, {"kyivstar": fields})
    assert await world.ask("GET", "/proxies/kyivstar") == (200, fields)


async def test_a_toxic_is_added_changed_and_removed(world: World) -> None:
    """What the process is told is what the answers say."""
    added = await world.ask("POST", "/proxies/kyivstar/toxics", LATE)
    full = LATE | {"stream": "downstream", "toxicity": 1.0, "attributes": {"latency": 400, "jitter": 0}}
    assert added == (200, full)
    for method in ("POST", "PATCH"):
        changed = await world.ask(method, "/proxies/kyivstar/toxics/late", {"attributes": {"jitter": 5}})
        assert changed == (200, full | {"attributes": {"latency": 400, "jitter": 5}})
    (toxic,) = world.proxies.toxics["kyivstar"]
    assert toxic.attributes == {"latency": 400, "jitter": 5}
    assert await world.ask("GET", "/proxies/kyivstar/toxics") == (200, [changed.said])
    assert await world.ask("GET", "/proxies/kyivstar/toxics/late") == (200, changed.said)
    assert await world.ask("DELETE", "/proxies/kyivstar/toxics/late") == (204, None)
    assert world.proxies.toxics == {"kyivstar": ()}


async def test_a_disabled_proxy_is_shut(world: World) -> None:
    """And takes connections again when it is enabled; what is assigned to it is left alone."""
    await world.ask("POST", "/proxies/kyivstar", {"enabled": False})
    await world.ask("PATCH", "/proxies/kyivstar", {"enabled": True})
    assert world.proxies.shuts == [("kyivstar", True), ("kyivstar", False)]


async def test_a_new_proxy_is_like_the_doors_to_its_broker(world: World) -> None:
    """It translates and knows the exercise's prefix where they do; to another broker it is plain."""
    like = await world.ask("POST", "/proxies", {"name": "a", "upstream": "localhost:1883", "enabled": False})
    await world.ask("POST", "/proxies", {"name": "b", "upstream": "[::1]:7", "listen": "127.0.0.1:9"})
    assert like.status == 201 and like.said["listen"] == "127.0.0.1:30001" and not like.said["enabled"]
    assert world.proxies.doors == [
        Door("a", 0, "127.0.0.1", 1883, exact=True, prefix="exercise-", translates=True),
        Door("b", 9, "::1", 7, exact=True),
    ]
    assert world.proxies.shuts == [("a", True)]
    assert await world.ask("DELETE", "/proxies/a") == (204, None)
    assert set(world.proxies.ports) == {"kyivstar", "b"}


async def test_a_proxy_moves_with_its_toxics(world: World) -> None:
    """A new door has what the old one had."""
    await world.ask("POST", "/proxies", {"name": "a", "upstream": "localhost:1883"})
    await world.ask("POST", "/proxies/a/toxics", LATE)
    await world.ask("POST", "/proxies/a", {"enabled": False})
    world.proxies.shuts.clear()
    moved = await world.ask("POST", "/proxies/a", {"listen": "127.0.0.1:9"})
    assert moved.said["listen"] == "127.0.0.1:9" and world.proxies.ports["a"] == 9
    assert len(world.proxies.toxics["a"]) == len(world.proxies.shuts) == 1


async def test_a_port_in_use_changes_nothing(world: World) -> None:
    """A new proxy is not there, and one that was to move is where it was."""
    said = {"name": "a", "upstream": "localhost:1883", "listen": "127.0.0.1:1"}
    assert (await world.ask("POST", "/proxies", said)).status == 409
    assert set(world.proxies.ports) == {"kyivstar"}
    made = await world.ask("POST", "/proxies", said | {"listen": "127.0.0.1:9"})
    await world.ask("POST", "/proxies/a/toxics", LATE)
    assert (await world.ask("POST", "/proxies/a", {"listen": "127.0.0.1:1"})).status == 409
    assert (await world.ask("GET", "/proxies/a")).said["listen"] == made.said["listen"]
    assert world.proxies.ports["a"] == 9 and len(world.proxies.toxics["a"]) == 1


async def test_populate(world: World) -> None:
    """All of them or, where one is wrong, none; those that are there already keep their toxics."""
    await world.ask("POST", "/proxies/kyivstar/toxics", LATE)
    own = {"name": "kyivstar", "listen": "127.0.0.1:21900", "upstream": "127.0.0.1:1883"}
    new = {"name": "a", "listen": "127.0.0.1:9", "upstream": "127.0.0.1:1883"}
    for wrong in ({}, new | {"name": "b", "upstream": "example.org:1"}, new, own | {"listen": "127.0.0.1:8"}):
        assert 400 <= (await world.ask("POST", "/populate", [own, new, wrong])).status <= 409
    assert not world.proxies.doors
    for _ in range(2):
        made = await world.ask("POST", "/populate", [own, new])
        assert made.status == 201 and [len(each["toxics"]) for each in made.said["proxies"]] == [1, 0]
    assert len(world.proxies.doors) == 1


async def test_reset(world: World) -> None:
    """Every proxy is enabled and without toxics; none is gone."""
    await world.ask("POST", "/proxies", {"name": "a", "upstream": "localhost:1883", "enabled": False})
    await world.ask("POST", "/proxies/kyivstar/toxics", LATE)
    assert await world.ask("POST", "/reset", b"") == (204, None)
    assert world.proxies.shuts[-1] == ("a", False) and world.proxies.toxics["kyivstar"] == ()
    assert [each["enabled"] for each in (await world.ask("GET", "/proxies")).said.values()] == [True, True]


async def test_what_has_a_time_passes(world: World) -> None:
    """In the body or in the address; what lasts stays."""
    minding = asyncio.create_task(world.controller.mind())
    begun_s = monotonic_s()
    await world.ask("POST", "/proxies/kyivstar/toxics", LATE)
    await world.ask("POST", "/proxies/kyivstar/toxics/late?for=0.2", {"attributes": {"latency": 9}})
    await world.ask("POST", "/proxies/kyivstar/toxics", {"type": "timeout", "for": 0.2})
    await world.ask("POST", "/proxies/kyivstar?for=0.1", {"enabled": False})
    while world.controller.registry.due_s < float("inf"):
        await pause(0.01)
    minding.cancel()
    assert monotonic_s() - begun_s >= 0.2
    (toxic,) = world.proxies.toxics["kyivstar"]
    assert toxic.attributes["latency"] == 400
    assert world.proxies.shuts == [("kyivstar", True), ("kyivstar", False)]


async def test_what_passes_when_the_process_is_gone_is_no_failure(world: World) -> None:
    """Minding goes on, and every change is refused with the reason."""
    minding = asyncio.create_task(world.controller.mind())
    await world.ask("POST", "/proxies/kyivstar/toxics?for=0.05", LATE)
    world.proxies.over.set()
    while world.controller.registry.due_s < float("inf"):
        await pause(0.01)
    assert not minding.done()
    minding.cancel()
    refused = await world.ask("POST", "/proxies/kyivstar/toxics", LATE)
    assert refused.status == 503 and refused.said["error"] == "the proxies' process has ended"


async def test_the_exercise_has_closed_a_door(world: World) -> None:
    """A fault upon it is refused; ending does not stumble over it."""
    await world.ask("POST", "/proxies/kyivstar/toxics", LATE)
    world.proxies.close_door("kyivstar")
    assert (await world.ask("POST", "/proxies/kyivstar/toxics/late", {"toxicity": 0})).status == 400


async def test_the_end_leaves_nothing() -> None:
    """Proxies that were made are closed, the exercise's own are calm."""
    world = World()
    await world.ask("POST", "/proxies", {"name": "a", "upstream": "localhost:1883"})
    await world.ask("POST", "/proxies/kyivstar/toxics", LATE)
    await world.controller.close()
    assert world.proxies.ports == {"kyivstar": 21900} and world.proxies.toxics == {"kyivstar": ()}


@pytest.mark.parametrize(
    ("method", "address", "said", "status"),
    [
        ("GET", "/proxies/nobody", None, 404),
        ("POST", "/proxies/nobody", {"enabled": False}, 404),
        ("DELETE", "/proxies/nobody", None, 404),
        ("DELETE", "/proxies/kyivstar", None, 409),
        ("GET", "/proxies/nobody/toxics", None, 404),
        ("POST", "/proxies/nobody/toxics", LATE, 404),
        ("GET", "/proxies/kyivstar/toxics/late", None, 404),
        ("POST", "/proxies/kyivstar/toxics/late", b"", 404),
        ("DELETE", "/proxies/kyivstar/toxics/late", None, 404),
        ("POST", "/proxies", {"name": "kyivstar", "upstream": "localhost:1883"}, 409),
        ("POST", "/proxies", {"name": "a", "upstream": "localhost:21900"}, 400),
        ("POST", "/proxies", b"x" * (MOST_BYTES + 1), 413),
        ("POST", "/populate", {}, 400),
        ("POST", "/populate?for=1", [], 400),
        ("POST", "/proxies/kyivstar/toxics?for=soon", LATE, 400),
        ("POST", "/proxies/kyivstar/toxics?for=nan", LATE, 400),
        ("PUT", "/proxies", {}, 405),
        ("GET", "/metrics", None, 404),
    ],
)
async def test_refusals(world: World, method: str, address: str, said: object, status: int) -> None:
    """Each with the status Toxiproxy's clients know, and a reason in JSON."""
    answer = await world.ask(method, address, said)
    assert answer.status == answer.said["status"] == status
    assert answer.said["error"] == answer.said["title"] != ""


@pytest.mark.parametrize(
    "headers",
    [{"user_agent": "Mozilla/5.0"}, {"origin": "http://127.0.0.1"}, {"host": "example.org:8474"}, {"host": "evil]"}],
)
async def test_no_web_page_steers_proxies(world: World, headers: dict[str, str]) -> None:
    """A browser sends what any page asks for: all it sends is refused."""
    for method in ("GET", "POST"):
        assert (await world.ask(method, "/proxies/kyivstar", {"enabled": False}, **headers)).status == 403
    assert not world.proxies.shuts


@pytest.mark.parametrize("host", ["127.0.0.1:8474", "localhost", "LOCALHOST:1", "[::1]", "[::1]:8474"])
async def test_this_machine_is_answered(world: World, host: str) -> None:
    """Under each of its names."""
    assert (await world.ask("GET", "/version", host=host)).said["version"].startswith("2.")


async def test_a_request_that_breaks_off(world: World) -> None:
    """Changes nothing."""
    scope = {"type": "http", "method": "POST", "path": "/proxies", "query_string": b"", "headers": []}
    assert (await world.raw(scope, [{"type": "http.disconnect"}])).status == 400
    assert not world.proxies.doors


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"]),
            ADDRESSES,
            BODIES | st.lists(BODIES, max_size=3) | VALUES | st.binary(max_size=20),
            st.sampled_from(["", "?for=1", "?for=x"]),
        ),
        max_size=6,
    )
)
def test_garbage_is_refused(requests: list[tuple[str, str, Any, str]]) -> None:
    """Whatever is sent, in whatever order, no answer is a failure of ours, and each is JSON or empty."""

    async def all_of_them() -> None:
        world = World()
        for method, address, said, query in requests:
            answer = await world.ask(method, address + query, said)
            assert 200 <= answer.status < 500
        await world.controller.close()

    asyncio.run(all_of_them())


async def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not installed it is told how to."""
    monkeypatch.delitem(sys.modules, "alertsim.proxy.control_server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(InputError, match=r"pip install 'alertsim\[control\]'"):
        async with serve_control(cast(Proxies, Recorder())):
            pass

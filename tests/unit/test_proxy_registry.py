from collections.abc import Callable
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.errors import InputError
from alertsim.operators.toxics import Toxic
from alertsim.proxy.addresses import Address, read_listen, read_upstream
from alertsim.proxy.registry import MOST_PROXIES, MOST_TOXICS, Proxy, RefusalError, Registry

BROKER = Address("127.0.0.1", 1883, "localhost:1883")
PROXY = Proxy("kyivstar", 21900, BROKER)
FIXED = Proxy("lifecell", 21901, BROKER, fixed=True)


def latency(ms: int, name: str = "late") -> Toxic:
    return Toxic(name, "latency", attributes={"latency": ms})


class TestFaults:
    def test_toxics_come_change_and_go(self) -> None:
        """A toxic is added at the end, changed in its place, found by name, and removed."""
        proxy = PROXY.add(latency(1)).add(latency(2, "later")).alter(latency(3))
        assert [each.attributes["latency"] for each in proxy.toxics] == [3, 2]
        assert proxy.toxic("late") == latency(3)
        assert proxy.remove("late").toxics == (latency(2, "later"),)

    @pytest.mark.parametrize("how", [PROXY.toxic, PROXY.remove, lambda name: PROXY.alter(latency(1, name))])
    def test_no_such_toxic(self, how: Callable[[str], object]) -> None:
        """What is not there is not found."""
        assert status(how, "late") == 404

    def test_a_name_is_given_once(self) -> None:
        """Two toxics of one name cannot be told apart."""
        assert status(PROXY.add(latency(1)).add, latency(2)) == 409

    def test_toxics_are_bounded(self) -> None:
        """A script that adds for ever is stopped."""
        proxy = PROXY
        for number in range(MOST_TOXICS):
            proxy = proxy.add(latency(1, str(number)))
        assert status(proxy.add, latency(1)) == 409

    def test_reset(self) -> None:
        """Nothing of any fault is left, nor comes back."""
        assert PROXY.add(latency(1)).alter(latency(2), 5).enable(False, 7).reset() == PROXY


class TestPassing:
    def test_a_toxic_passes(self) -> None:
        """It is there until its time, and not from then on."""
        proxy = PROXY.add(latency(1), 10)
        assert proxy.due_s == 10
        assert proxy.expire(9.9) == proxy
        assert proxy.expire(10) == PROXY

    def test_a_change_passes(self) -> None:
        """The toxic is again what it was, in its place."""
        before = PROXY.add(latency(1)).add(latency(2, "later"))
        assert before.alter(latency(3), 10).expire(10) == before

    def test_a_change_of_a_change_passes_to_what_lasts(self) -> None:
        """Whoever prolongs a passing change does not make it last."""
        before = PROXY.add(latency(1))
        assert before.alter(latency(2), 10).alter(latency(3), 20).expire(20) == before
        assert PROXY.add(latency(1), 10).alter(latency(3), 20).expire(20) == PROXY

    def test_what_lasts_ends_what_passes(self) -> None:
        """After a change that lasts, and after a removal, nothing comes back."""
        assert PROXY.add(latency(1), 10).alter(latency(2)).expire(10) == PROXY.add(latency(2))
        assert PROXY.add(latency(1)).alter(latency(2), 10).remove("late").expire(10) == PROXY

    def test_a_proxy_is_enabled_again(self) -> None:
        """Disabled for a time, it comes back; disabled for good in the meantime, it does not."""
        assert PROXY.enable(False, 10).expire(10) == PROXY
        assert not PROXY.enable(False, 10).enable(False).expire(10).enabled

    @given(st.lists(st.tuples(st.sampled_from(["a", "b", ""]), st.integers(1, 9), st.booleans())))
    def test_whatever_passes_leaves_what_lasts(self, changes: list[tuple[str, int, bool]]) -> None:
        """Changes for a time leave no trace once all of them are over, in any order and number."""
        before = proxy = PROXY.add(latency(1, "a"))
        for name, number, yes in changes:
            if not name:
                proxy = proxy.enable(yes, number)
            elif any(each.name == name for each in proxy.toxics):
                proxy = proxy.alter(latency(number, name), number)
            else:
                proxy = proxy.add(latency(number, name), number)
        assert proxy.expire(9) == before
        assert proxy.expire(9).due_s == inf


class TestRegistry:
    def test_names(self) -> None:
        """A proxy is found by its name, which is given once."""
        registry = Registry([FIXED])
        assert registry.get("lifecell") is FIXED
        assert status(registry.get, "kyivstar") == 404
        assert registry.admit(PROXY) is PROXY
        assert status(registry.admit, Proxy("lifecell", 0, BROKER)) == 409

    def test_proxies_are_bounded(self) -> None:
        """A script that creates for ever is stopped, at once or in one request."""
        registry = Registry(Proxy(str(number), 0, BROKER) for number in range(MOST_PROXIES))
        assert status(registry.admit, PROXY) == 409
        assert status(registry.populate, [PROXY], [None]) == 409

    def test_the_exercise_keeps_its_own(self) -> None:
        """Its proxies cannot be deleted or moved; saying where they are already is no move."""
        registry = Registry([FIXED, PROXY])
        assert status(registry.removable, "lifecell") == 409
        assert registry.removable("kyivstar") is PROXY
        assert status(lambda port: FIXED.move(port, BROKER), 1) == 409
        assert FIXED.move(21901, Address("127.0.0.1", 1883, "127.0.0.1:1883")) == FIXED
        assert PROXY.move(1, BROKER).port == 1

    @pytest.mark.parametrize(
        "proxy",
        [
            Proxy("a", 5000, Address("127.0.0.1", 5000, "")),
            Proxy("a", 0, Address("::1", 21900, "")),
            Proxy("a", 1883, Address("127.0.0.1", 7, "")),
        ],
    )
    def test_no_circles(self, proxy: Proxy) -> None:
        """A proxy calls neither itself nor another, nor stands where another calls."""
        assert status(Registry([PROXY]).straight, proxy) == 400

    def test_no_circle(self) -> None:
        """Neither another machine's ports nor its own former self are in the way."""
        elsewhere = Proxy("a", 1883, Address("192.0.2.1", 21900, ""))
        assert Registry([Proxy("b", 1, Address("192.0.2.1", 1883, ""))]).straight(elsewhere) is elsewhere
        assert Registry([PROXY]).straight(PROXY) is PROXY

    def test_due(self) -> None:
        """The first of all that pass."""
        assert Registry([PROXY]).due_s == Registry().due_s == inf
        assert Registry([PROXY.enable(False, 3), FIXED.enable(False, 2)]).due_s == 2


class TestPopulate:
    def test_what_is_there_stays(self) -> None:
        """A proxy in its place keeps its toxics, and is enabled or disabled only where that is said."""
        here = PROXY.add(latency(1))
        registry = Registry([here])
        assert registry.populate([PROXY], [None]) == [here]
        assert registry.populate([PROXY], [False]) == [here.enable(False)]

    def test_what_differs_is_replaced(self) -> None:
        """A proxy for another broker begins without toxics, and so does a new one."""
        registry = Registry([PROXY.add(latency(1))])
        other, new = Proxy("kyivstar", 21900, Address("127.0.0.1", 7, "")), Proxy("new", 0, BROKER)
        assert registry.populate([other, new], [None, False]) == [other, new.enable(False)]

    def test_the_exercise_keeps_its_own(self) -> None:
        """Its proxies may be named as they are, and not otherwise."""
        registry = Registry([FIXED])
        assert registry.populate([Proxy("lifecell", 21901, BROKER)], [None]) == [FIXED]
        assert status(registry.populate, [Proxy("lifecell", 0, BROKER)], [None]) == 409

    def test_a_name_comes_once(self) -> None:
        """Of two descriptions of one proxy none is right."""
        assert status(Registry().populate, [PROXY, FIXED, PROXY], [None] * 3) == 400


class TestAddresses:
    @pytest.mark.parametrize("text", ["127.0.0.1:21900", "localhost:21900"])
    def test_listen(self, text: str) -> None:
        """A port on this machine."""
        assert read_listen(text) == 21900

    @pytest.mark.parametrize("text", ["0.0.0.0:21900", ":21900", "[::]:21900", "[::1]:21900", "192.0.2.1:21900"])
    def test_listens_nowhere_else(self, text: str) -> None:
        """No other machine is to reach a proxy; the message says what to write."""
        with pytest.raises(InputError, match=r"write 127\.0\.0\.1:21900"):
            read_listen(text)

    @pytest.mark.parametrize("text", ["", "127.0.0.1", "127.0.0.1:", "localhost:x", "localhost:70000", "localhost:１"])
    def test_no_address(self, text: str) -> None:
        """What has no port is refused with an example."""
        for read in (read_listen, read_upstream):
            with pytest.raises(InputError, match="HOST:PORT"):
                read(text)

    @pytest.mark.parametrize(
        ("text", "host"), [("localhost:1883", "127.0.0.1"), ("127.8.0.1:1883", "127.8.0.1"), ("[::1]:1883", "::1")]
    )
    def test_upstream(self, text: str, host: str) -> None:
        """A broker on this machine, kept as it was written."""
        assert (address := read_upstream(text)) == Address(host, 1883, "")
        assert address.written == text

    @pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "[::1%lo]", "0.0.0.0", "127.1", "", "[2001:db8::1]"])
    def test_calls_nobody_else(self, host: str) -> None:
        """Somebody else's machine is no upstream, whatever its name looks like; the message says who is."""
        with pytest.raises(InputError, match=r"on this machine only.*or 192\.0\.2\.7:8883"):
            read_upstream(f"{host}:1883", [("127.0.0.1", 1), ("192.0.2.7", 8883)])

    def test_calls_the_broker_of_the_exercise(self) -> None:
        """Whose owner has consented."""
        assert not read_upstream("192.0.2.7:8883", [("192.0.2.7", 8883)]).loopback

    def test_calls_no_port_0(self) -> None:
        """Nobody listens there."""
        with pytest.raises(InputError, match="from 1 to 65535"):
            read_upstream("localhost:0")


def status(call: Callable[..., object], *arguments: object) -> int:
    """The status of a refusal."""
    with pytest.raises(RefusalError) as refusal:
        call(*arguments)
    return refusal.value.status

import json
from math import inf
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.errors import InputError
from alertsim.operators.toxics import ATTRIBUTES, Kind, Toxic
from alertsim.proxy.addresses import Address
from alertsim.proxy.control_bodies import ProxyBody, ToxicBody, proxy_fields, read_json, toxic_fields
from alertsim.proxy.registry import Proxy

PROXY = Proxy("kyivstar", 21900, Address("127.0.0.1", 1883, "localhost:1883"))
TOXIC = Toxic("late", "latency", "upstream", 0.5, {"latency": 400, "jitter": 50})
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["name", "listen", "upstream", "enabled", "type", "stream", "toxicity", "attributes", "for"])


class TestProxy:
    def test_what_is_asked_for(self) -> None:
        """All fields; where to listen, and whether it is enabled, may be left out or null."""
        said = {"name": "kyivstar", "upstream": "localhost:1883", "listen": "127.0.0.1:21900", "more": [1]}
        assert ProxyBody.read(said).proxy(()) == PROXY
        least = {"name": "a", "upstream": "localhost:1883", "listen": None, "enabled": False}
        assert ProxyBody.read(least).proxy(()) == Proxy("a", 0, PROXY.upstream, enabled=False)

    def test_changes(self) -> None:
        """Only what is said changes; `enabled` for a time, too."""
        assert changed({}) == PROXY
        assert changed({"name": "kyivstar", "upstream": "localhost:7"}).upstream.port == 7
        assert changed({"listen": "localhost:7"}).port == 7
        assert changed({"enabled": False}) == PROXY.enable(False)
        assert changed({"enabled": False, "for": 2.5}) == PROXY.enable(False, 102.5)

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({"upstream": "localhost:1"}, "missing required field: name"),
            ({"name": "a"}, "missing required field: upstream"),
            ({"name": 7}, "bad request body: name: Input should be a valid string"),
            ({"name": "a", "upstream": "localhost:1", "enabled": "no"}, "enabled: Input should be a valid boolean"),
            ({"name": "a", "upstream": "localhost:1", "for": 3}, "a proxy stays"),
            ({"name": "a", "upstream": "localhost:1", "for": -3}, "for: Input should be greater than 0"),
            ({"name": "a", "upstream": "example.org:1"}, "on this machine only"),
            *(
                ({"name": n, "upstream": "localhost:1"}, "printable")
                for n in ("a/b", "a%", "..", "a\n", "\ud800", "é" * 101)
            ),
            ([], "expected an object"),
        ],
    )
    def test_what_is_none(self, said: object, why: str) -> None:
        """The message names the field, and what it should be."""
        with pytest.raises(InputError, match=why):
            ProxyBody.read(said).proxy(())

    @pytest.mark.parametrize(("said", "why"), [({"name": "b"}, "keeps it"), ({"for": 1}, "only `enabled`")])
    def test_what_cannot_change(self, said: dict[str, Any], why: str) -> None:
        """A proxy's name, and anything but `enabled` for a time."""
        with pytest.raises(InputError, match=why):
            changed(said)


class TestToxic:
    def test_what_is_left_out(self) -> None:
        """A toxic is downstream, for everybody, with attributes of 0, and named after what it is."""
        toxic = ToxicBody.read({"type": "latency", "attributes": {"jitter": 5}}).toxic()
        assert toxic == Toxic("latency_downstream", "latency", "downstream", 1.0, {"latency": 0, "jitter": 5})

    @pytest.mark.parametrize("kind", get_args(Kind))
    def test_every_kind_says_what_it_was_told(self, kind: Kind) -> None:
        """The answer has the fields of the request."""
        told = {
            "name": "x",
            "type": kind,
            "stream": "upstream",
            "toxicity": 0.25,
            "attributes": {name: number for number, name in enumerate(ATTRIBUTES[kind], 1)},
        }
        assert toxic_fields(ToxicBody.read(told).toxic()) == told

    def test_changes(self) -> None:
        """Attributes that are not said stay; so does toxicity."""
        assert ToxicBody.read({"attributes": {"jitter": 1}}).changed(TOXIC).attributes == {"latency": 400, "jitter": 1}
        assert ToxicBody.read({"toxicity": 1}).changed(TOXIC) == Toxic(
            "late", "latency", "upstream", 1, TOXIC.attributes
        )
        assert ToxicBody.read(toxic_fields(TOXIC)).changed(TOXIC) == TOXIC

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({}, "invalid toxic type: expected one of latency"),
            ({"type": "noop"}, "invalid toxic type"),
            ({"type": "timeout", "stream": "sideways"}, "stream was invalid, can be either upstream or downstream"),
            ({"type": "timeout", "toxicity": 1.5}, "toxicity: Input should be less than or equal to 1"),
            ({"type": "timeout", "name": "a/b"}, "name: expected"),
            ({"type": "timeout", "attributes": {"delay": 1}}, "timeout has timeout, not 'delay'"),
            ({"type": "latency", "attributes": {"delay": 1}}, "latency has latency and jitter, not 'delay'"),
            ({"type": "latency", "attributes": []}, "attributes: Input should be a valid dictionary"),
            *(
                ({"type": "latency", "attributes": {"latency": value}}, "attributes.latency: expected a whole number")
                for value in (-1, 1.5, True, "1", None, 10**12)
            ),
        ],
    )
    def test_what_is_none(self, said: object, why: str) -> None:
        """The message names the field, and what it should be."""
        with pytest.raises(InputError, match=why):
            ToxicBody.read(said).toxic()

    @pytest.mark.parametrize("said", [{"name": "b"}, {"type": "timeout"}, {"stream": "downstream"}])
    def test_what_cannot_change(self, said: dict[str, Any]) -> None:
        """A toxic stays what it is, and does not pretend otherwise."""
        with pytest.raises(InputError, match="a toxic keeps it: remove late"):
            ToxicBody.read(said).changed(TOXIC)

    def test_passing(self) -> None:
        """For ever, or so many seconds from now."""
        assert ToxicBody.read({}).until_s(100) == inf
        assert ToxicBody.read({"for": 2}).until_s(100) == 102


class TestJson:
    @pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b"NaN", b"-Infinity", b"9" * 5_000])
    def test_what_is_none(self, data: bytes) -> None:
        """Half of it, too deep, not UTF-8, numbers that are none or without end."""
        with pytest.raises(InputError, match="bad request body"):
            read_json(data)

    @given(st.dictionaries(FIELDS | st.text(), ANYTHING) | ANYTHING)
    def test_whatever_is_said_is_read_or_refused(self, said: object) -> None:
        """Nothing anybody sends is worse than a refusal, and what is taken can be told again."""
        for read in (lambda: ProxyBody.read(said).proxy(()), lambda: ToxicBody.read(said).toxic()):
            try:
                taken = read()
            except InputError:
                continue
            json.dumps(proxy_fields(taken if isinstance(taken, Proxy) else PROXY.add(taken))).encode()


def test_toxics_of_the_upstream_come_first() -> None:
    """As Toxiproxy lists them, with the fields of the proxy around."""
    proxy = PROXY.add(Toxic("b", "timeout", "downstream", 1.0, {"timeout": 0})).add(TOXIC)
    fields = proxy_fields(proxy)
    assert [each["name"] for each in fields.pop("toxics")] == ["late", "b"]
    assert fields == {"name": "kyivstar", "listen": "127.0.0.1:21900", "upstream": "localhost:1883", "enabled": True}


def changed(said: dict[str, Any]) -> Proxy:
    """The proxy after a change at 100 s."""
    return ProxyBody.read(said).changed(PROXY, (), 100)

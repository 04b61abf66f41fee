"""Topic aliases, resolved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.mqtt import Aliases, Properties, ProtocolError, Publish, Reason

LIVELY = Properties(content_type="text/plain")


def aliased(topic: str, alias: int | None) -> Publish:
    return Publish(topic, b"x", properties=LIVELY._replace(topic_alias=alias))


def test_an_alias_stands_for_its_last_topic() -> None:
    """A topic with an alias sets it, an alias alone means it, another topic takes it over; nothing else is touched."""
    aliases = Aliases(2)
    sent = [("a", 1), ("", 1), ("b", 2), ("", 1), ("", 2), ("c", 1), ("", 1), ("d", None)]
    got = [aliases.resolved(aliased(*one)) for one in sent]
    assert got == [aliased(topic, None) for topic in ("a", "a", "b", "a", "b", "c", "c", "d")]


@given(st.lists(st.integers(1, 3), min_size=1))
def test_a_shortened_stream_is_the_whole_one(numbers: list[int]) -> None:
    """A sender that leaves out the topic whenever its alias is known is understood."""
    aliases, known = Aliases(3), set[int]()
    for number in numbers:
        sent = aliased("" if number in known else f"t/{number}", number)
        known.add(number)
        assert aliases.resolved(sent).topic == f"t/{number}"


@pytest.mark.parametrize(("alias", "reason"), [(3, Reason.TOPIC_ALIAS_INVALID), (2, Reason.PROTOCOL_ERROR)])
def test_an_alias_too_high_or_unknown_is_refused(alias: int, reason: Reason) -> None:
    """Above the maximum, or never set."""
    with pytest.raises(ProtocolError, match=f"the topic alias {alias}") as caught:
        Aliases(2).resolved(aliased("", alias))
    assert caught.value.reason is reason

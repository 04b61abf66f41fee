"""What can happen: a closed family of small frozen values."""

import json
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import to_json

from alertsim import events
from alertsim.events import (
    EVENT,
    AlertCancelled,
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    Event,
    OperatorChanged,
    Service,
    Text,
    fields,
    is_open,
)
from alertsim.times import Millis, parse_instant
from tests.strategies_events import happenings

KINDS = get_args(Event)


def test_the_kind_is_the_class() -> None:
    """`AlertRaised` is `alert.raised`: nobody has to learn two names; two words more are one part (state_changed)."""
    for model in KINDS:
        first, *rest = re.findall(r"[A-Z][a-z]+", model.__name__)
        assert model.model_fields["kind"].default == f"{first}.{'_'.join(rest)}".lower()
    assert len({model.model_fields["kind"].default for model in KINDS}) == len(KINDS)


def test_there_is_no_real_alert() -> None:
    """No kind, no field and no word of the family can say that something is not an exercise."""
    words = {word for model in KINDS for word in model.model_fields}
    words |= {value for kind in vars(events).values() if hasattr(kind, "__members__") for value in kind}
    assert not {word for word in words if "actual" in word.lower()}


@given(happenings)
def test_an_event_survives_json(event: Event) -> None:
    """Written and read back it is the same event of the same kind."""
    assert EVENT.validate_json(event.model_dump_json()) == event


@given(happenings, st.integers(-14 * 60, 14 * 60))
def test_fields_are_for_people_and_wires(event: Event, offset: int) -> None:
    """What is absent is left out; the time is RFC 3339 at the offset, and the same instant; the event is untouched."""
    before = event.model_copy(deep=True)
    plain = json.loads(to_json(fields(event, offset), exclude_none=True))
    at, shown_at = parse_instant(plain.pop("at"))
    assert (at, shown_at) == (event.at, offset)
    assert None not in plain.values()
    assert EVENT.validate_python({**plain, "at": at}) == event == before


@given(happenings)
def test_an_event_cannot_be_changed(event: Event) -> None:
    """Neither by name nor by a field that is not there."""
    for name in type(event).model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(event, name, None)
    with pytest.raises(ValidationError, match="Extra inputs"):
        type(event).model_validate({**event.model_dump(), "status": "Actual"})


def test_what_is_no_event_is_refused() -> None:
    """An unknown kind, an area that is none, a share above all."""
    shared = {"event": "e:1", "at": 0, "entry": "e"}
    for wrong in (
        {"kind": "alert.actual", "area": "UA-30"},
        {"kind": "alert.raised", "area": "Kyiv"},
        {"kind": "alert.raised", "area": "UA-30/1/2/3"},
        {"kind": "operator.changed", "operator": "a", "up": {"data": 1.1}},
        {"kind": "operator.changed", "operator": "a", "up": {}, "load": -1},
    ):
        with pytest.raises(ValidationError):
            EVENT.validate_python({**shared, **wrong})


def test_open_is_raised_or_updated() -> None:
    """Cleared is the story's all-clear, cancelled is machinery; after either nobody is under alert."""
    for kind, is_it in ((AlertRaised, True), (AlertUpdated, True), (AlertCleared, False), (AlertCancelled, False)):
        assert is_open(kind(event="a:1", at=Millis(0), entry="a", area="UA-30")) == is_it


def test_one_text_stands_for_both_languages() -> None:
    """A plain string, or one language alone; an empty or a third one is refused."""
    assert Text.model_validate("так") == Text(uk="так", en="так")
    assert Text.model_validate({"en": "yes"}) == Text(uk="yes", en="yes")
    assert Text.model_validate({"uk": "так", "en": "yes"}) == Text(uk="так", en="yes")
    for wrong in ("", {"uk": ""}, {"ru": "да"}, {"uk": "так", "ru": "да"}, {}, 7):
        with pytest.raises(ValidationError):
            Text.model_validate(wrong)


def test_services_are_named_in_full() -> None:
    """A condition is told by service, as plain words."""
    event = OperatorChanged(event="o:1", at=Millis(0), entry="o", operator="a", up={Service.DATA: 0.5})
    assert json.loads(to_json(fields(event, 0)))["up"] == {"data": 0.5}

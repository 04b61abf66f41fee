"""What the bodies of the control's requests and answers say, in Toxiproxy's fields; pure."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from math import inf
from typing import Annotated, Any, Final, NoReturn, Self, get_args

from pydantic import BaseModel, Field, StrictBool, StrictFloat, StrictInt, StrictStr, ValidationError

from alertsim.operators.conditions import Stream
from alertsim.operators.toxics import ATTRIBUTES, Kind, Toxic
from alertsim.proxy.addresses import read_listen, read_upstream
from alertsim.proxy.registry import Proxy, RefusalError

BAD: Final = "bad request body: "
_LONGEST_NAME, _LONGEST_S, _BEYOND = 100, 366 * 86_400, 10**12
_NOT_IN_NAMES: Final = frozenset("/?#%\\")

_Number = StrictInt | StrictFloat


class _Body(BaseModel):
    """An object of JSON; a field that is null is not there, and one nobody knows does not matter.

    `for`: seconds after which what is asked for passes by itself.
    """

    for_s: Annotated[_Number, Field(gt=0, le=_LONGEST_S)] | None = Field(default=None, alias="for")

    @classmethod
    def read(cls, said: object) -> Self:
        """The fields; RefusalError where they are none."""
        if not isinstance(said, dict):
            raise RefusalError(f"{BAD}expected an object of JSON")
        try:
            return cls.model_validate({name: value for name, value in said.items() if value is not None})
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            raise RefusalError(f"{BAD}{first['loc'][0]}: {first['msg']}") from None

    def until_s(self, now_s: float) -> float:
        """When it is to pass; infinity: never."""
        return inf if self.for_s is None else now_s + self.for_s


class ProxyBody(_Body):
    """A proxy, or what of it is to change."""

    name: StrictStr = ""
    listen: StrictStr = ""
    upstream: StrictStr = ""
    enabled: StrictBool | None = None

    def proxy(self, brokers: Collection[tuple[str, int]]) -> Proxy:
        """A new one. `brokers`: whom it may call beside those on this machine."""
        for field in ("name", "upstream"):
            if not getattr(self, field):
                raise RefusalError(f"missing required field: {field}")
        if self.for_s is not None:
            raise RefusalError("for: a proxy stays until it is deleted; faults upon it can pass by themselves")
        port = read_listen(self.listen) if self.listen else 0
        return Proxy(_checked(self.name), port, read_upstream(self.upstream, brokers), self.enabled is not False)

    def changed(self, proxy: Proxy, brokers: Collection[tuple[str, int]], now_s: float) -> Proxy:
        """A proxy as this would have it."""
        if self.name not in {"", proxy.name}:
            raise RefusalError(f"name: a proxy keeps it: delete {proxy.name} and create another")
        port = read_listen(self.listen) if self.listen else proxy.port
        moved = proxy.move(port, read_upstream(self.upstream, brokers) if self.upstream else proxy.upstream)
        if self.enabled is not None:
            return moved.enable(self.enabled, self.until_s(now_s))
        if self.for_s is not None:
            raise RefusalError("for: of a proxy only `enabled` can pass by itself")
        return moved


class ToxicBody(_Body):
    """A toxic, or what of it is to change."""

    name: StrictStr = ""
    type: StrictStr = ""
    stream: StrictStr = ""
    toxicity: Annotated[_Number, Field(ge=0, le=1)] | None = None
    attributes: dict[StrictStr, Any] = {}

    def toxic(self) -> Toxic:
        """A new one."""
        kind = next((each for each in get_args(Kind) if each == self.type), None)
        if kind is None:
            raise RefusalError(f"invalid toxic type: expected one of {', '.join(ATTRIBUTES)}, found {self.type!r}")
        stream = next((each for each in get_args(Stream) if each == (self.stream or "downstream")), None)
        if stream is None:
            raise RefusalError("stream was invalid, can be either upstream or downstream")
        attributes = dict.fromkeys(ATTRIBUTES[kind], 0) | _attributes(kind, self.attributes)
        toxicity = 1.0 if self.toxicity is None else self.toxicity
        return Toxic(_checked(self.name or f"{kind}_{stream}"), kind, stream, toxicity, attributes)

    def changed(self, toxic: Toxic) -> Toxic:
        """A toxic as this would have it."""
        for field in ("name", "type", "stream"):
            if getattr(self, field) not in {"", getattr(toxic, field)}:
                raise RefusalError(f"{field}: a toxic keeps it: remove {toxic.name} and add another")
        toxicity = toxic.toxicity if self.toxicity is None else self.toxicity
        attributes = {**toxic.attributes, **_attributes(toxic.type, self.attributes)}
        return replace(toxic, toxicity=toxicity, attributes=attributes)


def read_json(data: bytes) -> Any:
    """What a body says; RefusalError where it says nothing."""
    try:
        return json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RefusalError(f"{BAD}{error}") from None


def proxy_fields(proxy: Proxy) -> dict[str, Any]:
    """A proxy as an answer tells it."""
    return {
        "name": proxy.name,
        "listen": f"127.0.0.1:{proxy.port}",
        "upstream": proxy.upstream.written,
        "enabled": proxy.enabled,
        "toxics": toxics_fields(proxy),
    }


def toxics_fields(proxy: Proxy) -> list[dict[str, Any]]:
    """Its toxics, those of the upstream first."""
    return [toxic_fields(each) for stream in get_args(Stream) for each in proxy.toxics if each.stream == stream]


def toxic_fields(toxic: Toxic) -> dict[str, Any]:
    """A toxic as an answer tells it."""
    return {
        "attributes": dict(toxic.attributes),
        "name": toxic.name,
        "type": toxic.type,
        "stream": toxic.stream,
        "toxicity": toxic.toxicity,
    }


def error_fields(message: str, status: int) -> dict[str, Any]:
    """What a refused request is told; `title` is for clients older than `error`."""
    return {"error": message, "title": message, "status": status}


def _checked(name: str) -> str:
    """A name that can be part of an address, and of a line that people read."""
    if len(name) > _LONGEST_NAME or not name.isprintable() or name in {".", ".."} or _NOT_IN_NAMES & set(name):
        raise RefusalError(f"name: expected at most {_LONGEST_NAME} printable characters without / ? # % \\")
    return name


def _attributes(kind: Kind, given: Mapping[str, object]) -> dict[str, int]:
    """Attributes of a toxic of this kind."""
    known, read = ATTRIBUTES[kind], {}
    for name, value in given.items():
        if name not in known:
            raise RefusalError(f"{BAD}attributes: {kind} has {' and '.join(known)}, not {name[:_LONGEST_NAME]!r}")
        if type(value) is not int or not 0 <= value < _BEYOND:
            raise RefusalError(f"{BAD}attributes.{name}: expected a whole number from 0 to below {_BEYOND:,}")
        read[name] = value
    return read


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")

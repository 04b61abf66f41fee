"""Named networks, from GPRS to a blackout: conditions both ways, each figure with its source (config/profiles.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from alertsim.errors import InputError
from alertsim.operators.conditions import CALM, Conditions, read_conditions


@dataclass(frozen=True)
class Profile:
    """One network. `names` by language; `up`: the share of clients with coverage; `source`: of the figures."""

    names: Mapping[str, str]
    source: str
    upstream: Conditions = CALM
    downstream: Conditions = CALM
    up: float = 1.0


_FIELDS: Final = ("name", "upstream", "downstream", "up", "source")


def parse_profiles(text: str, file: str = "profiles.yaml") -> dict[str, Profile]:
    """What a file of profiles says, by name, in its order.

    Raises:
        InputError: it is no such file; the message says where and what is right.
    """
    try:
        read = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"{file}: {error}") from None
    return {str(name): _profile(given, f"{file}: {name}") for name, given in _mapping(read, file).items()}


def find_profile(profiles: Mapping[str, Profile], name: str) -> Profile:
    """One of them; InputError names those there are."""
    if name not in profiles:
        raise InputError(f"no network profile {name!r}; there are {', '.join(profiles)}")
    return profiles[name]


def _profile(read: object, where: str) -> Profile:
    given = _mapping(read, where)
    if unknown := [str(field) for field in given if field not in _FIELDS]:
        raise InputError(f"{where}: {unknown[0]} is none of {', '.join(_FIELDS)}")
    return Profile(
        names={language: _text(text, f"{where}.name") for language, text in _mapping(given.get("name"), where).items()},
        source=_text(given.get("source"), f"{where}.source"),
        upstream=_wire(given, "upstream", where),
        downstream=_wire(given, "downstream", where),
        up=_share(given.get("up", 1.0), f"{where}.up"),
    )


def _wire(given: Mapping[str, Any], way: str, where: str) -> Conditions:
    return read_conditions(_mapping(given.get(way, {}), f"{where}.{way}"), f"{where}.{way}.")


def _mapping(given: object, where: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise InputError(f"{where}: expected names with values, found {given!r}")
    return given


def _text(given: object, where: str) -> str:
    if not isinstance(given, str) or not given:
        raise InputError(f"{where}: expected a text, found {given!r}")
    return given


def _share(given: object, where: str) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        raise InputError(f"{where}: expected a share from 0 to 1, found {given!r}")
    return float(given)

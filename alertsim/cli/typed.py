"""Commands that are typed while an exercise runs, after a colon: `outage kyivstar 0.3 for 10m`, `restore kyivstar`."""

from collections.abc import Collection
from dataclasses import dataclass

from alertsim.commands import Command, Restore, StartOutage
from alertsim.errors import InputError
from alertsim.times import Millis, parse_duration

_LONGEST = 80
_FORM = "outage OPERATOR [SHARE LEFT, 0 to 1] [for 10m], or restore OPERATOR"


@dataclass
class Prompt:
    """What is being typed: empty, a colon and some text, or what was wrong with it."""

    operators: Collection[str]
    text: str = ""

    @property
    def open(self) -> bool:
        """Whether keys are letters now and no commands."""
        return self.text.startswith(":")

    def press(self, key: str) -> Command | None:
        """One more key; a command where this was Enter and what stands there is one."""
        if not self.open:
            self.text = ""
        match key:
            case "\n" | "\r":
                return self._enter()
            case "\x1b":
                self.text = ""
            case "\x7f" | "\b":
                self.text = self.text[:-1]
            case _ if key.isprintable() and len(self.text) < _LONGEST:
                self.text += key
        return None

    def _enter(self) -> Command | None:
        typed, self.text = self.text[1:], ""
        try:
            return read_command(typed, self.operators) if typed.strip() else None
        except InputError as error:
            self.text = str(error)
            return None


def read_command(text: str, operators: Collection[str]) -> Command:
    """The command a person typed; InputError says what one looks like. Durations are scenario time."""
    words = text.split()
    if words[-1:] == ["now"]:
        words.pop()
    match words:
        case ["restore", operator]:
            return Restore(operator=_known(operator, operators))
        case ["outage", operator, *rest]:
            lasts = None
            if rest[-2:-1] == ["for"]:
                lasts, rest = _duration(rest[-1]), rest[:-2]
            if len(rest) < 2:
                return StartOutage(operator=_known(operator, operators), up=_share(*rest), lasts=lasts)
    raise InputError(f"expected {_FORM}")


def _known(operator: str, operators: Collection[str]) -> str:
    if operator not in operators:
        raise InputError(f"no operator {operator!r}; there are {', '.join(operators)}")
    return operator


def _share(text: str = "0") -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise InputError(f"{text!r}: expected the share that is left, 0 to 1")
    return share


def _duration(text: str) -> Millis:
    try:
        if lasts := parse_duration(text):
            return lasts
    except ValueError:
        pass
    raise InputError(f"for {text!r}: expected a duration above 0, like 10m")

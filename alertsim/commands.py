"""What a person may ask of a running exercise: imperative, accepted at one scenario time, recorded before obeyed."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from alertsim.events import Frozen
from alertsim.times import Millis


class Asked(Frozen):
    """What all commands share: who asked."""

    by: str = "control"


class Pause(Asked):
    """Stop scenario time; what stands goes on standing."""

    command: Literal["pause"] = "pause"


class Resume(Asked):
    """Go on, from a pause or, deliberately, after a suspension."""

    command: Literal["resume"] = "resume"


class SetRate(Asked):
    """Another pace until the next chapter begins: scenario seconds a real second."""

    command: Literal["set_rate"] = "set_rate"
    rate: float = Field(gt=0, le=1_000_000)


class Jump(Asked):
    """Go to a later scenario time; what lies between is skipped, what differs then is published."""

    command: Literal["jump"] = "jump"
    to: Millis


class Seek(Asked):
    """Go to any scenario time of a replay, back too: what does not stand then is taken back, what does is said."""

    command: Literal["seek"] = "seek"
    to: Millis


class Step(Asked):
    """Play the next `n` planned events at once, and stand where the last of them was."""

    command: Literal["step"] = "step"
    n: int = Field(1, ge=1, le=100_000)


class Suspend(Asked):
    """A real-world emergency: stop play at once; it never resumes by itself."""

    command: Literal["suspend"] = "suspend"


class Terminate(Asked):
    """End the exercise now, on a path of its own."""

    command: Literal["terminate"] = "terminate"
    reason: str = "terminated by control"


class StartOutage(Asked):
    """An operator fails now: the share `up` of each of its services is left, for `lasts` or until it is restored.

    Whatever the scenario says of it meanwhile holds afterwards.
    """

    command: Literal["start_outage"] = "start_outage"
    operator: str = Field(min_length=1, max_length=60)
    up: float = Field(0.0, ge=0, le=1)
    lasts: Millis | None = Field(None, gt=0)


class Restore(Asked):
    """An operator that was made to fail is again as the scenario has it."""

    command: Literal["restore"] = "restore"
    operator: str = Field(min_length=1, max_length=60)


Command = Pause | Resume | SetRate | Jump | Seek | Step | Suspend | Terminate | StartOutage | Restore

COMMAND: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="command")])
"""Reads a command back from its JSON."""

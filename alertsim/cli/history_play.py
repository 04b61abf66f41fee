"""`alertsim history play`: real alerts of the past as an exercise, over MQTT and marked as any other."""

from typing import Annotated

import typer

from alertsim import exercise, story
from alertsim.broker import parse_target
from alertsim.cli.consent import confirming
from alertsim.cli.history_options import (
    AreaName,
    From,
    Source,
    Store,
    Until,
    kept,
    read_area,
    read_moment,
    store_folder,
)
from alertsim.cli.options import (
    Broker,
    Ca,
    Cert,
    Key,
    Lang,
    Out,
    PasswordFile,
    read_access,
    read_rate,
    runs_folder,
)
from alertsim.cli.run import Subscribers, perform, read_exercise_id, read_subscribers
from alertsim.contradiction import contradictions
from alertsim.crowd import People
from alertsim.errors import InputError

Contact = Annotated[str, typer.Option(help="Who answers for the exercise; sent with each message.")]
CONTACT = "Exercise control / Штаб навчань"


def play(
    lang: Lang,
    start: From = None,
    until: Until = None,
    rate: Annotated[str, typer.Option(help="Seconds of the past a real second, or max.")] = "3600",
    source: Annotated[Source, typer.Option(help="Whose alerts; both: volunteers' posts beside.")] = Source.OFFICIAL,
    area: AreaName = None,
    contact: Contact = CONTACT,
    subscribers: Subscribers = None,
    broker: Broker = "embedded",
    exercise_id: Annotated[str | None, typer.Option("--exercise", help="Name this exercise.")] = None,
    out: Out = None,
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
    password_file: PasswordFile = None,
    store: Store = None,
    as_json: Annotated[bool, typer.Option("--json", help="One summary object on stdout.")] = False,  # noqa: FBT002 — a flag
    plain: Annotated[bool, typer.Option("--plain", help="Printed lines instead of the live view.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """Play alerts that were: each raised and cleared at its time, oblast, raion and hromada each on its own.

    With --source both the official channel raises and clears, and what volunteers told follows on
    public/channel/volunteer/alert/<area>, as late as it was.
    """
    target = parse_target(broker)
    access = read_access(target, ca, cert, key, password_file)
    pace = read_rate(rate) or 1.0
    begins, ends = read_moment("--from", start), read_moment("--until", until)
    if begins is not None and ends is not None and begins >= ends:
        raise InputError("--until must be later than --from")
    told = story.of_history(
        kept(store_folder(store), source), begins, ends, rate=pace, area=read_area(area), contact=read_contact(contact)
    )
    name = read_exercise_id(exercise_id) or exercise.exercise_id(told.name)
    order = exercise.Order(
        story=told,
        target=target,
        out=runs_folder(out),
        exercise=name,
        access=access,
        confirm=confirming(name),
        people=People(read_subscribers(subscribers, target), None, brands=True),
    )
    perform(order, lang, as_json=as_json, plain=plain)


def read_contact(text: str) -> str:
    """Who answers for it, in a line that does not contradict the mark."""
    if not (3 <= len(text) <= 160 and text.isprintable()):
        raise InputError("--contact: expected 3 to 160 letters in one line")
    for contradiction in contradictions(text):
        raise InputError(f"--contact {text!r}: {contradiction}")
    return text

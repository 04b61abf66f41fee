"""`alertsim history export`: alerts of the past as a scenario file, with the facts it rests on."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from alertsim import library
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
from alertsim.cli.history_play import CONTACT, Contact, read_contact
from alertsim.errors import AlertSimError, InputError
from alertsim.history.past import Past, inside, offset
from alertsim.history.written import Written, written
from alertsim.library import FACTS, MOST_BYTES
from alertsim.times import Millis, rfc3339


def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="The scenario file; facts.yaml is written beside it.")],
    start: From = None,
    until: Until = None,
    source: Annotated[Source, typer.Option(help="Whose alerts: official or volunteer.")] = Source.OFFICIAL,
    area: AreaName = None,
    contact: Contact = CONTACT,
    store: Store = None,
) -> None:
    """Write alerts of the past as a scenario, to be edited, checked, shown and run like any other."""
    begins, ends = read_moment("--from", start), read_moment("--until", until)
    if begins is None or ends is None or begins >= ends:
        raise InputError("say which time is meant: --from and, later, --until")
    if source is Source.BOTH:
        raise InputError("--source both: a scenario has one channel; choose official or volunteer")
    (past,) = kept(store_folder(store), source)
    told = Past(past.channel, inside(past.alerts, read_area(area)), past.origins, past.imported)
    found = written(told, begins, ends, title=_title(begins), contact=read_contact(contact))
    if not found.alerts:
        raise InputError("no alert is meant: choose another --from, --until or --area")
    _write(out, found)
    library.load(str(out))
    typer.echo(f"{out}: {found.alerts} alerts, each with its fact in {out.with_name(FACTS)}")


def _title(at: Millis) -> tuple[str, str]:
    day = rfc3339(at, offset(at))[:10]
    return f"Сирени від {day}", f"The sirens from {day} on"


def _write(out: Path, found: Written) -> None:
    """Both files or none; nothing is overwritten."""
    if out.suffix not in {".yaml", ".yml"} or out.name == FACTS:
        raise InputError(f"-o {out}: scenarios are YAML; end the name in .yaml")
    if max(len(found.scenario.encode()), len(found.facts.encode())) >= MOST_BYTES:
        raise InputError(
            f"{found.alerts:,} alerts are more than a scenario file may hold (2 MiB): choose a shorter time"
        )
    texts = {out: found.scenario, out.with_name(FACTS): found.facts}
    for path in texts:
        if path.exists():
            raise InputError(f"{path} exists already, and nothing is overwritten: choose another folder")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        for path in texts:
            with suppress(OSError):
                path.unlink()
        raise AlertSimError(f"cannot write {out}: {error.strerror}") from None

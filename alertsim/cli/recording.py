"""`alertsim recording`: what is in a recording, and the same in forms that other tools read."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from alertsim import runs
from alertsim.cells import printable
from alertsim.cli.check import DOUBTED
from alertsim.cli.options import Lang, Language
from alertsim.clock import monotonic_s
from alertsim.errors import InputError, RecordingError
from alertsim.recording import Recorded, Recording, read
from alertsim.recording.contents import Contents
from alertsim.recording.export import export as export_to
from alertsim.recording.export import ndjson
from alertsim.recording.recover import recover as rescue
from alertsim.recording.said import recovered, verified
from alertsim.recording.verify import Verdict
from alertsim.recording.verify import verify as check
from alertsim.times import Millis, duration_text, rfc3339
from alertsim.wire import schema

recording = typer.Typer(no_args_is_help=True, help="Look into a recording, export it, check it, repair it.")

Asked = Annotated[str, typer.Argument(metavar="RECORDING", help="A run's folder, or a recording in MCAP.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]

_HEAD = re.compile("[0-9a-fA-F]{64}")
_UK = {
    "recording": "запис",
    "exercise": "навчання",
    "scenario": "сценарій",
    "recorded": "записано",
    "story": "у сценарії",
    "pace": "темп",
    "lines": "рядки",
    "size": "розмір",
    "chunks": "частин",
    "chain": "ланцюг",
    "published": "оголошено",
    "holds": "містить",
    "damage": "пошкодження",
    "none": "немає",
}


@recording.command()
def info(asked: Asked, lang: Lang, as_json: Json = False) -> None:  # noqa: FBT002 — a flag
    """Show what a recording is of, what it holds and whether it is whole."""
    found = opened(asked)
    counted = Contents()
    verdict = check(found, map(counted.counting, watched(found)))
    if as_json:
        typer.echo(json.dumps(_as_json(found, counted, verdict), ensure_ascii=False))
    else:
        _print(found, counted, verdict, lang)


@recording.command()
def export(
    asked: Asked,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A new .ndjson, .ndjson.zst or .parquet; default: NDJSON here.")
    ] = None,
) -> None:
    """Write every line of a recording as a row: NDJSON, also compressed, or Parquet."""
    found = opened(asked)
    if out is None:
        for line in ndjson(found):
            sys.stdout.buffer.write(line)
        sys.stdout.flush()
    else:
        export_to(watched(found), out, found.metadata)
        typer.echo(out)
    if found.damage:
        sys.stderr.write(f"{found.path}: {found.damage}; what could be read was exported\n")


@recording.command()
def verify(
    asked: Asked,
    lang: Lang,
    head: Annotated[str | None, typer.Option(help="The head of its chain, as subscribers got it at the end.")] = None,
    as_json: Json = False,  # noqa: FBT002 — a flag
) -> None:
    """Hold a recording against its checksums, its hash chain, and the head that was published; exit 3 if it differs."""
    if head is not None and not _HEAD.fullmatch(head):
        raise InputError(f"--head {head!r}: expected 64 hexadecimal digits, as in summary.json")
    found = opened(asked)
    verdict = check(found, watched(found), head.lower() if head else None)
    if as_json:
        typer.echo(json.dumps(verdict.as_json()))
    else:
        for sentence in verified(verdict, lang.value):
            typer.echo(sentence)
    raise typer.Exit(0 if verdict.good else DOUBTED)


@recording.command()
def recover(
    asked: Asked,
    lang: Lang,
    out: Annotated[Path, typer.Option("-o", "--out", help="A new recording; nothing is overwritten.")],
    as_json: Json = False,  # noqa: FBT002 — a flag
) -> None:
    """Make a whole recording of what can be read of a damaged one, and say what is lost."""
    found = opened(asked)
    made = rescue(found, watched(found), out, schema_of=schema)
    if as_json:
        typer.echo(json.dumps({"recording": str(out), **asdict(made)}, ensure_ascii=False))
    else:
        for sentence in recovered(made, lang.value):
            typer.echo(sentence)
        typer.echo(out)


def opened(asked: str) -> Recording:
    """The recording that somebody named; InputError where there is none, or it cannot be read."""
    try:
        return read(runs.find_recording(asked))
    except RecordingError as error:
        raise InputError(str(error)) from None


def watched(lines: Iterable[Recorded]) -> Iterator[Recorded]:
    """The lines, with a count of them on the terminal from the moment that it takes longer than one waits gladly."""
    status = Console(stderr=True, highlight=False).status("")
    told_s = monotonic_s() + 1
    try:
        for number, line in enumerate(lines, 1):
            if not number % 1_000 and monotonic_s() > told_s:
                told_s = monotonic_s() + 0.2
                status.update(f"{number:,}")
                status.start()
            yield line
    finally:
        status.stop()


def _as_json(found: Recording, counted: Contents, verdict: Verdict) -> dict[str, Any]:
    return {
        "file": str(found.path),
        "bytes": found.path.stat().st_size,
        "finished": found.finished,
        "damage": found.damage,
        "metadata": dict(found.metadata),
        "attachments": {name: len(data) for name, data in found.attachments.items()},
        "lines": counted.lines,
        "messages": counted.messages,
        "observations": counted.observations,
        "chunks": found.chunks,
        "chain": verdict.seal.model_dump(),
        "published": verdict.published and verdict.published.model_dump(),
        "topics": dict(sorted(counted.branches.items())),
        "kinds": dict(sorted(counted.kinds.items())),
        "rates": sorted(counted.rates),
        "first_us": counted.first_us,
        "last_us": counted.last_us,
        "from": _instant(counted.from_at, offset(found)),
        "until": _instant(counted.until_at, offset(found)),
    }


def offset(found: Recording) -> int:
    """Minutes east of UTC in which its times are told."""
    text = found.metadata.get("offset_minutes", "0")
    return int(text) if text.lstrip("-").isdecimal() and abs(int(text)) <= 14 * 60 else 0


def _instant(at: Millis | None, offset: int) -> str | None:
    return None if at is None else rfc3339(at, offset)


def _print(found: Recording, counted: Contents, verdict: Verdict, lang: Language) -> None:
    """The same for people: figures, then two tables."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    figures = Table("", "", box=None, show_header=False, pad_edge=False)
    for name, value in _figures(found, counted, verdict, lang):
        figures.add_row(_word(name, lang), printable(value))
    console.print(figures, markup=False)
    for table in (_counts("topic", counted.branches), _counts("kind", counted.kinds)):
        console.print()
        console.print(table)


def _figures(found: Recording, counted: Contents, verdict: Verdict, lang: Language) -> Iterator[tuple[str, str]]:
    about = found.metadata
    yield "recording", str(found.path)
    for name in ("exercise", "scenario"):
        if name in about:
            seed = f" (seed {about['seed']})" if name == "scenario" and "seed" in about else ""
            yield name, about[name] + seed
    if counted.first_us is not None and counted.last_us is not None:
        yield "recorded", f"{_moment(counted.first_us)}, {_length((counted.last_us - counted.first_us) // 1_000)}"
    if counted.from_at is not None and counted.until_at is not None:
        span = duration_text(Millis(counted.until_at - counted.from_at))
        yield "story", f"{_instant(counted.from_at, offset(found))}, {span}"
    if counted.rates:
        yield "pace", ", ".join(f"×{rate:g}" for rate in sorted(counted.rates))
    yield "lines", _lines_told(counted, lang)
    yield "size", f"{found.path.stat().st_size:,} B / {found.chunks:,} {_word('chunks', lang)}"
    if found.attachments:
        yield "holds", ", ".join(found.attachments)
    yield "chain", verdict.seal.head
    if verdict.published:
        yield "published", verdict.published.head
    yield "damage", found.damage or _word("none", lang)


def _lines_told(counted: Contents, lang: Language) -> str:
    if lang is Language.UK:
        return f"{counted.lines:,}: повідомлень {counted.messages:,}, спостережень {counted.observations:,}"
    return f"{counted.lines:,}: {counted.messages:,} messages, {counted.observations:,} observations"


def _moment(at_us: int) -> str:
    return rfc3339(Millis(at_us // 1_000_000 * 1_000), 0)


def _length(length_ms: int) -> str:
    return duration_text(Millis(length_ms)) or "0s"


def _counts(title: str, counts: dict[str, int]) -> Table:
    table = Table(title, "n", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for name, count in sorted(counts.items()):
        table.add_row(printable(name), f"{count:,}")
    return table


def _word(name: str, lang: Language) -> str:
    return _UK[name] if lang is Language.UK else name

"""`alertsim report`: what happened in an exercise, from its recording: a page, JSON, JUnit, or a few lines here."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from alertsim import library
from alertsim.cells import printable
from alertsim.cli.options import Lang, Language
from alertsim.cli.recording import Asked, opened, watched
from alertsim.errors import AlertSimError, InputError
from alertsim.library import FACTS, SCENARIO
from alertsim.observations import Line
from alertsim.recording import Recorded, Recording
from alertsim.recording.lines import lines
from alertsim.report import sentences
from alertsim.report.evaluation import parse_evaluation
from alertsim.report.junit import as_junit
from alertsim.report.log import Log
from alertsim.report.reported import About, Report
from alertsim.report.told import expectation, finding
from alertsim.scenario import Facts, Scenario, parse, parse_facts


def report(
    asked: Asked,
    lang: Lang,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write a page here, as HTML.")] = None,
    evaluation: Annotated[
        Path | None, typer.Option(help="An evaluator's notes, in YAML: the page becomes AAR/IP.")
    ] = None,
    junit: Annotated[Path | None, typer.Option(help="Write a JUnit XML file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,  # noqa: FBT002 — a flag
    strict: Annotated[bool, typer.Option("--strict", help="Exit 3 when an expectation was missed.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """Report on an exercise from its recording: objectives, who was warned and when, who never heard, and why."""
    if out is not None:
        _refuse_what_is_not_ours(out)
    found = reported(opened(asked), evaluation)
    if junit:
        _write("--junit", junit, as_junit(found))
    if out:
        from alertsim.report.page import page  # noqa: PLC0415 — only who wants a page loads what draws it

        _write("-o", out, page(found, lang.value).encode())
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
    elif out:
        typer.echo(out)
    else:
        _print(found, lang)
    raise typer.Exit(3 if strict and found.failed else 0)


def reported(recording: Recording, notes: Path | None = None) -> Report:
    """The report of a recording, with an evaluator's notes where there are some; InputError where those are wrong."""
    strangers = Counter[str]()
    log = Log().add(_ours(recording, strangers))
    facts, scenario = _scenario(recording)
    about = About(
        metadata=recording.metadata,
        scenario=scenario,
        facts=facts,
        finished=recording.finished,
        damage=recording.damage,
        strangers=dict(strangers),
    )
    known = [objective.id for objective in scenario.objectives] if scenario else []
    evaluation = parse_evaluation(_read(notes), file=str(notes), objectives=known) if notes else None
    return Report(about, log, evaluation)


def _ours(recording: Recording, strangers: Counter[str]) -> Iterator[Line]:
    """The lines of the exercise; what is none of them is counted by topic."""
    for line in lines(watched(recording)):
        if not isinstance(line, Recorded):
            yield line
        elif line.of is not None and not line.kind.startswith("exercise."):
            strangers[line.topic] += 1


def _scenario(recording: Recording) -> tuple[Facts | None, Scenario | None]:
    """What was played, as it is kept in the recording; None where it is not there, or another version wrote it."""
    files, file = recording.attachments, str(recording.path)
    facts = (files[FACTS], FACTS) if FACTS in files else None
    name = recording.metadata.get("scenario", "")
    try:
        told = parse_facts(*facts[:1], file=FACTS) if facts else None
        return told, parse(files[SCENARIO], name=name, file=file, facts=facts, catalogue=library.catalogue())
    except (KeyError, AlertSimError):
        return None, None


def _print(found: Report, lang: Language) -> None:
    """In a few lines: the exercise in sentences, what was expected, what was good and what was not."""
    told = [*sentences(found.summary, lang.value), ""]
    told += [f"{each.entry} · {each.who}: {expectation(each, lang.value)}" for each in found.expected]
    told += ["", *(f"{'+' if each.strength else '−'} {finding(each, lang.value)}" for each in found.findings)]
    if found.about.damage:
        told = [f"{found.about.damage}", *told]
    for line in told:
        typer.echo(printable(line))


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened_file:
            return opened_file.read(library.MOST_BYTES)
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}") from None


def _refuse_what_is_not_ours(path: Path) -> None:
    """InputError unless the file is new, or a page of ours."""
    from alertsim.report.page import OURS  # noqa: PLC0415 — as above

    if path.suffix not in {".html", ".htm"}:
        raise InputError(f"-o {path}: a report is a page; end the name in .html")
    if path.exists() and not (path.is_file() and OURS.encode() in _read(path)[:1_000]):
        raise InputError(f"-o {path}: something else than a report of ours is there; choose another name")


def _write(option: str, file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise AlertSimError(f"{option} {file}: {error.strerror}") from None

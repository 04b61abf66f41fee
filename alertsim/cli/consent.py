"""`alertsim consent`: the owner of a broker says who may exercise there; and what a person confirms by typing it."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from alertsim.broker import Access, Confirm, Consent, Target, giving, parse_target, read_consent
from alertsim.broker.consent import TOPIC
from alertsim.cli.interruptible import run_until_interrupted
from alertsim.cli.options import BrokerUrl, Ca, Cert, Key, PasswordFile, read_access, read_instant
from alertsim.clock import unix_us
from alertsim.errors import InputError
from alertsim.times import Millis, duration_text, rfc3339

consent = typer.Typer(no_args_is_help=True, help="For the owner of a broker: allow exercises there, or end them.")


@consent.command()
def give(
    broker: BrokerUrl,
    contact: Annotated[str, typer.Option(help="Who answers for this broker: a name and how to reach them.")],
    until: Annotated[str, typer.Option(help="When it ends: a time with offset, or +8h from now.")],
    max_clients: Annotated[int, typer.Option(min=1, help="Connections at once; an exercise takes 2.")] = 10,
    max_connects_per_s: Annotated[float, typer.Option(min=0.1, help="New connections a second.")] = 5,
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
    password_file: PasswordFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, for scripts.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """Allow exercises at your broker until a time; use a login that may write alertsim-consent/v1."""
    target, access = _read(broker, ca, cert, key, password_file)
    wish = _consent(contact, until, max_clients, max_connects_per_s)
    sys.stderr.write(
        f"This lets everybody whose login may read {TOPIC} at {target.url} conduct exercises there until "
        f"{wish.until}: up to {wish.max_clients} connections at once, {wish.max_connects_per_s:g} new ones a second. "
        "Every message is marked as an exercise. `alertsim consent withdraw` ends it within 5 s.\n"
    )
    if not yes and not typed(f"Type the host name ({target.host}) to consent: ", target.host):
        raise InputError(f"no consent was given: type {target.host} when asked on a terminal, or add --yes")
    run_until_interrupted(giving.give(target, access, wish))
    typer.echo(f"consent stands at {target.url} until {wish.until}")


@consent.command()
def show(
    broker: BrokerUrl, ca: Ca = None, cert: Cert = None, key: Key = None, password_file: PasswordFile = None
) -> None:
    """Show what stands at a broker. Exit code 3 where exercises are not allowed."""
    target, access = _read(broker, ca, cert, key, password_file)
    document = run_until_interrupted(giving.given(target, access))
    if not document:
        typer.echo(f"no consent at {target.url}")
        raise typer.Exit(3)
    try:
        found = read_consent(document)
    except ValueError as error:
        typer.echo(f"what stands at {target.url} is no consent: {error}")
        raise typer.Exit(3) from None
    left_s = found.left_s(unix_us())
    holds = f"for another {duration_text(Millis(int(left_s) * 1000))}" if left_s > 0 else "over"
    typer.echo(f"{found.contact}: until {found.until} ({holds})")
    typer.echo(f"up to {found.max_clients} connections at once, {found.max_connects_per_s:g} new ones a second")
    raise typer.Exit(0 if left_s > 0 else 3)


@consent.command()
def withdraw(
    broker: BrokerUrl, ca: Ca = None, cert: Cert = None, key: Key = None, password_file: PasswordFile = None
) -> None:
    """Take the consent back: every exercise there ends, and has left within 5 s. It does not ask."""
    target, access = _read(broker, ca, cert, key, password_file)
    run_until_interrupted(giving.withdraw(target, access))
    typer.echo(f"consent withdrawn at {target.url}")


def confirming(exercise: str) -> Confirm:
    """How the owner of a broker in use confirms that this exercise may go there: by typing its id on a terminal."""

    async def confirm(found: tuple[str, ...]) -> bool:
        what = ", ".join(found)
        question = f"This broker is in use: it has {what}.\nType {exercise} to go there anyway: "
        return await asyncio.to_thread(typed, question, exercise)

    return confirm


def typed(question: str, word: str) -> bool:
    """Whether a person types the word; nobody does where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip() == word


def _read(broker: str, *files: Path | None) -> tuple[Target, Access]:
    target = parse_target(broker)
    if target.kind != "external":
        raise InputError(f"--broker {broker}: a broker that `run` starts for itself needs no consent; expected a URL")
    return target, read_access(target, *files)


def _consent(contact: str, until: str, max_clients: int, max_connects_per_s: float) -> Consent:
    now_us = unix_us()
    end = read_instant("--until", until, Millis(now_us // 1_000_000 * 1_000))
    text = until if end is None or not until.startswith("+") else rfc3339(end, 0)
    try:
        wish = Consent(
            contact=contact, until=text, max_clients=max_clients, max_connects_per_s=float(max_connects_per_s)
        )
    except ValueError as error:
        raise InputError(f"--{error}") from None
    if wish.left_s(now_us) <= 0:
        raise InputError(f"--until {until} has passed already")
    return wish

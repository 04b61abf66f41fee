"""What a doctor hands out, for people: two columns that fit a terminal, the worst first, the verdict last."""

from collections.abc import Iterable, Iterator
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from alertsim.cli.options import Language
from alertsim.doctor.advice import advice, figure_text
from alertsim.doctor.diagnosis import Diagnosis, Figure, Finding
from alertsim.doctor.facts import BrokerFacts, Machine, Probe
from alertsim.doctor.machine import UNLIMITED

_LABEL = 10
_UK = {
    "Machine": "Машина",
    "Broker": "Брокер",
    "Test load": "Проба",
    "cores": "ядер",
    "of": "із",
    "by quota": "за квотою",
    "free": "вільно",
    "in": "у",
    "open files": "відкриті файли",
    "no limit": "без межі",
    "ports": "порти",
    "clock": "годинник",
    "governor": "частота",
    "load": "навантаження",
    "started by alertsim": "запущений alertsim",
    "clients": "клієнтів",
    "says no version": "версії не каже",
    "up to": "до",
    "topic aliases": "topic aliases",
    "packets": "пакети",
    "subscribers": "абонентів",
    "connects/s": "підключень/с",
    "to the last": "до останнього",
    "a delivery": "на доставку",
    "not tried": "не було",
    "ms": "мс",
    "µs": "мкс",
    "GiB": "ГіБ",
    "bytes": "байтів",
    "problem": "ПРОБЛЕМА",
    "limit": "МЕЖА",
    "note": "ДО ВІДОМА",
    "ok": "ДОБРЕ",
}
_STYLES = {"problem": "bold red", "limit": "bold yellow", "note": "cyan", "ok": "green"}


class Chart:
    """Printed block by block, as soon as each is known."""

    def __init__(self, lang: Language) -> None:
        self._lang = lang
        self._console = Console(highlight=False)
        self._room = max(20, self._console.width - _LABEL - 1)

    def machine(self, machine: Machine, wished: int) -> None:
        """The heading and the fingerprint."""
        title = "Can it hold {} subscribers?" if self._lang is Language.EN else "Чи вистачить на {} абонентів?"
        self._console.print(Text(title.format(self._figure(wished)), "bold"))
        self._block("Machine", self._machine(machine))

    def broker(self, broker: BrokerFacts) -> None:
        """What was seen of the broker."""
        self._block("Broker", self._broker(broker))

    def probe(self, probe: Probe | None) -> None:
        """What the small load was like."""
        self._block("Test load", self._probe(probe) if probe else (self._word("not tried"),))

    def diagnosis(self, diagnosis: Diagnosis) -> None:
        """All findings, and in one sentence what they come to."""
        for before, finding in zip((None, *diagnosis.findings), diagnosis.findings, strict=False):
            if not (before and before.level == finding.level == "ok"):
                self._console.print()
            self._finding(finding)
        self._console.print()
        for line in wrap(self._verdict(diagnosis), self._console.width):
            self._console.print(Text(line, "bold green" if diagnosis.sound else "bold red"))

    def _finding(self, finding: Finding) -> None:
        words = advice(finding, self._lang.value)
        lines = [(words.what[:1].upper() + words.what[1:], "" if finding.level == "ok" else "bold")]
        lines += [(words.why, "")] if words.why else []
        lines += [(f"→ {words.remedy}", "cyan")] if words.remedy else []
        label = finding.level.upper() if self._lang is Language.EN else self._word(finding.level)
        self._row(Text(label, _STYLES[finding.level]), lines)

    def _verdict(self, diagnosis: Diagnosis) -> str:
        wished, fits = self._figure(diagnosis.wished), diagnosis.fits
        english = self._lang is Language.EN
        if diagnosis.sound:
            return f"{wished} subscribers fit." if english else f"Місця на {wished} абонентів вистачає."
        if fits is None or fits >= diagnosis.wished:
            return "No exercise can be played there yet." if english else "Навчання там поки неможливе."
        least = self._figure(fits)
        if english:
            return f"{wished} subscribers do not fit: at most {least} do. Act on each PROBLEM above."
        return f"Місця на {wished} абонентів не вистачає: щонайбільше на {least}. Усуньте кожну ПРОБЛЕМУ вище."

    def _machine(self, machine: Machine) -> Iterator[str]:
        word = self._word
        low, high = machine.ports or ("?", "?")
        yield machine.processor or machine.architecture
        yield self._cores(machine)
        yield from self._memory(machine)
        yield machine.kernel
        yield f"Python {machine.python}"
        yield f"alertsim {machine.alertsim}"
        if machine.container:
            yield f"{word('in')} {machine.container}"
        yield self._files(machine)
        yield f"{word('ports')} {low}-{high}"
        yield f"somaxconn {self._known(machine.somaxconn)}"
        yield f"SYN {self._known(machine.syn_backlog)}"
        yield f"{word('clock')} {machine.clocksource or '?'}"
        yield f"{word('governor')} {machine.governor or '?'}"
        yield f"{word('load')} {self._known(machine.load)}"

    def _cores(self, machine: Machine) -> str:
        told = f"{self._word('cores')} {self._known(machine.usable or machine.cores)}"
        if machine.usable and machine.cores and machine.usable < machine.cores:
            told += f" {self._word('of')} {machine.cores}"
        return told + (f" ({self._figure(machine.quota)} {self._word('by quota')})" if machine.quota else "")

    def _memory(self, machine: Machine) -> Iterator[str]:
        if machine.memory is not None and machine.memory_free is not None:
            whole, free = (self._figure(each / 2**30) for each in (machine.memory, machine.memory_free))
            yield f"{whole} {self._word('GiB')} ({self._word('free')} {free})"

    def _files(self, machine: Machine) -> str:
        soft, hard = self._limit(machine.files_soft), self._limit(machine.files_hard)
        return f"{self._word('open files')} {soft}" + ("" if soft == hard else f" ({self._word('up to')} {hard})")

    def _broker(self, broker: BrokerFacts) -> Iterator[str]:
        word = self._word
        yield broker.version or f"{broker.program or '?'} ({word('says no version')})"
        yield broker.url
        if broker.own:
            yield word("started by alertsim")
        elif broker.connected is not None:
            yield f"{word('clients')} {self._figure(broker.connected)}"
        yield f"{word('open files')} {self._known(broker.files)}"
        yield f"Receive Maximum {self._figure(broker.receive_maximum)}"
        yield f"QoS ≤ {broker.maximum_qos}"
        if broker.maximum_packet is not None:
            yield f"{word('packets')} ≤ {self._figure(broker.maximum_packet)} {word('bytes')}"
        yield f"{word('topic aliases')} {self._figure(broker.topic_aliases)}"

    def _probe(self, probe: Probe) -> Iterator[str]:
        word = self._word
        yield f"{word('subscribers')} {self._figure(probe.connected)}"
        yield f"{self._known(probe.connects_per_s)} {word('connects/s')}"
        yield f"p50 {self._ms(probe.p50_us)}"
        yield f"p99 {self._ms(probe.p99_us)}"
        yield f"{word('to the last')} {self._ms(probe.spread_us)}"
        yield f"{self._known(probe.cpu_us_per_delivery)} {word('µs')} CPU {word('a delivery')}"

    def _block(self, label: str, parts: Iterable[str]) -> None:
        """Facts in a row; none is broken where a line ends."""
        lines = [""]
        for part in parts:
            longer = f"{lines[-1]} · {part}" if lines[-1] else part
            if len(longer) <= self._room:
                lines[-1] = longer
            else:
                lines.append(part)
        self._console.print()
        self._row(Text(self._word(label), "bold"), [(line, "") for line in lines])

    def _row(self, label: Text, paragraphs: list[tuple[str, str]]) -> None:
        """A label, and beside it paragraphs in their styles; a no-break space of a number is none to `wrap`."""
        label.align("left", _LABEL)
        for text, style in paragraphs:
            for line in wrap(text, self._room, break_long_words=False, break_on_hyphens=False):
                self._console.print(Text.assemble(label, " ", (line, style)), soft_wrap=True)
                label = Text(" " * _LABEL)

    def _word(self, english: str) -> str:
        return english if self._lang is Language.EN else _UK[english]

    def _figure(self, figure: Figure) -> str:
        return figure_text(figure, self._lang.value)

    def _known(self, figure: Figure | None) -> str:
        return "?" if figure is None else self._figure(figure)

    def _limit(self, files: int | None) -> str:
        return self._word("no limit") if files == UNLIMITED else self._known(files)

    def _ms(self, us: float | None) -> str:
        return "?" if us is None else f"{self._figure(us / 1000)} {self._word('ms')}"

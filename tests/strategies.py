"""Random scenarios that are valid and fictional: as plain data, as YAML in many styles, and read."""

import json
from itertools import accumulate
from typing import Any, NamedTuple

import yaml
from hypothesis import strategies as st

from alertsim import areas
from alertsim.contradiction import contradictions
from alertsim.events import Service, Threat
from alertsim.scenario import Scenario
from alertsim.scenario.document.scalars import resolved
from alertsim.times import SECOND, Millis, duration_text, rfc3339
from tests.scenario_texts import CATALOGUE, read

START = Millis(1_702_350_000_000)
"""2023-12-12T05:00:00+02:00."""

Data = dict[str, Any]

_WEAPONS = sorted(CATALOGUE.weapons)
_OPERATORS = sorted(name for name, operator in CATALOGUE.operators.items() if not operator.brand)
_AREAS = [area.id for area in areas.all_areas()[:200]]
_ALERTED = [area for area in _AREAS if not area.startswith(("UA-09", "UA-43"))]

words = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"),
    min_size=3,
    max_size=60,
).filter(lambda text: text.strip() == text and not contradictions(text))
names = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True).filter(lambda name: not contradictions(name))
texts = words | st.fixed_dictionaries({"uk": words, "en": words}) | words.map(lambda text: {"uk": text})
seconds = st.integers(0, 6 * 3600)
durations = st.integers(0, 3 * 3600).map(lambda length: duration_text(Millis(length * SECOND)))
shares = st.dictionaries(
    st.sampled_from([service.value for service in Service]), st.floats(0, 1) | st.sampled_from([0, 1]), min_size=1
)
differing: st.SearchStrategy[Data] = st.fixed_dictionaries(
    {}, optional={"areas": st.dictionaries(st.sampled_from(["UA-46", "UA-46/90", "UA-32", "Kyiv"]), shares, max_size=3)}
)
spills = st.fixed_dictionaries(
    {"load": st.floats(0, 100)}, optional={"latency_ms": st.integers(0, 60_000), "loss": st.floats(0, 1)}
)
oblasts = st.lists(st.sampled_from(["UA-30", "UA-32", "UA-74"]), unique=True)
silent = st.fixed_dictionaries(
    {"share": st.floats(0, 1)},
    optional={"service": st.sampled_from(["voice", "fixed"]), "fallback": st.just({"uk": "дзвони", "en": "bells"})},
)
threats = st.lists(st.sampled_from([threat.value for threat in Threat]), min_size=1, max_size=3)
counts = st.integers(0, 500)
casualties = st.fixed_dictionaries({}, optional={"injured": counts, "killed": counts, "children": counts})


@st.composite
def instants(draw: st.DrawFn, at: int) -> str:
    """`at`, seconds after the start, as an author may write it: absolute at some offset, or relative."""
    if draw(st.booleans()):
        return f"+{duration_text(Millis(at * SECOND))}"
    return rfc3339(Millis(START + at * SECOND), draw(st.integers(-14 * 60, 14 * 60)))


@st.composite
def rising(draw: st.DrawFn, *, least: int = 1, most: int = 4, first: int = 0) -> list[int]:
    """Some seconds after the start, each later than the one before."""
    gaps = draw(st.lists(st.integers(1, 7200), min_size=least, max_size=most))
    return list(accumulate(gaps, initial=first))[1:]


@st.composite
def strikes(draw: st.DrawFn) -> Data:
    """A strike with an outcome for each weapon."""
    weapons = draw(st.lists(st.sampled_from(_WEAPONS), min_size=1, max_size=3, unique=True))
    sizes = [draw(st.integers(1, 5)) for _ in weapons]
    salvo = [{"weapon": weapon, "count": size} for weapon, size in zip(weapons, sizes, strict=True)]
    total = sum(sizes)
    intercepted = draw(st.integers(0, total))
    outcome = {"intercepted": intercepted, "impacted": total - intercepted}
    strike: Data = {"salvo": salvo, "target": draw(st.sampled_from(_AREAS)), "outcome": outcome}
    strike |= draw(st.fixed_dictionaries({}, optional={"spread": durations, "warning": durations}))
    return {"at": draw(instants(draw(seconds))), "strike": strike}


@st.composite
def alerts(draw: st.DrawFn) -> list[Data]:
    """The alerts of one area, one after the other; the last may stay open; perhaps a standing one, and a pre-alert."""
    area = draw(st.sampled_from(_ALERTED))
    written = []
    for raised, *updates, cleared in _runs(draw(rising(least=3, most=9))):
        alert: Data = {"area": area, "raised": draw(instants(raised)), "cleared": draw(instants(cleared))}
        alert["updates"] = [{"at": draw(instants(at)), **draw(_updates(area))} for at in updates]
        written.append({"alert": alert})
    if draw(st.booleans()):
        del written[-1]["alert"]["cleared"]
    first = written[0]["alert"]
    if draw(st.booleans()):
        first["pre_alert"] = rfc3339(START, 0)
    if draw(st.booleans()):
        written.append({"alert": {"area": "UA-43", "standing": True, "threats": draw(threats)}})
    if draw(st.booleans()):
        written.append({"alert": {"area": "UA-09", "pre_alert": "+1s", "cleared": draw(instants(draw(seconds) + 2))}})
    return written


@st.composite
def _updates(draw: st.DrawFn, area: str) -> Data:
    """Other threats, other areas (some inside the alert's own, or all of it again), or both."""
    inside = [each.id for each in areas.children(area)]
    others = st.lists(st.sampled_from([area, *inside]), min_size=1, max_size=3, unique=True)
    return draw(
        st.fixed_dictionaries({"threats": threats}) | st.fixed_dictionaries({"areas": others, "threats": threats})
    )


def _runs(times: list[int]) -> list[list[int]]:
    """Cut into threes; what is left over is left out."""
    return [times[n : n + 3] for n in range(0, len(times) - 2, 3)]


@st.composite
def incidents(draw: st.DrawFn) -> Data:
    """An incident whose reports grow."""
    figures = st.fixed_dictionaries({}, optional={"casualties": casualties, "buildings": counts})
    reports = [{"at": draw(instants(at)), "text": draw(texts), **draw(figures)} for at in draw(rising())]
    return {"incident": {"area": draw(st.sampled_from(_AREAS)), "updates": reports}}


@st.composite
def outages(draw: st.DrawFn) -> Data:
    """An outage with an onset, a restoration in steps, what differs in areas, what spills over, sirens that hang on it.

    The last step may come and go for a while; roaming may be blocked from the onset to the first step.
    """
    operator, other = draw(st.permutations(_OPERATORS))[:2]
    at, onset = draw(seconds), draw(st.integers(0, 7200))
    times = draw(rising(first=at + onset, least=0))
    steps = [{"at": draw(instants(step)), "up": draw(shares), **draw(differing)} for step in times]
    outage = {
        "operator": operator,
        "up": draw(shares),
        "onset": duration_text(Millis(onset * SECOND)),
        **draw(differing),
    }
    if draw(st.booleans()) and steps:
        every = draw(st.integers(2, 3600))
        down, until = draw(st.integers(1, every - 1)), times[-1] + draw(st.integers(1, 10 * every))
        steps[-1]["flapping"] = {"every": f"{every}s", "down": f"{down}s", "until": draw(instants(until))}
    if draw(st.booleans()) and steps:
        outage["roaming"], steps[0]["roaming"] = "blocked", "open"
    if draw(st.booleans()):
        outage["spill_over"] = {other: draw(spills)}
    if draw(st.booleans()):
        outage["sirens"] = {area: draw(silent) for area in draw(oblasts)}
    return {"at": draw(instants(at)), "outage": outage | {"restoration": steps}}


@st.composite
def injects(draw: st.DrawFn) -> Data:
    """An inject to all, or to a role."""
    inject = {"method": "phone", "text": draw(texts)}
    types = st.sampled_from(["contextual", "expected_action", "contingency"])
    inject |= draw(st.fixed_dictionaries({}, optional={"type": types, "to": names, "expected_action": texts}))
    return {"at": draw(instants(draw(seconds))), "inject": inject}


@st.composite
def news(draw: st.DrawFn) -> Data:
    """News at some time."""
    return {"at": draw(instants(draw(seconds))), "news": {"text": draw(texts)}}


@st.composite
def chapters(draw: st.DrawFn) -> Data:
    """Chapters one after the other, with gaps or without, and which of them are played."""
    called = draw(st.lists(names, max_size=4, unique=True))
    times = draw(rising(least=2 * len(called), most=2 * len(called)))
    written = {}
    for n, name in enumerate(called):
        begins, until = times[2 * n : 2 * n + 2]
        written[name] = {"until": draw(instants(until)), "rate": draw(st.integers(1, 3600))}
        if draw(st.booleans()):
            written[name]["from"] = draw(instants(begins))
    played = [name for name in called if draw(st.booleans())]
    return {"chapters": written, "play": played}


@st.composite
def scenario_data(draw: st.DrawFn) -> Data:
    """A whole scenario as plain data."""
    one = st.one_of(strikes(), incidents(), outages(), injects(), news())
    entries = draw(st.lists(one, max_size=6)) + draw(st.just([]) | alerts())
    for n, entry in enumerate(draw(st.permutations(entries))):
        entry["id"] = f"entry-{n}"
        if "incident" in entry and n:
            entry["incident"]["cause"] = f"entry-{draw(st.integers(0, n - 1))}"
    header = {"alertsim": 1, "basis": "fictional", "title": draw(texts), "start": rfc3339(START, 120)}
    return header | {"exercise": {"type": "drill", "contact": "control"}, **draw(chapters()), "events": entries}


@st.composite
def _sirens(draw: st.DrawFn) -> Data | str:
    """How sirens follow from a strike."""
    if draw(st.booleans()):
        return "auto"
    delays = st.just("20s") | st.just({"p0": "0s", "p25": "40s", "p100": "1h"})
    late = st.fixed_dictionaries({"chance": st.floats(0, 1), "by": delays})
    places = st.lists(st.sampled_from(_AREAS[:30]), min_size=1, max_size=3, unique=True)
    asked = {"sirens": st.sampled_from(["relay", "direct"]), "areas": places, "threats": threats, "delay": delays}
    return draw(
        st.fixed_dictionaries({}, optional={**asked, "lasts": delays, "missed": st.floats(0, 1), "late_clear": late})
    )


@st.composite
def drawn_scenario_data(draw: st.DrawFn) -> Data:
    """A whole scenario that leaves much to chance."""
    data = draw(scenario_data())
    entries = data["events"]
    for entry in entries:
        if "strike" in entry and draw(st.booleans()):
            entry["strike"]["alert"] = draw(_sirens())
        if "strike" in entry and draw(st.booleans()):
            entry["strike"]["outcome"] = {"chance": draw(st.floats(0, 1))}
        if "alert" in entry and "cleared" in entry["alert"] and "raised" in entry["alert"] and draw(st.booleans()):
            del entry["alert"]["cleared"]
            entry["alert"]["lasts"] = "1s"
        if draw(st.booleans()):
            entry["chance"] = draw(st.floats(0, 1))
    strikes = [entry["id"] for entry in entries if "strike" in entry]
    for entry in entries:
        if strikes and entry["id"] not in strikes and draw(st.booleans()):
            stage = draw(st.sampled_from(["impacted", "intercepted", "warned"]))
            entry[draw(st.sampled_from(["only_if", "unless"]))] = f"{draw(st.sampled_from(strikes))}:{stage}"
    return data


class _Dumper(yaml.SafeDumper):
    """Writes every text in one style, and nothing as an anchor."""

    style: str | None = None

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        """Always."""
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        """A text in the style of this dumper, if it can be; in quotes if YAML 1.2 takes it for something else."""
        style = self.style or (None if isinstance(resolved(text), str) else "'")
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)
_STYLES = {style: type("_Styled", (_Dumper,), {"style": style}) for style in (None, "'", '"', "|", ">")}


@st.composite
def yaml_texts(draw: st.DrawFn, data: object) -> str:
    """`data` as YAML, in one of many styles, JSON among them."""
    if draw(st.booleans()):
        return json.dumps(data, ensure_ascii=False, indent=draw(st.none() | st.integers(0, 4)))
    text = yaml.dump(
        data,
        Dumper=_STYLES[draw(st.sampled_from(list(_STYLES)))],
        allow_unicode=draw(st.booleans()),
        default_flow_style=draw(st.booleans()),
        width=draw(st.integers(20, 120)),
        sort_keys=False,
        line_break=draw(st.sampled_from(["\n", "\r\n"])),
    )
    assert isinstance(text, str)
    return text


scenario_texts = scenario_data().flatmap(yaml_texts)
"""Whole scenarios as YAML."""


class Written(NamedTuple):
    """A scenario as an author wrote it, and as it was read."""

    text: str
    scenario: Scenario


def written_scenarios() -> st.SearchStrategy[Written]:
    """Whole scenarios with their texts."""
    return scenario_texts.map(lambda text: Written(text, read(text, None)))


def scenarios() -> st.SearchStrategy[Scenario]:
    """Whole scenarios, read."""
    return written_scenarios().map(lambda written: written.scenario)


def drawn_scenarios() -> st.SearchStrategy[Scenario]:
    """Whole scenarios that leave much to chance, read."""
    return drawn_scenario_data().map(lambda data: read(json.dumps(data, ensure_ascii=False), None))

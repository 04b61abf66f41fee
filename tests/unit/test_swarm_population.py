"""Populations: the mix that comes with alertsim, any number of subscribers divided by any mix, and what is refused."""

import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsim import areas, library
from alertsim.errors import InputError, ScenarioError
from alertsim.scenario import parse_catalogue
from alertsim.swarm.cohort import Cohort, Group
from alertsim.swarm.population import Population, population_schema, read_population
from alertsim.swarm.population.allotment import allotted
from alertsim.swarm.population.fields import by_population
from alertsim.swarm.population.mix import MOST_COHORTS

CATALOGUE = library.catalogue()
BRANDS = {"kyivstar": 0.49, "vodafone-ua": 0.31, "lifecell": 0.2}

Data = dict[str, Any]
Divided = tuple[tuple[Cohort, ...], tuple[Group, ...]]

SMALL = """\
areas: {UA-30: 0.75, Kyiv oblast: 0.25}
operators: {operator-a: 0.6, operator-b: 0.4}
devices:
  phone:
    device: phone
    share: 0.9
    networks: {data: 0.5, fixed: 0.5}
    basis: assumed
  map:
    device: poller
    share: 0.1
    qos: 2
    session: persistent
    keep_alive: 30s
    awake: 1500ms
    asleep: 1m
    reads: 2000
    acks: false
    listens: all
    basis: assumed
"""


def read(text: bytes | str, *, brands: bool = False) -> Population:
    """A population of the operators that come with alertsim."""
    return read_population(text, "p.yaml", catalogue=CATALOGUE, brands=brands)


def default(*, brands: bool = False) -> Population:
    """The population that comes with alertsim."""
    return read_population(*library.population_file(), catalogue=CATALOGUE, brands=brands)


def refusals(text: bytes | str, *, brands: bool = False) -> list[str]:
    """What is said about a file that is wrong."""
    with pytest.raises(ScenarioError) as caught:
        read(text, brands=brands)
    return [str(problem) for problem in caught.value.problems]


def topics(area: str) -> tuple[str, ...]:
    """The filters of an area; of none, those of everything."""
    return ("public/state", f"public/alert/{area or '#'}")


def totals(divided: Divided, of: str) -> Counter[str]:
    """Subscribers by a field of their cohort, or by `area`."""
    cohorts, groups = divided
    counted: Counter[str] = Counter()
    for group in groups:
        counted[group.area if of == "area" else getattr(cohorts[group.cohort], of)] += group.subscribers
    return counted


# Any population.


def wholes(shares: Iterable[int]) -> list[float]:
    """Shares that sum to 1 but for rounding, out of weights."""
    given_as = list(shares)
    return [round(weight / sum(given_as), 6) for weight in given_as]


@st.composite
def mixtures(draw: st.DrawFn, keys: list[str]) -> dict[str, float]:
    """Some of the keys, in some order, with shares; some of these may be 0."""
    chosen = draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
    shares = draw(st.lists(st.integers(0, 1000), min_size=len(chosen), max_size=len(chosen)).filter(any))
    return dict(zip(chosen, wholes(shares), strict=True))


@st.composite
def populations(draw: st.DrawFn) -> Data:
    """A population file as plain data."""
    kinds = draw(mixtures(["phone", "doze", "map", "pole", "bridge"]))
    return {
        "areas": draw(
            st.just({"by": "population"}) | mixtures([area.id for area in areas.all_areas()[:60]]),
        ),
        "operators": draw(st.just({"by": "market"}) | mixtures(["operator-a", "operator-b", "operator-c"])),
        "devices": {name: draw(devices()) | {"share": share} for name, share in kinds.items()},
    }


def devices() -> st.SearchStrategy[Data]:
    """What a kind of devices may be, but for its share."""
    lengths = st.integers(1, 3600).map(lambda seconds: f"{seconds}s")
    return st.builds(
        lambda device, napping, rest: rest | ({"device": device} | napping),
        st.sampled_from(["phone", "siren", "gateway", "poller"]),
        st.fixed_dictionaries({"awake": lengths, "asleep": lengths}),
        st.fixed_dictionaries(
            {"basis": st.just("assumed")},
            optional={
                "networks": mixtures(["data", "fixed"]),
                "qos": st.sampled_from([1, 2]),
                "session": st.sampled_from(["clean", "persistent"]),
                "keep_alive": st.integers(5, 65_535).map(lambda seconds: f"{seconds}s"),
                "reads": st.integers(1, 10**9),
                "acks": st.booleans(),
                "listens": st.sampled_from(["area", "all"]),
            },
        ),
    )


@given(populations(), st.integers(1, 5000))
def test_nobody_is_lost_and_nothing_is_empty(data: Data, count: int) -> None:
    """Groups sum to the count, each has somebody, each cohort a group and a name of its own; again gives the same."""
    population = read(yaml.safe_dump(data, sort_keys=False))
    cohorts, groups = divided = population.divided(count, topics)
    assert sum(group.subscribers for group in groups) == count
    assert all(group.subscribers > 0 for group in groups)
    assert [*dict.fromkeys(group.cohort for group in groups)] == [*range(len(cohorts))]
    assert len({cohort.name for cohort in cohorts}) == len(cohorts) <= MOST_COHORTS
    assert len({(group.cohort, group.area) for group in groups}) == len(groups)
    assert read(yaml.safe_dump(data, sort_keys=False)).divided(count, topics) == divided


@given(populations(), st.integers(1, 5000))
def test_shares_are_kept_to_within_one_subscriber(data: Data, count: int) -> None:
    """Operators of the count, kinds on a network of an operator, areas of a cohort; and areas of the count to two."""
    population = read(yaml.safe_dump(data, sort_keys=False))
    cohorts, groups = divided = population.divided(count, topics)
    of_operators, of_cohorts, of_areas = (totals(divided, field) for field in ("operator", "name", "area"))
    by_operator, by_area = (normal(shares) for shares in (population.operators, population.areas))
    cells = {
        f"{network} {name}": kind.share * share
        for name, kind in population.devices.items()
        for network, share in kind.networks.items()
    }
    for operator, share in by_operator.items():
        near(of_operators[operator], count * share)
        for cell, part in normal(cells).items():
            near(of_cohorts[f"{operator} {cell}"], of_operators[operator] * part)
    for area, share in by_area.items():
        near(of_areas[area], count * share, within=2)
    for group in groups:
        near(group.subscribers, of_cohorts[cohorts[group.cohort].name] * by_area[group.area])


def normal(shares: dict[str, float]) -> dict[str, float]:
    """The shares, so that they sum to 1 without the slack an author has."""
    return {key: share / sum(shares.values()) for key, share in shares.items()}


def near(found: int, quota: float, *, within: int = 1) -> None:
    """A whole number beside its quota; the arithmetic here is that of floats."""
    assert abs(found - quota) <= within + 1e-4, (found, quota)


@given(st.lists(st.integers(0, 60), max_size=40), st.lists(st.integers(1, 10**9), min_size=1, max_size=12))
def test_what_one_row_is_owed_the_next_ones_pay(rows: list[int], by: list[int]) -> None:
    """Rows are kept exactly, and the columns of all rows so far within two of their quota."""
    so_far = [0] * len(by)
    for n, (row, parts) in enumerate(zip(rows, allotted(rows, by), strict=True)):
        assert sum(parts) == row
        so_far = [before + part for before, part in zip(so_far, parts, strict=True)]
        for total, weight in zip(so_far, by, strict=True):
            assert abs(total * sum(by) - sum(rows[: n + 1]) * weight) < 2 * sum(by)


def test_the_largest_remainders_get_the_rest() -> None:
    """Three by 49, 31 and 20 are 1.47, 0.93 and 0.60: one each; equals get theirs in their order."""
    assert [*allotted([3], [49, 31, 20])] == [[1, 1, 1]]
    assert [*allotted([2], [1, 1, 1])] == [[1, 1, 0]]
    assert [*allotted([1, 1, 1], [1, 1, 1])] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


# The population that comes with alertsim.


def test_the_default_rests_on_something() -> None:
    """It is read; its kinds and the operators it takes say what their figures rest on; nobody is in Crimea."""
    population = default()
    assert population.operators == {"operator-a": 0.49, "operator-b": 0.31, "operator-c": 0.2}
    assert all(operator.source for operator in CATALOGUE.operators.values())
    assert {kind.device for kind in population.devices.values()} == {"phone", "poller", "siren", "gateway"}
    assert all("assumed" in kind.basis for kind in population.devices.values())
    assert population.areas.keys() == {area.id for area in areas.top_level()} - {"UA-43", "UA-40"}
    assert population.areas["UA-30"] == pytest.approx(0.0717, abs=0.0001)


@pytest.mark.parametrize("brands", [False, True])
@pytest.mark.parametrize("count", [*range(3, 100), 1000, 5000])
def test_the_default_has_some_of_each_operator(count: int, brands: bool) -> None:
    """Three are enough to have one of each."""
    population = default(brands=brands)
    assert totals(population.divided(count, topics), "operator").keys() == population.operators.keys()


def test_sixty_are_a_sensible_mix() -> None:
    """Sixty of the default: operators as their shares, every device, most areas, and none with more than it is due."""
    divided = default().divided(60, topics)
    assert totals(divided, "operator") == {"operator-a": 29, "operator-b": 19, "operator-c": 12}
    assert totals(divided, "device") == {"phone": 54, "poller": 3, "siren": 2, "gateway": 1}
    assert len(totals(divided, "area")) == 25
    assert max(totals(divided, "area").values()) == 6  # Donetsk oblast: 60 * 4.06 of 41.2 million are 5.9


def test_the_default_stays_a_few_dozen_cohorts() -> None:
    """However many there are; a group for each area of each."""
    cohorts, groups = default().divided(500_000, topics)
    assert (len(cohorts), len(groups)) == (21, 21 * 25)


def test_a_siren_listens_to_its_area_and_a_gateway_to_all() -> None:
    """Each with QoS 1 and a session that outlives its connection; both are in an area."""
    cohorts, groups = default().divided(5000, topics)
    for group in groups:
        match cohorts[group.cohort].device:
            case "siren":
                assert group.filters == ("public/state", f"public/alert/{group.area}")
            case "gateway":
                assert group.filters == ("public/state", "public/alert/#")
    steady = [cohort for cohort in cohorts if cohort.device in {"siren", "gateway"}]
    assert {(cohort.qos, cohort.persistent, cohort.asleep_s) for cohort in steady} == {(1, True, 0)}


def test_a_historical_load_has_the_real_operators() -> None:
    """By the market, or put in the place of others: the same."""
    assert default(brands=True) == default().with_operators(BRANDS)
    assert totals(default(brands=True).divided(100, topics), "operator") == {
        "kyivstar": 49,
        "vodafone-ua": 31,
        "lifecell": 20,
    }


def test_a_catalogue_without_shares_has_no_market() -> None:
    """Then a population says its operators itself."""
    bare = parse_catalogue("{}", "{operator-a: {name: A}}")
    with pytest.raises(ScenarioError, match="operators: expected shares that sum to 1, found 0"):
        read_population(SMALL.replace("{operator-a: 0.6, operator-b: 0.4}", "{by: market}"), "p", catalogue=bare)


# A population of one's own.


def test_a_cohort_is_what_its_kind_says() -> None:
    """Every field of the file arrives in the unit of the cohort; what is left out is as usual."""
    cohorts, groups = read(SMALL).divided(100, topics)
    assert [cohort.name for cohort in cohorts][:3] == ["operator-a data phone", "operator-a fixed phone",
                                                       "operator-a data map"]  # fmt: skip
    assert cohorts[0] == Cohort("operator-a data phone", "operator-a", "data")
    assert cohorts[2] == Cohort(
        name="operator-a data map",
        operator="operator-a",
        network="data",
        device="poller",
        qos=2,
        persistent=True,
        keep_alive_s=30,
        awake_s=1.5,
        asleep_s=60.0,
        reads_per_s=2000,
        acks=False,
    )
    assert groups[0] == Group(0, ("public/state", "public/alert/UA-30"), 20, "UA-30")


def test_only_the_areas_of_a_scenario_have_subscribers() -> None:
    """Asked for some areas, everybody is in them, by the same shares; for none, in all; where nobody is, it says so."""
    text = SMALL.replace("{UA-30: 0.75, Kyiv oblast: 0.25}", "{UA-30: 0.5, UA-32/75: 0.3, UA-51: 0.2}")
    population = read(text)
    assert totals(population.divided(80, topics, ("UA-30", "UA-32")), "area") == {"UA-30": 50, "UA-32/75": 30}
    assert totals(population.divided(80, topics, ["UA-32/76"]), "area") == {"UA-32/75": 80}
    assert population.divided(80, topics, ()) == population.divided(80, topics)
    with pytest.raises(InputError, match="nobody of this population is in UA-05, UA-43: take a population file with"):
        population.divided(80, topics, ("UA-43", "UA-05"))


def test_a_file_is_found_or_not(tmp_path: Path) -> None:
    """A path gives its bytes and its name; one that cannot be read, one sentence."""
    path = tmp_path / "mine.yaml"
    path.write_text(SMALL, encoding="utf-8")
    assert library.population_file(path) == (SMALL.encode(), str(path))
    with pytest.raises(InputError, match=r"cannot read .*nowhere\.yaml: No such file"):
        library.population_file(tmp_path / "nowhere.yaml")
    with pytest.raises(InputError, match=r"cannot read .*: Is a directory"):
        library.population_file(tmp_path)


def test_a_population_is_read_with_a_catalogue() -> None:
    """The model by itself does not know which operators there are, and says who does."""
    with pytest.raises(TypeError, match="read by read_population"):
        Population.model_validate({"operators": {"by": "market"}})


# What is wrong.

MISTAKES = [
    # what is written, what is written instead, and how what is said begins
    (SMALL, "", "1:1: expected fields like areas, operators or devices, found nothing"),
    (SMALL, "- a\n- b", "1:1: expected fields like areas, operators or devices, found a list of 2"),
    (SMALL, "areas: {", "1:9: this cannot be read: look for wrong indentation"),
    ("areas:", "arreas:", "1:1: arreas: unknown field `arreas`; did you mean `areas`?"),
    ("areas: {UA-30: 0.75, Kyiv oblast: 0.25}\n", "", "1:1: `areas` is missing: add it"),
    ("{UA-30: 0.75, Kyiv oblast: 0.25}", "all", "1:8: areas: expected names with a value each, found 'all'"),
    ("{UA-30: 0.75, Kyiv oblast: 0.25}", "", "1:7: areas: expected names with a value each, found nothing"),
    ("{UA-30: 0.75, Kyiv oblast: 0.25}", "{}", "1:8: areas: expected shares that sum to 1, found 0: change them, or"),
    ("{UA-30: 0.75, Kyiv oblast: 0.25}", "{by: size}",
     "1:8: areas: expected `by: population` alone, or areas with a share each, found the fields by"),
    ("{UA-30: 0.75, Kyiv oblast: 0.25}", "{by: population, UA-30: 0.5}",
     "1:8: areas: expected `by: population` alone, or areas with a share each, found the fields by, UA-30"),
    ("{UA-30: 0.75", "{Kyyiv: 0.75", "1:9: areas.Kyyiv: no area is called 'Kyyiv': the nearest are UA-30 (Kyiv City)"),
    ("{UA-30: 0.75", "{25: 0.75", "1:9: expected the name of a field, found 25: write a name, or put it in"),
    ("UA-30: 0.75", "UA-30: 0.8", "1:8: areas: expected shares that sum to 1, found 1.05: change them, or add what"),
    ("UA-30: 0.75", "UA-30: 0.752", "1:8: areas: expected shares that sum to 1, found 1.002: change them, or add"),
    ("UA-30: 0.75", "UA-30: -0.75", "1:16: areas.UA-30: expected 0 or more, found -0.75"),
    ("UA-30: 0.75", "UA-30: 75", "1:16: areas.UA-30: expected 1 or less, found 75; write 0.75"),
    ("UA-30: 0.75", "UA-30: 75 %", "1:16: areas.UA-30: expected a number, found '75 %'; write 0.75"),
    ("UA-30: 0.75", "UA-30: .nan", "1:16: areas.UA-30: expected "),
    ("UA-30: 0.75", "UA-30: 1e999", "1:16: areas.UA-30: expected "),
    ("UA-30: 0.75", "UA-30: 0.5, Kyiv: 0.25",
     "1:8: areas: `UA-30` and `Kyiv` are one area, UA-30: keep one, with the sum of their shares"),
    ("UA-30: 0.75", "UA-30: 0.5, UA-30: 0.25", "1:21: areas.UA-30: `UA-30` is given twice, first on line 1: remove"),
    ("UA-30: 0.75", ", ".join(f"UA-32/{n}: 0" for n in range(250)),
     "1:8: areas: expected 200 areas or fewer, found 251: name the larger areas around them"),
    ("operator-a:", "operator-d:", "2:13: operators.operator-d: unknown operator `operator-d`; did you mean"),
    ("operator-a:", "kyivstar:",
     "2:13: operators.kyivstar: `kyivstar` is a real operator, and those belong to loads of historical scenarios: w"),
    ("operator-a: 0.6", "operator-a: 0.5", "2:12: operators: expected shares that sum to 1, found 0.9"),
    ("{operator-a: 0.6, operator-b: 0.4}", "{by: market, operator-a: 1}",
     "2:12: operators: expected `by: market` alone, or operators with a share each, found the fields by, operator-a"),
    ("{operator-a: 0.6, operator-b: 0.4}", "[operator-a]", "2:12: operators: expected names with a value each, found"),
    ("  phone:", "  My phone:", "4:3: devices.My phone: expected lower-case letters, digits and hyphens, starting"),
    ("device: phone", "device: fridge", "5:13: devices.phone.device: expected phone, poller, siren or gateway, found"),
    ("    device: phone\n", "", "4:3: devices.phone: `device` is missing: add it"),
    ("share: 0.9", "share: 0.8", "4:3: devices: expected shares that sum to 1, found 0.9: change them, or add what"),
    ("share: 0.9", "shaer: 0.9", "6:5: devices.phone.shaer: unknown field `shaer`; did you mean `share`?"),
    ("data: 0.5", "data: 0.6", "7:15: devices.phone.networks: expected shares that sum to 1, found 1.1: change them"),
    ("fixed: 0.5", "wifi: 0.5", "7:27: devices.phone.networks.wifi: expected data or fixed, found 'wifi'"),
    ("qos: 2", "qos: 3", "12:10: devices.map.qos: expected 0, 1 or 2, found 3"),
    ("qos: 2", "qos: true", "12:10: devices.map.qos: expected 0, 1 or 2, found true"),
    ("qos: 2", "qos: 0", "10:5: devices.map: nothing is answered at QoS 0: leave `acks` out, or write `qos: 1`"),
    ("session: persistent", "session: kept", "13:14: devices.map.session: expected clean or persistent, found 'kept'"),
    ("keep_alive: 30s", "keep_alive: 30", "14:17: devices.map.keep_alive: expected a duration like 90s, 15m, 2h,"),
    ("keep_alive: 30s", "keep_alive: 1s", "14:17: devices.map.keep_alive: expected whole seconds, from 5s to 65535s,"),
    ("keep_alive: 30s", "keep_alive: 30500ms", "14:17: devices.map.keep_alive: expected whole seconds, from 5s to"),
    ("keep_alive: 30s", "keep_alive: 24h", "14:17: devices.map.keep_alive: expected whole seconds, from 5s to 65535s,"),
    ("awake: 1500ms", "awake: 50ms", "15:12: devices.map.awake: expected a duration from 100ms to 24h, found 50ms"),
    ("asleep: 1m", "asleep: 25h", "16:13: devices.map.asleep: expected a duration from 100ms to 24h, found 1d1h"),
    ("    asleep: 1m\n", "", "10:5: devices.map: `awake` and `asleep` belong together: add the other, or leave both"),
    ("    awake: 1500ms\n    asleep: 1m\n", "", "10:5: devices.map: a poller comes and goes: add `awake` and `asleep`"),
    ("reads: 2000", "reads: 0", "17:12: devices.map.reads: expected 1 or more, found 0"),
    ("reads: 2000", "reads: 2 kB/s", "17:12: devices.map.reads: expected a whole number, found '2 kB/s'"),
    ("reads: 2000", "reads: 9999999999", "17:12: devices.map.reads: expected 1,000,000,000 or less, found 9999999999"),
    ("acks: false", "acks: no", "18:11: devices.map.acks: expected true or false, found 'no'"),
    ("listens: all", "listens: area,all", "19:14: devices.map.listens: expected area or all, found 'area,all'"),
    ("    basis: assumed\n  map", "  map", "4:3: devices.phone: `basis` is missing: add it"),
    ("basis: assumed\n  map", "basis: ''\n  map", "8:12: devices.phone.basis: expected a text of 3 or more characters"),
    ("basis: assumed\n  map", f"basis: {'x' * 700}\n  map", "8:12: devices.phone.basis: expected a text of 600 char"),
    ("areas:", "areas: &a\n ", "1:8: areas: `&a` begins like an anchor or alias of YAML; there are none here"),
    ("  phone:\n    device: phone", "  phone: !!python/name:os.system\n    device: phone", "4:10: devices.phone: "),
    ("areas:", "\tareas:", "1:1: a tab: write spaces instead"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "instead", "said"), MISTAKES)
def test_a_mistake_is_told_with_its_place(written: str, instead: str, said: str) -> None:
    """Where it is, what is wrong and what to do; the file it is changed from is right."""
    assert SMALL.count(written) >= 1
    assert refusals(SMALL.replace(written, instead, 1))[0].startswith(f"p.yaml:{said}")


def test_all_mistakes_are_told_at_once() -> None:
    """In the order of the file."""
    text = SMALL.replace("UA-30: 0.75", "UA-31: 0.75").replace("qos: 2", "qos: 7").replace("acks: false", "akcs: false")
    assert [line.split(": ")[0] for line in refusals(text)] == ["p.yaml:1:9", "p.yaml:12:10", "p.yaml:18:5"]


def test_too_many_cohorts_are_refused() -> None:
    """Operators, kinds and networks multiply: 3 of 9 kinds on 2 networks are 54; those without a share do not count."""
    text = SMALL.replace("{operator-a: 0.6, operator-b: 0.4}", "{by: market}").split("  phone:")[0]
    kind = "{{device: phone, share: {}, networks: {{data: 0.5, fixed: 0.5}}, basis: assumed}}"
    many = [f"  kind-{n}: {kind.format(0.125)}" for n in range(8)]
    read(text + "\n".join([*many, f"  nobody: {kind.format(0)}"]))
    many = [f"  kind-{n}: {kind.format(0.1111)}" for n in range(9)]
    (said,) = refusals(text + "\n".join(many))
    assert said.startswith("p.yaml:1:1: these operators, devices and networks make 54 cohorts, and each is counted by")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "p.yaml:1:4: a: `&a` begins like an anchor or alias of YAML"),
        ("[" * 5000, "p.yaml:1:33: nested more than 32 deep"),
        (SMALL + "#" * 40_000, "p.yaml:1:1: the file is larger than 40 kB: no population is; look whether it is the"),
        (SMALL.encode("utf-16"), "p.yaml:1:1: the file is saved as UTF-16: save it as plain UTF-8"),
        (b"areas: \xff", "p.yaml:1:8: the byte 0xff is not UTF-8"),
        (b"areas: \x00", "p.yaml:1:8: a zero character"),
        (f"areas: {{{', '.join(f'no-{n}: 0.1' for n in range(190))}}}", "p.yaml:1:9: areas.no-0: no area is called"),
        (
            "areas: [" + "a," * 19_995 + "]",
            "p.yaml:1:8: areas: expected names with a value each, found a list of 19995",
        ),
    ],
)
def test_garbage_is_refused_in_a_sentence(text: str | bytes, said: str) -> None:
    """YAML bombs, brackets without end, other encodings, things that are no population: few lines, and no traceback."""
    lines = refusals(text)
    assert any(line.startswith(said) for line in lines), lines[:3]
    assert len(lines) <= 101


@settings(max_examples=200)
@given(st.text(max_size=300) | st.binary(max_size=300) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(
        st.sampled_from(["areas", "operators", "devices", "by", "phone", "share", "networks", "data", "UA-30", "awake"])
        | st.text(max_size=4), inside, max_size=5,
    ),
).map(lambda data: yaml.safe_dump(data, allow_unicode=True)))  # fmt: skip
def test_anything_else_is_refused(text: str | bytes) -> None:
    """Whatever else a file says, its problems have their places; nothing else is raised."""
    assert all(line.startswith("p.yaml:") for line in refusals(text))


# The schema.

VALIDATOR = jsonschema.Draft202012Validator(population_schema())


def test_the_schema_is_one() -> None:
    """Of its draft, with a description for each field and no default of the model, whose units are others."""
    jsonschema.Draft202012Validator.check_schema(population_schema())
    kind = population_schema()["$defs"]["Kind"]
    assert all(field.get("description") for field in kind["properties"].values())
    assert not any({"title", "default"} & field.keys() for field in kind["properties"].values())


@given(populations())
def test_the_schema_takes_what_is_read(data: Data) -> None:
    """Every population that is read fits it."""
    VALIDATOR.validate(data)


def test_the_schema_takes_the_default() -> None:
    """Also the one that comes with alertsim."""
    VALIDATOR.validate(yaml.safe_load(library.population_file()[0]))


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("areas:", "arreas:"), ("UA-30: 0.75", "UA-30: 75"), ("UA-30: 0.75", "by: population"), ("qos: 2", "qos: 3"),
        ("fixed: 0.5", "wifi: 0.5"), ("share: 0.9", "shaer: 0.9"), ("reads: 2000", "reads: 0"),
        ("session: persistent", "session: kept"), ("    basis: assumed\n  map", "  map"),
    ],
)  # fmt: skip
def test_the_schema_refuses_what_is_not_read(written: str, instead: str) -> None:
    """What can be seen of each field by itself fits neither."""
    text = SMALL.replace(written, instead, 1)
    assert refusals(text)
    assert not VALIDATOR.is_valid(yaml.safe_load(text))


def test_by_population_is_a_whole() -> None:
    """The shares of the areas sum to 1."""
    assert math.isclose(sum(by_population().values()), 1)

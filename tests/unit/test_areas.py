import csv
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from alertsim.areas import (
    AmbiguousArea,
    Area,
    UnknownArea,
    all_areas,
    ancestors,
    by_id,
    children,
    find,
    related,
    romanise,
    top_level,
)
from alertsim.areas.lookup import capital, taken_for_oblast
from alertsim.errors import InputError
from alertsim.events import AreaId

OFFICIAL = Path(__file__).parents[1] / "data" / "areas" / "official-names.csv"

areas = st.sampled_from(all_areas())

TYPED = {
    "UA-43": ["Crimea", "Krym", "Крим", "АР Крим", "Autonomous Republic of Crimea", "Simferopol"],
    "UA-07": ["Volyn", "Volyn oblast", "Волинь", "Волинська", "Lutsk", "Луцьк"],
    "UA-05": ["Vinnytsia", "Vinnytsia oblast", "Вінниця", "Vinnytska", "Вінниччина"],
    "UA-12": ["Dnipropetrovsk", "Dnipropetrovsk oblast", "Dnipro", "Дніпро", "Dnipro region", "Дніпропетровщина"],
    "UA-14": ["Donetsk", "Donetsk oblast", "Донецьк", "Донеччина"],
    "UA-18": ["Zhytomyr", "Zhytomyr oblast", "Житомир"],
    "UA-21": ["Zakarpattia", "Zakarpattia oblast", "Transcarpathia", "Закарпаття", "Uzhhorod"],
    "UA-23": ["Zaporizhzhia", "Zaporizhzhia oblast", "Запоріжжя", "Zaporizka"],
    "UA-26": ["Ivano-Frankivsk", "ivano frankivsk oblast", "Івано-Франківськ", "Prykarpattia"],
    "UA-30": ["Kyiv", "KYIV", "Kyiv City", "city of Kyiv", "m. Kyiv", "Київ", "м. Київ", "м.київ", "місто Київ"],
    "UA-32": ["Kyiv oblast", "Kyiv region", "Kyivska", "Kyivska oblast", "Київська", "Київська обл.", "Київщина"],
    "UA-35": ["Kirovohrad", "Kirovohrad oblast", "Kropyvnytskyi", "Кропивницький", "Кіровоградщина"],
    "UA-09": ["Luhansk", "Luhansk oblast", "Луганськ", "Луганщина"],
    "UA-46": ["Lviv", "Lviv oblast", "Львів", "Lvivska", "Львівщина"],
    "UA-48": ["Mykolaiv", "Mykolaiv oblast", "Миколаїв", "Миколаївська"],
    "UA-51": ["Odesa", "Odesa oblast", "Одеса", "Одещина", "Odeska"],
    "UA-53": ["Poltava", "Poltava oblast", "Полтава", "Poltavska", "Полтавщина"],
    "UA-56": ["Rivne", "Rivne oblast", "Рівне", "Рівненщина"],
    "UA-40": ["Sevastopol", "Sevastopol city", "Севастополь", "м. Севастополь"],
    "UA-59": ["Sumy", "Sumy oblast", "Суми", "Сумщина"],
    "UA-61": ["Ternopil", "Ternopil oblast", "Тернопіль"],
    "UA-63": ["Kharkiv", "Kharkiv oblast", "Харків", "харківська область", "Kharkivshchyna"],
    "UA-65": ["Kherson", "Kherson oblast", "Херсон"],
    "UA-68": ["Khmelnytskyi", "Khmelnytskyi oblast", "Хмельницький", "Khmelnytska"],
    "UA-71": ["Cherkasy", "Cherkasy oblast", "Черкаси"],
    "UA-77": ["Chernivtsi", "Chernivtsi oblast", "Чернівці", "Bukovyna"],
    "UA-74": ["Chernihiv", "Chernihiv oblast", "Чернігів", "Чернігівщина"],
}


def in_full(area: Area, name: Callable[[Area], str]) -> str:
    """The area's name with those of the areas around it, nearest first."""
    return ", ".join(name(by_id(step)) for step in (area.id, *ancestors(area.id)))


def ukrainian(area: Area) -> str:
    return area.name_uk


def english(area: Area) -> str:
    return area.name_en


def decomposed(text: str) -> str:
    """The text with `й` and `ї` in two characters each, as some systems type them."""
    return unicodedata.normalize("NFD", text)


def meant(typed: str) -> tuple[str, ...]:
    """The id found, or all the candidates."""
    try:
        return (find(typed).id,)
    except AmbiguousArea as error:
        return error.near


# The tree


def test_the_tree_is_whole() -> None:
    """27 areas at the top, 122 raions, 1,458 hromadas, and no id or uid twice."""
    assert Counter(area.level for area in all_areas()) == {"oblast": 27, "raion": 122, "hromada": 1458}
    assert len({area.id for area in all_areas()}) == len({area.uid for area in all_areas()}) == 1607


def test_the_top_level_comes_in_the_order_of_alerts_in_ua() -> None:
    """The 27 begin with Crimea and end with Chernihiv oblast, however often they are asked for."""
    assert [area.id for area in top_level()] == list(TYPED)
    assert top_level() == all_areas()[:27]


@pytest.mark.parametrize("area", all_areas()[::40], ids=lambda area: area.id)
def test_an_id_is_what_events_call_an_area(area: Area) -> None:
    """Ids of areas have the form that events demand, at every level."""
    assert TypeAdapter(AreaId).validate_python(area.id) == area.id


def test_every_area_lies_in_the_one_its_path_says() -> None:
    """Parents exist one level up; ancestors go from them to the top; children are the other way round."""
    for area in all_areas():
        around = [by_id(outer) for outer in ancestors(area.id)]
        assert [outer.level for outer in around] == ["raion", "oblast"][2 - len(around) :]
        assert area.parent == (around[0].id if around else None)
        assert area.iso == (around[-1].id if around else area.id)
        assert area.id == "/".join([*([area.parent] if area.parent else []), area.id.rpartition("/")[2]])
        assert area in (children(area.parent) if area.parent else top_level())
    assert sum(len(children(area.id)) for area in all_areas()) == 1607 - 27


def test_ancestors_are_string_work() -> None:
    """Ancestors of a path are its prefixes, nearest first, whether or not it exists."""
    assert ancestors("UA-99/8/7") == ("UA-99/8", "UA-99")
    assert ancestors("UA-99") == ()


def test_areas_are_related_along_one_path() -> None:
    """An area is related to itself, and to what lies inside and around it; not to its neighbours."""
    inner, outer = [area.id for area in children("UA-32/75")], ["UA-32/75", "UA-32"]
    for area in inner:
        assert [other for other in (*inner, *outer, "UA-30") if related(area, other)] == [area, *outer]
        assert [other for other in (*inner, *outer, "UA-30") if related(other, area)] == [area, *outer]
    assert not related("UA-32/7", "UA-32/75") and not related("UA-3", "UA-32")


def test_a_hromada_has_nothing_inside() -> None:
    """Hromadas, Kyiv and Crimea have no children."""
    assert children("UA-32/75/702") == children("UA-30") == children("UA-43") == ()


@pytest.mark.parametrize("ask", [by_id, children])
@pytest.mark.parametrize("typed", ["UA-99", "UA-32/75/692", "31", ""])
def test_only_a_whole_path_is_an_id(ask: Callable[[str], object], typed: str) -> None:
    """What is no path of an area is refused with the form of one."""
    with pytest.raises(UnknownArea, match=r"expected a path like UA-32, UA-32/75 or UA-32/75/702"):
        ask(typed)


def test_one_area_in_all_its_fields() -> None:
    """Kyiv oblast carries the numbers of four systems, its codes, names and nominal population."""
    assert by_id("UA-32") == Area(
        id="UA-32",
        uid=14,
        name_uk="Київська область",
        official_en="Kyivska oblast",
        ukrainealarm=14,
        alerts_com_ua=9,
        jaam=8,
        katottg="UA32000000000030281",
        also_called=("Київ", "Київщина"),
        population=1_795_099,
        population_basis="State Statistics Service of Ukraine; 1 December 2021",
        standing_since=None,
    )


def test_an_area_cannot_be_changed() -> None:
    """Areas are values."""
    with pytest.raises(FrozenInstanceError):
        by_id("UA-32").uid = 1  # type: ignore[misc]  # the claim is that it cannot be done


def test_populations_add_up_to_the_published_total() -> None:
    """All but Crimea and Sevastopol have a population; together within 0.03 % of the published 41,208,106."""
    counted = {area.id: area.population for area in all_areas() if area.population is not None}
    assert counted.keys() == TYPED.keys() - {"UA-43", "UA-40"}
    assert sum(counted.values()) == pytest.approx(41_208_106, rel=3e-4)
    assert all(by_id(area).population_basis for area in counted)


def test_two_alerts_stand() -> None:
    """Luhansk oblast and Crimea are under standing alerts, nobody else."""
    standing = {area.id: area.standing_since for area in all_areas() if area.standing_since}
    assert standing == {"UA-09": date(2022, 4, 4), "UA-43": date(2022, 12, 10)}


def test_names_are_those_of_the_official_siren_data() -> None:
    """Each name of the official data, in both languages, is that of the area with its id."""
    for row in csv.DictReader(OFFICIAL.read_text("utf-8").splitlines()):
        area = by_id(row["id"])
        assert (area.name_uk, area.name_en) == (row["name_uk"].replace("'", "’"), row["name_en"])


def test_nothing_is_read_before_it_is_asked_for() -> None:
    """Importing the package parses no data."""
    code = "from alertsim.areas import naming, tree; print(tree._tree.cache_info(), naming.named.cache_info())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count("currsize=0") == 2


# Finding by id


def test_every_area_is_found_by_its_ids() -> None:
    """Path, uid, KATOTTG and the numbers of the four systems lead to the area, in any case, with spaces around."""
    for area in all_areas():
        schemes = {
            "alerts.in.ua": area.uid,
            "ukrainealarm": area.ukrainealarm,
            "alerts.com.ua": area.alerts_com_ua,
            "jaam": area.jaam,
        }
        typed = [area.id, area.id.lower(), f" {area.uid} ", area.katottg]
        typed += [f"{scheme}:{number}" for scheme, number in schemes.items() if number is not None]
        assert {find(text).id for text in typed if text} == {area.id}


def test_25_is_three_oblasts() -> None:
    """A number means what its system says; a bare one means alerts.in.ua."""
    found = {scheme: find(f"{scheme}:25").id for scheme in ("alerts.in.ua", "ukrainealarm", "alerts.com.ua", "jaam")}
    assert found == {"alerts.in.ua": "UA-74", "ukrainealarm": "UA-74", "alerts.com.ua": "UA-30", "jaam": "UA-77"}
    assert find("25").id == "UA-74"
    assert find("ukrainealarm:9999").id == "UA-43"
    assert find("ukrainealarm:702").id == "UA-32/75/702"


@pytest.mark.parametrize("typed", ["UA-99", "99999", "jaam:99", "nowhere:25", "UA99000000000000000", "", " , ", "031"])
def test_an_id_nobody_has_is_refused_with_the_forms_there_are(typed: str) -> None:
    """A wrong id gets the list of ways to write a right one."""
    with pytest.raises(
        UnknownArea, match=r"no area is called .*: write an id \(`UA-32`.*`jaam:8`\) or a name"
    ) as error:
        find(typed)
    assert error.value.near == ()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Харкiв", "it contains a Latin `i` among Cyrillic letters; the nearest are UA-63"),
        ("м. Kиїв", "it contains a Latin `K` among Cyrillic letters; "),
        ("Odesа city", "it contains a Cyrillic `а` among Latin letters; "),
        ("Центральний район", "districts of a city are no alert areas: take the city"),
        ("Харкыв", "'Харкыв': the nearest are UA-63"),
        ("Kharkiv, Атлантида", "'Kharkiv, Атлантида': the nearest are UA-63"),
    ],
)
def test_what_looks_right_and_is_not_is_told(typed: str, said: str) -> None:
    """A letter of another alphabet inside a word, and the district of a city that has no alerts of its own."""
    with pytest.raises(UnknownArea) as error:
        find(typed)
    assert said in str(error.value)


def test_a_bare_name_of_a_city_is_known_to_mean_its_oblast() -> None:
    """For every oblast with a city in the tree, in both languages; the form that is told finds that city."""
    told = {area.id: capital(area.id) for area in top_level()}
    without = {"UA-09", "UA-14", "UA-30", "UA-32", "UA-40", "UA-43"}
    assert {area for area, city in told.items() if city is None} == without
    for area, city in told.items():
        for name in by_id(area).also_called if city else ():
            for typed in (name, romanise(name)):
                said = taken_for_oblast(typed)
                assert said is None or (area in said and find(said.split("`")[3]) == city)
    assert taken_for_oblast(" Kharkiv") == ("`Kharkiv` is read as UA-63, Kharkivska oblast; the city is `Kharkiv city`")
    assert taken_for_oblast("Суми") == "`Суми` is read as UA-59, Сумська область; the city is `м. Суми`"


@pytest.mark.parametrize("typed", ["Kyiv", "Київ", "UA-63", "Kharkiv oblast", "м. Харків", "Волинь", "Myrhorod"])
def test_a_name_that_says_what_it_means_is_let_be(typed: str) -> None:
    """An id, a full name, a land, a city that is a top-level area itself, a town below."""
    assert taken_for_oblast(typed) is None


def test_a_path_through_the_wrong_raion_is_set_right() -> None:
    """A path whose last uid exists elsewhere is refused with the right path."""
    with pytest.raises(UnknownArea, match="UA-32/75/702") as error:
        find("UA-32/76/702")
    assert error.value.near == ("UA-32/75/702",)


# Finding by name


@pytest.mark.parametrize(("area", "typed"), [(area, typed) for area, names in TYPED.items() for typed in names])
def test_the_27_are_found_by_what_people_type(area: str, typed: str) -> None:
    """The plain noun, the capital, the land and the full name of an oblast mean the oblast."""
    assert find(typed).id == area


@pytest.mark.parametrize("name", [ukrainian, english], ids=["uk", "en"])
def test_a_name_with_what_lies_around_it_is_one_area(name: Callable[[Area], str]) -> None:
    """The full name with raion and oblast finds exactly the area, for every area."""
    for area in all_areas():
        assert find(in_full(area, name)) == area


@pytest.mark.parametrize("name", [ukrainian, english], ids=["uk", "en"])
def test_a_name_alone_is_the_area_or_one_of_the_candidates(name: Callable[[Area], str]) -> None:
    """The full name alone finds the area, or an error that lists it with the others."""
    for area in all_areas():
        assert area.id in meant(name(area))


def test_some_names_need_more() -> None:
    """74 names are given to several hromadas, apostrophes aside, and each is refused when it stands alone."""
    names = Counter(area.name_uk for area in all_areas())
    repeated = [name for name, times in names.items() if times > 1]
    assert len(repeated) == 74
    for name in repeated:
        with pytest.raises(AmbiguousArea) as error:
            find(name)
        assert {by_id(area).name_uk for area in error.value.near} >= {name}


@given(areas, st.sampled_from([str.upper, str.lower, decomposed]), st.sampled_from("'’ʼ`"), st.sampled_from("- "))
def test_case_apostrophes_and_hyphens_do_not_matter(
    area: Area, typing: Callable[[str], str], apostrophe: str, hyphen: str
) -> None:
    """However it is typed, a name is the same name, and in Latin letters too."""
    typed = typing(in_full(area, ukrainian)).replace("’", apostrophe).replace("-", hyphen)
    assert find(typed) == find(typing(romanise(in_full(area, ukrainian)))) == area


@pytest.mark.parametrize(
    ("typed", "area"),
    [
        ("м. Полтава", "UA-53/109/1060"),
        ("Poltava city", "UA-53/109/1060"),
        ("Poltava hromada", "UA-53/109/1060"),
        ("Полтавська територіальна громада", "UA-53/109/1060"),
        ("Poltava, Poltava oblast", "UA-53/109/1060"),
        ("Poltavskyi", "UA-53/109"),
        ("Dnipro city", "UA-12/44/332"),
        ("м. Кропивницький", "UA-35/81/761"),
        ("Bucha", "UA-32/75/702"),
        ("Buchanska", "UA-32/75/702"),
        ("Buchanska terytorialna hromada", "UA-32/75/702"),
        ("Buchanska community", "UA-32/75/702"),
        ("Бучанська ТГ", "UA-32/75/702"),
        ("misto Bucha", "UA-32/75/702"),
        ("Бучанський", "UA-32/75"),
        ("Бучанський р-н", "UA-32/75"),
        ("Buchanskyi district", "UA-32/75"),
        ("Донецька міська громада", "UA-14/53/404"),
        ("Горлівська громада", "UA-14/51/415"),
        ("Pokrovska terytorialna hromada, Nikopolskyi raion, Dnipropetrovska oblast", "UA-12/47/353"),
        ("м. Покров, Нікопольський район", "UA-12/47/354"),
        ("Kamianska hromada, UA-71", "UA-71/152/1455"),
        ("Kamianska hromada, 152", "UA-71/152/1455"),
        ("Миколаївська сільська територіальна громада", "UA-59/114/1180"),
        ("Первомайський район", "UA-48/97"),
        ("м. Первомайський", "UA-63/128/1299"),
    ],
)
def test_a_word_beside_a_name_says_which_is_meant(typed: str, area: str) -> None:
    """Cities, raions and hromadas are reached past the oblast of their name."""
    assert find(typed).id == area


def test_a_bare_name_of_a_raion_and_a_city_is_refused() -> None:
    """Below the top no level wins: `Первомайський` is a raion and a city elsewhere."""
    with pytest.raises(AmbiguousArea) as error:
        find("Первомайський")
    assert str(error.value) == (
        "'Первомайський' may be UA-48/97 (Первомайський район, Миколаївська область); UA-63/128/1299 (м. Первомайський "
        "та Первомайська територіальна громада, Лозівський район, Харківська область): write one of these ids"
    )


def test_a_name_in_the_wrong_place_is_refused_with_the_right_places() -> None:
    """What lies elsewhere is no match, but what is meant may be among it."""
    with pytest.raises(UnknownArea, match=r"UA-32/75/702 \(m\. Bucha") as error:
        find("Bucha, Lviv oblast")
    assert not isinstance(error.value, AmbiguousArea)
    with pytest.raises(UnknownArea, match="UA-32/75/702"):
        find("Bucha, Kamianets-Podilskyi raion, Khmelnytska oblast")
    with pytest.raises(UnknownArea):
        find("UA-32, UA-32")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Kiev", "UA-30"),
        ("Odessa", "UA-51"),
        ("Kharkov oblast", "UA-63"),
        ("Lvov", "UA-46"),
        ("Zaporizhia", "UA-23"),
        ("Полтаава", "UA-53"),
        ("Умань", "UA-71/151/1447"),
        ("Buchansky raion", "UA-32/75"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest(typed: str, meant: str) -> None:
    """The area meant comes first among the nearest, at most five, and in the message in the script typed."""
    with pytest.raises(UnknownArea) as error:
        find(typed)
    name = by_id(meant).name_en if typed.isascii() else by_id(meant).name_uk
    assert error.value.near[0] == meant
    assert len(error.value.near) <= 5
    assert f"the nearest are {meant} ({name}" in str(error.value)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("Полтаава", ("UA-53",)),
        ("Kiev", ("UA-30", "UA-18/59/443", "UA-63/125/1277")),
        ("Покровьска", ("UA-12/48/317", "UA-12/47/353", "UA-12/47/354", "UA-14/56/367", "UA-07/38/264")),
        (
            "Миколаївська громада, м. Київ",
            ("UA-12/48/313", "UA-12/44/336", "UA-14/50/377", "UA-46/89/884", "UA-48/98/926"),
        ),
    ],
)
def test_the_nearest_are_few(typed: str, near: tuple[str, ...]) -> None:
    """Up to three names, each with those it would mean, and at most five areas."""
    with pytest.raises(UnknownArea) as error:
        find(typed)
    assert error.value.near == near


@given(st.text() | st.text("Київьм.р-н, UA/0123:’jam", max_size=20))
def test_anything_typed_is_an_area_or_a_mistake_of_who_typed_it(text: str) -> None:
    """No text gets anything but an area or a clear, short error."""
    said = ""
    try:
        found = find(text)
    except InputError as error:
        said = str(error)
    assert 20 < len(said) < 2000 if said else found in all_areas()


def test_a_long_text_is_not_repeated() -> None:
    """An error shows the beginning of a long text only."""
    with pytest.raises(UnknownArea) as error:
        find("Київ" * 100_000)
    assert len(str(error.value)) < 2000

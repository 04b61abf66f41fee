"""How much of a scenario is cited, interpolated, invented: each figure counts once."""

from hypothesis import given, settings

from alertsim.scenario import claims, parse_facts
from alertsim.scenario.shares import Shares, shares
from tests.scenario_texts import FACTS, RICH, read
from tests.strategies import Written, written_scenarios

HEADER = """\
alertsim: 1
basis: historical
title: A drill
exercise: {type: drill, contact: control}
start: 2023-12-12T00:00:00+02:00
events:
"""
SOURCES = """\
article: {title: An old report}
paragraphs:
  p1: {retold: Three were hurt that day., value: {injured: 3}}
facts:
  hour: {says: It came at ten past., source: abc, confidence: read, value: {at: 2023-12-12T00:10:00+02:00}}
"""


def shared(report: str) -> Shares:
    text = HEADER + f"- id: fire\n  incident: {{area: UA-30, updates: [{report}]}}\n  cite: [article.p1, hour]\n"
    return shares(read(text, SOURCES), parse_facts(SOURCES, file="f"))


def test_a_figure_is_cited_where_a_fact_gives_it() -> None:
    """By a fact or by a paragraph, in the form an author writes it; a report rests on its entry if it says nothing."""
    own = "cite: [article.p1, hour]"
    assert shared(f"{{at: 2023-12-12T00:10:00+02:00, text: a, casualties: {{injured: 3}}, {own}}}") == (2, 0, 0)
    assert shared("{at: 2023-12-12T00:10:00+02:00, text: a, casualties: {injured: 3}}") == (2, 0, 0)


def test_what_no_fact_gives_is_interpolated_or_invented() -> None:
    """By what its part says; an hour that no cited fact has is invented though the count is cited."""
    said = "cite: [article.p1], interpolated: between the two reports"
    assert shared(f"{{at: 2023-12-12T00:10:00+02:00, text: a, casualties: {{injured: 3}}, {said}}}") == (1, 1, 0)
    assert shared("{at: +11m, text: a, casualties: {injured: 3}, cite: [article.p1]}") == (1, 0, 1)
    assert shared("{at: +11m, text: a, invented: all of it}") == (0, 0, 1)


def test_a_fact_without_form_gives_nothing() -> None:
    """A figure of the facts that cannot be read cites none."""
    facts = parse_facts(SOURCES, file="f")
    unread = facts.model_copy(update={"facts": {"hour": facts.facts["hour"].model_copy(update={"value": {"at": 5}})}})
    text = HEADER + "- {at: +10m, news: {text: a}, cite: [hour, article.p1]}\n"
    assert shares(read(text, SOURCES), facts) == (1, 0, 0)
    assert shares(read(text, SOURCES), unread) == (0, 0, 1)


@settings(max_examples=30)
@given(written_scenarios())
def test_fiction_is_invented_as_a_whole(written: Written) -> None:
    """Every figure of a fictional scenario, whatever facts there are."""
    count = sum(len(claim.figures) for entry in written.scenario.events for claim in claims(entry))
    assert shares(written.scenario, parse_facts(FACTS, file="f")) == (0, 0, count)
    assert shares(written.scenario, None).total == count


def test_a_whole_night_is_counted() -> None:
    """Each figure of the rich scenario is one of the three."""
    night = read(RICH)
    whole = sum(len(claim.figures) for entry in night.events for claim in claims(entry))
    found = shares(night, parse_facts(FACTS, file="f"))
    assert found.total == whole
    assert found.cited > found.invented > found.interpolated == 0

"""What a scenario rests on: the article re-told paragraph by paragraph, facts with their sources, and conflicts."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from alertsim.events import Frozen
from alertsim.scenario.fields import PARAGRAPH, Citation, figure

Value = dict[Annotated[str, Field(min_length=1, max_length=80)], Annotated[int | float | str, BeforeValidator(figure)]]
"""Figures by the names `claims` gives them; instants and durations as text."""

Sentence = Annotated[str, Field(min_length=10, max_length=2000)]


class Article(Frozen):
    """The news article the scenario was derived from."""

    title: Sentence
    language: str = "en"
    note: str = ""


class Paragraph(Frozen):
    """One paragraph of the article in our own words; one that no entry cites says why."""

    retold: Sentence
    value: Value = {}
    unused: Sentence | None = None


class Fact(Frozen):
    """One fact: what is said, by whom, and how far it was checked.

    `verified`: the source named was read or run; `read`: seen in a public page, not cross-checked;
    `assumed`: general knowledge.
    """

    says: Sentence
    source: str = Field(min_length=3, max_length=400)
    confidence: Literal["verified", "read", "assumed"]
    value: Value = {}


class Conflict(Frozen):
    """Sources that disagree, and which side the scenario follows."""

    between: tuple[Citation, ...] = Field(min_length=2)
    about: Sentence
    follows: Citation
    why: Sentence


class Facts(Frozen):
    """The whole of a facts.yaml."""

    article: Article
    paragraphs: dict[Annotated[str, Field(pattern=PARAGRAPH)], Paragraph]
    facts: dict[Citation, Fact] = {}
    conflicts: tuple[Conflict, ...] = ()

    def cited(self) -> Iterator[tuple[str, Value]]:
        """Everything that can be cited, with its figures: `article.p1` … and the facts."""
        for name, paragraph in self.paragraphs.items():
            yield f"article.{name}", paragraph.value
        for name, fact in self.facts.items():
            yield name, fact.value

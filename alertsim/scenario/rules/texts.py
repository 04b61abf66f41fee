"""The rules of what people read: no text contradicts the exercise mark, and a title stays a title."""

from collections.abc import Iterator
from functools import lru_cache

from alertsim.contradiction import contradictions
from alertsim.errors import Problem
from alertsim.scenario.draft import Draft

LONGEST_TITLE = 120
_LONGEST_TEXT = 2000
"""No text may be longer; beyond, it is not read twice."""


def texts(draft: Draft) -> Iterator[Problem]:
    """What is wrong with the words of a scenario."""
    linted = lru_cache(maxsize=1000)(contradictions)
    for path, text in draft.located.texts():
        for contradiction in linted(text[:_LONGEST_TEXT]):
            yield draft.located.problem_inside(path, text, contradiction.start, str(contradiction))
    for name in draft.header.chapters:
        for contradiction in linted(name):
            yield draft.located.problem(("chapters", name), str(contradiction), key=True)
    title = draft.header.title
    for language, text in (("uk", title.uk), ("en", title.en)):
        if len(text) > LONGEST_TITLE:
            message = f"expected a title of {LONGEST_TITLE} characters or fewer, found {len(text)}"
            yield draft.located.problem(("title", language), message)

"""What to do where a file is no YAML: the parser's words turned into an author's."""

import yaml

from alertsim.errors import Problem
from alertsim.scenario.document.source import Source

_OPEN = "opened here and never closed"
_BRACKET = "is a bracket or a quotation mark left open?"
_COLON = "A text with a colon needs quotation marks"
_ESCAPE = "this use of \\ is unknown between double quotation marks: write \\\\, or use single quotation marks"
_QUOTE = "put the text in quotes"
_ADVICE = (
    (
        "mapping values are not allowed",
        f"a colon cannot stand here: look at the indentation, at the space after the colon above, or {_QUOTE}",
    ),
    ("sequence entries are not allowed", f"`- ` begins an item of a list: begin a new line for it, or {_QUOTE}"),
    ("unexpected end of stream", f"a quotation mark is {_OPEN}"),
    ("unexpected document", f"a quotation mark is {_OPEN}"),
    ("could not find expected ':'", "expected `name: value`: is a colon missing, or the indentation wrong?"),
    ("cannot start any token", f"no text begins with this character: {_QUOTE}"),
    ("scanning a block scalar", "expected the text on new lines below `|` or `>`, each indented by the same spaces"),
    ("a directive", f"no text begins with `%`: {_QUOTE}"),
    ("a tag", f"no text begins with `!`: {_QUOTE}"),
    ("tag handle", f"no text begins with `!`: {_QUOTE}"),
    ("scanning an a", f"no text begins with `&` or `*`: {_QUOTE}"),
    ("escape", _ESCAPE),
    ("hex", _ESCAPE),
    ("',' or ']'", f"expected a comma or `]`: {_BRACKET}"),
    ("',' or '}'", f"expected a comma or `}}`: {_BRACKET} {_COLON}"),
    ("block", "this fits nothing above: look at the indentation and the quotation marks of this line"),
)
"""What PyYAML's two parsers say, and what it mostly means."""

_ELSE = "this cannot be read: look for wrong indentation, a colon or a quotation mark here or on the line before"


def advice(error: yaml.YAMLError, source: Source) -> Problem:
    """Where the file stops being YAML, and what is probably wrong."""
    words = str(error)
    message = next((advice for words_of, advice in _ADVICE if words_of in words), _ELSE)
    place = "context_mark" if _OPEN in message else "problem_mark"
    mark: yaml.Mark | None = getattr(error, place, None)
    return source.problem(mark.index if mark else 0, message)

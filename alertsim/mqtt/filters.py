"""Topic names and topic filters: which are valid, and which filter takes which topic (MQTT 5 §4.7, §4.8.2)."""

LONGEST = 65_535
"""Bytes of UTF-8 that a string of MQTT may have."""


def topic_fault(topic: str) -> str | None:
    """What is wrong with the name of a topic, as the rest of a sentence; None where nothing is."""
    if not topic:
        return "is empty"
    if "+" in topic or "#" in topic:
        return "contains a wildcard"
    return _text_fault(topic)


def filter_fault(pattern: str) -> str | None:
    """What is wrong with a topic filter, shared or not; None where nothing is."""
    if not pattern:
        return "is empty"
    if pattern.startswith("$share/"):
        group, _, rest = pattern[7:].partition("/")
        if not group or not rest or "+" in group or "#" in group:
            return "is shared but not of the form $share/group/filter"
        return _levels_fault(rest) or _text_fault(pattern)
    return _levels_fault(pattern) or _text_fault(pattern)


def _levels_fault(pattern: str) -> str | None:
    if "#" in pattern and (pattern.index("#") != len(pattern) - 1 or pattern[-2:-1] not in {"", "/"}):
        return "has a # that is not the whole last level"
    if "+" in pattern and any("+" in level and level != "+" for level in pattern.split("/")):
        return "has a + that is not a whole level"
    return None


def _text_fault(text: str) -> str | None:
    if "\0" in text:
        return "contains a NUL"
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "contains half a surrogate pair"
    return "is longer than 65,535 bytes" if size > LONGEST else None


def group(pattern: str) -> tuple[str | None, str]:
    """(group, filter) of a shared subscription; (None, the filter itself) of any other."""
    if not pattern.startswith("$share/"):
        return None, pattern
    name, _, rest = pattern[7:].partition("/")
    return name, rest


def matches(pattern: str, topic: str) -> bool:
    """Whether a valid filter takes a valid topic; a shared one takes what its filter does.

    A wildcard in the first level takes no topic that begins with `$`.
    """
    if pattern.startswith("$share/"):
        pattern = group(pattern)[1]
    if "+" not in pattern and "#" not in pattern:
        return pattern == topic
    if topic.startswith("$") and pattern[0] in "+#":
        return False
    wanted, levels = pattern.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted.pop()
        levels[len(wanted) :] = []
    return len(wanted) == len(levels) and all(want in {"+", level} for want, level in zip(wanted, levels, strict=True))

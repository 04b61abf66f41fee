"""Words of day and night in texts: where they stand once the hours have moved."""

import re
from collections.abc import Mapping

from alertsim.scenario.document.located import Located
from alertsim.scenario.rules.strangers import READ
from alertsim.times import DAY, HOUR, MINUTE

_HOURS = re.compile(
    r"\b(?:(?:over|to|mid)?nights?|nightfall|mornings?|evenings?|(?:after)?noon|midday|dawn|dusk|sunrise|sunset|"
    r"day(?:light|time)|[ву]?ноч\w+|ніч(?:чю|н\w+)?|ран(?:ок|к\w+)|зранку|[ву]?ранці|веч[іо]р\w*|[ву]вечері|[ву]день|"
    r"опівн\w+|опівдні|пополудні|полудн\w+|полудень|світан\w+|смерк\w*|сутін\w+)\b",
    re.IGNORECASE,
)


def words_of_hours(located: Located, shift_min: int) -> Mapping[str, tuple[int, ...]]:
    """The words of day and night that people read, and their lines, if clocks moved by more than an hour.

    `shift_min` is by how many minutes they moved forward, of a day.
    """
    lines: dict[str, set[int]] = {}
    far = min(shift_min, DAY // MINUTE - shift_min) > HOUR // MINUTE
    for path, text in located.texts() if far else ():
        for hit in _HOURS.finditer(text) if READ.intersection(map(str, path)) else ():
            line = located.problem_inside(path, text, hit.start(), "").line
            lines.setdefault(hit[0].lower(), set()).add(line)
    return {word: tuple(sorted(where)) for word, where in sorted(lines.items(), key=lambda told: min(told[1]))}

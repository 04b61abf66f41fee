"""Delivery curves: what was up of each operator's network, and which share of its subscribers heard each alert."""

from collections.abc import Sequence

from alertsim.page.figure import Key, figure
from alertsim.page.plot import Plot, Tick, second_step, x_scale, y_scale
from alertsim.report.courses import Course, Delivered
from alertsim.report.page import words
from alertsim.report.page.sheet import Sheet
from alertsim.times import DAY, MINUTE, Millis, rfc3339
from alertsim.wire.headlines import BANNER

_DOT = "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0"
_TALL = 86
_MOST = 800
"""Points of a line: about a pixel each."""


def curves(sheet: Sheet) -> str:
    """A plot for each operator, all of the same time and height."""
    shown = [course for course in sheet.report.courses if course.delivered or course.up]
    if not any(course.delivered for course in shown):
        return f"<p>{sheet.say(words.NO_SWARM)}</p>"
    keys = [Key("c2", sheet.tongue.say(words.HEARD_KEY), _DOT), Key("c1", sheet.tongue.say(words.UP))]
    if any(course.connected for course in shown):
        keys.append(Key("c3", sheet.tongue.say(words.CONNECTED)))
    plots = [_plot(n, course, sheet) for n, course in enumerate(shown)]
    about = f'<p class="faint">{sheet.say(words.CURVES_ABOUT)}</p>'
    return about + "".join(
        figure(
            drawn, course.operator or sheet.tongue.say(words.NO_OPERATOR), _told(course, sheet), keys if n == 0 else ()
        )
        for n, (course, drawn) in enumerate(zip(shown, plots, strict=True))
    )


def story_ticks(since: Millis, until: Millis, offset: int, most: int = 10) -> list[Tick]:
    """Round moments of the story, by the clock of its place."""
    step = int(second_step((until - since) / 1000, most) * 1000) or 1
    shift = offset * MINUTE
    first = -(-(since + shift) // step) * step - shift
    return [Tick(at, _label(Millis(at), offset, step)) for at in range(first, until + 1, step)]


def _label(at: Millis, offset: int, step: int) -> str:
    text = rfc3339(at, offset)
    if step >= DAY or text[11:19] == "00:00:00":
        return text[5:10]
    return text[11:16] if step >= MINUTE else text[11:19]


def _plot(number: int, course: Course, sheet: Sheet) -> str:
    since, until = sheet.report.span
    end = max(until, since + 1)
    plot = Plot(f"operator-{number}", x_scale(since, end), y_scale(0, 100, _TALL))
    plot.across([Tick(value, f"{value}") for value in (0, 50, 100)], sheet.tongue.say(words.SHARE_UNIT))
    plot.along(story_ticks(since, Millis(end), sheet.report.about.offset), sheet.tongue.say(words.STORY_TIME))
    up = _within(course, since)
    for filled in (True, False):
        plot.steps([(at, 100 * share) for at, share in up], end, "c1", filled=filled)
    if course.connected:
        plot.steps(_stretched(course.connected, since), end, "c3")
    plot.marks([(each.at, 100 * each.share) for each in _thinned(course.delivered, plot)], _DOT, "c2")
    name = course.operator or sheet.tongue.say(words.NO_OPERATOR)
    return plot.finished(name, _told(course, sheet), BANNER)


def _stretched(steps: Sequence[tuple[Millis, float]], since: Millis) -> list[tuple[Millis, float]]:
    """Shares as per cent from the beginning of the plot on, one for each pixel at most."""
    kept = {max(at, since): 100 * share for at, share in steps}
    points = sorted(kept.items())
    many = -(-len(points) // _MOST)
    return [(since, points[0][1]), *points[::many], points[-1]]


def _within(course: Course, since: Millis) -> list[tuple[Millis, float]]:
    """The steps from the beginning of the plot on: what stood then, and what came."""
    before = [share for at, share in course.up if at <= since]
    return [(since, before[-1] if before else 1.0), *((at, share) for at, share in course.up if at > since)]


def _thinned(delivered: Sequence[Delivered], plot: Plot) -> list[Delivered]:
    """Of messages whose dots would cover each other, one."""
    kept: dict[tuple[int, int], Delivered] = {}
    for each in delivered:
        kept.setdefault((int(plot.x.at(each.at)), int(plot.y.at(100 * each.share))), each)
    return list(kept.values())


def _told(course: Course, sheet: Sheet) -> str:
    """The same in words, for those who do not see it."""
    meant, heard = sum(each.meant for each in course.delivered), sum(each.heard for each in course.delivered)
    least = min((share for _, share in course.up), default=1.0)
    told = [f"{sheet.tongue.say(words.UP)}: ≥ {sheet.share(round(1000 * least), 1000)}"]
    if meant:
        whole = sheet.tongue.say(words.OF, sheet.number(heard), sheet.number(meant))
        told.append(f"{sheet.tongue.say(words.HEARD_KEY)}: {sheet.share(heard, meant)} ({whole})")
    return "; ".join(told)

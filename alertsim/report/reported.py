"""The report of one recording: everything a page, a JSON object or a CI system says of it, computed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from alertsim.report.courses import Course, courses
from alertsim.report.evaluation import Evaluation
from alertsim.report.expectations import Expected, judged
from alertsim.report.figures import Figures, figures
from alertsim.report.findings import Finding, findings
from alertsim.report.log import Log
from alertsim.report.summary import Summary
from alertsim.report.under_alert import UnderAlert, under_alert
from alertsim.scenario import Facts, Scenario
from alertsim.times import Millis, rfc3339


@dataclass(frozen=True)
class About:
    """What is known of a recording beside its lines. `strangers`: messages that are no events of ours, by topic."""

    metadata: Mapping[str, str]
    scenario: Scenario | None = None
    facts: Facts | None = None
    finished: bool = True
    damage: str | None = None
    strangers: Mapping[str, int] | None = None

    @property
    def name(self) -> str:
        """The exercise, or what the recording calls itself."""
        return self.metadata.get("exercise") or self.metadata.get("name") or "—"

    @property
    def offset(self) -> int:
        """Minutes from UTC in which times are shown."""
        text = self.metadata.get("offset_minutes", "")
        return int(text) if text.lstrip("-").isdigit() else 0


@dataclass(frozen=True)
class Report:
    """One recording, understood."""

    about: About
    log: Log
    evaluation: Evaluation | None = None

    @cached_property
    def summary(self) -> Summary:
        """The counts: those of the exercise itself."""
        return self.log.summary_of.summary

    @cached_property
    def expected(self) -> tuple[Expected, ...]:
        """What was expected and what came of it."""
        return judged(self.about.scenario, self.log) if self.about.scenario else ()

    @cached_property
    def figures(self) -> Figures:
        """What an engineer asks."""
        return figures(self.log)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Strengths and areas for improvement."""
        return findings(self.summary, self.expected, self.figures)

    @cached_property
    def under_alert(self) -> tuple[UnderAlert, ...]:
        """Time under alert by oblast."""
        since, until = self.span
        return under_alert(self.log.events, since, until)

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """Every operator over the story."""
        return courses(self.log)

    @property
    def span(self) -> tuple[Millis, Millis]:
        """The first and the last moment of the story that were played."""
        return self.log.since or Millis(0), self.log.until or Millis(0)

    @property
    def failed(self) -> bool:
        """Whether an expectation was missed."""
        return any(each.failed for each in self.expected)

    def as_json(self) -> dict[str, object]:
        """As plain JSON: RFC 3339 times at the scenario's offset, seconds, µs where a name says so."""
        about, offset = self.about, self.about.offset
        since, until = (rfc3339(at, offset) for at in self.span)
        return {
            "exercise": about.name,
            "scenario": about.metadata.get("scenario"),
            "replay_of": about.metadata.get("replay_of"),
            "finished": about.finished,
            "damage": about.damage,
            "story": {"from": since, "until": until},
            "summary": self.summary.as_json(offset),
            "objectives": self._objectives(),
            "expectations": [each.as_json(offset) for each in self.expected],
            "findings": [each.model_dump(mode="json") for each in self.findings],
            "under_alert": [each.as_json() for each in self.under_alert],
            "operators": [_operator(each) for each in self.courses],
            "figures": self.figures.model_dump(mode="json"),
            "strangers": dict(sorted((about.strangers or {}).items())),
            "evaluation": self.evaluation.model_dump(mode="json") if self.evaluation else None,
        }

    def _objectives(self) -> list[dict[str, object]]:
        scenario, rated = self.about.scenario, self.evaluation.objectives if self.evaluation else {}
        return [
            {
                "id": each.id,
                "capability": each.capability,
                "expectations": sum(one.objective == each.id for one in self.expected),
                "met": sum(one.objective == each.id and one.verdict == "met" for one in self.expected),
                "failed": sum(one.objective == each.id and one.failed for one in self.expected),
                "rating": rated[each.id].rating if each.id in rated else None,
            }
            for each in (scenario.objectives if scenario else ())
        ]


def _operator(course: Course) -> dict[str, object]:
    """An operator's least, and its subscribers' deliveries, message by message."""
    return {
        "operator": course.operator,
        "least_up": min((share for _, share in course.up), default=1.0),
        "messages": len(course.delivered),
        "never_heard_by_anyone": sum(not (each.heard or each.caught_up) for each in course.delivered),
    }

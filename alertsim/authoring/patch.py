"""Changes to a text, each where it is wanted, made all at once: comments and layout around them stay as they are."""

import re
from collections.abc import Collection, Iterator, Mapping

from alertsim.authoring.spans import Span, spans
from alertsim.scenario.document.source import Path

_COMMENT = re.compile(r"(?<![^\s])#[^\r\n]*")


class Patch:
    """A file of YAML and what shall become of it. Nothing is changed before `applied`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: Mapping[Path, Span] = spans(text)
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self._edits: dict[tuple[int, int], str] = {}
        self._gone: list[tuple[int, int]] = []
        self._notes: dict[int, list[str]] = {}
        self._scalars = sorted(self._inked(span) for span in self.spans.values() if span.steps is None)

    def _inked(self, span: Span) -> tuple[int, int]:
        """Where `#` is no comment: in a scalar, of a folded or literal one in the lines below its sign."""
        is_block = self.text[span.start : span.start + 1] in {"|", ">"}
        return (self._line_end(span.start), span.end + 1) if is_block else (span.start, span.end)

    def replace(self, start: int, end: int, text: str) -> None:
        """Other text between two places."""
        self._edits[start, end] = text

    def value(self, path: Path, text: str) -> None:
        """Another value, a scalar without quotation marks in it; it stands in those of the old one."""
        self._in_quotes(self.spans[path].start, self.spans[path].end, text)

    def key(self, path: Path, text: str) -> None:
        """Another name of a field."""
        self._in_quotes(self.spans[path].key_at, self.spans[path].key_end, text)

    def _in_quotes(self, start: int, end: int, text: str) -> None:
        mark = self.text[start] if self.text[start] in "\"'" else ""
        self.replace(start, end, f"{mark}{text}{mark}")

    def drop(self, start: int, end: int) -> None:
        """Leave out what stands between two places."""
        self._gone.append((start, end))

    def without(self, around: Path, dropped: Collection[str | int]) -> None:
        """Leave out some of the fields, or items, of what is at `around`, with the comment that leads to each."""
        outer = self.spans[around]
        steps = outer.steps or []
        for n, step in enumerate(steps):
            if step in dropped:
                span = self.spans[*around, step]
                rest = (self.spans[*around, other].key_at for other in steps[n + 1 :] if other not in dropped)
                if outer.flow:
                    self._drop_between_commas(span)
                elif isinstance(step, int):
                    self._drop_item(span)
                elif self._line(span.key_at) + self._indent(span.key_at) == span.key_at:
                    self.drop(self._line(span.key_at), self._next_line(span.end))
                else:
                    self.drop(span.key_at, next(rest, self._next_line(span.end)))

    def first(self, around: Path, name: str, value: str) -> None:
        """A new field before all others of a mapping."""
        outer = self.spans[around]
        at = self.spans[*around, (outer.steps or [])[0]].key_at
        column = at - self._line(at)
        self.replace(at, at, f"{name}: {value}" + (", " if outer.flow else self.newline + " " * column))

    def note(self, path: Path, words: str) -> int:
        """A comment behind a value, at the end of the first line where one can stand; which line that is."""
        span = self.spans[path]
        at = self._line_end(span.start if self.text[span.start : span.start + 1] in {"|", ">"} else span.end)
        while inside := next((end for start, end in self._scalars if start < at < end), None):
            at = self._line_end(inside)
        notes = self._notes.setdefault(at, [])
        if words not in notes:
            notes.append(words)
        return self.text.count("\n", 0, at) + 1

    def comments(self) -> Iterator[re.Match[str]]:
        """Every comment."""
        at = 0
        while found := _COMMENT.search(self.text, at):
            inside = next((end for start, end in self._scalars if start <= found.start() < end), None)
            at = found.end() if inside is None else inside
            if inside is None:
                yield found

    def is_alone(self, comment: re.Match[str]) -> bool:
        """Whether there is nothing else on the line of a comment."""
        return not self.text[self._line(comment.start()) : comment.start()].strip()

    def drop_comment(self, comment: re.Match[str]) -> None:
        """Leave out a comment, and its line if there is nothing else on it."""
        line = self._line(comment.start())
        if not self.is_alone(comment):
            self.drop(len(self.text[: comment.start()].rstrip(" ")), comment.end())
            return
        ends = self._next_line(comment.end())
        begins_something = re.search(r"(^|\n|:) *\r?\n$", self.text[:line])
        self.drop(line, self._behind_blank(ends) if begins_something else ends)

    def applied(self) -> str:
        """The text with all changes."""
        gone = list(_merged(self._gone))
        kept = {
            span: text
            for span, text in self._edits.items()
            if not any(start <= span[0] and span[1] <= end and span != (end, end) for start, end in gone)
        }
        notes = {(at, at): "  # TODO: " + "; ".join(words) for at, words in self._notes.items()}
        changes = sorted([*kept.items(), *notes.items(), *((span, "") for span in gone)])
        parts, at = [], 0
        for (start, end), text in changes:
            parts += [self.text[at:start], text]
            at = max(at, end)
        return "".join([*parts, self.text[at:]])

    def _drop_between_commas(self, span: Span) -> None:
        if behind := re.compile(r"\s*, *").match(self.text, span.end):
            self.drop(span.key_at, behind.end())
        else:
            before = re.search(r"(?:, *)?$", self.text[: span.key_at])
            self.drop(before.start() if before else span.key_at, span.end)

    def _drop_item(self, span: Span) -> None:
        """An item of a list in lines: from its dash, the comment right above it too, to the blank lines behind it."""
        begins = self._line(self.text.rindex("-", 0, span.start))
        while begins and re.match(r" *#", self.text[self._line(begins - 1) : begins]):
            begins = self._line(begins - 1)
        ends = self._next_line(span.end)
        self.drop(begins, self._behind_blank(ends))

    def _line(self, at: int) -> int:
        """Where the line of a character begins."""
        return self.text.rfind("\n", 0, at) + 1

    def _behind_blank(self, at: int) -> int:
        """Behind the blank lines that begin here."""
        blank = re.compile(r"(?:[ ]*\r?\n)*").match(self.text, at)
        return blank.end() if blank else at

    def _indent(self, at: int) -> int:
        line = self.text[self._line(at) :]
        return len(line) - len(line.lstrip(" "))

    def _line_end(self, at: int) -> int:
        """Where the line of a character ends, before its line break."""
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[end - 1 : end + 1] == "\r\n" else end

    def _next_line(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1


def _merged(gone: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same places without overlaps, in order."""
    last: tuple[int, int] | None = None
    for start, end in sorted(gone):
        if last and start <= last[1]:
            last = last[0], max(last[1], end)
            continue
        if last:
            yield last
        last = start, end
    if last:
        yield last

"""What was found out about a recording, in sentences for people, in Ukrainian and English."""

from collections.abc import Iterator, Mapping

from alertsim.recording.recover import Recovered
from alertsim.recording.verify import Verdict

_EN = {
    "damaged": "The file is damaged: {damage}.",
    "whole": "The file is whole: {lines:,} lines, every checksum holds.",
    "head": "The head of the chain over all of them: {head}",
    "published": "Published at the end, over {lines:,} lines: {head}",
    "covered": "The head you gave covers the first {covered:,} of {lines:,} lines: they are as they were then.",
    "after": "The {rest:,} after them are what came last, and are not covered.",
    "edited": "Edited, removed or reordered: no link of the chain has the head you gave.",
    "inconsistent": "Edited, removed or reordered: its lines do not fit the chain.",
    "front": "The first difference is in what the exercise was made from, or in lines 1 to {until:,}.",
    "between": "The first difference is in lines {after:,} to {until:,}, as they were first written.",
    "rewritten": "Its own notes of the chain fit its lines: they were made anew, or the head is of another recording.",
    "broken": "What is damaged cannot be checked further; `recording recover` saves what can be read.",
    "fits": "It agrees with itself. That is no proof, for a chain can be made anew: "
    "compare with the head that subscribers got at the end (--head).",
    "recovered": "{lines:,} lines are in the new recording.",
    "lost": "{lost:,} messages of the file are lost.",
    "uncounted": "How many are missing nobody had counted: the recorder did not come to its end.",
    "complete": "Nothing of it is lost.",
}
_UK = {
    "damaged": "Файл пошкоджено: {damage}.",
    "whole": "Файл цілий: рядків {lines:,}, усі контрольні суми збігаються.",
    "head": "Кінець ланцюга за всіма: {head}",
    "published": "Оголошено наприкінці, рядків {lines:,}: {head}",
    "covered": "Поданий кінець ланцюга охоплює перші {covered:,} з {lines:,} рядків: вони такі, як були тоді.",
    "after": "Останні {rest:,} після них ланцюг не охоплює.",
    "edited": "Змінено, вилучено або переставлено: жодна ланка не має поданого кінця.",
    "inconsistent": "Змінено, вилучено або переставлено: рядки не відповідають ланцюгу.",
    "front": "Перша відмінність у тому, з чого зроблено навчання, або в рядках 1–{until:,}.",
    "between": "Перша відмінність у рядках {after:,}–{until:,}, як їх було записано спершу.",
    "rewritten": "Власні позначки ланцюга збігаються з рядками: їх зроблено наново, або кінець з іншого запису.",
    "broken": "Пошкоджене далі не перевірити; `recording recover` рятує те, що читається.",
    "fits": "Запис узгоджений сам із собою. Це нічого не доводить проти того, хто зробив ланцюг наново: порівняйте з "
    "кінцем, який отримали підписники (--head).",
    "recovered": "У новому записі рядків: {lines:,}.",
    "lost": "Повідомлень файлу втрачено: {lost:,}.",
    "uncounted": "Скільки бракує, ніхто не порахував: запис не дійшов свого кінця.",
    "complete": "Нічого не втрачено.",
}
_WORDS: Mapping[str, Mapping[str, str]] = {"en": _EN, "uk": _UK}


def verified(verdict: Verdict, language: str) -> Iterator[str]:
    """Whole or not, the heads, and what that means."""
    words, lines = _WORDS[language], verdict.seal.lines
    yield words["damaged"].format(damage=verdict.damage) if verdict.damage else words["whole"].format(lines=lines)
    yield words["head"].format(head=verdict.seal.head)
    if verdict.published:
        yield words["published"].format(lines=verdict.published.lines, head=verdict.published.head)
    if verdict.covered is not None:
        yield words["covered"].format(covered=verdict.covered, lines=lines)
        if verdict.covered < lines:
            yield words["after"].format(rest=lines - verdict.covered)
    else:
        yield from _uncovered(verdict, words)


def _uncovered(verdict: Verdict, words: Mapping[str, str]) -> Iterator[str]:
    if verdict.damage:
        yield words["broken"]
    elif verdict.head or verdict.differs:
        yield words["edited"] if verdict.head else words["inconsistent"]
    if verdict.differs:
        after, until = verdict.differs
        yield words["between" if after else "front"].format(after=after, until=until)
    elif not verdict.damage:
        yield words["rewritten" if verdict.head else "fits"]


def recovered(made: Recovered, language: str) -> Iterator[str]:
    """How much there is, and how much is not."""
    words = _WORDS[language]
    yield words["recovered"].format(lines=made.lines)
    if made.damage:
        yield words["damaged"].format(damage=made.damage)
    if made.lost is None:
        yield words["uncounted"]
    else:
        yield words["lost"].format(lost=made.lost) if made.lost else words["complete"]

"""The words worth recognising in a text, and how letters that were spaced out or glued together fall into them."""

from collections.abc import Iterable, Sequence


class Lexicon:
    """Plain words; the `telling` ones are worth finding even where they are glued to others or broken in two."""

    def __init__(self, words: Iterable[str], telling: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._beginnings = frozenset(word[:length] for word in self._words for length in range(1, len(word) + 1))
        self._longest = max(map(len, self._words))
        self.telling = frozenset(telling)

    def __contains__(self, letters: str) -> bool:
        return letters in self._words

    def divided(self, letters: str, unknown: int) -> list[str]:
        """The words that `letters` fall into at the least cost: 1 for a word, `unknown` for a letter outside words.

        With `unknown` 0 no letter may be left out, and the list is empty where that cannot be.
        """
        never = len(letters) * (1 + unknown) + 1
        cost, begin = [0] + [never] * len(letters), [0] * (len(letters) + 1)
        for start in range(len(letters)):
            spent = cost[start] + 1
            if spent > never:
                continue
            if unknown and spent + unknown <= cost[start + 1]:
                cost[start + 1], begin[start + 1] = spent + unknown - 1, start
            for end in range(start + 1, min(start + self._longest, len(letters)) + 1):
                if letters[start:end] not in self._beginnings:
                    break
                if spent < cost[end] and letters[start:end] in self._words:
                    cost[end], begin[end] = spent, start
        return _walked_back(letters, begin) if cost[-1] < never else []


def _walked_back(letters: str, begin: Sequence[int]) -> list[str]:
    """The words in order, from where each of them begins."""
    divided, end = [], len(letters)
    while end:
        divided.append(letters[begin[end] : end])
        end = begin[end]
    return divided[::-1]

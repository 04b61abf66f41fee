"""Ukrainian in Latin letters, so that places without an official English name can be read and typed.

The rule is the table of the Cabinet of Ministers of Ukraine, resolution No. 55 of 27 January 2010.
"""

import re
import unicodedata

APOSTROPHES = "'’ʼ‘`´′"
"""What people and sources write for the Ukrainian apostrophe."""

_ONE = dict(zip("абвгґдезиіклмнопрстуф", "abvhgdezyiklmnoprstuf", strict=True))
_SEVERAL = {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": ""}
_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_INSIDE = {"є": "ie", "ї": "i", "й": "i", "ю": "iu", "я": "ia"}


def _with_capitals(table: dict[str, str]) -> dict[str, str]:
    """The table and its capitals, each of which makes one Latin capital."""
    return table | {letter.upper(): latin.capitalize() for letter, latin in table.items()}


_AT_THE_START = _with_capitals(_FIRST)
_ELSEWHERE = str.maketrans(_with_capitals(_ONE | _SEVERAL | _INSIDE) | dict.fromkeys(APOSTROPHES, ""))
_WORD = re.compile(f"[{''.join(map(chr, _ELSEWHERE))}]+")
_H_AFTER_Z = re.compile("(?<=[зЗ])[гГ]")


def romanise(text: str) -> str:
    """`text` with every Ukrainian word in Latin letters: `Згурівка` is `Zghurivka`, `Юр’ївка` is `Yurivka`.

    Є, ї, й, ю and я have a form of their own at the start of a word, also after a hyphen; `зг` becomes `zgh`, for
    `zh` is `ж`; soft signs and apostrophes are dropped. A capital gives one capital (`Щ` is `Shch`), but a word in
    capitals stays one (`ЩАСТЯ` is `SHCHASTIA`). Other characters stay as they are.
    """
    return _WORD.sub(_romanised, unicodedata.normalize("NFC", text))


def _romanised(found: re.Match[str]) -> str:
    """One word, without spaces or hyphens."""
    word = found[0].strip(APOSTROPHES)
    start = _AT_THE_START.get(word[:1], word[:1])
    latin = start + _H_AFTER_Z.sub(lambda h: "gh" if h[0] == "г" else "Gh", word)[1:]
    latin = latin.translate(_ELSEWHERE)
    return latin.upper() if word.isupper() and len(word) > 1 else latin

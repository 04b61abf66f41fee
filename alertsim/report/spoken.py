"""How a report says a length of time, in Ukrainian and English."""

from typing import Literal

Language = Literal["uk", "en"]


def span(milliseconds: int, language: Language) -> str:
    """38 ms, 33 s, 2 min 5 s, 1 h 30 min; tenths below ten seconds."""
    hour, minute, second = ("год", "хв", "с") if language == "uk" else ("h", "min", "s")
    seconds = abs(milliseconds) / 1000
    if 0 < seconds < 0.1:
        return f"{abs(milliseconds)} {'мс' if language == 'uk' else 'ms'}"
    if seconds < 10 and seconds % 1:
        return f"{seconds:.1f} {second}".replace(".", "," if language == "uk" else ".")
    whole = round(seconds)
    parts = [(whole // 3600, hour), (whole // 60 % 60, minute), (whole % 60, second)]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or f"0 {second}"

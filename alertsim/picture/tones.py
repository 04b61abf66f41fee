"""What each part of the picture stands for, as renderers colour it: alarm red is for alerts alone."""

from collections.abc import Mapping
from typing import Literal

from alertsim.picture.model import BarKind, Sign

Tone = Literal[
    "", "banner", "strong", "faint", "chapter", "alert", "quiet", "unwarned", "strike", "hit", "report", "inject",
    "news", "network", "down", "alert-text",
]  # fmt: skip

BARS: Mapping[BarKind, Tone] = {
    BarKind.ALERT: "alert",
    BarKind.PRE_ALERT: "quiet",
    BarKind.STANDING: "quiet",
    BarKind.UNWARNED: "unwarned",
    BarKind.SALVO: "strike",
    BarKind.ROAMING: "network",
    BarKind.SILENT: "down",
    BarKind.FAULT: "down",
}
SIGNS: Mapping[Sign, Tone] = {
    Sign.LAUNCHED: "faint",
    Sign.DETECTED: "faint",
    Sign.INTERCEPTED: "strike",
    Sign.IMPACTED: "hit",
    Sign.ANNOUNCED: "quiet",
    Sign.RAISED: "alert",
    Sign.UPDATED: "alert",
    Sign.CLEARED: "alert",
    Sign.REPORTED: "report",
    Sign.INJECTED: "inject",
    Sign.NEWS: "news",
    Sign.CHANGED: "network",
    Sign.BROKER: "down",
}

"""The checker of marks checks: each layer that is taken away is missed."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.e2e import marks

ROOT = "exercise/night-1"
EVENT = {
    "intended_us": 1_795_353_551_975_089,
    "status": "Exercise",
    "exercise": "night-1",
    "v": 1,
    "event": "alert-kyiv:raised",
    "seq": 7,
    "kind": "alert.raised",
    "at": "2023-12-13T03:00:13+02:00",
    "area": "UA-30",
}
DRILL = {"uk": "НАВЧАЛЬНА ТРИВОГА. {} НАВЧАЛЬНА ТРИВОГА", "en": "EXERCISE. {} EXERCISE"}
OTHER = {"uk": "УМОВНО, НАВЧАННЯ ЦЗ. {} УМОВНО", "en": "EXERCISE. {} EXERCISE"}
CALM = {"uk": f"Усе. {marks.NOT_ALL_CLEAR['uk']}", "en": f"All. {marks.NOT_ALL_CLEAR['en']}"}
PROPERTIES = {"status": "Exercise", "exercise": "night-1", "contact": "Exercise control"}


def framed(frame: dict[str, str], text: dict[str, str] | str) -> dict[str, str]:
    return {lang: frame[lang].format(text if isinstance(text, str) else text[lang]) for lang in frame}


def line(
    body: dict[str, Any] | bytes,
    below: str = "public/alert/UA-30",
    *,
    root: str = ROOT,
    retain: int = 1,
    properties: object = PROPERTIES,
    expiry: int | None = 180,
) -> str:
    """A line as mosquitto_sub writes it."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    about = {"user-properties": properties} | ({"message-expiry-interval": expiry} if expiry else {})
    told = {"topic": f"{root}/{below}", "qos": 1, "retain": retain, "properties": about, "payload": None}
    return f"{raw.hex()} {json.dumps(told, ensure_ascii=False)}\n"


def raised(**other: object) -> dict[str, Any]:
    return {**EVENT, "headline": framed(DRILL, "Kyiv"), **other}


def cleared(**other: object) -> dict[str, Any]:
    later = {"event": "alert-kyiv:cleared", "seq": 9, "kind": "alert.cleared", "headline": framed(DRILL, CALM)}
    return {**EVENT, **later, **other}


def state(said: str, **other: object) -> dict[str, Any]:
    text = framed(OTHER, CALM if said in {"ended", "terminated"} else "Go.")
    changed = {"event": f"live:{said}", "kind": "exercise.state_changed", "state": said, "headline": text}
    return {**EVENT, **changed, **other}


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def ack(**other: object) -> dict[str, Any]:
    about = {"status": "Exercise", "exercise": "night-1", "v": 1, "event": "alert-kyiv:raised", "seq": 7}
    return {"at_us": 1_795_353_551_975_089, **about, "what": "received", **other}


def clear(below: str = "public/alert/UA-30", **other: Any) -> str:
    return line(b"", below, expiry=None, **other)


WELL = [
    line(state("running", seq=0), "public/state"),
    line(raised()),
    line(raised()),
    line(ack(), "ack/phone-1", retain=0),
    line(cleared()),
    clear(),
    line(state("terminated", seq=2**53 - 1), "public/state"),
    line(state("running", seq=0), "public/state"),
    line(state("ended", seq=10), "public/state"),
    clear("public/state"),
]


def bent(lang: str, *parts: str) -> dict[str, Any]:
    return raised(headline=framed(DRILL, "Kyiv") | {lang: "".join(parts)})


FORGED = {
    "topic": [line(raised(), root="alerts/night-1")],
    "topic of a load test": [line(raised(), root="test/night-1")],
    "branch": [line(raised(), "alert/UA-30")],
    "no properties": [line(raised(), properties={})],
    "property status": [line(raised(), properties=PROPERTIES | {"status": "Test"})],
    "property exercise": [line(raised(), properties=PROPERTIES | {"exercise": "night-2"})],
    "property contact": [line(raised(), properties=without(PROPERTIES, "contact"))],
    "property twice": [line(raised()).replace('"contact"', '"status": "Exercise", "contact"')],
    "no JSON": [line(b"alarm")],
    "no line of %J": ["616c61726d \n"],
    "no object": [line(b"[1]")],
    "no UTF-8": [line(b'{"a":"\xff"}')],
    "short intended_us": [line(raised(intended_us=179_535_355_197_508))],
    "long intended_us": [line(raised(intended_us=17_953_535_519_750_890))],
    "intended_us later": [line({"v": 1, **raised()})],
    "spaces first": [line(b" " + json.dumps(raised()).encode())],
    **{f"no {name}": [line(without(raised(), name))] for name in EVENT if name != "area"},
    "order": [line({**without(raised(), "kind", "at"), "at": EVENT["at"], "kind": EVENT["kind"]})],
    "status": [line(raised(status="Test"))],
    "status inside": [line(raised(cause=[{"status": "Test"}]))],
    "field twice": [line(json.dumps(raised(), separators=(",", ":")).encode().replace(b'"v":1', b'"v":1,"v":1'))],
    "exercise": [line(raised(exercise="night-2"))],
    "v": [line(raised(v=2))],
    "event": [line(raised(event=""))],
    "seq as text": [line(raised(seq="7"))],
    "seq below 0": [line(raised(seq=-1))],
    "kind": [line(raised(kind="Alert", headline=framed(OTHER, "Kyiv")))],
    "at without offset": [line(raised(at="2023-12-13T03:00:13Z"))],
    "word": [line(raised(note="Actual"))],
    "word escaped": [line(json.dumps(raised(note="?"), separators=(",", ":")).encode().replace(b"?", b"\\u0041ctual"))],
    "word in a property": [line(raised(), properties=PROPERTIES | {"note": "Actual"})],
    "no headline": [line(without(raised(), "headline"))],
    "headline of one language": [line(raised(headline=without(framed(DRILL, "Kyiv"), "uk")))],
    "headline that is one text": [line(raised(headline=DRILL["en"].format("Kyiv")))],
    **{f"prefix {lang}": [line(bent(lang, "Kyiv under alert.", marks.FRAMES["alert"][lang][1]))] for lang in DRILL},
    **{f"suffix {lang}": [line(bent(lang, marks.FRAMES["alert"][lang][0], "Kyiv under alert."))] for lang in DRILL},
    "frame of another kind": [line(raised(headline=framed(OTHER, "Kyiv")))],
    "drill's frame on news": [
        line(raised(kind="news.published", headline=framed(DRILL, "x")), "public/news", retain=0)
    ],
    **{f"long {lang}": [line(bent(lang, DRILL[lang].format("Kyiv" * 40)))] for lang in DRILL},
    **{f"all-clear {lang}": [line(cleared(headline=framed(DRILL, CALM | {lang: "All clear."})))] for lang in DRILL},
    "all-clear cancelled": [line(cleared(kind="alert.cancelled", headline=framed(DRILL, "Done.")))],
    "all-clear ended": [line(state("ended", headline=framed(OTHER, "Done.")), "public/state")],
    "all-clear terminated": [line(state("terminated", headline=framed(OTHER, "Done.")), "public/state")],
    "no lease": [line(raised(), expiry=None)],
    "long lease": [line(raised(), expiry=181)],
    "clear without properties": [line(cleared()), clear(properties={})],
    "clear out of nothing": [clear()],
    "clear of an open alert": [line(raised()), clear()],
    "clear after the will": [line(state("terminated", seq=2**53 - 1), "public/state"), clear("public/state")],
    "clear of what is no state": [line(state("ended"), "public/news", retain=0), clear("public/news", retain=0)],
    "retained news": [line(state("ended"), "public/news")],
    "clear twice": [line(cleared()), clear(), clear()],
    "older": [line(cleared()), line(raised())],
    "same number": [line(raised()), line(raised(event="alert-kyiv:updated"))],
    "older after a clear": [line(cleared()), clear(), line(raised())],
    "ack first fields": [line({"v": 1, **ack()}, "ack/phone-1", retain=0)],
    "ack status": [line(ack(status="Test"), "ack/phone-1", retain=0)],
    "ack without what": [line(without(ack(), "what"), "ack/phone-1", retain=0)],
}


def test_a_well_marked_exercise_passes() -> None:
    """Events, duplicates, acknowledgements, a will and clears with every layer are no offence."""
    assert marks.offence(WELL) == (len(WELL), "")


@pytest.mark.parametrize("name", FORGED)
def test_a_forgery_is_caught(name: str) -> None:
    """A message that lacks one layer is named, and it is that message."""
    forged = FORGED[name]
    count, found = marks.offence([*forged, line(state("running", seq=0), "public/state")])
    assert (count, found.splitlines()[-1]) == (len(forged), forged[-1].rstrip())


@pytest.mark.parametrize(("lines", "code"), [(WELL, 0), ([*WELL, *FORGED["status"]], 1)])
def test_the_script_says_it(lines: list[str], code: int) -> None:
    """As a script it exits 1 with the offending line, 0 with a count, though nothing but Python can be imported."""
    told = subprocess.run(
        [sys.executable, "-IS", str(marks.__file__)], input="".join(lines), capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (code, "")
    assert lines[-1] in told.stdout if code else told.stdout.startswith(f"{len(WELL)} messages")

"""The chain over a recording: every edit is found, and where; what is recovered is what could be read."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.errors import InputError, RecordingError
from alertsim.events import ExerciseState, ExerciseStateChanged, Seal
from alertsim.observations import BrokerLost, Played
from alertsim.recording import Recorded, Recorder, Recording, read
from alertsim.recording.chain import EVERY
from alertsim.recording.recover import recover
from alertsim.recording.said import recovered, verified
from alertsim.recording.verify import Verdict, verify
from alertsim.times import Millis
from alertsim.wire import Mark, mark
from tests.recordings import ATTACHMENTS, METADATA, Sent, recorder, says, schema_of

SAID = 4 * EVERY + 7
BY = Mark("night-1", "the duty officer")


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording whose last message but one says how it stood before."""
    path = tmp_path_factory.mktemp("chain") / "run.mcap"
    with recorder(path) as made:
        for n in range(SAID):
            times = {"due_us": 1_700_000_000_000_000 + n, "actual_us": 1_700_000_000_000_900 + n, "seq": n}
            match n % 3:
                case 0:
                    made.message("public/news", Sent(says("news.published", n=n)), kind="news.published", **times)
                case 1:
                    made.observe(BrokerLost(reason=f"cable {n}"), actual_us=times["actual_us"], seq=n)
                case _:
                    made.message("public/alert/UA-30", Sent(b"", expiry_s=n), kind="alert.cleared", **times)
        event = ExerciseStateChanged(
            event="e", at=Millis(0), entry="live", state=ExerciseState.ENDED, chain=made.chain.seal
        )
        last = mark(Played(SAID, 10**15, 10**15, event), BY)
        made.message("public/state", last, kind=event.kind, due_us=10**15, actual_us=10**15, seq=SAID)
        made.observe(BrokerLost(reason="after the end"), actual_us=10**15, seq=SAID)
        made.finish({"summary": "{}"})
    return path


def published(path: Path) -> Seal:
    """What subscribers got."""
    found = verified_of(path).published
    assert found is not None
    return found


def verified_of(path: Path, head: str | None = None) -> Verdict:
    recording = read(path)
    return verify(recording, recording, head)


def rewritten(
    path: Path,
    lines: Iterable[Recorded],
    metadata: Mapping[str, str],
    attachments: Mapping[str, bytes],
    like: Recording,
) -> Path:
    """What somebody makes who edits lines, keeps the notes of the chain as they were, and mends every checksum."""
    seals = {seal.lines: seal for seal in like.seals}
    with Recorder(path, schema_of=schema_of) as made:
        made.start(metadata, attachments)
        adding = made._add_model

        def faking(topic: str, model: Any, stamp: Any) -> None:
            adding(topic, seals.get(model.lines, model) if isinstance(model, Seal) else model, stamp)

        made._add_model = faking  # type: ignore[method-assign]  # a forger has every means
        for line in lines:
            made.copy(line)
        made.finish({"summary": "{}"})
    return path


def test_a_recording_as_it_was_is_covered_to_its_end(ended: Path) -> None:
    """The head subscribers got covers all lines before it; that of the whole covers all; another one none."""
    seal = published(ended)
    verdict = verified_of(ended, seal.head)
    assert (verdict.covered, verdict.good, verdict.differs, verdict.damage) == (SAID, True, None, None)
    assert seal.lines == SAID
    assert verified_of(ended, verdict.seal.head).covered == SAID + 2
    other = verified_of(ended, "0" * 64)
    assert (other.covered, other.good, other.differs) == (None, False, None)
    assert verified_of(ended).good


EDITS: dict[str, Any] = {
    "data": lambda line: line.data.replace(b"n", b"m", 1) if line.data else line.data,
    "due_us": lambda line: line.due_us + 1,
    "actual_us": lambda line: line.actual_us + 1,
    "seq": lambda line: line.seq + 1,
}


@given(st.data())
def test_each_edit_is_found_and_placed(
    ended: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A line changed, removed, doubled or swapped, and every checksum mended: no head fits, and the place holds it."""
    recording = read(ended)
    lines = list(recording)
    at = data.draw(st.integers(0, SAID - 2), label="at")  # what is doubled must be followed by what is covered
    act = data.draw(st.sampled_from(["remove", "double", "swap", "retain", "reason", *EDITS]), label="act")
    edited = edit(lines, at, act)
    path = rewritten(tmp_path_factory.mktemp("edit") / "a.mcap", edited, METADATA, ATTACHMENTS, recording)
    verdict = verified_of(path, published(ended).head)
    if edited == lines:
        assert verdict.good
        return
    assert (verdict.covered, verdict.good, verdict.damage) == (None, False, None)
    assert verdict.differs is not None
    first, last = verdict.differs
    assert first <= at + 2 and at + 1 <= last
    assert last - first <= EVERY
    assert any("first difference" in sentence for sentence in verified(verdict, "en"))


def edit(lines: Sequence[Recorded], at: int, act: str) -> list[Recorded]:
    """The lines with one thing done to that at `at`."""
    line, rest = lines[at], list(lines[at + 1 :])
    before = list(lines[:at])
    match act:
        case "remove":
            return [*before, *rest]
        case "double":
            return [*before, line, line, *rest]
        case "swap":
            return [*before, rest[0], line, *rest[1:]]
        case "retain" if line.delivery:
            changed = replace(line, delivery=line.delivery.model_copy(update={"retain": not line.delivery.retain}))
        case "reason" if isinstance(line.of, BrokerLost):
            changed = replace(line, of=BrokerLost(reason="x"), data=b'{"kind":"broker.lost","reason":"x"}')
        case "data" | "due_us" | "actual_us" | "seq" if line.delivery or act in {"actual_us", "seq"}:
            changed = replace(line, **{act: EDITS[act](line)})
        case _:
            changed = line
    return [*before, changed, *rest]


@pytest.mark.parametrize(
    ("metadata", "attachments"),
    [(METADATA | {"seed": "2"}, ATTACHMENTS), (METADATA, ATTACHMENTS | {"scenario.yaml": b"alertsim: 2\n"})],
    ids=["metadata", "attachment"],
)
def test_what_it_was_made_from_is_covered_too(
    ended: Path, tmp_path: Path, metadata: dict[str, str], attachments: dict[str, bytes]
) -> None:
    """Another seed, another scenario: the difference is before the first line."""
    recording = read(ended)
    path = rewritten(tmp_path / "a.mcap", recording, metadata, attachments, recording)
    verdict = verified_of(path, published(ended).head)
    assert (verdict.covered, verdict.differs) == (None, (0, EVERY))


def test_a_chain_made_anew_agrees_with_itself_and_not_with_its_anchor(ended: Path, tmp_path: Path) -> None:
    """Without the head from elsewhere nothing would be noticed: that is said; with it, it is found."""
    recording = read(ended)
    edited = [replace(line, actual_us=line.actual_us + 1) for line in recording if "chain" not in (line.of or {})]
    with recorder(tmp_path / "a.mcap") as made:
        for line in edited:
            made.copy(line)
        made.finish()
    alone, held = verified_of(tmp_path / "a.mcap"), verified_of(tmp_path / "a.mcap", published(ended).head)
    assert alone.good
    assert "no proof" in " ".join(verified(alone, "en"))
    assert not held.good
    assert "made anew" in " ".join(verified(held, "en"))


def test_what_is_copied_has_the_same_chain(ended: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recovering a whole recording changes no line, no byte of one, and no link."""
    monkeypatch.setattr("alertsim.recording.recover._FLUSH", 10)
    damaged = read(ended)
    made = recover(damaged, damaged, tmp_path / "a.mcap", schema_of=schema_of)
    assert (made.lines, made.lost, made.damage) == (SAID + 2, 0, None)
    again = read(tmp_path / "a.mcap")
    assert list(again) == list(damaged)
    assert (again.metadata, again.attachments, again.summary) == (METADATA, ATTACHMENTS, {"summary": "{}"})
    assert verified_of(again.path).seal == verified_of(ended).seal
    assert list(recovered(made, "en")) == [f"{SAID + 2} lines are in the new recording.", "Nothing of it is lost."]


@given(st.data())
def test_what_is_recovered_is_whole_and_what_is_lost_is_counted(
    ended: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Any piece overwritten: what can be read is in the new file, which is whole; read and lost are all there were."""
    good, folder = ended.read_bytes(), tmp_path_factory.mktemp("recover")
    start = data.draw(st.integers(0, len(good) - 1))
    put = data.draw(st.binary(min_size=1, max_size=300))
    path = folder / "bad.mcap"
    path.write_bytes((good[:start] + put + good[start + len(put) :])[: data.draw(st.integers(start, len(good)))])
    try:
        damaged = read(path)
        made = recover(damaged, damaged, folder / "new.mcap", schema_of=schema_of)
    except (RecordingError, InputError):
        assert not (folder / "new.mcap").exists()
        return
    again = read(folder / "new.mcap")
    assert list(again) == list(damaged)
    assert again.damage is None
    assert made.lines == len(list(damaged))
    if made.lost is not None:
        assert (made.lost == 0) == (made.lines == SAID + 2)
    assert list(recovered(made, "uk"))


def test_nothing_is_recovered_over_something(ended: Path, tmp_path: Path) -> None:
    """A file that exists stays; of a file that holds nothing of ours nothing is made."""
    mine = tmp_path / "mine.mcap"
    mine.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        recover(read(ended), [], mine, schema_of=schema_of)
    assert mine.read_text() == "mine"


def test_a_published_chain_that_is_none_says_nothing(tmp_path: Path) -> None:
    """A stranger's word for the end is no anchor, and no error."""
    with recorder(tmp_path / "a.mcap") as made:
        for chain in ("x", {"lines": -1, "head": ""}, None):
            sent = Sent(json.dumps({"state": "ended", "chain": chain}).encode())
            made.message("public/state", sent, kind="", due_us=0, actual_us=0, seq=0)
        made.finish()
    assert verified_of(tmp_path / "a.mcap").published is None


def test_a_recovery_that_fails_leaves_nothing(ended: Path, tmp_path: Path) -> None:
    """The disk is full half-way: one error, and no half a file that looks whole."""

    def half() -> Iterator[Recorded]:
        yield next(iter(read(ended)))
        raise RecordingError("cannot write the recording: No space left on device")

    with pytest.raises(RecordingError, match="No space left"):
        recover(read(ended), half(), tmp_path / "new.mcap", schema_of=schema_of)
    assert not (tmp_path / "new.mcap").exists()


SEAL = Seal(lines=300, head="a" * 64)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict("at byte 9: torn", SEAL, None, "b" * 64, None, (0, 50)), ["damaged: at byte 9", "recover", "1 to 50"]),
        (Verdict(None, SEAL, None, None, None, (51, 100)), ["do not fit the chain", "51 to 100"]),
        (Verdict(None, SEAL, None, "b" * 64, None, None), ["no link of the chain", "made anew"]),
        (Verdict(None, SEAL, SEAL, "a" * 64, 300, None), ["whole: 300 lines", "Published", "first 300 of 300"]),
        (Verdict(None, SEAL, None, "c" * 64, 200, None), ["first 200 of 300", "The 100 after"]),
        (Verdict(None, SEAL, None, None, None, None), ["no proof"]),
    ],
)
def test_a_verdict_is_told(verdict: Verdict, words: list[str]) -> None:
    """In both languages as many sentences, and in English these words."""
    told = list(verified(verdict, "en"))
    assert all(any(word in sentence for sentence in told) for word in words), told
    assert len(list(verified(verdict, "uk"))) == len(told)
    assert json.loads(json.dumps(verdict.as_json()))["good"] == verdict.good

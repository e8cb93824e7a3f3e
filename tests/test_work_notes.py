"""Notes of long work: seen by nobody while it goes on, and by the next start once it broke off."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_studio.work_notes import LeftNote, WorkNote, left_notes, left_work

_ROOT = Path(__file__).parents[1]
_WORK = (
    "import sys; from pathlib import Path; from cnn_studio.work_notes import WorkNote;"
    "note = WorkNote.begin(Path(sys.argv[1]), {'what': 'tea'});"
    "note.add({'cup': 1}); note.add({'cup': 2});"
    "print('begun', flush=True); sys.stdin.read()"
)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "dataset" / "notes"


def test_a_note_that_is_held_is_nobodys_business_and_one_struck_out_leaves_nothing(
    notes: Path,
) -> None:
    note = WorkNote.begin(notes, {"what": "tea"})
    note.add({"cup": 1})
    assert left_notes(notes) == []
    note.close(struck_out=True)
    assert not notes.exists()
    assert left_notes(notes) == []


def test_a_kill_leaves_the_note_with_all_that_was_done(notes: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WORK, str(notes)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        assert left_notes(notes) == []  # another process is at work on it
        process.kill()
    (left,) = left_notes(notes)
    assert left.values == {"what": "tea"}
    assert left.lines == ({"cup": 1}, {"cup": 2})


def test_one_goes_on_with_it_and_nobody_else(notes: Path) -> None:
    WorkNote.begin(notes, {"what": "tea"}).close(struck_out=False)
    (left,) = left_notes(notes)
    again = WorkNote.take_up(left)
    assert again is not None
    assert WorkNote.take_up(left) is None
    assert left_notes(notes) == []
    again.add({"cup": 3})
    again.close(struck_out=False)
    (left,) = left_notes(notes)
    assert left.lines == ({"cup": 3},)
    left.strike_out()
    assert left_notes(notes) == []
    assert WorkNote.take_up(left) is None


def test_work_goes_without_a_note_where_none_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file where the folder would be")
    note = WorkNote.begin(tmp_path / "notes", {"what": "tea"})
    note.add({"cup": 1})
    note.close(struck_out=True)
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


def test_what_is_not_understood_or_far_too_large_is_passed_over(
    notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cups(note: LeftNote) -> int | None:
        return int(note.values["cups"]) if note.values["what"] == "tea" else None

    for values in (
        {"what": "tea", "cups": 2},
        {"what": "coffee"},
        {"what": "tea", "cups": math.inf},
        {"what": "tea", "cups": []},
        {"what": "tea"},
        {},
    ):
        WorkNote.begin(notes, values).close(struck_out=False)
    (notes / "deep.json").write_text("[" * 9999)
    assert left_work(notes, cups) == [2]
    monkeypatch.setattr("cnn_studio.work_notes._MOST_BYTES", 10)
    assert left_work(notes, cups) == []


def test_lines_that_were_cut_short_and_files_of_others_are_passed_over(notes: Path) -> None:
    note = WorkNote.begin(notes, {"what": "tea"})
    note.add({"cup": 1})
    note.close(struck_out=False)
    (done,) = notes.glob("*.done")
    with done.open("a") as stream:
        stream.write('\n{"cup": 2')  # a power cut
    (left,) = left_notes(notes)
    again = WorkNote.take_up(left)
    assert again is not None
    again.add({"cup": 3})
    again.close(struck_out=False)
    (notes / "other.json").write_text("no note")
    (notes / "list.json").write_text("[]")
    (left,) = left_notes(notes)
    assert left.lines == ({"cup": 1}, {"cup": 3})

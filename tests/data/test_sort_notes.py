"""Answers about photos outlive a crash, and go once they are carried out."""

from __future__ import annotations

import os
from pathlib import Path

from cnn_studio.data.marks import STUDIO_FOLDER
from cnn_studio.data.sort_notes import NOTES_NAME, SortNotes


def test_the_newest_answer_of_each_photo_holds(tmp_path: Path) -> None:
    notes = SortNotes(tmp_path)
    assert notes.decided() == {}
    notes.keep(Path("/photos/a.jpg"), "cap")
    notes.keep(Path("/photos/b.jpg"), "")
    notes.keep(Path("/photos/a.jpg"), "mug")
    assert SortNotes(tmp_path).decided() == {
        Path("/photos/a.jpg"): "mug",
        Path("/photos/b.jpg"): "",
    }


def test_what_is_settled_is_forgotten_and_the_rest_stays(tmp_path: Path) -> None:
    notes = SortNotes(tmp_path)
    for name in "abc":
        notes.keep(Path(f"/photos/{name}.jpg"), "cap")
    notes.settle({Path("/photos/a.jpg"), Path("/photos/c.jpg")})
    assert notes.decided() == {Path("/photos/b.jpg"): "cap"}
    notes.settle({Path("/photos/b.jpg")})
    assert not (tmp_path / STUDIO_FOLDER / NOTES_NAME).exists()
    notes.settle({Path("/photos/b.jpg")})


def test_lines_that_cannot_be_read_cost_only_themselves(tmp_path: Path) -> None:
    notes = SortNotes(tmp_path)
    notes.keep(Path("/photos/a.jpg"), "cap")
    path = tmp_path / STUDIO_FOLDER / NOTES_NAME
    broken = b'{"a": 1}\n[1, 2]\n["only one"]\nnull\n' + b"[" * 9000 + b"\n\xff\xfe\n"
    path.write_bytes(broken + path.read_bytes() + b'["/photos/b.jpg", "ca')
    assert notes.decided() == {Path("/photos/a.jpg"): "cap"}


def test_a_name_that_is_no_utf_8_is_kept(tmp_path: Path) -> None:
    photo = Path(os.fsdecode(b"/photos/\xe9.jpg"))
    SortNotes(tmp_path).keep(photo, "cap")
    assert SortNotes(tmp_path).decided() == {photo: "cap"}

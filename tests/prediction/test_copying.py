"""Copies by class: never over another file, never outside, and every picture is accounted for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cnn_studio.errors import ImageError
from cnn_studio.prediction.batch import FilePrediction
from cnn_studio.prediction.copying import copy_by_class
from tests.prediction.answers import answer


def _file(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_each_picture_goes_to_its_class_and_names_that_are_taken_are_numbered(
    tmp_path: Path,
) -> None:
    one, other = _file(tmp_path / "a" / "x.jpg", b"1"), _file(tmp_path / "b" / "x.jpg", b"2")
    target = tmp_path / "target"
    _file(target / "cap" / "x.jpg", b"was here")
    steps: list[tuple[int, int]] = []
    report = copy_by_class(
        [answer(one), answer(other), answer(one, "shoe", unknown=True)],
        target,
        lambda done, total: steps.append((done, total)),
    )
    assert _tree(target) == {
        "cap/x.jpg": b"was here",
        "cap/x-2.jpg": b"1",
        "cap/x-3.jpg": b"2",
        "unknown/x.jpg": b"1",
    }
    assert [path.name for path in report.copied] == ["x-2.jpg", "x-3.jpg", "x.jpg"]
    assert report.left_out == ()
    assert steps[-1] == (3, 3)
    assert one.read_bytes() == b"1"


def test_what_cannot_be_read_is_left_out_with_its_reason(tmp_path: Path) -> None:
    gone = answer(tmp_path / "gone.jpg")
    bad = answer(tmp_path / "bad.jpg", error="The file is damaged: bad.jpg.")
    report = copy_by_class([gone, bad], tmp_path / "target")
    assert report.copied == ()
    assert [name for name, _reason in report.left_out] == ["gone.jpg", "bad.jpg"]
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("name", ["../outside", "/etc", "a/b", "..", "con", ".", "", "x" * 300])
def test_a_class_of_a_strange_model_never_leads_outside(tmp_path: Path, name: str) -> None:
    source = answer(_file(tmp_path / "x.jpg", b"1"), "cap")
    assert source.prediction is not None
    prediction = replace(source.prediction, classes=(name, "pencil", "shoe"))
    strange: FilePrediction = replace(source, prediction=prediction)
    (copied,) = copy_by_class([strange], tmp_path / "target").copied
    assert copied.parent.parent == tmp_path / "target"
    assert copied.resolve().is_relative_to((tmp_path / "target").resolve())


def test_a_cancel_keeps_what_is_done(tmp_path: Path) -> None:
    source = answer(_file(tmp_path / "x.jpg", b"1"))
    done: list[int] = []
    report = copy_by_class(
        [source] * 5, tmp_path / "target", lambda n, _total: done.append(n), lambda: len(done) > 1
    )
    assert len(report.copied) == 2


def test_a_folder_that_cannot_be_written_to_is_a_sentence(tmp_path: Path) -> None:
    source = answer(_file(tmp_path / "x.jpg", b"1"))
    target = _file(tmp_path / "file", b"no folder")
    with pytest.raises(ImageError, match=r"x\.jpg cannot be copied"):
        copy_by_class([source], target)

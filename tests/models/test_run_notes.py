"""What a person says of a run stands beside it and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.bundle import BUNDLE_FILE, LITE_FILE, write_bundle
from cnn_studio.models.run_notes import MAX_TITLE, NOTES_FILE, RunNotes, read_notes, write_notes
from cnn_studio.models.runs import open_run
from tests.models.small_run import bundle


def test_notes_come_back_and_leave_the_models_contract_alone(tmp_path: Path) -> None:
    write_bundle(tmp_path, bundle())
    (tmp_path / LITE_FILE).write_bytes(b"not opened here")
    contract = (tmp_path / BUNDLE_FILE).read_bytes()
    assert open_run(tmp_path).notes == RunNotes()
    notes = RunNotes("With the new shoes", "Lamp on the left.\nTry 96 px.", starred=True)
    write_notes(tmp_path, notes)
    assert open_run(tmp_path).notes == notes
    assert (tmp_path / BUNDLE_FILE).read_bytes() == contract
    assert {path.name for path in tmp_path.iterdir()} == {BUNDLE_FILE, LITE_FILE, NOTES_FILE}


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', '{"title": "a\\nb"}', "[" * 100_000])
def test_damaged_notes_are_as_good_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / NOTES_FILE).write_text(text)
    assert read_notes(tmp_path) == RunNotes()


def test_what_cannot_be_kept_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="one line of up to 80 letters"):
        RunNotes(title="x" * (MAX_TITLE + 1))
    with pytest.raises(ModelError, match="up to 4,000 letters"):
        RunNotes(note="x" * 4001)
    with pytest.raises(ModelError, match="cannot be written"):
        write_notes(tmp_path / "gone", RunNotes())

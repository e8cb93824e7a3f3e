"""Tables of answers, read back by the readers that others have."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from cnn_studio.errors import ImageError
from cnn_studio.prediction.answer_files import write_answers_as_csv, write_answers_as_json
from tests.prediction.answers import answer

ANSWERS = [
    answer(Path("/data/cap/one.jpg"), "shoe", 0.75, true="cap", score=0.25, unknown=True),
    answer(Path('/data/a, "b".jpg')),
    answer(Path("/data/bad.jpg"), error="The file is empty: bad.jpg."),
    answer(Path("/data/odd\udcff.jpg")),
]


def test_csv_has_a_line_for_each_picture(tmp_path: Path) -> None:
    write_answers_as_csv(tmp_path / "out.csv", ANSWERS, 2)
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        first, second, bad, odd = csv.DictReader(file)
    assert (first["class"], first["probability"], first["unknown"]) == ("shoe", "0.75", "true")
    assert (first["score"], first["true_class"], first["class_2"]) == ("0.25", "cap", "cap")
    assert first["probability_2"] == "0.125"
    assert (second["path"], second["score"]) == ('/data/a, "b".jpg', "")
    assert (bad["class"], bad["error"]) == ("", "The file is empty: bad.jpg.")
    assert odd["path"] == r"/data/odd\xff.jpg"


def test_json_is_a_list_of_what_the_command_prints(tmp_path: Path) -> None:
    write_answers_as_json(tmp_path / "out.json", ANSWERS, 3)
    first, second, bad, odd = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert first["top"][0] == ["shoe", 0.75]
    assert (first["true_class"], first["unknown"], first["score"]) == ("cap", True, 0.25)
    assert "true_class" not in second
    assert (odd["path"], odd["path_quoted"]) == (r"/data/odd\xff.jpg", "/data/odd%FF.jpg")
    assert bad == {"path": "/data/bad.jpg", "error": "The file is empty: bad.jpg."}


def test_a_file_that_cannot_be_written_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="cannot be written"):
        write_answers_as_csv(tmp_path / "nowhere" / "out.csv", ANSWERS, 2)
    assert list(tmp_path.iterdir()) == []

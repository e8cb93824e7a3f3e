"""`cnn-studio export`, as other programs call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnn_studio.cli import main
from cnn_studio.errors import TrainingError
from cnn_studio.exporting.held_out import calibration_images, studio_answers
from cnn_studio.models.description import read_export_description
from tests.exporting.conftest import Trained


def _words(trained: Trained, *words: object) -> list[str]:
    return ["--workspace", str(trained.workspace.root), "export", *map(str, words)]


@pytest.mark.slow
def test_each_format_is_a_line_and_one_that_is_refused_makes_the_code_1(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = _words(trained, trained.run.name, "--format", "onnx", "--format", "tflite")
    in_the_way = tmp_path / f"{trained.run.name}-onnx"
    in_the_way.mkdir()
    assert main([*words, "--out", str(tmp_path), "--json"]) == 1
    refused, lite = map(json.loads, capsys.readouterr().out.splitlines())
    assert (refused["format"], refused["accepted"], refused["path"]) == ("onnx", False, None)
    assert "is in the way" in refused["why"]
    assert lite["accepted"]
    assert lite["agreement"] == 1.0
    assert lite["largest_difference"] <= 1e-4
    assert lite["bytes"] == Path(lite["path"]).stat().st_size
    assert lite["ms_per_image"] > 0
    assert read_export_description(Path(lite["path"])) == trained.run.bundle
    assert Path(lite["labels"]).read_text(encoding="utf-8") == "blue\ngreen\nred\n"
    in_the_way.rmdir()
    assert main([*words, "--out", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "Compared on 150 images of the validation part." in told.out
    assert "labels.txt beside each model names its classes" in told.out
    assert told.err == ""


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("none", "--format", "onnx", "--out", "x"), 1, "There is no run 'none'."),
        (("{run}", "--format", "h5", "--out", "x"), 2, "A format must be one of keras, "),
        (("{run}", "--format", "onnx"), 2, "Missing option '--out'."),
        (
            ("{run}", "--format", "onnx", "--out", "x", "--dataset", "y"),
            1,
            "There is no dataset y.",
        ),
    ],
)
def test_wrong_words_are_one_sentence(
    trained: Trained,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    filled = [word.format(run=trained.run.name) for word in words]
    assert main(_words(trained, *filled)) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert sentence in told.err
    assert not Path("x").exists()


def test_one_that_is_stopped_says_so_and_not_that_no_image_can_be_read(trained: Trained) -> None:
    looks = iter([False] * 3)
    for ended in (lambda: True, lambda: next(looks, True)):
        for read in (studio_answers, calibration_images):
            with pytest.raises(TrainingError, match=r"^The export was ended\."):
                read(trained.run, trained.dataset, ended)

"""Model files of others on the command line: what a pixel is for them is decided, said and kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli, write_picture

RGB = {"red": (220, 30, 30), "green": (30, 220, 30), "blue": (30, 30, 220)}


@pytest.fixture
def silent(models: Path, tmp_path: Path) -> Path:
    """A network whose file does not say what a pixel is."""
    (tmp_path / "model").mkdir()
    shutil.copy(models / "silent.tflite", tmp_path / "model" / "fruit.tflite")
    (tmp_path / "model" / "fruit_names.txt").write_text("red\ngreen\nblue\n")
    return tmp_path / "model" / "fruit.tflite"


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Class folders with one image each."""
    for name, colour in RGB.items():
        write_picture(tmp_path / "photos" / name / "1.jpg", colour)
    return tmp_path / "photos"


def test_in_doubt_every_command_names_the_option_that_decides(
    cli: Cli, silent: Path, dataset: Path, models: Path, workspace: Workspace
) -> None:
    shutil.copytree(models / "colours", workspace.runs / "colours")
    for words in (
        ("predict", silent, dataset),
        ("evaluate", silent, dataset),
        ("compare", "colours", silent, dataset),
    ):
        answer = cli(*words)
        assert answer.code == 1
        assert "--pixels 0..1|-1..1|0..255|imagenet" in answer.sentence
        assert answer.sentence.startswith("fruit.tflite does not say what a pixel is")


def test_what_is_decided_is_kept_said_and_can_be_changed(
    cli: Cli, silent: Path, dataset: Path
) -> None:
    answer = cli("predict", silent, dataset, "--pixels", "-1..1")
    assert answer.code == 0
    assert "fruit: Pixels: -1..1, because you have decided it." in answer.out
    assert "fruit: Class names: fruit_names.txt." in answer.out
    answer = cli("predict", silent, dataset, "--json")
    assert [line["class"] for line in answer.lines] == ["blue", "green", "red"]
    assert "Pixels: -1..1" in answer.err
    (line,) = cli("evaluate", silent, dataset, "--json").lines
    assert (line["pixels"], line["accuracy"]) == ("-1..1", 1.0)
    answer = cli("evaluate", silent, dataset, "--pixels", "0..1-bgr", "--json")
    (line,) = answer.lines  # red and blue are exchanged
    assert line["pixels"] == "0..1-bgr"
    assert line["accuracy"] == pytest.approx(1 / 3)
    (line,) = cli("evaluate", silent, dataset, "--json").lines
    assert line["pixels"] == "0..1-bgr"


def test_two_files_are_compared_each_with_its_own_pixels(
    cli: Cli, silent: Path, dataset: Path, models: Path, workspace: Workspace
) -> None:
    shutil.copytree(models / "colours", workspace.runs / "colours")
    (line,) = cli("compare", "colours", silent, dataset, "--pixels", "0..1", "--json").lines
    assert (line["first"]["pixels"], line["second"]["pixels"]) == ("0..255", "0..1")
    both = ("compare", silent, models / "teachable-quantised.zip", dataset)
    (line,) = cli(*both, "--pixels", "caffe,", "--json").lines
    assert line["first"]["pixels"] == "caffe"
    assert line["second"]["pixels"] == "-1..1"


def test_an_option_that_cannot_be_is_refused(
    cli: Cli, silent: Path, dataset: Path, models: Path, workspace: Workspace
) -> None:
    shutil.copytree(models / "colours", workspace.runs / "colours")
    for words, sentence in (
        ((silent, dataset, "--pixels", "0-1"), "Pixels must be one of 0..1, -1..1, 0..255"),
        ((silent, dataset, "--image-size", 4), "The side of the images must be 16 to 512"),
        (
            (silent, dataset, "--pixels", "0..1", "--image-size", 64),
            "fruit takes images of 224 pixels only",
        ),
        (("colours", dataset, "--pixels", "0..1"), "colours is a run of this studio"),
        (
            (models / "colours", dataset, "--pixels", "0..1"),
            "colours states which pixels and which size it takes",
        ),
    ):
        answer = cli("predict", *words)
        assert answer.code == 2
        assert answer.sentence.startswith(sentence)

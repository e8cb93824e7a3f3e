"""`cnn-studio evaluate` and `compare`, with models whose answers are known."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from cnn_studio.models.bundle import RunStatus, read_bundle, write_bundle
from cnn_studio.models.calibration import Calibration
from cnn_studio.models.intervals import wilson
from cnn_studio.models.learned import ImageHashes, hash_of, write_hashes
from cnn_studio.models.runs import LOCK_FILE
from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli, write_picture

RGB = {"red": (220, 30, 30), "green": (30, 220, 30), "blue": (30, 30, 220)}


@pytest.fixture
def run(models: Path, workspace: Workspace) -> Path:
    """The run `colours`: it says which of red, green and blue an image is."""
    return Path(shutil.copytree(models / "colours", workspace.runs / "colours"))


@pytest.fixture
def confused(models: Path, workspace: Workspace) -> Path:
    """The same, but it takes green for blue and blue for green."""
    folder = Path(shutil.copytree(models / "colours", workspace.runs / "confused"))
    write_bundle(folder, replace(read_bundle(folder), classes=("red", "blue", "green")))
    return folder


@pytest.fixture
def exam(tmp_path: Path) -> Path:
    """Four images a colour, of which one red one is kept under green."""
    for name, colour in RGB.items():
        for number in range(4):
            write_picture(tmp_path / "exam" / name / f"{number}.jpg", colour)
    write_picture(tmp_path / "exam" / "green" / "odd.jpg", RGB["red"])
    return tmp_path / "exam"


def test_figures_come_with_their_intervals(cli: Cli, run: Path, exam: Path) -> None:
    (line,) = cli("evaluate", "colours", exam, "--json", "--mistakes", 5).lines
    assert line["accuracy"] == pytest.approx(12 / 13)
    assert line["interval"] == wilson(12, 13).to_list()
    assert 0 <= line["ece"] <= 1
    green = line["per_class"][1]
    assert (green["class"], green["count"], green["recall"]) == ("green", 5, 0.8)
    assert green["recall_interval"] == wilson(4, 5).to_list()
    assert green["f1_interval"][0] < green["f1"] < green["f1_interval"][1]
    (mistake,) = line["mistakes"]
    assert (mistake["path"], mistake["label"], mistake["said"]) == (
        "green/odd.jpg",
        "green",
        "red",
    )
    told = cli("evaluate", "colours", exam, "--mistakes", 5).out
    assert "Expected calibration error" in told
    assert "green/odd.jpg" in told
    assert "80.0 % (38 to 96)" in told


def test_probabilities_are_the_calibrated_ones(cli: Cli, run: Path, exam: Path) -> None:
    photo = exam / "red" / "0.jpg"
    (before,) = cli("predict", "colours", photo, "--json").lines
    softer = Calibration(4.0, ece_before=0.2, ece_after=0.1, count=50)
    write_bundle(run, replace(read_bundle(run), calibration=softer))
    (after,) = cli("predict", "colours", photo, "--json").lines
    assert after["class"] == before["class"]
    assert 1 / 3 < after["probability"] < before["probability"]
    (line,) = cli("evaluate", "colours", exam, "--json", "--mistakes", 1).lines
    assert line["mistakes"][0]["probability"] == pytest.approx(after["probability"], abs=0.02)


def test_the_part_can_be_chosen(cli: Cli, run: Path, workspace: Workspace) -> None:
    for name, colour in RGB.items():
        for number in range(3):
            write_picture(workspace.datasets / "colours" / name / f"{number}.jpg", colour)
    (run / "split.json").write_text(json.dumps({"validation": ["red/1.jpg"]}))
    (line,) = cli("evaluate", "colours", "colours", "--json").lines
    assert (line["part"], line["count"]) == ("validation", 1)
    answer = cli("evaluate", "colours", "colours", "--part", "all", "--json")
    assert (answer.lines[0]["part"], answer.lines[0]["count"]) == ("all", 9)
    assert "optimistic" in answer.err
    assert answer.lines[0]["learned_from"] is None  # nobody wrote down what it was trained on
    assert "no test part" in cli("evaluate", "colours", "colours", "--part", "test").sentence
    (run / "split.json").unlink()
    answer = cli("evaluate", "colours", "colours", "--part", "validation")
    assert "held back" in answer.sentence
    assert cli("evaluate", "colours", "colours", "--mistakes", -1).code == 2


def test_two_models_are_compared_in_words(cli: Cli, run: Path, confused: Path, exam: Path) -> None:
    (line,) = cli("compare", "colours", "confused", exam, "--json").lines
    assert line["count"] == 13
    assert line["first"]["run"] == "colours"
    assert line["first"]["accuracy"] == pytest.approx(12 / 13)
    assert line["second"]["accuracy"] == pytest.approx(4 / 13)
    assert line["second"]["interval"] == wilson(4, 13).to_list()
    assert sorted(line["only_first"]) == sorted(
        f"{name}/{number}.jpg" for name in ("green", "blue") for number in range(4)
    )
    assert line["only_second"] == []
    assert (line["both_right"], line["both_wrong"]) == (4, 1)
    assert line["p_value"] == pytest.approx(2 / 2**8)
    told = cli("compare", "colours", "confused", exam).out
    words = (
        "colours names 8 images rightly that confused gets wrong, and confused names 0 that "
        "colours gets wrong, of 13 shared images: that is more than chance (p = 0.0078), so "
        "colours is better"
    )
    assert words in " ".join(told.split())
    assert "It is not known whether their data are the same." in " ".join(told.split())


def test_a_model_compared_with_itself_does_not_differ(cli: Cli, run: Path, exam: Path) -> None:
    (line,) = cli("compare", run, run, exam, "--json").lines
    assert line["p_value"] == 1
    assert "no difference" in line["in_words"]


def test_models_are_compared_on_what_neither_has_learned_from(
    cli: Cli, run: Path, confused: Path, workspace: Workspace
) -> None:
    write_bundle(confused, replace(read_bundle(confused), dataset="colours"))
    for name, colour in RGB.items():
        for number in range(3):
            write_picture(workspace.datasets / "colours" / name / f"{number}.jpg", colour)
    (run / "split.json").write_text(json.dumps({"validation": ["red/0.jpg", "blue/1.jpg"]}))
    (confused / "split.json").write_text(json.dumps({"validation": ["blue/1.jpg", "red/2.jpg"]}))
    (line,) = cli("compare", "colours", "confused", "colours", "--json").lines
    assert (line["part"], line["count"], line["only_first"]) == ("validation", 1, ["blue/1.jpg"])
    common = line["in_common"]
    assert (common["dataset"], common["images"], common["split"]) == (True, False, False)
    assert "The split differs: 1 of 3 images were held back by both." in common["in_words"]
    (confused / "split.json").write_text(json.dumps({"validation": ["red/2.jpg"]}))
    answer = cli("compare", "colours", "confused", "colours", "--json")
    assert (answer.lines[0]["part"], answer.lines[0]["count"]) == ("all", 9)
    assert "learned from some" in answer.err


def test_few_differing_images_show_nothing(
    cli: Cli, run: Path, confused: Path, tmp_path: Path
) -> None:
    write_picture(tmp_path / "few" / "red" / "1.jpg", RGB["red"])
    write_picture(tmp_path / "few" / "green" / "1.jpg", RGB["green"])
    told = " ".join(cli("compare", run, confused, tmp_path / "few").out.split())
    assert "of 2 shared images: that may be chance (p = 1.00)" in told


def test_a_report_is_written_also_for_a_run_without_kept_answers(
    cli: Cli, run: Path, workspace: Workspace, tmp_path: Path
) -> None:
    answer = cli("report", "colours", tmp_path / "bare.html")
    assert answer.code == 0
    assert "no single images" in answer.err
    for name, colour in RGB.items():
        for number in range(3):
            write_picture(workspace.datasets / "colours" / name / f"{number}.jpg", colour)
    write_picture(workspace.datasets / "colours" / "red" / "odd.jpg", RGB["blue"])
    (run / "split.json").write_text(json.dumps({"validation": ["red/odd.jpg", "blue/1.jpg"]}))
    path = tmp_path / "report.html"
    (line,) = cli("report", "colours", path, "--json").lines
    assert line == {"run": "colours", "report": str(path)}
    text = path.read_text(encoding="utf-8")
    assert "red taken for blue" in text
    assert "data:image/jpeg;base64," in text
    assert str(path) in cli("report", "colours", path).out
    answer = cli("report", "colours", tmp_path / "nowhere" / "report.html")
    assert answer.code == 1


def test_a_class_with_few_images_is_named_beside_the_accuracy(
    cli: Cli, run: Path, tmp_path: Path
) -> None:
    for number in range(12):
        write_picture(tmp_path / "exam" / "red" / f"{number}.jpg", RGB["red"])
    for number in range(2):
        write_picture(tmp_path / "exam" / "green" / f"{number}.jpg", RGB["blue"])
    told = cli("evaluate", "colours", tmp_path / "exam").out.splitlines()
    assert told[0].startswith("Accuracy 85.7 %")
    assert told[1] == "green: 0 of 2 right, too few to tell."
    (line,) = cli("evaluate", "colours", tmp_path / "exam", "--json").lines
    assert line["weak_classes"] == [{"class": "green", "right": 0, "count": 2, "few": True}]
    assert (line["learned_from"], line["without_learned"]) == (0, None)
    told = cli("predict", "colours", tmp_path / "exam").out.splitlines()
    assert told[-1].endswith("after a class. green: 0 of 2 right, too few to tell.")


def test_figures_on_what_was_learned_from_are_counted_and_given_without(
    cli: Cli, run: Path, exam: Path, tmp_path: Path
) -> None:
    known = sorted((exam / "red").iterdir())
    files = np.array([hash_of(path.read_bytes()) for path in known], np.uint64)
    write_hashes(run, {"train": ImageHashes(files, files)})
    answer = cli("evaluate", "colours", exam, "--json")
    (line,) = answer.lines
    assert line["learned_from"] == 5  # the odd one under green is a copy of them
    assert line["without_learned"]["count"] == 8
    assert line["without_learned"]["accuracy"] == 1
    assert line["without_learned"]["interval"] == wilson(8, 8).to_list()
    sentence = (
        "The model has learned from 5 of these 13 images, so the figures are optimistic. Without "
        "them: accuracy 100.0 % (95 % interval 67.6 % to 100.0 %) on 8 images."
    )
    assert sentence in " ".join(answer.err.split())
    told = " ".join(cli("predict", "colours", exam).out.split())
    assert "has learned from 5 of these 13 images, so this is optimistic." in told
    assert "Without them: accuracy 100.0 % (95 % interval 67.6 % to 100.0 %) on 8" in told
    answer = cli("compare", "colours", "colours", exam, "--json")
    (line,) = answer.lines
    assert (line["count"], line["learned_from"]) == (13, 5)
    assert (line["without_learned"]["count"], line["without_learned"]["p_value"]) == (8, 1)
    assert "5 of these 13 images were learned from by one of the models" in answer.err
    assert cli("evaluate", "colours", exam / "..").code == 1
    (line,) = cli("evaluate", "colours", _only(exam, "red", tmp_path), "--json").lines
    assert (line["learned_from"], line["without_learned"]) == (4, None)


def _only(exam: Path, name: str, tmp_path: Path) -> Path:
    shutil.copytree(exam / name, tmp_path / "only" / name)
    return tmp_path / "only"


def test_a_run_in_training_is_listed_as_that_and_not_as_failed(
    cli: Cli, workspace: Workspace
) -> None:
    folder = workspace.runs / "live"
    folder.mkdir(parents=True)
    (folder / LOCK_FILE).touch()
    export = ("export", "live", "--format", "tflite", "--out", workspace.root / "out")
    with FileLock(folder / LOCK_FILE):
        (line,) = cli("runs", "--json").lines
        assert line["status"] == "training"
        assert line["problem"] == "The training of live is running, so it has no model yet."
        assert "is running" in cli("evaluate", "live", "objects").sentence
        assert "is running" in cli("report", "live", workspace.root / "x.html").sentence
        assert "is running" in cli(*export).sentence
    (line,) = cli("runs", "--json").lines
    assert line["status"] == "interrupted"
    for command in (
        ("evaluate", "live", "objects"),
        ("predict", "live", workspace.root),
        ("report", "live", workspace.root / "x.html"),
        export,
    ):
        assert "did not reach its end" in cli(*command).sentence


def test_a_model_that_has_learned_little_is_warned_of(
    cli: Cli, run: Path, exam: Path, tmp_path: Path
) -> None:
    barely = replace(read_bundle(run), status=RunStatus.STOPPED, best_epoch=0)
    write_bundle(run, barely)
    for command in (("evaluate", "colours", exam), ("predict", "colours", exam)):
        told = " ".join(cli(*command, "--json").err.split())
        assert "stopped before its first epoch ended, so the model has learned little" in told
        assert "cnn-studio resume colours" in told
    cli("report", "colours", tmp_path / "report.html")
    assert "so it was not measured" in (tmp_path / "report.html").read_text(encoding="utf-8")

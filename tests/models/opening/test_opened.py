"""Models of other people, opened as runs: real files, real processes, real answers."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import threading
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.bundle import BUNDLE_FILE, KERAS_FILE, LITE_FILE, read_bundle
from cnn_studio.models.opening.opened import find_model, open_model
from cnn_studio.models.opening.pixel_question import Wanted
from cnn_studio.models.opening.trial import Trial, TrialDiedError
from cnn_studio.models.pixel_values import CHOICES
from cnn_studio.paths import Workspace, cache_folder
from cnn_studio.prediction.classifier import Classifier
from tests.models.opening.conftest import says

COLOURS = ("red", "green", "blue")


@pytest.mark.parametrize("name", ["teachable.zip", "teachable-quantised.zip"])
def test_a_zip_of_teachable_machine_classifies(models: Path, trial: Trial, name: str) -> None:
    run = open_model(models / name, trial)
    assert run.bundle is not None
    assert (run.bundle.classes, run.bundle.input.shape) == (COLOURS, (224, 224, 3))
    for colour, pixel in zip(COLOURS, np.eye(3, dtype=int) * 200, strict=True):
        assert says(run, tuple(pixel)) == colour


def test_both_kinds_of_teachable_machine_say_nearly_the_same(models: Path, trial: Trial) -> None:
    picture = np.random.default_rng(3).integers(0, 256, (300, 400, 3), np.uint8)
    exact, rounded = (
        Classifier.open(open_model(models / name, trial).folder).classify(picture).probabilities
        for name in ("teachable.zip", "teachable-quantised.zip")
    )
    assert np.abs(exact - rounded).max() < 0.03


def test_a_bare_file_takes_its_names_from_beside_it(
    models: Path, trial: Trial, tmp_path: Path
) -> None:
    shutil.copy(models / "silent.tflite", tmp_path / "fruit.tflite")
    with pytest.raises(ModelError, match=r"3 classes and no labels\.txt beside it"):
        open_model(tmp_path / "fruit.tflite", trial)
    (tmp_path / "fruit.txt").write_text("apple\npear\n")
    with pytest.raises(ModelError, match="3 classes and 2 names"):
        open_model(tmp_path / "fruit.tflite", trial)
    (tmp_path / "fruit.txt").write_text("apple\npear\nplum\n")
    run = open_model(tmp_path / "fruit.tflite", trial, Wanted(CHOICES["-1..1"]))
    assert (says(run), run.name) == ("pear", "fruit")


def test_a_file_of_an_export_is_described_by_the_studio_json_beside_it(
    models: Path, trial: Trial, tmp_path: Path
) -> None:
    shutil.copy(models / "colours" / LITE_FILE, tmp_path / "small.tflite")
    shutil.copy(models / "colours" / BUNDLE_FILE, tmp_path)
    run = open_model(tmp_path / "small.tflite", trial)
    assert run.bundle == read_bundle(models / "colours")
    assert says(run) == "green"
    shutil.copy(models / "grey" / BUNDLE_FILE, tmp_path)
    with pytest.raises(ModelError, match="do not belong together"):
        open_model(tmp_path / "small.tflite", trial)


def test_what_was_decided_about_a_bare_network_leaves_one_with_a_description_alone(
    models: Path, trial: Trial, tmp_path: Path
) -> None:
    bare, exported = tmp_path / "bare", tmp_path / "exported"
    for folder in (bare, exported):
        folder.mkdir()
        shutil.copy(models / "colours" / LITE_FILE, folder / "small.tflite")
    (bare / "labels.txt").write_text("a\nb\nc\n")
    open_model(bare / "small.tflite", trial, Wanted(CHOICES["0..1"]))
    shutil.copy(models / "colours" / BUNDLE_FILE, exported)
    run = open_model(exported / "small.tflite", trial)
    assert run.bundle == read_bundle(models / "colours")
    for wanted in (Wanted(CHOICES["0..1"]), Wanted(size=32)):
        with pytest.raises(UsageError, match="states which pixels"):
            open_model(exported / "small.tflite", trial, wanted)
    again = open_model(bare / "small.tflite", trial).bundle
    assert again is not None
    assert again.pixel_range == CHOICES["0..1"]


def test_a_keras_file_is_converted_elsewhere(models: Path, trial: Trial) -> None:
    run = open_model(models / "colours" / KERAS_FILE, trial)
    assert [says(run, colour) for colour in ((200, 0, 0), (0, 0, 200))] == ["red", "blue"]
    assert sorted(path.name for path in run.folder.iterdir()) == [LITE_FILE, BUNDLE_FILE]


def test_a_file_is_tried_once(models: Path) -> None:
    run = open_model(models / "teachable.zip")
    with Trial() as unused:
        assert open_model(models / "teachable.zip", unused).folder == run.folder
        assert unused.process_id is None
    (run.folder / LITE_FILE).write_bytes(b"TFL3")  # somebody has been at the cache
    assert says(open_model(models / "teachable.zip")) == "green"


def test_a_run_of_the_workspace_is_found_as_ever(models: Path, workspace: Workspace) -> None:
    folder = shutil.copytree(models / "colours", workspace.runs / "mine")
    for wanted in ("mine", str(folder), str(folder / LITE_FILE)):
        assert find_model(workspace, wanted).folder == folder
    assert find_model(workspace, str(models / "colours")).folder.is_relative_to(cache_folder())
    with pytest.raises(ModelError, match="no run 'yours'"):
        find_model(workspace, "yours")


def test_another_file_in_the_place_of_a_runs_model_is_tried_first(
    models: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(models / "colours", tmp_path / "run"))
    content = bytearray((folder / LITE_FILE).read_bytes())
    content[4:8] = b"TFL9"
    (folder / LITE_FILE).write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.tflite is no LiteRT model"):
        Classifier.open(folder)
    # LiteRT itself would follow this offset out of the file.
    content[4:8] = b"TFL3"
    struct.pack_into("<I", content, 0, len(content) - 4)
    (folder / LITE_FILE).write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.tflite is damaged"):
        Classifier.open(folder)


def test_a_crash_of_the_process_is_a_sentence_and_the_next_file_opens(
    models: Path, trial: Trial
) -> None:
    run = open_model(models / "teachable.zip", trial)
    process_id = trial.process_id
    assert process_id is not None
    os.kill(process_id, signal.SIGSTOP)
    killer = threading.Timer(0.2, os.kill, (process_id, signal.SIGKILL))
    killer.start()
    with pytest.raises(TrialDiedError, match="crashes a program that opens it"):
        trial.network(run.folder / LITE_FILE)
    killer.join()
    assert trial.network(run.folder / LITE_FILE).num_classes == 3

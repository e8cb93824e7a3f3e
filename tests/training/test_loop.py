"""A whole training, with real TensorFlow on small pictures: what it says and what it leaves."""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset
from cnn_studio.errors import DatasetError, StudioError, TrainingError, UsageError
from cnn_studio.models.bundle import KERAS_FILE, LITE_FILE, RunStatus
from cnn_studio.models.runs import list_runs, open_run, read_history, split_names
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.paths import Workspace, cache_folder
from cnn_studio.training.checkpoint import (
    CHECKPOINTS_FOLDER,
    IMAGES_FILE,
    STATE_FILE,
    best_file,
    load_best,
)
from cnn_studio.training.events import (
    Batches,
    EpochDone,
    Finished,
    Message,
    Preparing,
    Started,
)
from cnn_studio.training.memory import IMAGE_MEMORY_VARIABLE
from cnn_studio.training.problems import told_in_a_sentence
from cnn_studio.training.recipe import Augmentation, Recipe
from cnn_studio.training.records import TENSORBOARD_FOLDER
from cnn_studio.training.resuming import request_to_resume
from cnn_studio.vision.images import read_image
from tests.training.class_pictures import (
    QUICK,
    colours,
    of_kind,
    put_pictures,
    request_for,
    train_until,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return colours(workspace)


def test_a_training_says_what_it_does_and_leaves_a_whole_run(
    workspace: Workspace, dataset: Dataset
) -> None:
    folder, events = train_until(request_for(dataset, workspace, replace(QUICK, epochs=3)))
    (started,) = of_kind(events, Started)
    assert started.run == str(folder)
    assert (started.train_count, started.validation_count, started.test_count) == (24, 24, 0)
    assert (started.steps_per_epoch, started.epochs) == (3, 3)
    read, compared = (
        [event for event in of_kind(events, Preparing) if event.comparing is comparing][-1]
        for comparing in (False, True)
    )
    assert (read, compared) == (Preparing(48, 48), Preparing(96, 96, comparing=True))
    losses = [loss for event in of_kind(events, Batches) for loss in event.losses]
    assert len(losses) == 9
    assert [event.epoch for event in of_kind(events, EpochDone)] == [1, 2, 3]
    assert isinstance(events[-1], Finished)
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {
        *("model.keras", "model.tflite", "studio.json", "recipe.json", "split.json"),
        *("history.csv", f"{CHECKPOINTS_FOLDER}/{STATE_FILE}", "answers-validation.npz"),
        *("contents.json", "batches.csv"),
        f"{CHECKPOINTS_FOLDER}/{IMAGES_FILE}",
        best_file(folder, open_run(folder).bundle.best_epoch).relative_to(folder).as_posix(),
    }


def test_what_is_said_and_what_is_written_are_the_same(
    workspace: Workspace, dataset: Dataset
) -> None:
    folder, events = train_until(request_for(dataset, workspace))
    run = open_run(folder)
    assert run.bundle is not None
    done = of_kind(events, EpochDone)
    history = read_history(run)
    assert [row.val_accuracy for row in history] == [event.val_accuracy for event in done]
    assert [row.best for row in history] == [event.best for event in done]
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.accuracy == run.bundle.train_accuracy
    assert finished.val_accuracy == run.bundle.val_accuracy == max(e.val_accuracy for e in done)
    assert finished.test_accuracy is None
    assert (run.status, run.bundle.epochs_done) == (RunStatus.FINISHED, 2)
    assert run.bundle.best_epoch == [event.epoch for event in done if event.best][-1]
    assert run.bundle.classes == ("blue", "green", "red")
    assert Recipe.from_dict(run.bundle.recipe) == QUICK
    assert run.bundle.train is not None
    assert run.bundle.train.count == 24


def test_the_models_accuracy_is_what_the_saved_model_reaches_on_the_images_held_back(
    workspace: Workspace, dataset: Dataset
) -> None:
    from cnn_studio.prediction.classifier import Classifier

    folder, _events = train_until(request_for(dataset, workspace, replace(QUICK, epochs=3)))
    split = json.loads((folder / "split.json").read_text())
    assert not set(split["train"]) & set(split["validation"])
    assert len(split["train"]) + len(split["validation"]) == 48
    classifier = Classifier.open(folder)
    hits = [
        classifier.classify(read_image(dataset.folder / name)).top[0] == name.split("/")[0]
        for name in split["validation"]
    ]
    assert sum(hits) / len(hits) == classifier.bundle.val_accuracy


def test_one_seed_gives_identical_weights_and_another_does_not(
    workspace: Workspace, dataset: Dataset
) -> None:
    recipe = replace(QUICK, augmentation=Augmentation.STRONG)
    models = [
        (train_until(request_for(dataset, workspace, chosen))[0] / LITE_FILE).read_bytes()
        for chosen in (recipe, recipe, replace(recipe, seed=2))
    ]
    assert models[0] == models[1]
    assert models[0] != models[2]


def test_a_stop_within_the_first_epoch_keeps_the_model_as_it_is(
    workspace: Workspace, dataset: Dataset
) -> None:
    request = request_for(dataset, workspace, replace(QUICK, batch_size=4))
    folder, events = train_until(request, lambda event: isinstance(event, Batches))
    assert of_kind(events, EpochDone) == []
    assert "within its first epoch" in of_kind(events, Message)[0].text
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (finished.status, finished.accuracy, finished.val_accuracy) == ("stopped", None, None)
    run = open_run(folder)
    assert run.status is RunStatus.STOPPED
    assert run.is_usable
    assert run.bundle is not None
    assert run.bundle.best_epoch == 0
    assert read_history(run) == ()


def test_a_later_stop_keeps_the_best_epoch(workspace: Workspace, dataset: Dataset) -> None:
    request = request_for(dataset, workspace, replace(QUICK, epochs=50))
    folder, events = train_until(
        request, lambda event: isinstance(event, Batches) and event.epoch == 4
    )
    best = [event for event in of_kind(events, EpochDone) if event.best][-1]
    assert f"The model of epoch {best.epoch}," in of_kind(events, Message)[0].text
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (finished.status, finished.val_accuracy) == ("stopped", best.val_accuracy)
    network = keras.models.load_model(folder / KERAS_FILE)
    kept = network.get_weights()
    load_best(network, folder, best.epoch)
    assert all(map(np.array_equal, network.get_weights(), kept))


def test_an_averaged_model_is_the_one_that_was_validated_and_kept(
    workspace: Workspace, dataset: Dataset
) -> None:
    from cnn_studio.prediction.classifier import Classifier

    folder, _events = train_until(
        request_for(dataset, workspace, replace(QUICK, epochs=8, ema=0.8))
    )
    split = json.loads((folder / "split.json").read_text())
    classifier = Classifier.open(folder)
    hits = [
        classifier.classify(read_image(dataset.folder / name)).top[0] == name.split("/")[0]
        for name in split["validation"]
    ]
    assert sum(hits) / len(hits) == classifier.bundle.val_accuracy
    plain, _events = train_until(request_for(dataset, workspace, replace(QUICK, epochs=8)))
    assert (plain / LITE_FILE).read_bytes() != (folder / LITE_FILE).read_bytes()


def test_a_training_that_gets_no_better_ends_early_and_can_be_extended(
    workspace: Workspace, dataset: Dataset
) -> None:
    recipe = replace(QUICK, epochs=60, patience=2)
    folder, events = train_until(request_for(dataset, workspace, recipe))
    done = of_kind(events, EpochDone)
    best = [event.epoch for event in done if event.best][-1]
    assert done[-1].epoch == best + 2 < 60
    bundle = open_run(folder).bundle
    assert bundle is not None
    assert (bundle.status, bundle.best_epoch) == (RunStatus.FINISHED, best)
    assert f"no epoch was better than epoch {best}" in bundle.notes[-1]
    _folder, events = train_until(request_to_resume(workspace, folder.name, 2))
    assert of_kind(events, EpochDone)[0].epoch == best + 3
    assert len(of_kind(events, EpochDone)) <= 2


def test_images_on_disk_give_the_same_model_and_leave_no_file(
    workspace: Workspace, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    (dataset.folder / "green" / "0-003.jpg").write_bytes(b"no image")
    in_memory, events = train_until(request_for(dataset, workspace))
    assert not any("on disk" in event.text for event in of_kind(events, Message))
    monkeypatch.setenv(IMAGE_MEMORY_VARIABLE, "0")
    on_disk, events = train_until(request_for(dataset, workspace))
    assert "kept on disk" in of_kind(events, Message)[0].text
    assert all(0 <= event.data_wait < 1 for event in of_kind(events, EpochDone))
    assert (in_memory / LITE_FILE).read_bytes() == (on_disk / LITE_FILE).read_bytes()
    assert list((cache_folder() / "training").iterdir()) == []


def test_event_files_are_written_beside_the_run_if_they_are_wanted(
    workspace: Workspace, dataset: Dataset
) -> None:
    folder, events = train_until(request_for(dataset, workspace, tensorboard=True))
    done = of_kind(events, EpochDone)
    found: dict[tuple[str, str, int], float] = {}
    for path in (folder / TENSORBOARD_FOLDER).rglob("events.*"):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                told = tf.make_ndarray(value.tensor).item()
                found[path.parent.name, value.tag, event.step] = told
    for event in done:
        assert found["train", "epoch_loss", event.epoch] == pytest.approx(event.loss)
        told = found["validation", "epoch_accuracy", event.epoch]
        assert told == pytest.approx(event.val_accuracy)
    assert request_to_resume(workspace, folder.name, 1).tensorboard


def test_a_stop_before_the_first_step_leaves_nothing(
    workspace: Workspace, dataset: Dataset
) -> None:
    with pytest.raises(TrainingError, match="before its first step"):
        train_until(request_for(dataset, workspace), lambda event: isinstance(event, Preparing))
    assert list_runs(workspace) == []


def test_without_validation_the_last_epoch_is_kept(workspace: Workspace, dataset: Dataset) -> None:
    recipe = replace(QUICK, validation_share=0.0)
    folder, events = train_until(request_for(dataset, workspace, recipe))
    assert of_kind(events, Started)[0].train_count == 48
    assert [(e.val_loss, e.val_accuracy) for e in of_kind(events, EpochDone)] == [(None, None)] * 2
    bundle = open_run(folder).bundle
    assert bundle is not None
    assert (bundle.best_epoch, bundle.validation) == (2, None)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_images_whose_names_are_no_text_are_trained_on(
    workspace: Workspace, dataset: Dataset
) -> None:
    first = next(dataset.folder.rglob("*.jpg"))
    odd = first.rename(first.with_name(os.fsdecode(b"caf\xe9.jpg")))
    folder, _events = train_until(request_for(dataset, workspace))
    run = open_run(folder)
    names = split_names(run, "train") | split_names(run, "validation")
    assert f"{odd.parent.name}/{odd.name}" in names


def test_a_dataset_with_a_test_part_is_measured_on_it(
    workspace: Workspace, idx_dataset: Dataset
) -> None:
    folder, events = train_until(
        request_for(idx_dataset, workspace, replace(QUICK, image_size=None))
    )
    assert of_kind(events, Started)[0].test_count == 10
    bundle = open_run(folder).bundle
    assert bundle is not None
    assert bundle.test is not None
    assert bundle.test.count == 10
    assert bundle.input.shape == (28, 28, 1)
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.test_accuracy == bundle.test.accuracy


def test_a_limit_takes_that_many_images_in_all(workspace: Workspace, dataset: Dataset) -> None:
    _folder, events = train_until(request_for(dataset, workspace, replace(QUICK, limit=20)))
    (started,) = of_kind(events, Started)
    assert started.train_count + started.validation_count == 20


def test_images_that_cannot_be_read_are_left_out_and_named(
    workspace: Workspace, dataset: Dataset
) -> None:
    bad = sorted((dataset.folder / "red").iterdir())[:2]
    for path in bad:
        path.write_bytes(b"no image")
    _folder, events = train_until(request_for(dataset, workspace))
    text = of_kind(events, Message)[0].text
    assert text == (
        f"2 images cannot be read and are left out: red/{bad[0].name}, red/{bad[1].name}. "
        "The file is text and not an image."
    )
    (started,) = of_kind(events, Started)
    assert started.train_count + started.validation_count == 46


def test_too_little_to_learn_from_is_told_before_a_run_is_made(workspace: Workspace) -> None:
    folder = workspace.datasets / "few"
    put_pictures(folder, "red", 5)
    put_pictures(folder, "green", 1)
    dataset = Dataset(folder, colours(workspace).card)
    with pytest.raises(TrainingError, match=r"green \(1\)"):
        train_until(request_for(dataset, workspace))
    for path in folder.rglob("*.jpg"):
        path.unlink()
    with pytest.raises(StudioError, match="no images"):
        train_until(request_for(dataset, workspace))
    assert list_runs(workspace) == []


def test_a_run_goes_where_it_was_asked_to_but_not_over_something(
    workspace: Workspace, dataset: Dataset, tmp_path: Path
) -> None:
    folder, _events = train_until(request_for(dataset, workspace, out=tmp_path / "a" / "mine"))
    assert folder == tmp_path / "a" / "mine"
    assert open_run(folder).is_usable
    with pytest.raises(UsageError, match=r"must be new or empty, which .*mine"):
        train_until(request_for(dataset, workspace, out=folder))
    assert open_run(folder).is_usable


def test_what_cannot_fit_into_memory_is_refused_with_figures(
    workspace: Workspace, dataset: Dataset
) -> None:
    recipe = replace(QUICK, image_size=448, batch_size=4096)
    with pytest.raises(TrainingError, match=r"448x448 pixels with 4096 images.*GB are free"):
        train_until(request_for(dataset, workspace, recipe))
    with pytest.raises(TrainingError, match="larger than a model file can be"):
        train_until(request_for(dataset, workspace, replace(QUICK, image_size=512)))


def test_tensorflows_lack_of_memory_is_told_in_a_sentence() -> None:
    with pytest.raises(TrainingError, match="too little memory"), told_in_a_sentence():
        tf.zeros((1 << 46,))


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file may grow beyond 300 KB, which a system tells as it tells a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_told_and_leaves_older_runs(workspace: Workspace, dataset: Dataset) -> None:
    with pytest.raises(TrainingError, match=r"disk is full.*older models are untouched"):
        train_until(request_for(dataset, workspace))
    (run,) = list_runs(workspace)
    assert run.status is RunStatus.INTERRUPTED
    assert [path.name for path in (run.folder / CHECKPOINTS_FOLDER).iterdir()] == [IMAGES_FILE]


def test_a_dataset_whose_files_are_gone_is_told(workspace: Workspace, idx_dataset: Dataset) -> None:
    for path in idx_dataset.folder.glob("*.gz"):
        path.unlink()
    with pytest.raises(DatasetError):
        train_until(request_for(idx_dataset, workspace))

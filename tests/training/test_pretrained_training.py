"""A real training of the pretrained network, from images to a run that answers."""

from __future__ import annotations

import json
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.errors import TrainingError, UsageError
from cnn_studio.models.answers import read_answers
from cnn_studio.models.bundle import LITE_FILE, RunStatus, read_bundle
from cnn_studio.models.learned import hash_of, read_hashes
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import list_runs, open_run
from cnn_studio.paths import Workspace
from cnn_studio.training.events import (
    Batches,
    EpochDone,
    Finished,
    Measured,
    Preparing,
    Started,
)
from cnn_studio.training.resuming import request_to_resume
from cnn_studio.vision.images import encode_jpeg, read_image
from cnn_studio.vision.preparation import prepare
from tests.training.class_pictures import of_kind, request_for, train_until, words
from tests.training.drawn_shapes import (
    CLASSES,
    COUNT,
    RECIPE,
    assert_same,
    draw,
    history,
    put_drawings,
    shapes,
    split_of,
)


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return shapes(workspace)


def test_a_training_leaves_a_whole_run(workspace: Workspace, dataset: Dataset) -> None:
    run, _events = train_until(request_for(dataset, workspace, RECIPE))
    bundle, count = read_bundle(run), len(CLASSES) * COUNT
    assert bundle.network is NetworkKind.PRETRAINED
    assert bundle.status is RunStatus.FINISHED
    assert (bundle.classes, bundle.folds, bundle.weights) == (CLASSES, 5, 3 * 1281)
    assert (bundle.input.size, bundle.input.channels) == (128, 3)
    assert bundle.epochs_done == bundle.best_epoch == bundle.final_epochs > 0
    assert bundle.validation is not None
    assert bundle.validation.count == count
    assert bundle.validation.accuracy > 0.8
    assert bundle.calibration is not None
    assert bundle.unknown is not None
    assert len(bundle.unknown.levels) == count
    assert bundle.test is None

    split = split_of(run)
    assert split["train"] == []
    names = split["validation"]
    assert sorted(names) == sorted(f"{c}/{n:03d}.jpg" for c in CLASSES for n in range(COUNT))
    assert sorted(set(split["folds"])) == [0, 1, 2, 3, 4]
    assert len(split["folds"]) == count

    answers = read_answers(run, "validation")
    assert answers is not None
    assert answers.names == tuple(names)
    assert answers.scores() == bundle.validation
    rows = history(run)
    assert [int(row["epoch"]) for row in rows] == list(range(1, bundle.epochs_done + 1))
    assert float(rows[-1]["val_accuracy"]) == pytest.approx(bundle.validation.accuracy)

    hashes = read_hashes(run)
    files = {name: hash_of((dataset.folder / name).read_bytes()) for name in names}
    assert hashes["validation"].files.tolist() == [files[name] for name in names]
    assert len(hashes["train"]) == 0
    assert not (run / "model.keras").exists()
    assert [each.folder for each in list_runs(workspace)] == [run]
    assert open_run(run).status is RunStatus.FINISHED


def test_its_model_answers_as_it_has_learned(workspace: Workspace, dataset: Dataset) -> None:
    run, events = train_until(request_for(dataset, workspace, RECIPE))
    model, spec = LiteModel(run / LITE_FILE), read_bundle(run).input
    said = {
        (name, number): model.run(prepare(draw(name, 500 + number), spec))
        for name in CLASSES
        for number in range(5)
    }
    right = [CLASSES[int(o.probabilities.argmax())] == name for (name, _n), o in said.items()]
    assert np.mean(right) > 0.8
    rule = read_bundle(run).unknown
    assert rule is not None
    scores = [rule.score(outputs) for outputs in said.values()]
    assert all(score is not None and 0 <= score <= 1 for score in scores)
    assert "model.tflite says what was learned, on " in words(events)


def test_its_events_tell_the_course_of_it(workspace: Workspace, dataset: Dataset) -> None:
    run, events = train_until(request_for(dataset, workspace, RECIPE))
    (started,), dones = of_kind(events, Started), of_kind(events, EpochDone)
    count = len(CLASSES) * COUNT
    assert (started.run, started.weights, started.folds) == (str(run), 3 * 1281, 5)
    assert (started.train_count, started.validation_count, started.test_count) == (count, count, 0)
    assert (started.epochs, started.steps_per_epoch) == (8, 1)
    assert [done.epoch for done in dones] == list(range(1, len(dones) + 1))
    assert dones[-1].loss < dones[0].loss
    assert len(of_kind(events, Batches)) == len(of_kind(events, Measured)) == len(dones)
    assert events.index(started) > max(map(events.index, of_kind(events, Preparing)))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (finished.run, finished.status) == (str(run), "finished")
    bundle = read_bundle(run)
    assert finished.val_accuracy == bundle.val_accuracy
    assert finished.accuracy == bundle.train_accuracy
    assert finished.final_epochs == bundle.epochs_done
    for event in events:
        json.dumps(event.to_dict())


def test_two_trainings_end_in_the_same_bytes(workspace: Workspace, dataset: Dataset) -> None:
    first, _events = train_until(request_for(dataset, workspace, RECIPE))
    second, _events = train_until(request_for(dataset, workspace, RECIPE))
    assert first != second
    assert_same(first, second)
    other, _events = train_until(request_for(dataset, workspace, replace(RECIPE, seed=7)))
    assert split_of(other)["folds"] != split_of(first)["folds"]


def test_without_validation_nothing_is_measured_and_that_is_said(
    workspace: Workspace, dataset: Dataset
) -> None:
    run, events = train_until(request_for(dataset, workspace, replace(RECIPE, validation_share=0)))
    bundle = read_bundle(run)
    assert (bundle.folds, bundle.validation, bundle.final_epochs) == (0, None, 0)
    assert (bundle.calibration, bundle.unknown) == (None, None)
    assert read_answers(run, "validation") is None
    assert "Unknown objects will not be recognised" in words(events)
    (started,) = of_kind(events, Started)
    assert (started.train_count, started.validation_count, started.folds) == (27, 0, 0)
    assert all(done.val_accuracy is None for done in of_kind(events, EpochDone))
    split = split_of(run)
    assert (len(split["train"]), split["validation"], "folds" in split) == (27, [], False)
    assert len(read_hashes(run)["train"]) == 27
    before = (run / LITE_FILE).read_bytes()
    stopped, _events = train_until(
        request_for(dataset, workspace, replace(RECIPE, validation_share=0)),
        lambda event: isinstance(event, EpochDone),
    )
    train_until(request_to_resume(workspace, stopped.name))
    assert (stopped / LITE_FILE).read_bytes() == before


def test_class_weights_and_weight_decay_change_the_layer(
    workspace: Workspace, dataset: Dataset
) -> None:
    for path in sorted((dataset.folder / "box").iterdir())[3:]:
        path.unlink()
    recipes = (RECIPE, replace(RECIPE, class_weights=True), replace(RECIPE, weight_decay=1.0))
    runs = [train_until(request_for(dataset, workspace, recipe))[0] for recipe in recipes]
    assert len({(run / LITE_FILE).read_bytes() for run in runs}) == 3


def test_files_for_tensorboard_are_not_promised(workspace: Workspace, dataset: Dataset) -> None:
    run, events = train_until(
        request_for(dataset, workspace, replace(RECIPE, epochs=1), tensorboard=True)
    )
    assert "Files for TensorBoard are not written" in words(events)
    assert not (run / "tensorboard").exists()


def test_a_limit_takes_some_of_each_class(workspace: Workspace, dataset: Dataset) -> None:
    run, _events = train_until(request_for(dataset, workspace, replace(RECIPE, limit=12)))
    names = split_of(run)["validation"]
    assert sorted(name.split("/")[0] for name in names) == sorted(4 * list(CLASSES))
    assert read_bundle(run).unknown is None  # of 12 images nobody can say what is usual


def test_images_that_cannot_be_read_are_left_out(workspace: Workspace, dataset: Dataset) -> None:
    (dataset.folder / "box" / "001.jpg").write_bytes(b"no photo")
    (dataset.folder / "ball" / "002.jpg").write_bytes(b"")
    run, events = train_until(request_for(dataset, workspace, RECIPE))
    assert "2 images cannot be read and are left out: ball/002.jpg, box/001.jpg." in words(events)
    assert len(split_of(run)["validation"]) == 25
    assert not {"box/001.jpg", "ball/002.jpg"} & set(split_of(run)["validation"])


def test_a_class_of_which_too_little_can_be_read_is_named(
    workspace: Workspace, dataset: Dataset
) -> None:
    for path in sorted((dataset.folder / "box").iterdir())[1:]:
        path.write_bytes(b"no photo")
    with pytest.raises(TrainingError, match=r"Too few: box \(1\)"):
        train_until(request_for(dataset, workspace, RECIPE))
    assert list_runs(workspace) == []


@pytest.mark.parametrize("count", [2, 3])
def test_a_few_photos_a_class_will_do(workspace: Workspace, dataset: Dataset, count: int) -> None:
    for class_name in CLASSES:
        for path in sorted((dataset.folder / class_name).iterdir())[count:]:
            path.unlink()
    run, _events = train_until(request_for(dataset, workspace, RECIPE))
    bundle = read_bundle(run)
    assert (bundle.folds, bundle.calibration, bundle.unknown) == (count, None, None)
    assert bundle.validation is not None
    assert bundle.validation.count == 3 * count


def test_photos_that_are_all_the_same_end_in_a_model(
    workspace: Workspace, dataset: Dataset
) -> None:
    grey = encode_jpeg(np.full((64, 64, 3), 128, np.uint8))
    for path in dataset.folder.rglob("*.jpg"):
        path.write_bytes(grey)
    run, _events = train_until(request_for(dataset, workspace, RECIPE))
    bundle = read_bundle(run)
    assert bundle.validation is not None
    assert bundle.validation.accuracy < 0.6
    assert bundle.unknown is None


def test_a_recording_stays_together_and_one_alone_is_cut_up(
    workspace: Workspace, dataset: Dataset
) -> None:
    for class_name, length in (("ball", COUNT), ("box", 3)):
        for place, path in enumerate(sorted((dataset.folder / class_name).iterdir())):
            recording = f"r20260101T12000{place // length}-{class_name.encode().hex()[:4]}"
            path.rename(path.with_name(f"{recording}-{place:05d}.jpg"))
    run, events = train_until(request_for(dataset, workspace, RECIPE))
    split = split_of(run)
    folds = dict(zip(split["validation"], split["folds"], strict=True))
    for recording in range(3):
        start = f"box/r20260101T12000{recording}"
        own = [fold for name, fold in folds.items() if name.startswith(start)]
        assert (len(own), len(set(own))) == (3, 1)
    assert len({fold for name, fold in folds.items() if name.startswith("ball/")}) > 1
    (started,) = of_kind(events, Started)
    assert "ball has one recording only" in " ".join(started.notes)
    assert "ball has one recording only" in " ".join(read_bundle(run).notes)


def test_a_class_that_is_switched_off_is_not_learned(
    workspace: Workspace, dataset: Dataset
) -> None:
    (dataset.folder / "card.toml").write_text(
        'title = "Shapes"\nclasses = ["ball", "box", "stripes"]\ndisabled = ["box"]\n'
    )
    run, _events = train_until(request_for(find_dataset(workspace, "shapes"), workspace, RECIPE))
    assert read_bundle(run).classes == ("ball", "stripes")
    assert len(split_of(run)["validation"]) == 18


def test_a_class_of_the_card_without_images_is_named(
    workspace: Workspace, dataset: Dataset
) -> None:
    (dataset.folder / "card.toml").write_text(
        'title = "Shapes"\nclasses = ["ball", "box", "cone", "stripes"]\n'
    )
    with pytest.raises(TrainingError, match=r"Too few: cone \(0\)"):
        train_until(request_for(find_dataset(workspace, "shapes"), workspace, RECIPE))


def test_a_background_class_is_learned_and_no_measure_of_the_unknown(
    workspace: Workspace, dataset: Dataset
) -> None:
    put_drawings(dataset.folder, "ball", 6, first=50)
    put_drawings(dataset.folder, "box", 6, first=50)
    (dataset.folder / "card.toml").write_text(
        'title = "Shapes"\nclasses = ["ball", "box", "stripes"]\nbackground = "stripes"\n'
    )
    run, _events = train_until(request_for(find_dataset(workspace, "shapes"), workspace, RECIPE))
    bundle = read_bundle(run)
    assert (bundle.classes, bundle.background) == (CLASSES, "stripes")
    assert bundle.unknown is not None
    assert (len(bundle.unknown.levels), len(bundle.unknown.means)) == (30, 2)


def test_a_grey_dataset_with_a_test_part(workspace: Workspace, idx_dataset: Dataset) -> None:
    run, events = train_until(request_for(idx_dataset, workspace, RECIPE))
    bundle, test = read_bundle(run), read_answers(run, "test")
    assert (bundle.input.channels, bundle.input.size) == (1, 128)
    assert bundle.test is not None
    assert test is not None
    assert bundle.test == test.scores()
    assert bundle.test.count == 10
    assert of_kind(events, Started)[0].test_count == 10
    assert isinstance(events[-1], Finished)
    assert events[-1].test_accuracy == bundle.test.accuracy
    assert len(read_hashes(run)["test"]) == 10
    stopped, _events = train_until(
        request_for(idx_dataset, workspace, RECIPE), lambda event: isinstance(event, EpochDone)
    )
    train_until(request_to_resume(workspace, stopped.name))
    assert_same(run, stopped)


@pytest.mark.parametrize("size", [16, 64, 127, 225, 512])
def test_a_size_that_the_network_does_not_take_is_a_sentence(
    workspace: Workspace, dataset: Dataset, size: int
) -> None:
    with pytest.raises(UsageError, match=rf"128 to 224 pixels, not {size}"):
        train_until(request_for(dataset, workspace, replace(RECIPE, image_size=size)))
    assert list_runs(workspace) == []


def test_its_usual_size_is_the_largest(workspace: Workspace, dataset: Dataset) -> None:
    run, _events = train_until(
        request_for(dataset, workspace, replace(RECIPE, image_size=None, limit=6))
    )
    assert read_bundle(run).input.size == 224


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may grow beyond 300 KB, which a system tells as it tells a full disk."""
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, before)


def test_a_full_disk_is_said_and_leaves_what_there_was(
    workspace: Workspace, dataset: Dataset, request: pytest.FixtureRequest
) -> None:
    older, _events = train_until(request_for(dataset, workspace, RECIPE))
    stopped, _events = train_until(
        request_for(dataset, workspace, RECIPE), lambda event: isinstance(event, EpochDone)
    )
    kept = [(each / LITE_FILE).read_bytes() for each in (older, stopped)]
    request.getfixturevalue("small_files")
    for asked in (
        request_for(dataset, workspace, RECIPE),
        request_to_resume(workspace, stopped.name),
    ):
        with pytest.raises(TrainingError, match=r"disk is full.*older models are untouched"):
            train_until(asked)
    assert [(each / LITE_FILE).read_bytes() for each in (older, stopped)] == kept
    assert read_bundle(stopped).status is RunStatus.STOPPED


def test_what_does_not_fit_into_memory_is_said_before_images_are_read(
    workspace: Workspace, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = "cnn_studio.training.pretrained_training.available_bytes"
    monkeypatch.setattr(where, lambda: 1_000_000)
    with pytest.raises(TrainingError, match=r"about 0\.0 GB of memory.*Take fewer images"):
        train_until(request_for(dataset, workspace, RECIPE), lambda event: pytest.fail(str(event)))
    monkeypatch.setattr(where, lambda: None)
    train_until(request_for(dataset, workspace, replace(RECIPE, epochs=1)))


_FRESH = """
import pickle, sys, threading
from pathlib import Path
from cnn_studio.training.pretrained_training import train

train(pickle.loads(Path(sys.argv[1]).read_bytes()), lambda _event: None, threading.Event())
print([name for name in ("tensorflow", "keras", "torch", "PySide6") if name in sys.modules])
"""


def test_it_does_without_tensorflow(workspace: Workspace, dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "request"
    path.write_bytes(pickle.dumps(request_for(dataset, workspace, RECIPE)))
    done = subprocess.run([sys.executable, "-c", _FRESH, str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_prepared_as_the_run_says_the_features_are_those_it_learned_from(
    workspace: Workspace, dataset: Dataset
) -> None:
    run, _events = train_until(request_for(dataset, workspace, replace(RECIPE, validation_share=0)))
    bundle, model = read_bundle(run), LiteModel(run / LITE_FILE)
    assert bundle.train is not None
    names = split_of(run)["train"]
    right = 0
    for name in names:
        outputs = model.run(prepare(read_image(dataset.folder / name), bundle.input))
        right += CLASSES[int(outputs.probabilities.argmax())] == name.split("/")[0]
    assert right / len(names) == pytest.approx(bundle.train.accuracy)

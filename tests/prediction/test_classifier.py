"""A trained model in use: it says what Keras says, and refuses what is damaged."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.bundle import KERAS_FILE, LITE_FILE, write_bundle
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.tensorflow import keras
from cnn_studio.models.unknown import Known, described, fit_unknown
from cnn_studio.prediction.classifier import Classifier, Prediction
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec, prepare
from tests.models.small_run import CLASSES, bundle


def _photo(seed: int, height: int = 48, width: int = 64) -> ImageArray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.fixture
def copied_run(run_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(run_folder, tmp_path / "copy"))


def test_it_says_what_the_keras_model_says(run_folder: Path) -> None:
    classifier = Classifier.open(run_folder)
    network = keras.models.load_model(run_folder / KERAS_FILE)
    for seed in range(5):
        photo = _photo(seed)
        prediction = classifier.classify(photo)
        prepared = prepare(photo, InputSpec(16, 3)).astype(np.float32)
        expected = network(prepared[None], training=False).numpy()[0]
        assert prediction.probabilities == pytest.approx(expected, abs=1e-5)
        assert prediction.classes == CLASSES
        assert prediction.preparation_ms > 0
        assert prediction.inference_ms > 0


def test_a_prediction_keeps_its_numbers_when_the_next_image_comes(run_folder: Path) -> None:
    classifier = Classifier.open(run_folder)
    first = classifier.classify(_photo(1))
    kept = first.probabilities.copy()
    second = classifier.classify(np.zeros((10, 10, 3), np.uint8))
    assert not np.array_equal(first.probabilities, second.probabilities)
    assert np.array_equal(first.probabilities, kept)


def test_many_images_give_the_answers_of_one_by_one(run_folder: Path) -> None:
    classifier = Classifier.open(run_folder)
    photos = [_photo(seed) for seed in range(3)]
    many = [prediction.probabilities.tolist() for prediction in map(classifier.classify, photos)]
    assert many == [classifier.classify(photo).probabilities.tolist() for photo in photos]


def test_a_grey_image_of_any_size_is_classified(run_folder: Path) -> None:
    prediction = Classifier.open(run_folder).classify(np.full((5, 300), 90, np.uint8))
    assert float(prediction.probabilities.sum()) == pytest.approx(1)


def test_ranking_puts_the_most_probable_first() -> None:
    prediction = Prediction(("a", "b", "c"), np.array([0.25, 0.5, 0.25], np.float32), 1.0, 1.0)
    assert prediction.ranked == (("b", 0.5), ("a", 0.25), ("c", 0.25))
    assert prediction.top == ("b", 0.5)


def test_less_familiar_images_are_unknown_and_the_slider_says_how_many(
    run_folder: Path, copied_run: Path
) -> None:
    plain = Classifier.open(run_folder)
    assert (plain.classify(_photo(1)).score, plain.classify(_photo(1)).unknown) == (None, False)
    rule = fit_unknown(_told(run_folder, range(30)), _told(run_folder, range(30, 60)))
    write_bundle(copied_run, bundle(unknown=rule))
    classifier = Classifier.open(copied_run)
    assert classifier.accept == 0.95
    photos = [_photo(seed) for seed in range(30, 60)]
    for accept in (1.0, 0.95, 0.5, 0.0):
        classifier.accept = accept
        unknown = [said.unknown for said in map(classifier.classify, photos)]
        assert np.mean(unknown) == pytest.approx(1 - accept, abs=1 / 30)
    classifier.accept = 0.95
    strange = classifier.classify(np.zeros((48, 64, 3), np.uint8))
    assert (strange.score, strange.unknown) == (0, True)
    with pytest.raises(UsageError, match="0 to 1"):
        classifier.accept = 2


def test_the_background_class_is_unknown_even_where_nothing_was_measured(copied_run: Path) -> None:
    name, _probability = Classifier.open(copied_run).classify(_photo(1)).top
    write_bundle(copied_run, bundle(background=name))
    assert Classifier.open(copied_run).classify(_photo(1)).unknown


def _told(folder: Path, seeds: range) -> Known:
    """What a model tells of photos; each is of the class that it says."""
    model = LiteModel(folder / LITE_FILE)
    told = [model.run(prepare(_photo(seed), InputSpec(16, 3))) for seed in seeds]
    probabilities = np.stack([each.probabilities for each in told])
    where = [
        described(each.features, each.activations.mean(axis=(0, 1)))
        for each in told
        if each.features is not None and each.activations is not None
    ]
    return Known(probabilities.argmax(axis=1), probabilities, np.stack(where))


def test_a_classifier_may_be_opened_on_one_thread_and_used_on_another(run_folder: Path) -> None:
    classifier = Classifier.open(run_folder)
    answers: list[Prediction] = []
    thread = threading.Thread(target=lambda: answers.append(classifier.classify(_photo(1))))
    thread.start()
    thread.join()
    assert answers[0].ranked == classifier.classify(_photo(1)).ranked


def test_a_missing_or_damaged_model_is_refused_in_a_sentence(copied_run: Path) -> None:
    (copied_run / LITE_FILE).write_bytes((copied_run / LITE_FILE).read_bytes()[:500])
    with pytest.raises(ModelError, match=r"model\.tflite is damaged"):
        Classifier.open(copied_run)
    (copied_run / LITE_FILE).unlink()
    with pytest.raises(ModelError, match=r"model\.tflite cannot be read"):
        Classifier.open(copied_run)
    (copied_run / "studio.json").write_text("{}")
    with pytest.raises(ModelError, match=r"studio\.json lacks 'schema'"):
        Classifier.open(copied_run)
    with pytest.raises(ModelError, match="no trained model"):
        Classifier.open(copied_run / "nowhere")


@pytest.mark.parametrize(
    "change",
    [{"classes": ("a", "b")}, {"input": InputSpec(20, 3)}, {"input": InputSpec(16, 1)}],
    ids=["classes", "size", "channels"],
)
def test_files_that_do_not_belong_together_are_refused(
    copied_run: Path, change: dict[str, object]
) -> None:
    write_bundle(copied_run, bundle(train=None, validation=None, **change))
    with pytest.raises(ModelError, match="do not belong together"):
        Classifier.open(copied_run)


@pytest.mark.parametrize("network", ["run_folder", "pretrained_folder"])
def test_opening_a_run_and_classifying_needs_neither_tensorflow_nor_a_word(
    request: pytest.FixtureRequest, network: str
) -> None:
    run_folder: Path = request.getfixturevalue(network)
    program = (
        "import sys, pathlib, numpy\n"
        "import cnn_studio.prediction.batch, cnn_studio.models.runs\n"
        "from cnn_studio.prediction.classifier import Classifier\n"
        "early = {'ai_edge_litert', 'sklearn'} & set(sys.modules)\n"
        "classifier = Classifier.open(pathlib.Path(sys.argv[1]))\n"
        "classifier.classify(numpy.zeros((9, 9, 3), numpy.uint8))\n"
        "assert classifier.heat(0) is not None\n"
        "print(sorted(early | {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(run_folder)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""

"""Where a model looks: the closed form is the gradient, and adds up to the logit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_studio.models.bundle import KERAS_FILE, LITE_FILE
from cnn_studio.models.lite import DenseWeights, LiteModel, LiteOutputs
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.prediction.heatmap import HeatMap
from cnn_studio.pretrained.backbone import Backbone
from cnn_studio.pretrained.efficientnet_lite import LinearLayer
from cnn_studio.pretrained.lite_graph import Activation, LiteGraph
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec
from tests.models.small_run import some_layer, write_pretrained_run


@pytest.fixture(scope="module")
def looking(run_folder: Path) -> tuple[LiteModel, HeatMap]:
    model = LiteModel(run_folder / LITE_FILE)
    heat_map = HeatMap.of(model)
    assert heat_map is not None
    return model, heat_map


@pytest.fixture
def image() -> ImageArray:
    return np.random.default_rng(4).integers(0, 256, (16, 16, 3), np.uint8)


def test_it_is_the_gradient_that_tensorflow_finds(
    looking: tuple[LiteModel, HeatMap], run_folder: Path, image: ImageArray
) -> None:
    model, heat_map = looking
    network = keras.models.load_model(run_folder / KERAS_FILE)
    last = network.get_layer("probabilities")
    inner = keras.Model(network.input, [network.get_layer("pool").output, last.input])
    head = keras.Model(network.get_layer("pool").output, network.get_layer("features").output)
    activations, _features = inner(image[None].astype(np.float32), training=False)
    for class_index in range(3):
        with tf.GradientTape() as tape:
            tape.watch(activations)
            logits = head(activations, training=False) @ last.kernel + last.bias
            logit = logits[0, class_index]
        products = (tape.gradient(logit, activations) * activations).numpy()[0].sum(axis=-1)
        parts = heat_map.parts(model.run(image), class_index)
        assert parts == pytest.approx(products, rel=1e-3, abs=1e-5)
        # The fresh network has no biases, so the places add up to the whole logit.
        assert parts.sum() == pytest.approx(float(logit), rel=1e-3, abs=1e-5)


def test_the_heat_is_hottest_where_most_speaks_for_the_class(
    looking: tuple[LiteModel, HeatMap], image: ImageArray
) -> None:
    model, heat_map = looking
    outputs = model.run(image)
    for class_index in range(3):
        heat, parts = (find(outputs, class_index) for find in (heat_map.heat, heat_map.parts))
        assert heat.dtype == np.float32
        assert heat.shape == (parts.shape[0] + 2, parts.shape[1] + 2)
        assert (float(heat.min()) >= 0, float(heat.max())) == (True, 1)


def test_one_place_is_hot_alone() -> None:
    shape = (5, 7, 2)
    into_units = np.zeros((2, *shape), np.float32)
    into_units[0, 1, 5, 0], into_units[1, 3, 2, 1] = 2, 3
    heat_map = HeatMap(DenseWeights(into_units, np.eye(2, dtype=np.float32)))
    activations = np.ones(shape, np.float32)
    seen = LiteOutputs(np.ones(2, np.float32) / 2, np.ones(2, np.float32), activations)
    first, second = (heat_map.heat(seen, index) for index in (0, 1))
    assert np.unravel_index(first.argmax(), first.shape) == (2, 6)  # one more place on each side
    assert np.unravel_index(second.argmax(), second.shape) == (4, 3)
    silent = LiteOutputs(seen.probabilities, np.zeros(2, np.float32), activations)
    assert not heat_map.heat(silent, 0).any()


def test_a_mean_over_the_picture_adds_up_to_the_logit_without_its_bias(
    pretrained_folder: Path,
) -> None:
    model = LiteModel(pretrained_folder / LITE_FILE)
    heat_map, layer = HeatMap.of(model), some_layer()
    assert heat_map is not None
    weights = model.dense_weights()
    assert weights is not None
    assert weights.into_units is None
    assert np.array_equal(weights.into_classes, layer.weights)
    outputs = model.run(np.random.default_rng(4).integers(0, 256, (128, 128, 3), np.uint8))
    assert outputs.features is not None
    parts = [heat_map.parts(outputs, index) for index in range(3)]
    sums = np.array([each.sum() for each in parts])
    assert sums == pytest.approx(layer.weights @ outputs.features, rel=1e-3, abs=1e-5)
    raised = np.exp(sums + layer.bias)
    assert raised / raised.sum() == pytest.approx(outputs.probabilities, abs=1e-5)
    for index, each in enumerate(parts):
        heat = heat_map.heat(outputs, index)
        assert (each.shape, heat.shape, heat.dtype) == ((4, 4), (4, 4), np.float32)
        assert float(heat.min()) >= 0
        assert float(heat.max()) == (1 if (each > 0).any() else 0)
    assert max(float(each.max()) for each in parts) > 0


def test_an_object_in_a_corner_is_hot_there(tmp_path: Path) -> None:
    """The layer tells a picture with a disc from the ground alone."""
    with_disc = [_disc(row, column) for row in (48, 112, 176) for column in (48, 112, 176)]
    backbone = Backbone(InputSpec(224, 3))
    ground = backbone.features(_disc(None, None))
    weights = np.mean([backbone.features(each) for each in with_disc], axis=0) - ground
    layer = LinearLayer(np.stack([weights, -weights, 0 * weights]), np.zeros(3, np.float32))
    write_pretrained_run(tmp_path, layer, input=InputSpec(224, 3))
    classifier = Classifier.open(tmp_path)
    for row in (28, 112, 196):
        for column in (28, 112, 196):
            classifier.classify(_disc(row, column))
            heat = classifier.heat(0)
            assert heat is not None
            place = np.array(np.unravel_index(heat.argmax(), heat.shape))
            # The map covers the whole picture: each of its 7 places stands for 32 pixels.
            assert np.abs((place + 0.5) * 32 - (row, column)).max() <= 48


def _disc(row: int | None, column: int | None) -> ImageArray:
    rows, columns = np.mgrid[:224, :224]
    picture = np.full((224, 224, 3), (110, 120, 100), np.uint8)
    if row is not None and column is not None:
        picture[np.hypot(rows - row, columns - column) < 24] = (220, 60, 40)
    return picture


def test_features_of_another_make_are_not_taken_for_means(tmp_path: Path) -> None:
    """A dense layer as wide as the last picture has filters stands between."""
    random = np.random.default_rng(3)
    graph = LiteGraph((16, 16, 3))
    kernel = random.normal(0, 0.1, (6, 3, 3, 3)).astype(np.float32)
    picture = graph.convolve(
        "conv", graph.image, kernel, np.zeros(6, np.float32), 2, Activation.RELU6
    )
    means = graph.mean_over_picture("means", picture)
    square, narrow = (random.normal(0, 1, (rows, 6)).astype(np.float32) for rows in (6, 3))
    features = graph.dense("hidden", means, square, np.zeros(6, np.float32))
    logits = graph.dense("classifier", features, narrow, np.zeros(3, np.float32))
    outputs = [graph.softmax("probabilities", logits), features, picture]
    (tmp_path / LITE_FILE).write_bytes(graph.file(outputs))
    assert LiteModel(tmp_path / LITE_FILE).dense_weights() is None


def test_a_classifier_looks_at_the_image_it_classified_last(run_folder: Path) -> None:
    classifier = Classifier.open(run_folder)
    assert classifier.heat(0) is None
    random = np.random.default_rng(5)
    photos = [random.integers(0, 256, (40, 50, 3), np.uint8) for _ in range(2)]
    heats = []
    for photo in photos:
        classifier.classify(photo)
        heats.append(classifier.heat(1))
    assert heats[0] is not None
    assert not np.array_equal(heats[0], heats[1])
    classifier.classify(photos[0])
    assert np.array_equal(classifier.heat(1), heats[0])


def test_a_model_that_does_not_tell_has_no_heat(models: Path) -> None:
    classifier = Classifier.open(models / "colours")
    classifier.classify(np.zeros((9, 9, 3), np.uint8))
    assert classifier.heat(0) is None

"""The two model files: from the same weights, with builtin operations only, and compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.bundle import KERAS_FILE, LITE_FILE
from cnn_studio.models.export import LiteForm, write_models
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.models.verify import verify_lite
from cnn_studio.training.network import build_network
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec
from cnn_studio.whole_files import write_whole

INPUT = InputSpec(16, 3)


@pytest.fixture(scope="module")
def images() -> ImageArray:
    return np.random.default_rng(3).integers(0, 256, (5, *INPUT.shape), np.uint8)


def _network_with_biases() -> Any:
    network = build_network(INPUT, 3)
    random = np.random.default_rng(1)
    for variable in network.trainable_variables:
        variable.assign(random.normal(0, 0.1, tuple(variable.shape)))
    return network


def _keras_says(network: Any, images: ImageArray) -> Any:
    return network(images.astype(np.float32), training=False).numpy()


@pytest.mark.parametrize("input_spec", [INPUT, InputSpec(17, 1)], ids=["colour", "grey"])
def test_the_filled_form_is_what_the_converter_would_write(
    tmp_path: Path, input_spec: InputSpec
) -> None:
    network = build_network(input_spec, 4)
    form = LiteForm(network)
    assert None not in form._places
    random = np.random.default_rng(2)
    for variable in network.trainable_variables:
        variable.assign(random.normal(0, 0.1, tuple(variable.shape)))
    converted = tf.lite.TFLiteConverter.from_keras_model(network).convert()
    (tmp_path / "converted.tflite").write_bytes(converted)
    (tmp_path / "filled.tflite").write_bytes(form.filled(network))
    image = random.integers(0, 256, input_spec.shape, np.uint8)
    filled = LiteModel(tmp_path / "filled.tflite").probabilities(image)
    assert filled.tolist() == LiteModel(tmp_path / "converted.tflite").probabilities(image).tolist()


def test_the_lite_form_tells_what_the_network_makes_of_an_image(
    tmp_path: Path, images: ImageArray
) -> None:
    network = _network_with_biases()
    write_models(network, LiteForm(network), tmp_path)
    told = LiteModel(tmp_path / LITE_FILE).run(images[0])
    layers = [network.get_layer(name).output for name in ("features", "pool")]
    features, activations = keras.Model(network.input, layers)(images[:1].astype(np.float32))
    assert told.probabilities == pytest.approx(_keras_says(network, images)[0], abs=1e-5)
    assert told.features == pytest.approx(features.numpy()[0], rel=1e-3, abs=1e-3)
    assert told.activations == pytest.approx(activations.numpy()[0], rel=1e-3, abs=1e-3)


def test_a_network_whose_places_are_not_found_is_converted_at_the_end(
    tmp_path: Path, images: ImageArray
) -> None:
    network = keras.Sequential(
        [
            keras.Input(INPUT.shape),
            keras.layers.Conv2D(4, 3, use_bias=False),
            keras.layers.BatchNormalization(),  # the converter folds it into the convolution
            keras.layers.Flatten(),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    form = LiteForm(network)
    assert None in form._places
    write_models(network, form, tmp_path)
    verify_lite(tmp_path, images, _keras_says(network, images))


def test_both_files_say_the_same(tmp_path: Path, images: ImageArray) -> None:
    network = _network_with_biases()
    write_models(network, LiteForm(network), tmp_path)
    assert verify_lite(tmp_path, images, _keras_says(network, images)) < 1e-5
    loaded = keras.models.load_model(tmp_path / KERAS_FILE)
    assert np.array_equal(_keras_says(loaded, images), _keras_says(network, images))
    assert sorted(path.name for path in tmp_path.iterdir()) == [KERAS_FILE, LITE_FILE]


def test_no_tensorflow_operation_is_needed(tmp_path: Path) -> None:
    network = build_network(INPUT, 3)
    write_models(network, LiteForm(network), tmp_path)
    content = (tmp_path / LITE_FILE).read_bytes()
    assert b"Flex" not in content
    LiteModel(tmp_path / LITE_FILE)  # LiteRT alone, which has no other operations, accepts it


def test_files_of_other_weights_are_refused(tmp_path: Path, images: ImageArray) -> None:
    network = _network_with_biases()
    write_models(network, LiteForm(network), tmp_path)
    expected = _keras_says(network, images)
    network.trainable_variables[-1].assign([1.0, 0.0, 0.0])
    with pytest.raises(ModelError, match="does not agree"):
        verify_lite(tmp_path, images, _keras_says(network, images))
    with pytest.raises(ModelError, match="does not agree"):
        verify_lite(tmp_path, images, np.full_like(expected, np.nan))


def test_a_write_that_fails_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(b"old")

    def half_written(temporary: Path) -> None:
        temporary.write_bytes(b"ne")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_whole(path, half_written, ".keras")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    for data, sentence in (
        (b"", "is empty"),
        (b"\x00" * 64, "is damaged"),
        (b"TFL3" * 100, "is damaged"),
        (b"a model?" * 8, "is no LiteRT model"),
        (b"<!DOCTYPE html><html>", "is a web page and no model"),
    ):
        (tmp_path / LITE_FILE).write_bytes(data)
        with pytest.raises(ModelError, match=f"{LITE_FILE} {sentence}"):
            LiteModel(tmp_path / LITE_FILE)
    with pytest.raises(ModelError, match="cannot be read"):
        LiteModel(tmp_path / "none.tflite")

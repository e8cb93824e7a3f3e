"""The backbone as a LiteRT file: it computes what EfficientNet-Lite0 computes."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.lite import LiteModel
from cnn_studio.pretrained.backbone import Backbone
from cnn_studio.pretrained.efficientnet_lite import (
    FEATURES,
    LinearLayer,
    backbone_layers,
    imagenet_classifier,
    lite_file,
)
from cnn_studio.pretrained.weights import read_weights
from cnn_studio.vision.preparation import InputSpec, prepare

SIZES = (128, 160, 192, 224)
PALACE, DAISY = 698, 985


def noise(size: int, channels: int = 3, seed: int = 0) -> NDArray[np.uint8]:
    """An image (size, size, channels) whose pixels hang together a little."""
    coarse = np.random.default_rng(seed).integers(0, 256, (size // 8, size // 8, channels))
    fine = np.random.default_rng(seed + 1).integers(-40, 40, (size, size, channels))
    return np.clip(np.kron(coarse, np.ones((8, 8, 1), int)) + fine, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("size", [192, 224])  # on fewer pixels it takes them for something else
def test_it_names_the_palace_and_the_daisy(size: int, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what scikit-learn's loader itself says
        from sklearn.datasets import load_sample_images

        photos = load_sample_images().images
    path = tmp_path / "model.tflite"
    path.write_bytes(lite_file(size, 3, imagenet_classifier()))
    model = LiteModel(path)
    said = [model.probabilities(prepare(photo, InputSpec(size))) for photo in photos]
    assert [int(probabilities.argmax()) for probabilities in said] == [PALACE, DAISY]


def test_batch_normalisation_is_folded_into_the_first_layers() -> None:
    """The stem and the first convolution by channel, number by number as PyTorch defines them."""
    weights, image = read_weights(), noise(128)
    x = (image.astype(np.float64) - 127) / 128
    x = np.pad(x, ((0, 1), (0, 1), (0, 0)))  # "same" at a stride of 2 pads below and on the right
    stem = np.zeros((64, 64, 32))
    for row in range(3):
        for column in range(3):
            part = x[row : row + 128 : 2, column : column + 128 : 2]
            stem += part @ weights["_conv_stem.weight"][:, :, row, column].T.astype(np.float64)
    stem = _relu6(_normalised(stem, "_bn0"))
    x = np.pad(stem, ((1, 1), (1, 1), (0, 0)))
    kernel = weights["_blocks.0._depthwise_conv.weight"].astype(np.float64)
    second = sum(
        x[row : row + 64, column : column + 64] * kernel[:, 0, row, column]
        for row in range(3)
        for column in range(3)
    )
    second = _relu6(_normalised(np.asarray(second), "_blocks.0._bn1"))

    layers = backbone_layers(3)
    assert [layer.name for layer in layers[:2]] == ["stem", "block_00/by_channel"]
    assert layers[0].kernel.shape == (32, 3, 3, 3)
    assert layers[1].kernel.shape == (1, 3, 3, 32)
    x = np.pad((image.astype(np.float64) - 127) / 128, ((0, 1), (0, 1), (0, 0)))
    ours = sum(
        x[row : row + 128 : 2, column : column + 128 : 2]
        @ layers[0].kernel[:, row, column].T.astype(np.float64)
        for row in range(3)
        for column in range(3)
    )
    ours = _relu6(np.asarray(ours) + layers[0].bias)
    assert np.abs(ours - stem).max() < 1e-5
    x = np.pad(ours, ((1, 1), (1, 1), (0, 0)))
    ours = sum(
        x[row : row + 64, column : column + 64] * layers[1].kernel[0, row, column]
        for row in range(3)
        for column in range(3)
    )
    assert np.abs(_relu6(np.asarray(ours) + layers[1].bias) - second).max() < 1e-4


def _normalised(x: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    gamma, beta, mean, variance = (
        read_weights()[f"{name}.{part}"].astype(np.float64)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    return np.asarray((x - mean) / np.sqrt(variance + 1e-3) * gamma + beta)


def _relu6(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(x, 0, 6)


_IN_KERAS = """
import sys
import numpy as np
import keras
from keras import layers as kl
from cnn_studio.pretrained.weights import read_weights

weights = read_weights()
STAGES = [  # kernel, stride, expansion, blocks; table 1 of the paper
    (3, 1, 1, 1), (3, 2, 6, 2), (5, 2, 6, 2), (3, 2, 6, 3), (5, 1, 6, 3), (5, 2, 6, 4), (3, 1, 6, 1)
]

def normalised(x, name):
    layer = kl.BatchNormalization(epsilon=1e-3)
    x = layer(x)
    parts = "weight", "bias", "running_mean", "running_var"
    layer.set_weights([weights[f"{name}.{part}"] for part in parts])
    return x

def convolved(x, name, stride=1):
    kernel = weights[f"{name}.weight"]
    out, _in, side, _side = kernel.shape
    layer = kl.Conv2D(out, side, stride, padding="same", use_bias=False)
    x = layer(x)
    layer.set_weights([kernel.transpose(2, 3, 1, 0)])
    return x

def by_channel(x, name, stride):
    kernel = weights[f"{name}.weight"]
    layer = kl.DepthwiseConv2D(kernel.shape[2], stride, padding="same", use_bias=False)
    x = layer(x)
    layer.set_weights([kernel.transpose(2, 3, 0, 1)])
    return x

def features_of(pixels):
    image = keras.Input(pixels.shape)
    x = kl.Rescaling(1 / 128, -127 / 128)(image)
    x = kl.ReLU(6)(normalised(convolved(x, "_conv_stem", 2), "_bn0"))
    number = 0
    for side, stride, expansion, blocks in STAGES:
        for place in range(blocks):
            name, before = f"_blocks.{number}.", x
            if expansion > 1:
                x = kl.ReLU(6)(normalised(convolved(x, name + "_expand_conv"), name + "_bn0"))
            step = stride if place == 0 else 1
            x = by_channel(x, name + "_depthwise_conv", step)
            assert weights[name + "_depthwise_conv.weight"].shape[2] == side
            x = kl.ReLU(6)(normalised(x, name + "_bn1"))
            x = normalised(convolved(x, name + "_project_conv"), name + "_bn2")
            if step == 1 and before.shape[-1] == x.shape[-1]:
                x = kl.Add()([x, before])
            number += 1
    x = kl.ReLU(6)(normalised(convolved(x, "_conv_head"), "_bn1"))
    model = keras.Model(image, [kl.GlobalAveragePooling2D()(x), x])
    return [found[0] for found in model(pixels[None].astype(np.float32), training=False)]

with np.load(sys.argv[1]) as images:
    found = {name: features_of(images[name]) for name in images.files}
np.savez(
    sys.argv[1],
    **{f"{name} features": features for name, (features, _picture) in found.items()},
    **{f"{name} picture": picture for name, (_features, picture) in found.items()},
)
"""


@pytest.mark.slow
def test_its_features_are_those_of_a_keras_model_of_the_same_kernels(tmp_path: Path) -> None:
    path, images = tmp_path / "images.npz", {str(size): noise(size) for size in SIZES}
    np.savez(path, **images)
    done = subprocess.run([sys.executable, "-c", _IN_KERAS, str(path)], capture_output=True)
    assert done.returncode == 0, done.stderr
    expected = np.load(path)
    for size, image in images.items():
        features, picture = expected[f"{size} features"], expected[f"{size} picture"]
        assert features.shape == (FEATURES,)
        assert np.abs(Backbone(InputSpec(int(size))).features(image) - features).max() < 1e-4
        last = _last_picture(image, tmp_path)
        assert last.shape == picture.shape == (int(size) // 32, int(size) // 32, FEATURES)
        assert np.abs(last - picture).max() < 1e-3
    expected.close()


def _last_picture(image: NDArray[np.uint8], tmp_path: Path) -> NDArray[np.float32]:
    layer = LinearLayer(np.zeros((2, FEATURES), np.float32), np.zeros(2, np.float32))
    path = tmp_path / "model.tflite"
    path.write_bytes(lite_file(len(image), image.shape[2], layer))
    outputs = LiteModel(path).run(image)
    assert outputs.activations is not None
    return np.asarray(outputs.activations, np.float32)


@pytest.mark.parametrize("size", SIZES)
def test_grey_is_what_three_equal_channels_are(size: int) -> None:
    grey = noise(size, 1)
    of_grey = Backbone(InputSpec(size, 1)).features(grey)
    of_rgb = Backbone(InputSpec(size, 3)).features(np.repeat(grey, 3, axis=2))
    assert np.abs(of_grey - of_rgb).max() < 1e-4
    assert of_grey.max() > 0.5


@pytest.mark.parametrize("threads", [1, 2])
def test_features_are_the_mean_of_the_last_picture_and_one_image_has_the_same_each_time(
    threads: int, tmp_path: Path
) -> None:
    backbone, image = Backbone(InputSpec(128), threads=threads), noise(128)
    first = backbone.features(image)
    between = backbone.features(noise(128, seed=5))
    again = backbone.features(image)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, between)
    assert first.dtype == np.float32
    assert 0 <= first.min() < first.max() <= 6
    mean = _last_picture(image, tmp_path).mean(axis=(0, 1))
    assert np.abs(first - mean).max() < 1e-4


def test_a_file_tells_probabilities_features_and_the_last_picture(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    layer = LinearLayer(
        random.normal(0, 0.1, (5, FEATURES)).astype(np.float32),
        random.normal(0, 1, 5).astype(np.float32),
    )
    path, image = tmp_path / "model.tflite", noise(160)
    path.write_bytes(lite_file(160, 3, layer))
    outputs = LiteModel(path).run(image)
    features = Backbone(InputSpec(160)).features(image)
    assert outputs.features is not None
    assert np.abs(outputs.features - features).max() < 1e-5
    logits = layer.weights @ features + layer.bias
    expected = np.exp(logits - logits.max())
    assert np.abs(outputs.probabilities - expected / expected.sum()).max() < 1e-5


def test_one_layer_gives_one_file() -> None:
    layer = LinearLayer(np.ones((2, FEATURES), np.float32), np.zeros(2, np.float32))
    assert lite_file(128, 3, layer) == lite_file(128, 3, layer)
    assert lite_file(128, 3) != lite_file(128, 1)


def test_a_size_for_which_there_is_no_graph_is_an_error_and_no_crash() -> None:
    with pytest.raises((ModelError, ValueError)):
        Backbone(InputSpec(128)).features(noise(160))

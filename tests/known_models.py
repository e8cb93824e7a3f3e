"""Builds models whose answers are known, in a process of its own because it needs TensorFlow.

    python -m tests.known_models FOLDER

Nothing is trained: the weights are set so that the answers are known. `colours` names the mean
colour of an image, `grey` tells dark from light, and `many` has 30 classes. `network` is the
studio's own network, whose answers are random but tell where it looks. `teachable.zip` and
`teachable-quantised.zip` name the mean colour as well and are packed as Teachable Machine does it.
`old forms` has files that Keras 3 writes in forms of its own.
"""

from __future__ import annotations

import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from cnn_studio.models.bundle import KERAS_FILE, LITE_FILE, Bundle, RunStatus, write_bundle
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.vision.preparation import Fit, InputSpec
from tests.models.small_run import write_run

COLOURS = ("red", "green", "blue")
TONES = ("dark", "light")
MANY = (*(f"class {number:02}" for number in range(1, 30)), "a" * 40)


def build(folder: Path, classes: tuple[str, ...], spec: InputSpec, weights: np.ndarray) -> None:
    """Write a run's folder with a model that weighs the mean of each channel.

    Args:
        folder: The run's folder.
        classes: The class names.
        spec: What the model takes.
        weights: (channels + 1, classes); the last row is added.
    """
    image = keras.Input(spec.shape, batch_size=1)
    mean = keras.layers.GlobalAveragePooling2D()(image)
    dense = keras.layers.Dense(len(classes), activation="softmax")
    model = keras.Model(image, dense(mean))
    dense.set_weights([weights[:-1].astype(np.float32), weights[-1].astype(np.float32)])
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    folder.mkdir(parents=True)
    (folder / LITE_FILE).write_bytes(converter.convert())
    model.save(folder / KERAS_FILE)
    bundle = Bundle(
        classes=classes,
        input=spec,
        dataset=folder.name,
        dataset_title=folder.name.title(),
        recipe={},
        weights=int(weights.size),
        status=RunStatus.FINISHED,
        epochs_done=1,
        best_epoch=1,
        created=datetime(2026, 11, 22, 21, 5, tzinfo=UTC),
        seconds=1.0,
    )
    write_bundle(folder, bundle)


def build_teachable(folder: Path) -> None:
    """Write what Teachable Machine gives for "Floating point" and for "Quantized".

    silent.tflite is the first one without the names that tell who has written it.
    """
    model = _of_signed_pixels("sequential_1_input", "dense_Dense1")
    labels = "".join(f"{place} {name}\n" for place, name in enumerate(COLOURS))
    silent = tf.lite.TFLiteConverter.from_keras_model(_of_signed_pixels("image", "colours"))
    (folder / "silent.tflite").write_bytes(silent.convert())
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    _zip(
        folder / "teachable.zip",
        {"model_unquant.tflite": converter.convert(), "labels.txt": labels},
    )
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: (
        [np.full((1, 224, 224, 3), value, np.float32)] for value in np.linspace(-1, 1, 9)
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.uint8
    _zip(
        folder / "teachable-quantised.zip",
        {"model.tflite": converter.convert(), "labels.txt": labels},
    )


def _of_signed_pixels(input_name: str, dense_name: str) -> keras.Model:
    image = keras.Input((224, 224, 3), batch_size=1, name=input_name)
    mean = keras.layers.GlobalAveragePooling2D()(image)
    dense = keras.layers.Dense(3, activation="softmax", name=dense_name)
    model = keras.Model(image, dense(mean))
    dense.set_weights([np.eye(3, dtype=np.float32) * 6, np.zeros(3, np.float32)])
    return model


def build_other_keras_files(folder: Path) -> None:
    """Write keras3.h5, and sums.keras whose scaling is x / 127.5 - 1 without a layer."""
    for name, scaled in (
        ("keras3.h5", keras.layers.Rescaling(1 / 127.5, -1)),
        ("sums.keras", keras.applications.mobilenet_v2.preprocess_input),
    ):
        image = keras.Input((32, 32, 3))
        seen = keras.layers.Dropout(0.5)(keras.layers.RandomFlip()(scaled(image)))
        deep = keras.layers.DepthwiseConv2D(1, use_bias=False, name="deep")
        mean = keras.layers.GlobalAveragePooling2D()(deep(seen) + seen)
        dense = keras.layers.Dense(3, activation="softmax")
        model = keras.Model(image, dense(mean))
        deep.set_weights([np.ones((1, 1, 3, 1), np.float32)])
        dense.set_weights([np.eye(3, dtype=np.float32) * 6, np.zeros(3, np.float32)])
        folder.mkdir(exist_ok=True)
        model.save(folder / name)
    (folder / "labels.txt").write_text("".join(f"{name}\n" for name in COLOURS))


def _zip(path: Path, members: dict[str, bytes | str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def main(folder: Path) -> None:
    """Build all of them."""
    own_channel = np.vstack([np.eye(3) * 0.05, np.zeros((1, 3))])
    build(folder / "colours", COLOURS, InputSpec(32, 3), own_channel)
    tone = np.array([[-0.05, 0.05], [6.4, -6.4]])
    build(folder / "grey", TONES, InputSpec(28, 1, Fit.LETTERBOX), tone)
    some = np.random.default_rng(1).normal(0, 0.01, (4, len(MANY)))
    build(folder / "many", MANY, InputSpec(32, 3), some)
    write_run(folder / "network")
    build_teachable(folder)
    build_other_keras_files(folder / "old forms")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

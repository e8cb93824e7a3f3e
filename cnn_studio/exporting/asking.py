"""A model file run by its own runtime, in a process that has done nothing else before.

    python -m cnn_studio.exporting.asking RUNTIME MODEL IMAGES.npy ANSWERS.npz

It ends when its standard input does, so that it never outlives whoever waits for the answers.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.exporting.formats import OUTPUTS

_TOLD = ("probabilities", "features", "filter_means")
Array = NDArray[np.float32]
Outputs = list[Array]
"""Those of `OUTPUTS` that the file tells, for one image or more."""


def ask(runtime: str, model: Path, images: NDArray[np.uint8]) -> dict[str, Array]:
    """Load a model and run it on images, one after the other.

    Args:
        runtime: One of "keras", "savedmodel", "tflite", "onnx".
        model: The file, or the folder of a SavedModel.
        images: Prepared images, (n, size, size, channels), uint8.

    Returns:
        `probabilities` (n, classes), `features` (n, units) and `filter_means` (n, filters) as far
        as the file tells them, and `ms`, milliseconds an image as the median.
    """
    run = _RUNTIMES[runtime](model)
    run(images[:1].astype(np.float32))  # the first time takes longer
    said, took_s = [], []
    for image in images:
        batch = image[None].astype(np.float32)
        begun_s = time.perf_counter()
        outputs = run(batch)
        took_s.append(time.perf_counter() - begun_s)
        said.append([output[0] for output in outputs[:2]])
        # Of the activations the mean of each filter is enough; all of them would be gigabytes.
        said[-1] += [output[0].mean(axis=(0, 1)) for output in outputs[2:]]
    told = dict(zip(_TOLD, map(np.stack, zip(*said, strict=True)), strict=False))
    return told | {"ms": np.array(1000 * np.median(took_s), np.float32)}


def _open_keras(model: Path) -> Callable[[Array], Outputs]:
    from cnn_studio.models.tensorflow import keras

    network = keras.models.load_model(model, compile=False, safe_mode=True)

    def run(batch: Array) -> Outputs:
        told = network(batch, training=False)
        return [np.asarray(one) for one in (told if isinstance(told, list) else [told])]

    return run


def _open_saved_model(model: Path) -> Callable[[Array], Outputs]:
    from cnn_studio.models.tensorflow import tf

    loaded = tf.saved_model.load(str(model))
    serve = loaded.signatures["serving_default"]

    def run(batch: Array) -> Outputs:
        told = serve(image=tf.constant(batch))
        return [told[name].numpy() for name in OUTPUTS if name in told]

    # The signature does not keep what it was loaded with.
    run.loaded = loaded  # type: ignore[attr-defined]
    return run


def _open_lite(model: Path) -> Callable[[Array], Outputs]:
    from ai_edge_litert.interpreter import Interpreter

    interpreter: Any = Interpreter(model_path=str(model), num_threads=2)
    interpreter.allocate_tensors()
    image = interpreter.get_input_details()[0]["index"]
    outputs = [output["index"] for output in interpreter.get_output_details()]

    def run(batch: Array) -> Outputs:
        interpreter.set_tensor(image, batch)
        interpreter.invoke()
        return [interpreter.get_tensor(output) for output in outputs]

    return run


def _open_onnx(model: Path) -> Callable[[Array], Outputs]:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])

    def run(batch: Array) -> Outputs:
        return [np.asarray(output) for output in session.run(None, {"image": batch})]

    return run


_RUNTIMES: dict[str, Callable[[Path], Callable[[Array], Outputs]]] = {
    "keras": _open_keras,
    "savedmodel": _open_saved_model,
    "tflite": _open_lite,
    "onnx": _open_onnx,
}


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def main(words: list[str]) -> None:
    """Answer, and leave the answers in a file."""
    threading.Thread(target=_end_with_stdin, name="stdin", daemon=True).start()
    runtime, model, images, answers = words
    told: dict[str, Any] = ask(runtime, Path(model), np.load(images))
    np.savez(answers, **told)
    sys.stdout.flush()
    os._exit(0)  # without waiting for the reading of standard input


if __name__ == "__main__":
    main(sys.argv[1:])

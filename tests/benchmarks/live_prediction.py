"""What the studio adds to a bare inference, and how it compares with `model.predict`.

    .venv/bin/python tests/benchmarks/live_prediction.py [--frames 300]

For a frame of 640x480 and a network for 64x64 RGB: preparation, inference and result by the
studio, a bare LiteRT invoke, and Keras's predict, in turns in one run.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from cnn_studio.models.bundle import LITE_FILE
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec
from tests.models.small_run import write_run

KERAS_EVERY = 10  # predict is slow, and a few dozen times are enough


def main() -> None:
    """Measure and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network = write_run(folder, input=InputSpec(64, 3))
        begun = time.perf_counter()
        classifier = Classifier.open(folder)
        opened_ms = (time.perf_counter() - begun) * 1000
        invoke = _bare_invoke(folder / LITE_FILE)
        random = np.random.default_rng(0)
        studio, bare, keras = list[float](), list[float](), list[float]()
        for number in range(options.frames):
            frame_rgb = random.integers(0, 256, (480, 640, 3), np.uint8)
            studio.append(_ms(lambda frame=frame_rgb: classifier.classify(frame).top))
            bare.append(_ms(invoke))
            if number % KERAS_EVERY == 0:
                keras.append(_ms(lambda frame=frame_rgb: _predict(network, classifier, frame)))
    ours, plain, slow = (statistics.median(times) for times in (studio, bare, keras[1:]))
    print(f"opening the run: {opened_ms:.0f} ms (aim under 500)")
    print(f"studio {ours:.2f} ms, bare invoke {plain:.2f} ms, model.predict {slow:.1f} ms a frame")
    print(f"ratio studio / bare invoke: {ours / plain:.2f} (aim under 1.5)")
    print(f"ratio model.predict / studio: {slow / ours:.0f} (aim 25 or more)")


def _bare_invoke(path: Path) -> Callable[[], None]:
    interpreter = Interpreter(model_path=str(path), num_threads=2)
    interpreter.allocate_tensors()
    return interpreter.invoke


def _predict(network: Any, classifier: Classifier, frame_rgb: ImageArray) -> Any:
    prepared = classifier.prepared(frame_rgb).astype(np.float32)
    return network.predict(prepared[None], verbose=0)


def _ms(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()

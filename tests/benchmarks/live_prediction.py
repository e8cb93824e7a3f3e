"""What the studio adds to a bare inference, and how it compares with `model.predict`.

    .venv/bin/python -m tests.benchmarks.live_prediction [--network pretrained] [--frames 300]
        [--hour]

For a frame of 640x480 and a shared CNN for 64x64 RGB, or the pretrained network for 224x224:
preparation, inference and result by the studio, the same with all that a live answer can have
(unknown, smoothing, heat map), a bare LiteRT invoke, and of the shared CNN Keras's predict, in
turns in one run. With `--hour`, as many frames as a camera gives in
an hour, as fast as they can be classified, and the memory after every tenth of them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from cnn_studio.gui.prediction.live.heat_image import heat_image
from cnn_studio.gui.prediction.live.rate_meter import RateMeter
from cnn_studio.models.bundle import LITE_FILE
from cnn_studio.models.discriminants import Discriminants
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.unknown import UnknownRule
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.prediction.smoothing import Answer, SteadyAnswer
from cnn_studio.pretrained.efficientnet_lite import FEATURES
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec, seen_rectangle
from tests.models.small_run import write_pretrained_run, write_run

HOUR = 30 * 3600  # frames
SOME_RULE = UnknownRule(
    np.zeros((5, 192), np.float32),
    np.eye(192, dtype=np.float32),
    1.0,
    np.linspace(-9, 0, 500, dtype=np.float32),
    np.ones(500, bool),
)
PRETRAINED_RULE = UnknownRule(
    np.random.default_rng(0).normal(0, 1, (5, 4)).astype(np.float32),
    np.eye(4, dtype=np.float32),
    1.0,
    np.linspace(-9, 0, 500, dtype=np.float32),
    np.ones(500, bool),
    discriminants=Discriminants(
        np.random.default_rng(1).normal(0, 1, (FEATURES, 4)).astype(np.float32),
        np.zeros(4, np.float32),
        np.ones(4, np.float32),
    ),
)
KERAS_EVERY = 10  # predict is slow, and a few dozen times are enough


def main() -> None:
    """Measure and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--network", choices=list(NetworkKind), default=NetworkKind.CNN)
    parser.add_argument("--hour", action="store_true", help="the memory over an hour's frames")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network = None
        if options.network == NetworkKind.PRETRAINED:
            write_pretrained_run(folder, input=InputSpec(224, 3), unknown=PRETRAINED_RULE)
        else:
            network = write_run(folder, input=InputSpec(64, 3), unknown=SOME_RULE)
        begun = time.perf_counter()
        classifier = Classifier.open(folder)
        opened_ms = (time.perf_counter() - begun) * 1000
        live = LiveAnswer(classifier)
        if options.hour:
            _watch_memory(live)
            return
        invoke = _bare_invoke(folder / LITE_FILE)
        random = np.random.default_rng(0)
        studio, whole = list[float](), list[float]()
        bare, keras = list[float](), list[float]()
        for number in range(options.frames):
            frame_rgb = random.integers(0, 256, (480, 640, 3), np.uint8)
            studio.append(_ms(lambda frame=frame_rgb: classifier.classify(frame).top))
            whole.append(_ms(lambda frame=frame_rgb: live.take(frame)))
            bare.append(_ms(invoke))
            if network is not None and number % KERAS_EVERY == 0:
                keras.append(_ms(lambda frame=frame_rgb: _predict(network, classifier, frame)))
    ours, all_on, plain = (statistics.median(times) for times in (studio, whole[1:], bare))
    print(f"opening the run: {opened_ms:.0f} ms (aim under 500)")
    print(f"studio {ours:.2f} ms, with everything on {all_on:.2f} ms")
    print(f"bare invoke {plain:.2f} ms")
    aim = "1.3 with everything on" if network is None else "1.5"
    print(f"ratio studio / bare invoke: {ours / plain:.2f} (aim under {aim})")
    print(f"ratio everything on / bare invoke: {all_on / plain:.2f}")
    if len(keras) > 1:
        slow = statistics.median(keras[1:])
        print(f"model.predict {slow:.1f} ms a frame")
        print(f"ratio model.predict / studio: {slow / ours:.0f} (aim 25 or more)")


class LiveAnswer:
    """What the prediction tab does with a frame when all is switched on, but for the painting."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._steady = SteadyAnswer(classifier.bundle.classes)
        self._meter = RateMeter()

    def take(self, frame_rgb: ImageArray) -> Answer:
        """Classify a frame."""
        said = self._classifier.classify(frame_rgb)
        heat = self._classifier.heat(int(said.probabilities.argmax()))
        seen_rectangle(frame_rgb, self._classifier.bundle.input)
        if heat is not None:
            heat_image(heat)
        now_s = time.monotonic()
        self._meter.add(now_s, said.preparation_ms + said.inference_ms)
        return self._steady.update(said, now_s)


def _watch_memory(live: LiveAnswer) -> None:
    random = np.random.default_rng(0)
    frames_rgb = random.integers(0, 256, (30, 480, 640, 3), np.uint8)
    for number in range(HOUR + 1):
        live.take(frames_rgb[number % 30])
        if number % (HOUR // 10) == 0:
            print(f"{number:>7,} frames: {_resident_mb():.1f} MB", flush=True)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


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

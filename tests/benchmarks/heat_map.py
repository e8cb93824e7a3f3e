"""Whether the heat map names what the model looks at, by deletion, and what it costs.

Usage: python -m tests.benchmarks.heat_map RUN PHOTOS [--count 150]

RUN is the folder of a trained model, and PHOTOS has class folders. Of each photo that the run held
back, the fifth of the pixels that is named hottest is painted over in its mean colour; the
more the probability of the first class falls, the better it was named. Compared are the studio's
map, Grad-CAM, the middle of the photo, and pixels at random.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.bundle import LITE_FILE
from cnn_studio.models.lite import DenseWeights, LiteModel, LiteOutputs
from cnn_studio.models.runs import open_run, split_names
from cnn_studio.prediction.heatmap import HeatMap
from cnn_studio.vision.images import ImageArray, read_image
from cnn_studio.vision.preparation import prepare

SHARE = 0.2
ROUNDS = 50

Heat = NDArray[np.float32]


def main() -> None:
    """Delete, and print how far the probability falls."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--count", type=int, default=150)
    options = parser.parse_args()
    run, model = open_run(options.run), LiteModel(options.run / LITE_FILE, threads=1)
    weights, heat_map = model.dense_weights(), HeatMap.of(model)
    if run.bundle is None or weights is None or heat_map is None:
        parser.error("The model must tell features and activations. Train it again.")
    random = np.random.default_rng(0)
    size = run.bundle.input.size
    ways: dict[str, Callable[[LiteOutputs, int], Heat]] = {
        "studio": heat_map.heat,
        "Grad-CAM": _grad_cam(weights),
        "middle": lambda _outputs, _top: _middle(size),
        "random": lambda _outputs, _top: random.random((size, size), np.float32),
    }
    names = sorted(split_names(run, "validation"))
    chosen = names[:: max(1, len(names) // options.count)]
    falls: dict[str, list[float]] = {way: [] for way in ways}
    for name in chosen:
        prepared = prepare(read_image(options.photos / name), run.bundle.input)
        outputs = model.run(prepared)
        top = int(outputs.probabilities.argmax())
        for way, find in ways.items():
            left = model.probabilities(_painted_over(prepared, find(outputs, top)))
            falls[way].append(float(outputs.probabilities[top] - left[top]))
    print(f"{len(chosen)} photos, a fifth painted over: the probability falls by")
    for way, values in falls.items():
        mean, median = statistics.mean(values), statistics.median(values)
        print(f"  {way:10} {mean:6.3f} on average, {median:6.3f} in the median")
    invoke_ms, map_ms = _ms(lambda: model.run(prepared)), _ms(lambda: heat_map.heat(outputs, top))
    print(f"the map takes {map_ms:.2f} ms beside {invoke_ms:.2f} ms of the model on one thread")
    print(f"together {1000 / (map_ms + invoke_ms):.0f} frames a second (aim 10 or more)")


def _grad_cam(weights: DenseWeights) -> Callable[[LiteOutputs, int], Heat]:
    if weights.into_units is None:  # the features are means, and the gradient is the same all over
        means, border = np.eye(weights.into_classes.shape[1], dtype=np.float32), 0
    else:
        means, border = weights.into_units.mean(axis=(1, 2)), 1  # (units, filters)

    def find(outputs: LiteOutputs, top: int) -> Heat:
        if outputs.features is None or outputs.activations is None:
            raise SystemExit("The model must tell features and activations.")
        slopes = (outputs.features > 0) * weights.into_classes[top]
        return np.maximum(np.pad(outputs.activations @ (slopes @ means), border, "edge"), 0)

    return find


def _middle(size: int) -> Heat:
    line = np.abs(np.arange(size) - (size - 1) / 2)
    return np.asarray(-np.hypot(line[:, np.newaxis], line), np.float32)


def _painted_over(prepared: ImageArray, heat: Heat) -> ImageArray:
    height, width, channels = prepared.shape
    sharp = cv2.resize(heat, (width, height), interpolation=cv2.INTER_LINEAR)
    hottest = np.argsort(-sharp, axis=None)[: round(SHARE * height * width)]
    pixels = prepared.reshape(-1, channels).copy()
    pixels[hottest] = pixels.mean(axis=0).round().astype(np.uint8)
    return pixels.reshape(prepared.shape)


def _ms(work: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()

"""Memory before and after an hour of live prediction at 30 frames a second, simulated fast.

    .venv/bin/python tests/benchmarks/live_memory.py [--minutes 60]

Every frame goes through the real classifier, the smoothing and the history, as in the window; only
nobody waits for the next one.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cnn_studio.prediction.classifier import Classifier
from cnn_studio.prediction.history import History
from cnn_studio.prediction.smoothing import SteadyAnswer

_FPS = 30
_WARM_UP_MINUTES = 20  # until then the history's array, which never grows, is written to
_FRAMES = 16  # different ones, in turn

# In a process of its own: TensorFlow's memory is not the window's.
_WRITE_RUN = """
import sys
from pathlib import Path
from cnn_studio.vision.preparation import InputSpec
from tests.models.small_run import write_run
write_run(Path(sys.argv[1]), input=InputSpec(28, 1))
"""


def main() -> None:
    """Run and print the resident memory, minute by minute, and its growth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([sys.executable, "-c", _WRITE_RUN, name], check=True, capture_output=True)
        classifier = Classifier.open(Path(name))
    random = np.random.default_rng(0)
    frames = random.integers(0, 256, (_FRAMES, 240, 320, 3), np.uint8)
    steady, history = SteadyAnswer(classifier.bundle.classes), History()
    begun = time.perf_counter()
    start_mb = 0.0
    for minute in range(options.minutes):
        for second_frame in range(60 * _FPS):
            number = minute * 60 * _FPS + second_frame
            prediction = classifier.classify(frames[number % _FRAMES])
            answer = steady.update(prediction, number / _FPS)
            history.add(answer, prediction, number / _FPS)
        history.moments(history.length_s, 2400)  # as the window with the history asks for them
        gc.collect()
        if minute + 1 == min(_WARM_UP_MINUTES, options.minutes):
            start_mb = resident_mb()
        if (minute + 1) % 10 == 0:
            print(f"after {minute + 1} minutes: {resident_mb():.1f} MB", flush=True)
    took_s = time.perf_counter() - begun
    print(f"after {_WARM_UP_MINUTES} minutes {start_mb:.1f} MB, at the end {resident_mb():.1f} MB")
    print(f"growth: {resident_mb() - start_mb:.1f} MB (aim: none)")
    print(f"history: {len(history):,} frames in {history._ring.nbytes / 1e6:.2f} MB")
    print(f"{options.minutes * 60 * _FPS:,} frames in {took_s:.0f} s")


def resident_mb() -> float:
    """How much memory this process has in use, in MB; on Linux."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()

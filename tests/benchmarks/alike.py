"""How long it takes to find the images most alike to one.

    .venv/bin/python tests/benchmarks/alike.py [--images 50000] [--rounds 20]

The features are drawn at random: it takes as long as with those of photos.
"""

from __future__ import annotations

import argparse
import os
import time

import numpy as np

from cnn_studio.instant.alike import find_alike
from cnn_studio.models.unknown import unit_length
from cnn_studio.pretrained.efficientnet_lite import FEATURES

_AIM_S = 0.3
_MOST = 200
_AT_ONCE = 1000


def main() -> None:
    """Draw features and search them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    random = np.random.default_rng(1)
    features = np.empty((options.images, FEATURES), np.float16)
    for start in range(0, options.images, _AT_ONCE):
        block = features[start : start + _AT_ONCE]
        block[:] = unit_length(random.normal(size=block.shape).astype(np.float32))
    seconds = []
    for place in random.integers(0, options.images, options.rounds).tolist():
        begun = time.perf_counter()
        find_alike(features, features[place], _MOST, itself=place)
        seconds.append(time.perf_counter() - begun)
    print(f"Aim: under {_AIM_S} s for 50,000 images")
    print(
        f"the {_MOST} most alike of {options.images:,}: median {np.median(seconds):.3f} s, "
        f"longest {max(seconds):.3f} s"
    )
    print(f"load of the machine over the last minute: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()

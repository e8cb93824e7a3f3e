"""How much memory is free, so that a training that cannot fit is refused before it begins."""

from __future__ import annotations

import contextlib
from pathlib import Path

from cnn_studio.errors import TrainingError
from cnn_studio.training.estimate import FLOAT_BYTES, count_weights, training_bytes
from cnn_studio.vision.preparation import InputSpec

_GB = 10**9
# A LiteRT file addresses its parts with 31 bits. Measured: 1.6 GB come out whole, and at 2.1 GB
# the converter takes the process along.
_LARGEST_MODEL_BYTES = 1_700_000_000
_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")


def available_bytes() -> int | None:
    """Memory that can be had without swapping, or None where the system does not say.

    Reads what Linux tells, and the limit of the container if there is one.
    """
    found = []
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                found.append(int(line.split()[1]) * 1024)
    with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
        limit = int((_CGROUP / "memory.max").read_text(encoding="ascii"))
        found.append(limit - int((_CGROUP / "memory.current").read_text(encoding="ascii")))
    return min(found, default=None)


def check_memory(
    input_spec: InputSpec, num_classes: int, batch_size: int, image_bytes: int
) -> None:
    """Refuse what cannot fit, before the system ends it without a word.

    Args:
        input_spec: Size and channels of the images.
        num_classes: How many classes there are.
        batch_size: Images a step.
        image_bytes: What all images together take.

    Raises:
        TrainingError: The network is too large for a model file, or for the free memory.
    """
    size = f"{input_spec.size}x{input_spec.size} pixels"
    if count_weights(input_spec, num_classes) * FLOAT_BYTES > _LARGEST_MODEL_BYTES:
        raise TrainingError(
            f"At {size} the network is larger than a model file can be (1.7 GB). "
            "Choose a smaller image size."
        )
    needed = training_bytes(input_spec, num_classes, batch_size) + image_bytes
    free = available_bytes()
    if free is not None and needed > free:
        raise TrainingError(
            f"At {size} with {batch_size} images a batch this training needs about "
            f"{needed / _GB:.1f} GB of memory, and {free / _GB:.1f} GB are free. "
            "Choose a smaller image size or batch size, or close other programs."
        )

"""How much memory is free, so that a training that cannot fit is refused before it begins."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

from cnn_studio.errors import TrainingError
from cnn_studio.training.estimate import FLOAT_BYTES, count_weights, training_bytes
from cnn_studio.vision.preparation import MIN_SIZE, InputSpec

IMAGE_MEMORY_VARIABLE = "CNN_STUDIO_IMAGE_MEMORY"
_GB = 10**9
# A LiteRT file addresses its parts with 31 bits. Measured: 1.6 GB come out whole, and at 2.1 GB
# the converter takes the process along.
_LARGEST_MODEL_BYTES = 1_700_000_000
_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")
_SIZE_STEP = 16
_SMALLEST_BATCH = 16  # of a better choice; smaller ones train slowly


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


def image_bytes(input_spec: InputSpec, image_count: int) -> int:
    """What prepared images take."""
    return image_count * input_spec.size**2 * input_spec.channels


def stays_on_disk(images: int, free: int | None) -> bool:
    """Whether prepared images of so many bytes are kept on disk and not in memory.

    More than half of the free memory is not taken for them, or than the megabytes that the
    variable CNN_STUDIO_IMAGE_MEMORY names.
    """
    named = os.environ.get(IMAGE_MEMORY_VARIABLE, "")
    if named.isdecimal():
        return images > int(named) * 10**6
    return free is not None and images > free // 2


def needed_bytes(
    input_spec: InputSpec, num_classes: int, batch_size: int, image_count: int, free: int | None
) -> int:
    """About how much memory a training needs, with its images if they are kept in memory."""
    images = image_bytes(input_spec, image_count)
    kept = 0 if stays_on_disk(images, free) else images
    return training_bytes(input_spec, num_classes, batch_size) + kept


def problem_of(
    input_spec: InputSpec, num_classes: int, batch_size: int, image_count: int, free: int | None
) -> str | None:
    """Why a training cannot be, and a choice that can; None if it can.

    Args:
        input_spec: Size and channels of the images.
        num_classes: How many classes there are.
        batch_size: Images a step.
        image_count: All images together.
        free: Bytes that can be had; None where the system does not say.
    """
    size = _pixels(input_spec)
    better = better_choice(input_spec, num_classes, batch_size, image_count, free)
    if _is_too_large_for_a_file(input_spec, num_classes):
        return (
            f"At {size} the network is larger than a model file can be (1.7 GB). "
            f"{_advice(input_spec, batch_size, better)}"
        )
    needed = needed_bytes(input_spec, num_classes, batch_size, image_count, free)
    if free is not None and needed > free:
        return (
            f"At {size} with {batch_size} images a batch this training needs about "
            f"{needed / _GB:.1f} GB of memory, and {free / _GB:.1f} GB are free. "
            f"{_advice(input_spec, batch_size, better)}"
        )
    return None


def better_choice(
    input_spec: InputSpec, num_classes: int, batch_size: int, image_count: int, free: int | None
) -> tuple[int, int] | None:
    """An image size and a batch size near those that were wished for, which fit.

    Returns:
        Size in pixels and images a step, those of the wish if it fits; None if nothing fits.
    """
    sizes = [input_spec.size]
    below = (input_spec.size - 1) // _SIZE_STEP * _SIZE_STEP
    sizes += list(range(below, MIN_SIZE - 1, -_SIZE_STEP))
    for size in sizes:
        spec = replace(input_spec, size=size)
        if _is_too_large_for_a_file(spec, num_classes):
            continue
        batch = batch_size
        while True:
            needed = needed_bytes(spec, num_classes, batch, image_count, free)
            if free is None or needed <= free:
                return size, batch
            if batch // 2 < _SMALLEST_BATCH:
                break
            batch //= 2
    return None


def check_memory(
    input_spec: InputSpec, num_classes: int, batch_size: int, image_count: int
) -> None:
    """Refuse what cannot fit, before the system ends it without a word.

    Raises:
        TrainingError: The network is too large for a model file, or for the free memory.
    """
    problem = problem_of(input_spec, num_classes, batch_size, image_count, available_bytes())
    if problem is not None:
        raise TrainingError(problem)


def _is_too_large_for_a_file(input_spec: InputSpec, num_classes: int) -> bool:
    return count_weights(input_spec, num_classes) * FLOAT_BYTES > _LARGEST_MODEL_BYTES


def _advice(input_spec: InputSpec, batch_size: int, better: tuple[int, int] | None) -> str:
    if better is None:
        return "Close other programs, or train on a computer with more memory."
    size, batch = better
    wished = []
    if size != input_spec.size:
        wished.append(_pixels(replace(input_spec, size=size)))
    if batch != batch_size:
        wished.append(f"{batch} images a batch")
    return f"What fits: {' with '.join(wished)}." if wished else ""


def _pixels(input_spec: InputSpec) -> str:
    return f"{input_spec.size}x{input_spec.size} pixels"

"""All images of a training, read and prepared once and then kept in memory, or on disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.image_sets import ImageSet
from cnn_studio.data.left_out import reasons_in_words
from cnn_studio.errors import ImageError
from cnn_studio.models.learned import ImageHashes, hash_of
from cnn_studio.training.disk_images import DiskImages, images_on_disk
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec, prepare

ALIGNMENT_BYTES = 64
"""What TensorFlow asks of memory that it is to use in place."""

_IMAGES_A_TASK = 64
_IMAGES_A_RELEASE = 2048


@dataclass(frozen=True, eq=False)
class PreparedImages:
    """Images as the network sees them.

    Attributes:
        pixels: (n, size, size, channels), uint8, RGB or grey.
        labels: The class of each, (n,), int64.
        sources: The place of each in its ImageSet, (n,), int64.
        unreadable: The names of the images that are left out because they cannot be read.
        why_unreadable: Why they cannot, in a sentence or a few.
        disk: The same images where they are kept on disk; None where they are in memory.
        hashes: What each of them holds; None where that was not looked at.
    """

    pixels: ImageArray
    labels: NDArray[np.int64]
    sources: NDArray[np.int64]
    unreadable: tuple[str, ...]
    disk: DiskImages | None = None
    hashes: ImageHashes | None = None
    why_unreadable: str = ""

    def __len__(self) -> int:
        return len(self.labels)


def prepare_images(
    images: ImageSet,
    sources: NDArray[np.int64],
    input_spec: InputSpec,
    *,
    progress: Callable[[int], None],
    cancelled: Callable[[], bool],
    on_disk: bool = False,
) -> PreparedImages | None:
    """Read and prepare images on all processors.

    Args:
        images: Where they come from.
        sources: Which of them, (n,), int64.
        input_spec: How they are prepared.
        progress: Told how many are done.
        cancelled: Asked between images.
        on_disk: Keep them in a file, because they would not fit into memory.

    Returns:
        The prepared images, or None if it was cancelled.

    Raises:
        MemoryError: There is not enough memory for the pixels.
        OSError: There is not enough room on the disk.
    """
    shape = (len(sources), *input_spec.shape)
    disk = images_on_disk(shape) if on_disk else None
    pixels = aligned_pixels(shape) if disk is None else disk.pixels
    is_read = np.zeros(len(sources), np.bool_)
    hashes = ImageHashes(*(np.zeros(len(sources), np.uint64) for _ in range(2)))
    reasons: dict[int, str] = {}

    def prepare_some(start: int) -> int:
        places = range(start, min(start + _IMAGES_A_TASK, len(sources)))
        for place in places:
            if cancelled():
                break
            try:
                pixels[place] = prepare(images.read(int(sources[place])), input_spec)
                hashes.files[place] = hash_of(images.stored(int(sources[place])))
            except ImageError as error:
                reasons[place] = str(error)
                continue
            hashes.prepared[place] = hash_of(pixels[place])
            is_read[place] = True
        return len(places)

    done = released = 0
    with ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="prepare") as pool:
        for count in pool.map(prepare_some, range(0, len(sources), _IMAGES_A_TASK)):
            done += count
            progress(done)
            if disk is not None and done - released >= _IMAGES_A_RELEASE:
                disk.release()
                released = done
    if cancelled():
        return None
    unreadable = {images.names[int(sources[place])]: reasons[place] for place in sorted(reasons)}
    kept = sources[is_read]
    pixels = _closed_up(pixels, is_read)
    if disk is not None:
        disk.release()
    labels, held = images.labels[kept], hashes.chosen(is_read)
    why = reasons_in_words(unreadable)
    return PreparedImages(pixels, labels, kept, tuple(unreadable), disk, held, why)


def aligned_pixels(shape: tuple[int, ...]) -> ImageArray:
    """Uninitialised memory that TensorFlow can use in place."""
    count = int(np.prod(shape, dtype=np.int64))
    memory = np.empty(count + ALIGNMENT_BYTES, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT_BYTES
    return memory[start : start + count].reshape(shape)


def _closed_up(pixels: ImageArray, is_read: NDArray[np.bool_]) -> ImageArray:
    """Move the images over the gaps of those that cannot be read, without a second copy."""
    kept = np.flatnonzero(is_read)
    for place, source in enumerate(kept):
        if place != source:
            pixels[place] = pixels[source]
    return pixels[: len(kept)]

"""Prepared images on disk, for datasets that do not fit into memory.

The file has no name, so it is gone when its training ends, whatever ends it. Images are read
with plain reads: through a memory map the pages of the whole file would count as the engine's.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import tempfile
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.paths import cache_folder
from cnn_studio.vision.images import ImageArray

_CACHE = "training"


@dataclass(frozen=True, eq=False)
class DiskImages:
    """Images in a file.

    Attributes:
        pixels: The file as an array (n, size, size, channels), uint8, to write into and to look at
            a few images.
        file: The file itself, open.
    """

    pixels: ImageArray
    file: IO[bytes]

    def read(self, indices: NDArray[np.int64]) -> ImageArray:
        """Read some images.

        Args:
            indices: Which, (m,), int64.

        Returns:
            (m, size, size, channels), uint8.
        """
        if not hasattr(os, "preadv"):  # Windows
            return np.asarray(self.pixels[indices])
        images = np.empty((len(indices), *self.pixels.shape[1:]), np.uint8)
        size, file = int(images[0].nbytes) if len(images) else 0, self.file.fileno()
        for image, index in zip(images, indices, strict=True):
            os.preadv(file, [memoryview(image).cast("B")], int(index) * size)
        return images

    def release(self) -> None:
        """Give back the memory that writing and looking at `pixels` has taken."""
        release(self.pixels)


def images_on_disk(shape: tuple[int, ...]) -> DiskImages:
    """Make room on disk for images of this shape.

    Raises:
        OSError: The disk is full, or the folder for what can be made again cannot be written to.
    """
    folder = cache_folder() / _CACHE
    folder.mkdir(parents=True, exist_ok=True)
    size = max(1, int(np.prod(shape, dtype=np.int64)))
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - lives as long as the images
    try:
        if hasattr(os, "posix_fallocate"):  # else a disk that fills up later would end the process
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.truncate(size)
        return DiskImages(np.memmap(file, np.uint8, "r+", shape=shape), file)
    except BaseException:
        file.close()
        raise


def release(pixels: Any) -> None:
    """Write a memory map's changes to its file and give its memory back; others stay as is."""
    base = pixels
    while base is not None and not isinstance(base, mmap.mmap):
        base = getattr(base, "base", None)
    if base is None:
        return
    base.flush()
    with contextlib.suppress(AttributeError, OSError):  # Windows has no such advice
        base.madvise(mmap.MADV_DONTNEED)

"""Pictures for the tests, each different from the others."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np

from cnn_studio.vision.images import ImageArray, encode_jpeg


def picture(seed: int, height: int = 24, width: int = 32) -> ImageArray:
    """Noise (height, width, 3), uint8, RGB; one seed gives one picture."""
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)


def jpeg(seed: int) -> bytes:
    """A JPEG file of `picture(seed)`."""
    return encode_jpeg(picture(seed))


def put_photo(path: Path, seed: int) -> Path:
    """Write a JPEG file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg(seed))
    return path


def write_part(folder: Path, prefix: str, images: ImageArray, labels: list[int]) -> None:
    """Write one part of a dataset as two gzipped IDX files."""
    folder.mkdir(parents=True, exist_ok=True)
    header = struct.pack(">4I", 0x803, *images.shape)
    (folder / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzip.compress(header + bytes(images)))
    header = struct.pack(">2I", 0x801, len(labels))
    (folder / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(header + bytes(labels)))

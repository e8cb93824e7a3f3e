"""IDX files: the format of MNIST and its kin, as described by LeCun, Cortes and Burges.

Four bytes say what follows (two zeros, 8 for unsigned bytes, the number of dimensions), then each
dimension's size as a big-endian 32-bit number, then the values.
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from cnn_studio.errors import DatasetError
from cnn_studio.untrusted_files import open_regular
from cnn_studio.vision.images import ImageArray

MOST_BYTES = 256 << 20
"""No such file has more when it is unpacked."""

_UNSIGNED_BYTES = b"\x00\x00\x08"


def read_idx(path: Path, dimensions: int) -> ImageArray:
    """Read a gzipped IDX file of unsigned bytes.

    Args:
        path: The file.
        dimensions: How many dimensions it must have.

    Returns:
        The values, uint8, in the file's own shape.

    Raises:
        DatasetError: The file is damaged, or not such a file.
        OSError: The file is missing or cannot be read.
    """
    try:
        with open_regular(path) as packed, gzip.open(packed) as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise EOFError
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DatasetError(f"{path} is damaged.") from error
    start = 4 + 4 * dimensions
    if len(data) < start or data[:4] != _UNSIGNED_BYTES + bytes([dimensions]):
        raise DatasetError(f"{path} is damaged: it holds no IDX file of {dimensions} dimensions.")
    shape = struct.unpack(f">{dimensions}I", data[4:start])
    if len(data) - start != math.prod(shape):
        raise DatasetError(f"{path} is damaged: it has more or fewer values than it says.")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)

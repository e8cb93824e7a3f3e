"""Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747): reading and fetching it.

It is kept as its makers publish it: four gzipped IDX files, two for training and two for the test.
The IDX format is described at the end of http://yann.lecun.com/exdb/mnist/.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.cards import Part
from cnn_studio.errors import DatasetError
from cnn_studio.vision.images import ImageArray

_PREFIX = {Part.TRAIN: "train", Part.TEST: "t10k"}
_IMAGES_MAGIC, _LABELS_MAGIC = 2051, 2049


def images_name(part: Part) -> str:
    """The file that holds the pictures of a part."""
    return f"{_PREFIX[part]}-images-idx3-ubyte.gz"


def labels_name(part: Part) -> str:
    """The file that holds the classes of a part."""
    return f"{_PREFIX[part]}-labels-idx1-ubyte.gz"


FILE_NAMES = tuple(name(part) for part in Part for name in (images_name, labels_name))


def is_present(folder: Path) -> bool:
    """Whether all four files are in a folder; whether they are whole shows when they are read."""
    return all((folder / name).is_file() for name in FILE_NAMES)


def load(folder: Path, part: Part) -> tuple[ImageArray, NDArray[np.int64]]:
    """Read one part.

    Args:
        folder: Where the files are.
        part: Which part.

    Returns:
        Images (n, 28, 28), uint8, light on dark; and labels (n,), int64.

    Raises:
        DatasetError: A file is missing or damaged, or the two do not belong together.
    """
    images = _read_idx(folder / images_name(part), _IMAGES_MAGIC)
    labels = load_labels(folder, part)
    if len(images) != len(labels):
        raise DatasetError(
            f"{images_name(part)} and {labels_name(part)} in {folder} do not belong together: "
            f"{len(images)} images, {len(labels)} labels."
        )
    return images, labels


def load_labels(folder: Path, part: Part) -> NDArray[np.int64]:
    """Read the labels (n,), int64, of one part, which is quick; see `load`."""
    return _read_idx(folder / labels_name(part), _LABELS_MAGIC).astype(np.int64)


def _read_idx(path: Path, magic: int) -> ImageArray:
    try:
        with gzip.open(path) as stream:
            data = stream.read()
    except FileNotFoundError as error:
        raise DatasetError(
            f"Fashion-MNIST is not here yet: {path.name} is missing in {path.parent}. "
            "Run “cnn-studio datasets fetch fashion-mnist”."
        ) from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise _damaged(path) from error
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror or error}).") from error
    dimensions = 3 if magic == _IMAGES_MAGIC else 1
    header = np.frombuffer(data[: 4 * (1 + dimensions)], ">u4").tolist()
    shape = tuple(header[1:])
    values = np.frombuffer(data, np.uint8)[4 * (1 + dimensions) :]
    if len(header) != 1 + dimensions or header[0] != magic or values.size != np.prod(shape):
        raise _damaged(path)
    return values.reshape(shape)


def _damaged(path: Path) -> DatasetError:
    return DatasetError(
        f"{path} is damaged. Run “cnn-studio datasets fetch fashion-mnist”, which replaces it."
    )

"""Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747): reading and fetching it.

It is kept as its makers publish it: four gzipped IDX files, two for training and two for the test.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.cards import Part
from cnn_studio.data.download import ByteMeter, CancelledError, download
from cnn_studio.data.file_moves import explained
from cnn_studio.data.idx import read_idx
from cnn_studio.errors import DatasetError
from cnn_studio.vision.images import ImageArray
from cnn_studio.whole_files import write_atomically

DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package `dataset-fashion-mnist` puts the files."""

BASE_URL = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
"""Where its makers serve the files. Not https, which the SHA-256 makes up for."""

_PREFIX = {Part.TRAIN: "train", Part.TEST: "t10k"}


def images_name(part: Part) -> str:
    """The file that holds the pictures of a part."""
    return f"{_PREFIX[part]}-images-idx3-ubyte.gz"


def labels_name(part: Part) -> str:
    """The file that holds the classes of a part."""
    return f"{_PREFIX[part]}-labels-idx1-ubyte.gz"


@dataclass(frozen=True)
class PublishedFile:
    """One of the four files.

    Attributes:
        size_bytes: About how large it is, for the progress.
        sha256: What it may hash to. Debian's build takes name and time out of the header that gzip
            writes, so the same content is published in two wrappings.
    """

    size_bytes: int
    sha256: frozenset[str]


FILES = {
    "train-images-idx3-ubyte.gz": PublishedFile(
        26_421_880,
        frozenset(
            {
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
            }
        ),
    ),
    "train-labels-idx1-ubyte.gz": PublishedFile(
        29_515,
        frozenset(
            {
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
            }
        ),
    ),
    "t10k-images-idx3-ubyte.gz": PublishedFile(
        4_422_102,
        frozenset(
            {
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
            }
        ),
    ),
    "t10k-labels-idx1-ubyte.gz": PublishedFile(
        5_148,
        frozenset(
            {
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
            }
        ),
    ),
}


def is_present(folder: Path) -> bool:
    """Whether all four files are in a folder; whether they are whole shows when they are read."""
    return all((folder / name).is_file() for name in FILES)


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
    images = _read(folder / images_name(part), 3)
    labels = load_labels(folder, part)
    if len(images) != len(labels):
        raise DatasetError(
            f"{images_name(part)} and {labels_name(part)} in {folder} do not belong together: "
            f"{len(images)} images, {len(labels)} labels."
        )
    return images, labels


def load_labels(folder: Path, part: Part) -> NDArray[np.int64]:
    """Read the labels (n,), int64, of one part, which is quick; see `load`."""
    return _read(folder / labels_name(part), 1).astype(np.int64)


def fetch(
    folder: Path,
    *,
    source: Path | None = None,
    base_url: str = BASE_URL,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Bring the four files into a folder. What is there and whole is left alone.

    Each file is checked against its SHA-256 before it gets its name, so a fetch that was cancelled
    or broke off goes on with the next file that is missing.

    Args:
        folder: Where to; made if need be.
        source: A folder that has the files. Without it they are taken from Debian's package if it
            is installed, else downloaded.
        base_url: Where they are downloaded from; ends in a slash.
        progress: Told how many bytes are done, and of how many.
        cancelled: Asked often; once it says True, the fetch ends.

    Returns:
        Whether all four files are here; False if it was cancelled before.

    Raises:
        DatasetError: A file is not in `source`, is not the published one, or cannot be downloaded
            or saved.
    """
    total_bytes = sum(published.size_bytes for published in FILES.values())
    meter = ByteMeter(total_bytes, progress, cancelled)
    try:
        for name, published in FILES.items():
            meter.begin(published.size_bytes)
            if not _is_published(folder / name, published):
                data = _obtained(name, source, base_url, meter)
                with explained(f"{name} cannot be saved in {folder}"):
                    folder.mkdir(parents=True, exist_ok=True)
                    write_atomically(folder / name, data)
            meter.end()
    except CancelledError:
        return False
    return True


def _obtained(name: str, source: Path | None, base_url: str, meter: ByteMeter) -> bytes:
    """The bytes of one file, checked."""
    if source is not None:
        path = source / name
        if not path.is_file():
            raise DatasetError(f"{name} is not in {source}. Expected there: {', '.join(FILES)}.")
        with explained(f"{path} cannot be read"):
            return _checked(name, path.read_bytes(), str(path))
    if _is_published(DEBIAN_FOLDER / name, FILES[name]):
        with explained(f"{DEBIAN_FOLDER / name} cannot be read"):
            return (DEBIAN_FOLDER / name).read_bytes()
    return _checked(name, download(base_url + name, meter), base_url + name)


def _checked(name: str, data: bytes, origin: str) -> bytes:
    if hashlib.sha256(data).hexdigest() not in FILES[name].sha256:
        raise DatasetError(
            f"{origin} is incomplete or damaged: its SHA-256 is not that of the published "
            f"{name}. Nothing was replaced by it."
        )
    return data


def _is_published(path: Path, published: PublishedFile) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() in published.sha256
    except OSError:
        return False


def _read(path: Path, dimensions: int) -> ImageArray:
    fetch_it = "Run “cnn-studio datasets fetch fashion-mnist”"
    try:
        return read_idx(path, dimensions)
    except FileNotFoundError as error:
        raise DatasetError(
            f"Fashion-MNIST is not here yet: {path.name} is missing in {path.parent}. {fetch_it}."
        ) from error
    except OSError as error:
        raise DatasetError(f"{path} cannot be read ({error.strerror or error}).") from error
    except DatasetError as error:
        raise DatasetError(f"{error} {fetch_it}, which replaces it.") from error

"""Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747): reading and fetching it.

It is kept as its makers publish it: four gzipped IDX files, two for training and two for the test.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.cards import Part
from cnn_studio.data.download import ByteMeter, CancelledError, download
from cnn_studio.data.file_moves import explained
from cnn_studio.data.idx import read_idx
from cnn_studio.data.idx_search import FoundFile, IdxContent, IdxSearch, find_idx, gunzipped
from cnn_studio.errors import DatasetError
from cnn_studio.untrusted_files import read_bytes
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
        content: What it holds. Its gzip is not compared: Debian's has no name and time in it, and
            many sites pack the files otherwise.
    """

    size_bytes: int
    content: IdxContent


FILES = {
    "train-images-idx3-ubyte.gz": PublishedFile(
        26_421_880,
        IdxContent(
            (60_000, 28, 28), "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
        ),
    ),
    "train-labels-idx1-ubyte.gz": PublishedFile(
        29_515,
        IdxContent((60_000,), "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
    ),
    "t10k-images-idx3-ubyte.gz": PublishedFile(
        4_422_102,
        IdxContent(
            (10_000, 28, 28), "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"
        ),
    ),
    "t10k-labels-idx1-ubyte.gz": PublishedFile(
        5_148,
        IdxContent((10_000,), "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
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

    What each file holds is checked against its SHA-256 before it gets its name, so a fetch that was
    cancelled or broke off goes on with the next file that is missing.

    Args:
        folder: Where to; made if need be.
        source: A folder that has the files anywhere in it, a zip or a tar, see `idx_search`.
            Without it they are taken from Debian's package if it is installed or from where Keras
            keeps them, else downloaded.
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
    search: IdxSearch | None = None
    try:
        for name, published in FILES.items():
            meter.begin(published.size_bytes)
            if _published(folder / name, published) is None:
                if source is not None and search is None:
                    wanted = {name: published.content for name, published in FILES.items()}
                    search = find_idx(source, wanted, lambda: meter.update(0))
                data = _obtained(name, search, source, base_url, meter)
                with explained(f"{name} cannot be saved in {folder}"):
                    folder.mkdir(parents=True, exist_ok=True)
                    write_atomically(folder / name, data)
            meter.end()
    except CancelledError:
        return False
    return True


def _obtained(
    name: str, search: IdxSearch | None, source: Path | None, base_url: str, meter: ByteMeter
) -> bytes:
    """The bytes of one file, checked."""
    if search is not None:
        found = search.found.get(name)
        if found is None:
            raise DatasetError(_why_missing(name, search, source))
        return found.gzipped()
    for folder in (DEBIAN_FOLDER, _keras_folder()):
        if (found_there := _published(folder / name, FILES[name])) is not None:
            return found_there
    data = download(base_url + name, meter, FILES[name].size_bytes)
    if not _holds(data, FILES[name]):
        raise DatasetError(
            f"{base_url + name} is incomplete or damaged: its SHA-256 is not that of the published "
            f"{name}. Nothing was replaced by it."
        )
    return data


def _why_missing(name: str, search: IdxSearch, source: Path | None) -> str:
    """The sentence for a file that was not found, or found with something else in it."""
    meant = [file for file in search.others if _is_meant(file, name)]
    if not meant:
        expected = ", ".join(name.removesuffix(".gz") for name in FILES)
        return (
            f"{name} is not in {source}. Expected there, under any name, gzipped or not, in a "
            f"folder, zip or tar: {expected}."
        )
    file, shape = meant[0], FILES[name].content.shape
    has = f"it has {_described(file.shape)}" if file.shape != shape else "its SHA-256 is another"
    return (
        f"{file.origin} is incomplete or damaged, or not of the published Fashion-MNIST: {has}, "
        f"expected was {_described(shape)} as in the published {name}. Nothing was replaced by it. "
        "Images of other sets are brought in as class folders, into a dataset of their own."
    )


def _is_meant(file: FoundFile, name: str) -> bool:
    """Whether a file is called as this one, or holds the same kind of thing."""
    called = Path(file.origin).name.lower()
    part, kind, _rest = name.split("-", 2)
    other_part = called.startswith(("t10k", "test")) if part == "train" else "train" in called
    if part in called or other_part:
        return not other_part and kind[:5] in called
    return file.shape == FILES[name].content.shape


def _described(shape: tuple[int, ...]) -> str:
    if not shape:
        return "nothing that can be read"
    what = "labels" if len(shape) == 1 else f"images of {shape[1]} x {shape[2]}"
    return f"{shape[0]:,} {what}"


def _keras_folder() -> Path:
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "datasets" / "fashion-mnist"


def _published(path: Path, published: PublishedFile) -> bytes | None:
    """The bytes of a file if it is the published one."""
    try:
        data = read_bytes(path, error=DatasetError)
    except DatasetError:
        return None
    return data if _holds(data, published) else None


def _holds(data: bytes, published: PublishedFile) -> bool:
    return hashlib.sha256(gunzipped(data)).hexdigest() == published.content.sha256


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

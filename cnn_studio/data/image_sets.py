"""The images of a dataset as a training reads them, however they are stored.

Classes that are switched off and images that are left out of training are not among them. Images in
class folders that are marked for the test are the test part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data import fashion_mnist
from cnn_studio.data.cards import Part, Storage
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.grouping import Features, Grouping, group_files
from cnn_studio.data.listing import image_files
from cnn_studio.data.marks import Mark
from cnn_studio.data.sessions import recording_of
from cnn_studio.errors import DatasetError
from cnn_studio.vision.images import ImageArray, decode_image, read_file, read_image

__all__ = ["FolderImages", "ImageSet", "Part", "count_all", "count_images", "open_images"]


class ImageSet(Protocol):
    """Images with their classes. Reading is safe from several threads at once."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, in the order that the labels count them."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """What each image is called: "Class/file.jpg" in its dataset, or "train/00012"."""
        ...

    @property
    def labels(self) -> NDArray[np.int64]:
        """Labels (n,), int64: places in `classes`."""
        ...

    def group(
        self,
        sources: NDArray[np.int64],
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        features: Callable[[], Features | None] = lambda: None,
    ) -> Grouping:
        """Find what must stand on one side of a split; see `grouping`.

        Args:
            sources: Which images, (n,), int64.
            progress: Told how far it is: steps done, and steps in all.
            cancelled: Asked often; once it says True, what was found so far is returned.
            features: Gives what the pretrained network sees in those images, (n, size), float32; a
                row of NaN where one cannot be read. None where that is not known. It is called only
                where it is of use.
        """
        ...

    def __len__(self) -> int: ...

    def read(self, index: int) -> ImageArray:
        """Read one image.

        Returns:
            Pixels (height, width, 3) RGB or (height, width) grey; uint8.

        Raises:
            ImageError: The image cannot be read.
        """
        ...

    def stored(self, index: int) -> bytes:
        """The bytes that one image is stored as: its file, or its pixels in a packed dataset.

        Raises:
            ImageError: The file cannot be read.
        """
        ...

    def decode(self, index: int, stored: bytes) -> ImageArray:
        """The image in the bytes that `stored` gave for it; see `read`.

        Raises:
            ImageError: They are damaged, or no image.
        """
        ...


def open_images(dataset: Dataset, part: Part = Part.TRAIN) -> ImageSet | None:
    """Open a part of a dataset.

    Returns:
        Its images, or None if the dataset has no such part.

    Raises:
        DatasetError: The dataset's files are missing or damaged.
    """
    if dataset.card.storage is Storage.IDX:
        return _IdxImages(dataset, part)
    files = _files(ClassFolders(dataset), part)
    if part is Part.TEST and not any(files.values()):
        return None
    return FolderImages(dataset.folder, files)


def given_validation(dataset: Dataset) -> frozenset[str]:
    """The images that the dataset's makers have held back to choose a model by."""
    if dataset.card.storage is not Storage.FOLDERS:
        return frozenset()
    return ClassFolders(dataset).marks.names(Mark.VALIDATION)


def count_images(dataset: Dataset, part: Part = Part.TRAIN) -> dict[str, int]:
    """How many images to learn from each class has in a part; none where files are not there.

    Raises:
        DatasetError: The dataset's files are damaged.
    """
    if dataset.card.storage is Storage.FOLDERS:
        return {name: len(files) for name, files in _files(ClassFolders(dataset), part).items()}
    classes = dataset.card.classes
    if not fashion_mnist.is_present(dataset.folder):
        return dict.fromkeys(classes, 0)
    labels = fashion_mnist.load_labels(dataset.folder, part)
    _check_labels(labels, dataset)
    return dict(zip(classes, np.bincount(labels, minlength=len(classes)).tolist(), strict=True))


def count_all(dataset: Dataset) -> dict[str, int]:
    """All images of each class: those kept for a test and those left out of training as well.

    Raises:
        DatasetError: The dataset's files are damaged.
    """
    if dataset.card.storage is Storage.FOLDERS:
        return ClassFolders(dataset).counts()
    by_part = [count_images(dataset, part) for part in Part]
    return {name: sum(counts[name] for counts in by_part) for name in by_part[0]}


class FolderImages:
    """An `ImageSet` of files in class folders.

    Args:
        folder: The folder of the dataset.
        files: The names of the images, as "Class/file.jpg", by class.
    """

    def __init__(self, folder: Path, files: Mapping[str, Sequence[str]]) -> None:
        self.classes = tuple(files)
        pairs = [
            (label, name) for label, names in enumerate(files.values()) for name in sorted(names)
        ]
        self.names: Sequence[str] = [name for _label, name in pairs]
        self.labels = np.array([label for label, _name in pairs], np.int64)
        self._folder = folder

    def __len__(self) -> int:
        return len(self.names)

    def read(self, index: int) -> ImageArray:
        return read_image(self._folder / self.names[index])

    def stored(self, index: int) -> bytes:
        return read_file(self._folder / self.names[index])

    def decode(self, index: int, stored: bytes) -> ImageArray:
        return decode_image(stored, self.names[index].rpartition("/")[2])

    def group(
        self,
        sources: NDArray[np.int64],
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        features: Callable[[], Features | None] = lambda: None,
    ) -> Grouping:
        files = [self._folder / self.names[int(index)] for index in sources]
        # What the studio recorded is known to belong together without a look at it.
        are_photos = any(not recording_of(path.name) for path in files)
        seen = features() if are_photos else None
        return group_files(files, progress=progress, cancelled=cancelled, features=seen)


class _IdxImages:
    def __init__(self, dataset: Dataset, part: Part) -> None:
        self._images, self.labels = fashion_mnist.load(dataset.folder, part)
        _check_labels(self.labels, dataset)
        self.classes = dataset.card.classes
        self.names: Sequence[str] = [f"{part}/{index:05d}" for index in range(len(self.labels))]

    def __len__(self) -> int:
        return len(self.labels)

    def read(self, index: int) -> ImageArray:
        image: ImageArray = self._images[index]
        return image

    def stored(self, index: int) -> bytes:
        return bytes(self._images[index].tobytes())

    def decode(self, index: int, stored: bytes) -> ImageArray:  # noqa: ARG002 - it is no file
        return self.read(index)

    def group(
        self,
        sources: NDArray[np.int64],
        progress: Callable[[int, int], None] | None = None,  # noqa: ARG002 - it takes no time
        cancelled: Callable[[], bool] = lambda: False,  # noqa: ARG002
        features: Callable[[], Features | None] = lambda: None,  # noqa: ARG002
    ) -> Grouping:
        # What was published as a set is searched for copies only: its makers have split it.
        images = (self._images[index] for index in sources)
        return Grouping(tuple(hashlib.sha256(image).hexdigest() for image in images))


def _files(folders: ClassFolders, part: Part) -> dict[str, list[str]]:
    """The images of a part, as "Class/file.jpg", by class."""
    disabled, excluded = folders.dataset.card.disabled, folders.marks.names(Mark.EXCLUDED)
    tested = folders.marks.names(Mark.TEST)
    files = {
        name: [f"{name}/{entry.name}" for entry in image_files(folders.folder_of(name))]
        for name in folders.classes()
        if name not in disabled
    }
    if part is Part.TEST:
        kept = tested - excluded
        return {name: [f for f in names if f in kept] for name, names in files.items()}
    apart = excluded | tested
    if not apart:
        return files
    return {name: [f for f in names if f not in apart] for name, names in files.items()}


def _check_labels(labels: NDArray[np.int64], dataset: Dataset) -> None:
    if labels.size and labels.max() >= len(dataset.card.classes):
        raise DatasetError(
            f"The card of {dataset.title} has too few classes. "
            f"It needs {labels.max() + 1}, not {len(dataset.card.classes)}."
        )

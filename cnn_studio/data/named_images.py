"""Single images of a dataset, read by what they are called there."""

from __future__ import annotations

import threading
from pathlib import PurePosixPath

from cnn_studio.data.cards import Part, Storage
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.image_sets import ImageSet, open_images
from cnn_studio.errors import DatasetError, ImageError
from cnn_studio.vision.images import ImageArray, read_image


class NamedImages:
    """Reads "Class/file.jpg", or "test/00012" of a packed dataset; from any thread."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._lock = threading.Lock()
        self._parts: dict[Part, ImageSet] = {}

    def has(self, name: str) -> bool:
        """Whether the image is still where it was."""
        if self._dataset.card.storage is Storage.IDX:
            return True
        return _stays_inside(name) and (self._dataset.folder / name).is_file()

    def read(self, name: str) -> ImageArray:
        """Read one image.

        Returns:
            Pixels (height, width, 3) RGB or (height, width) grey; uint8.

        Raises:
            ImageError: There is none of this name, or it cannot be read.
            DatasetError: The dataset's files are missing or damaged.
        """
        if not _stays_inside(name):
            raise ImageError(f"There is no such image in {self._dataset.title}: {name}.")
        if self._dataset.card.storage is Storage.FOLDERS:
            return read_image(self._dataset.folder / name)
        part, _slash, place = name.partition("/")
        try:
            images = self._part(Part(part))
            return images.read(int(place))
        except (ValueError, IndexError) as error:
            raise ImageError(f"There is no such image in {self._dataset.title}: {name}.") from error

    def _part(self, part: Part) -> ImageSet:
        with self._lock:  # opening takes half a second, and once is enough
            images = self._parts.get(part) or open_images(self._dataset, part)
            if images is None:
                raise DatasetError(f"{self._dataset.title} has no images of this part: {part}.")
            self._parts[part] = images
            return images


def _stays_inside(name: str) -> bool:
    """Whether a name that may come from anywhere leads into the dataset's folder."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and not set(path.parts) & {"..", "."}

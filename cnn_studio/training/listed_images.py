"""Some images of a set, as a run counts them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.grouping import Features, Grouping
from cnn_studio.data.image_sets import ImageSet
from cnn_studio.vision.images import ImageArray

Indices = NDArray[np.int64]


class ListedImages:
    """An ImageSet of some images of another one, in an order and with classes of its own.

    Args:
        images: Where they are.
        classes: The classes in the order that the labels count them; those of all the images are
            among them.
        chosen: Which images, (n,), int64.
    """

    def __init__(self, images: ImageSet, classes: tuple[str, ...], chosen: Indices) -> None:
        self.classes = classes
        self._images = images
        self._chosen = chosen
        self.names: Sequence[str] = [images.names[place] for place in chosen]
        place_of = {name: place for place, name in enumerate(classes)}
        self.labels = np.array(
            [place_of[images.classes[images.labels[place]]] for place in chosen], np.int64
        )

    def __len__(self) -> int:
        return len(self._chosen)

    def group(
        self,
        sources: Indices,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        features: Callable[[], Features | None] = lambda: None,
    ) -> Grouping:
        return self._images.group(self._chosen[sources], progress, cancelled, features)

    def read(self, index: int) -> ImageArray:
        return self._images.read(int(self._chosen[index]))

    def stored(self, index: int) -> bytes:
        return self._images.stored(int(self._chosen[index]))

    def decode(self, index: int, stored: bytes) -> ImageArray:
        return self._images.decode(int(self._chosen[index]), stored)

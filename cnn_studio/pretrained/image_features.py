"""The features of a dataset's images: looked up where they are kept, and computed where not."""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.image_sets import ImageSet
from cnn_studio.data.left_out import reasons_in_words
from cnn_studio.errors import ImageError
from cnn_studio.models.learned import ImageHashes, hash_of
from cnn_studio.pretrained.backbone import Backbone, Features
from cnn_studio.pretrained.efficientnet_lite import FEATURES
from cnn_studio.pretrained.feature_store import (
    FeatureStore,
    StoredFeatures,
    image_key,
    preparation_key,
)
from cnn_studio.vision.preparation import InputSpec, prepare

_AT_ONCE = 64
_SMALLEST_NUMBER, _LARGEST_NUMBER = 0.0, float(np.finfo(np.float16).max)


@dataclass(frozen=True, eq=False)
class ImageFeatures:
    """Images as the pretrained network sees them.

    Attributes:
        features: (n, 1280), float32, rounded to float16.
        labels: The class of each, (n,), int64.
        sources: The place of each in its ImageSet, (n,), int64.
        hashes: What each of them holds.
        checksums: A CRC-32 of the prepared pixels of each, (n,), uint32.
        unreadable: The names of the images that are left out because they cannot be read.
        why_unreadable: Why they cannot, in a sentence or a few.
    """

    features: Features
    labels: NDArray[np.int64]
    sources: NDArray[np.int64]
    hashes: ImageHashes
    checksums: NDArray[np.uint32]
    unreadable: tuple[str, ...] = ()
    why_unreadable: str = ""

    def __len__(self) -> int:
        return len(self.labels)


class FeatureReader:
    """Computes and keeps features, on all processors. For one thread at a time.

    Args:
        input_spec: How images are prepared.
        threads: How many images are computed at once; by default one a processor.
        store_path: Where features are kept; by default in the cache folder.
    """

    def __init__(
        self, input_spec: InputSpec, *, threads: int | None = None, store_path: Path | None = None
    ) -> None:
        self._input_spec = input_spec
        self._preparation = preparation_key(input_spec)
        self._threads = threads or os.cpu_count() or 1
        self._store_path = store_path
        self._own = threading.local()  # each thread has a backbone of its own

    def read(
        self,
        images: ImageSet,
        sources: NDArray[np.int64],
        *,
        progress: Callable[[int], None] = lambda _done: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ImageFeatures | None:
        """The features of images, which are kept from then on.

        Args:
            images: Where they come from.
            sources: Which of them, (n,), int64.
            progress: Gets how many are done.
            cancelled: Called between images.

        Returns:
            The features, or None if it was cancelled; what was computed is kept.

        Raises:
            ModelError: The backbone's weights are missing or damaged.
            MemoryError: There is not enough memory.
        """
        count = len(sources)
        features = np.zeros((count, FEATURES), np.float32)
        hashes = ImageHashes(*(np.zeros(count, np.uint64) for _ in range(2)))
        checksums, is_read = np.zeros(count, np.uint32), np.zeros(count, np.bool_)
        reasons: dict[int, str] = {}

        def look_at(place: int) -> tuple[bytes, bytes] | None:
            try:
                content = images.stored(int(sources[place]))
            except ImageError as error:
                reasons[place] = str(error)
                return None
            hashes.files[place] = hash_of(content)
            return image_key(content, self._preparation), content

        def compute(place: int, content: bytes) -> StoredFeatures | None:
            if cancelled():
                return None
            try:
                image = images.decode(int(sources[place]), content)
            except ImageError as error:
                reasons[place] = str(error)
                return None
            return self._computed(prepare(image, self._input_spec))

        workers = ThreadPoolExecutor(self._threads, thread_name_prefix="features")
        with FeatureStore(self._store_path) as store, workers as pool:
            for start in range(0, count, _AT_ONCE):
                if cancelled():
                    return None
                places = range(start, min(start + _AT_ONCE, count))
                seen = {
                    place: found
                    for place, found in zip(places, pool.map(look_at, places), strict=True)
                    if found is not None
                }
                known = store.known([key for key, _content in seen.values()])
                new = {place: found for place, found in seen.items() if found[0] not in known}
                computed = pool.map(compute, new, [content for _key, content in new.values()])
                added = {
                    found[0]: entry
                    for found, entry in zip(new.values(), computed, strict=True)
                    if entry is not None
                }
                store.keep(added)
                known |= added
                for place, (key, _content) in seen.items():
                    entry = known.get(key)
                    if entry is not None:
                        features[place] = entry.features
                        hashes.prepared[place] = entry.prepared
                        checksums[place], is_read[place] = entry.checksum, True
                progress(places.stop)
        if cancelled():
            return None
        names = {images.names[int(sources[place])]: reasons[place] for place in sorted(reasons)}
        kept = sources[is_read]
        return ImageFeatures(
            features if is_read.all() else features[is_read],
            images.labels[kept],
            kept,
            hashes.chosen(is_read),
            checksums[is_read],
            tuple(names),
            reasons_in_words(names),
        )

    def _computed(self, prepared: NDArray[np.uint8]) -> StoredFeatures:
        backbone: Backbone | None = getattr(self._own, "backbone", None)
        if backbone is None:
            backbone = self._own.backbone = Backbone(self._input_spec)
        features = np.clip(backbone.features(prepared), _SMALLEST_NUMBER, _LARGEST_NUMBER)
        checksum = zlib.crc32(prepared.data)
        return StoredFeatures(features.astype(np.float16), hash_of(prepared), checksum)

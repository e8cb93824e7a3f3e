"""The features of a dataset's images: looked up where they are kept, and computed where not."""

from __future__ import annotations

import hashlib
import os
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.image_sets import ImageSet
from cnn_studio.data.left_out import reasons_in_words
from cnn_studio.errors import ImageError
from cnn_studio.models.learned import ImageHashes, hash_from, hash_of
from cnn_studio.pretrained.backbone import Backbone, Features
from cnn_studio.pretrained.efficientnet_lite import FEATURES, MOST, lite_file
from cnn_studio.pretrained.feature_store import (
    FeatureStore,
    StoredFeatures,
    image_key,
    preparation_key,
)
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec, prepare

_AT_ONCE = 64


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


class ImageVariation(Protocol):
    """A way to vary prepared images that depends on each of them alone."""

    @property
    def key(self) -> bytes:
        """What tells it from others; not empty."""
        ...

    def vary(self, prepared: ImageArray, image_key: bytes) -> ImageArray:
        """Vary an image (size, size, channels), uint8, which the key tells from others."""
        ...


class FeatureReader:
    """Computes and keeps features, on all processors. For one thread at a time.

    Args:
        input_spec: How images are prepared.
        threads: How many images are computed at once; by default one a processor.
        store_path: Where features are kept; by default in the cache folder.
        variation: What becomes of each prepared image; None leaves it as it is.
    """

    def __init__(
        self,
        input_spec: InputSpec,
        *,
        threads: int | None = None,
        store_path: Path | None = None,
        variation: ImageVariation | None = None,
    ) -> None:
        self._input_spec = input_spec
        self._variation = variation
        self._preparation = preparation_key(input_spec, variation.key if variation else b"")
        self._threads = threads or os.cpu_count() or 1
        self._store_path = store_path
        self._lock = threading.Lock()
        self._file = b""  # of the backbones
        self._idle: list[Backbone] = []

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
        gathered = _Gathered(images, sources)
        workers = ThreadPoolExecutor(self._threads, thread_name_prefix="features")
        with FeatureStore(self._store_path) as store, workers as pool:
            look = partial(self._look_at, images, store, cancelled)
            for start in range(0, len(sources), _AT_ONCE):
                if cancelled():
                    return None
                new = {}
                some = sources[start : start + _AT_ONCE].tolist()
                for place, image in enumerate(pool.map(look, some), start):
                    gathered.take(place, image)
                    if image.entry is not None and image.is_new:
                        new[image.key] = image.entry
                store.keep(new)
                progress(start + len(some))
        return None if cancelled() else gathered.features()

    def see(self, image_rgb: ImageArray) -> Features:
        """The features of an image that is kept nowhere, as `read` gives them: (1280,), float32.

        Args:
            image_rgb: Pixels (height, width, 3) RGB, or (height, width) grey; uint8, any size.

        Raises:
            ModelError: The backbone's weights are missing or damaged.
        """
        return self._computed(prepare(image_rgb, self._input_spec)).features.astype(np.float32)

    def _look_at(
        self, images: ImageSet, store: FeatureStore, cancelled: Callable[[], bool], source: int
    ) -> _Looked:
        """The features of one image, by one of the threads, which holds its bytes meanwhile."""
        if cancelled():
            return _Looked()
        try:
            content = images.stored(source)
            digest = hashlib.sha256(content).digest()
            key, file = image_key(digest, self._preparation), hash_from(digest)
            entry = store.known([key]).get(key)
            if entry is not None:
                return _Looked(key, file, entry)
            prepared = prepare(images.decode(source, content), self._input_spec)
            if self._variation is not None:
                prepared = self._variation.vary(prepared, key)
        except ImageError as error:
            return _Looked(reason=str(error))
        return _Looked(key, file, self._computed(prepared), is_new=True)

    def _computed(self, prepared: NDArray[np.uint8]) -> StoredFeatures:
        backbone = self._backbone()
        features = np.clip(backbone.features(prepared), 0, MOST).astype(np.float16)
        self._idle.append(backbone)
        return StoredFeatures(features, hash_of(prepared), zlib.crc32(prepared.data))

    def _backbone(self) -> Backbone:
        """One that nobody uses."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
            if not self._file:
                self._file = lite_file(self._input_spec.size, self._input_spec.channels)
        return Backbone(self._input_spec, content=self._file)


@dataclass(frozen=True)
class _Looked:
    """What was found of an image: its features, or the reason why there are none.

    Attributes:
        key: Under what they are kept.
        file: A hash of the bytes that it is stored as.
        entry: They.
        is_new: Whether they were computed just now.
        reason: Why the image cannot be read.
    """

    key: bytes = b""
    file: int = 0
    entry: StoredFeatures | None = None
    is_new: bool = False
    reason: str = ""


class _Gathered:
    """The features of images, as they come."""

    def __init__(self, images: ImageSet, sources: NDArray[np.int64]) -> None:
        count = len(sources)
        self._images, self._sources = images, sources
        self._features = np.zeros((count, FEATURES), np.float32)
        self._files, self._prepared = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
        self._checksums = np.zeros(count, np.uint32)
        self._is_read = np.zeros(count, np.bool_)
        self._reasons: dict[str, str] = {}

    def take(self, place: int, image: _Looked) -> None:
        """Take what was found of one of them."""
        if image.reason:
            self._reasons[self._images.names[int(self._sources[place])]] = image.reason
        if image.entry is None:
            return
        self._features[place] = image.entry.features
        self._files[place], self._prepared[place] = image.file, image.entry.prepared
        self._checksums[place], self._is_read[place] = image.entry.checksum, True

    def features(self) -> ImageFeatures:
        """Those of the images that can be read, in their order."""
        is_read = self._is_read
        kept = self._sources[is_read]
        return ImageFeatures(
            self._features if is_read.all() else self._features[is_read],
            self._images.labels[kept],
            kept,
            ImageHashes(self._files, self._prepared).chosen(is_read),
            self._checksums[is_read],
            tuple(self._reasons),
            reasons_in_words(self._reasons),
        )

"""Features that were computed before, kept in the cache folder by what an image holds.

The same picture has its features once, in whatever dataset and under whatever name. 50,000 images
take some 140 MB.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.cache_file import CacheFile
from cnn_studio.paths import cache_folder
from cnn_studio.pretrained.efficientnet_lite import FEATURES, MOST
from cnn_studio.pretrained.weights import WEIGHTS_SHA256
from cnn_studio.vision.preparation import InputSpec

FEATURES_NAME = "features.sqlite"
_VERSION = 1  # counts up when images are prepared or features computed in another way
_BUSY_S = 5.0
_QUERY_SIZE = 500
_PAGE_BYTES = 16384  # has room for six images
_MOST_BYTES = 1 << 30  # some 350,000 images; beyond it the file is made again
_STORED = np.dtype("<f2")
_HASH_BYTES = 8
_SCHEMA = """
CREATE TABLE IF NOT EXISTS features (
    key BLOB PRIMARY KEY, prepared BLOB, checksum INTEGER, features BLOB);
"""


@dataclass(frozen=True, eq=False)
class StoredFeatures:
    """What is kept of an image.

    Attributes:
        features: (1280,), float16.
        prepared: A hash of the prepared pixels, as `models.learned.hash_of` gives it, uint64.
        checksum: A CRC-32 of the same pixels, uint32.
    """

    features: NDArray[np.float16]
    prepared: int
    checksum: int


def preparation_key(input_spec: InputSpec, variation: bytes = b"") -> bytes:
    """What features depend on besides the image: the network's weights and the preparation.

    Args:
        input_spec: How images are prepared.
        variation: Tells how they are varied then; empty where they are not.
    """
    parts = [_VERSION, WEIGHTS_SHA256, input_spec.to_dict()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode() + variation).digest()


def image_key(digest: bytes, preparation: bytes) -> bytes:
    """Under what an image's features are kept.

    Args:
        digest: The SHA-256 of the bytes that the image is stored as.
        preparation: What `preparation_key` gave.
    """
    return hashlib.sha256(digest + preparation).digest()


class FeatureStore:
    """The features of all images that were ever looked at, in a `CacheFile`.

    Safe to use from several threads; a context manager.

    Args:
        path: The SQLite file; by default in the cache folder.
        most_bytes: One that is larger when it is opened is made again.
    """

    def __init__(self, path: Path | None = None, most_bytes: int = _MOST_BYTES) -> None:
        self._file = CacheFile(
            path or cache_folder() / FEATURES_NAME,
            _VERSION,
            _SCHEMA,
            timeout_s=_BUSY_S,
            most_bytes=most_bytes,
            page_bytes=_PAGE_BYTES,
        )

    def __enter__(self) -> FeatureStore:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def known(self, keys: Sequence[bytes]) -> dict[bytes, StoredFeatures]:
        """Those of these images that are kept, by their keys."""
        found = {}
        for start in range(0, len(keys), _QUERY_SIZE):
            some = keys[start : start + _QUERY_SIZE]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, prepared, checksum, features FROM features WHERE key IN ({marks})"
            for key, prepared, checksum, features in self._file.read(query, some):
                entry = _entry(prepared, checksum, features)
                if entry is not None:
                    found[bytes(key)] = entry
        return found

    def keep(self, entries: Mapping[bytes, StoredFeatures]) -> None:
        """Keep features under their keys."""
        rows = [
            (
                key,
                entry.prepared.to_bytes(_HASH_BYTES, "big"),
                entry.checksum,
                entry.features.astype(_STORED).tobytes(),
            )
            for key, entry in entries.items()
        ]
        self._file.write("INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?)", rows)


def _entry(prepared: object, checksum: object, features: object) -> StoredFeatures | None:
    """What a row holds; None where it cannot be what was kept."""
    if not isinstance(prepared, bytes) or len(prepared) != _HASH_BYTES:
        return None
    if not isinstance(checksum, int) or not 0 <= checksum < 1 << 32:
        return None
    if not isinstance(features, bytes) or len(features) != FEATURES * _STORED.itemsize:
        return None
    values = np.frombuffer(features, _STORED)
    if not ((values >= 0) & (values <= MOST)).all():  # which no NaN is
        return None
    return StoredFeatures(values, int.from_bytes(prepared, "big"), checksum)

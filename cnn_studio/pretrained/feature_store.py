"""Features that were computed before, kept in the cache folder by what an image holds.

The same picture has its features once, in whatever dataset and under whatever name. 50,000 images
take some 140 MB.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.cache_file import MEMORY, delete_cache, open_cache
from cnn_studio.paths import cache_folder
from cnn_studio.pretrained.efficientnet_lite import FEATURES
from cnn_studio.pretrained.weights import WEIGHTS_SHA256
from cnn_studio.vision.preparation import InputSpec

FEATURES_NAME = "features.sqlite"
_VERSION = 1  # counts up when images are prepared or features computed in another way
_BUSY_S = 5.0
_QUERY_SIZE = 500
_MOST_BYTES = 1 << 30  # some 350,000 images; beyond it the file is made again
_STORED = np.dtype("<f2")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS features (
    key BLOB PRIMARY KEY, prepared BLOB, checksum INTEGER, features BLOB) WITHOUT ROWID;
"""
_log = logging.getLogger(__name__)


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


def preparation_key(input_spec: InputSpec) -> bytes:
    """What features depend on besides the image: the network's weights and the preparation."""
    parts = [_VERSION, WEIGHTS_SHA256, input_spec.to_dict()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).digest()


def image_key(content: bytes, preparation: bytes) -> bytes:
    """Under what an image's features are kept.

    Args:
        content: The bytes that the image is stored as.
        preparation: What `preparation_key` gave.
    """
    return hashlib.sha256(hashlib.sha256(content).digest() + preparation).digest()


class FeatureStore:
    """The features of all images that were ever looked at. For one thread; a context manager.

    A store that is damaged, or cannot be written to, is replaced: by a new file, or by one in
    memory that is forgotten afterwards.

    Args:
        path: The SQLite file; by default in the cache folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or cache_folder() / FEATURES_NAME
        self._database = self._open()

    def __enter__(self) -> FeatureStore:
        return self

    def __exit__(self, *_error: object) -> None:
        self._database.close()

    def known(self, keys: Sequence[bytes]) -> dict[bytes, StoredFeatures]:
        """Those of these images that are kept, by their keys."""
        found = {}
        for start in range(0, len(keys), _QUERY_SIZE):
            some = keys[start : start + _QUERY_SIZE]
            marks = ",".join("?" * len(some))
            query = f"SELECT key, prepared, checksum, features FROM features WHERE key IN ({marks})"
            for key, prepared, checksum, features in self._read(query, some):
                entry = _entry(prepared, checksum, features)
                if entry is not None:
                    found[bytes(key)] = entry
        return found

    def missing(self, keys: Sequence[bytes]) -> list[bytes]:
        """Those of these keys that nothing is kept under."""
        found: set[bytes] = set()
        for start in range(0, len(keys), _QUERY_SIZE):
            some = keys[start : start + _QUERY_SIZE]
            marks = ",".join("?" * len(some))
            query = f"SELECT key FROM features WHERE key IN ({marks})"
            found.update(bytes(key) for (key,) in self._read(query, some))
        return [key for key in keys if key not in found]

    def keep(self, entries: Mapping[bytes, StoredFeatures]) -> None:
        """Keep features under their keys."""
        rows = [
            (
                key,
                entry.prepared.to_bytes(8, "big"),
                entry.checksum,
                entry.features.astype(_STORED).tobytes(),
            )
            for key, entry in entries.items()
        ]
        try:
            with self._database:
                self._database.execute("BEGIN")
                self._database.executemany(
                    "INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?)", rows
                )
        except sqlite3.Error as error:  # a full disk, or another studio holds it: compute again
            _log.warning("Features could not be kept: %s", error)

    def _read(self, query: str, values: Sequence[bytes]) -> list[tuple[Any, ...]]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:  # damaged since it was opened
            _log.warning("The features in %s are lost: %s", self._path, error)
            self._database.close()
            self._database = _connect(MEMORY)
            return []

    def _open(self) -> sqlite3.Connection:
        try:
            if self._path.exists() and self._path.stat().st_size > _MOST_BYTES:
                delete_cache(self._path)
            return _connect(self._path)
        except (OSError, sqlite3.Error) as error:
            _log.warning("The features in %s cannot be used: %s", self._path, error)
            return _connect(MEMORY)


def _connect(path: Path) -> sqlite3.Connection:
    return open_cache(path, _VERSION, _SCHEMA, timeout_s=_BUSY_S)


def _entry(prepared: object, checksum: object, features: object) -> StoredFeatures | None:
    """What a row holds; None where it cannot be what was kept."""
    if not isinstance(prepared, bytes) or not isinstance(features, bytes):
        return None
    if not isinstance(checksum, int) or len(features) != FEATURES * _STORED.itemsize:
        return None
    values = np.frombuffer(features, _STORED)
    if not np.isfinite(values).all():
        return None
    return StoredFeatures(values, int.from_bytes(prepared, "big"), checksum)

"""What a run's model has learned from, known by what the images hold and not by where they lie.

`contents.json` in a run's folder has two short hashes of each image of its training: of the file,
which stays the same on every machine, and of what the network sees of it, which stays the same
where the picture is saved once more without loss.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.catalog import Dataset
from cnn_studio.errors import NOT_UNDERSTOOD, ModelError, StudioError
from cnn_studio.models.fields import Fields
from cnn_studio.models.run_dataset import learned_from
from cnn_studio.models.runs import Run, split_names
from cnn_studio.untrusted_arrays import read_arrays
from cnn_studio.untrusted_files import read_json
from cnn_studio.vision.images import ImageArray
from cnn_studio.whole_files import write_atomically

CONTENTS_FILE = "contents.json"
_PARTS = ("train", "validation", "test")
_BYTES = 8  # of a hash: among a million images two are alike by chance once in 30 million times
_OLD_FILE = Path("checkpoints") / "images.npz"  # checksums of a run from before there were hashes

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class ImageHashes:
    """What the images of one part of a training hold.

    Attributes:
        files: Of the bytes that each image is stored as, (n,), uint64.
        prepared: Of the pixels that the network sees, (n,), uint64.
    """

    files: Hashes
    prepared: Hashes

    def __len__(self) -> int:
        return len(self.files)

    def chosen(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> ImageHashes:
        """Those of some of the images."""
        return ImageHashes(self.files[places], self.prepared[places])

    def are_among(self, others: Iterable[ImageHashes]) -> NDArray[np.bool_]:
        """Which of the images are among others, (n,), bool."""
        found = np.zeros(len(self), np.bool_)
        for other in others:
            found |= np.isin(self.files, other.files) | np.isin(self.prepared, other.prepared)
        return found


def hash_of(data: bytes | ImageArray) -> int:
    """A short hash of a file's bytes, or of prepared pixels; a uint64."""
    buffer = data if isinstance(data, bytes) else data.data
    return hash_from(hashlib.sha256(buffer).digest())


def hash_from(digest: bytes) -> int:
    """The same of what the SHA-256 is known of."""
    return int.from_bytes(digest[:_BYTES], "big")


def write_hashes(run_folder: Path, parts: Mapping[str, ImageHashes]) -> None:
    """Keep the hashes of a training's images: "train", "validation" and "test", in its own order.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    values = {
        part: {"files": _as_text(hashes.files), "prepared": _as_text(hashes.prepared)}
        for part, hashes in parts.items()
    }
    write_atomically(run_folder / CONTENTS_FILE, json.dumps(values).encode("utf-8"))


def read_hashes(run_folder: Path) -> dict[str, ImageHashes]:
    """Read what `write_hashes` kept, trusting nothing; nothing where there is none, or damaged."""
    try:
        parts = Fields(read_json(run_folder / CONTENTS_FILE), CONTENTS_FILE)
        return {part: _hashes(parts.mapping(part)) for part in _PARTS if parts.has(part)}
    except (StudioError, *NOT_UNDERSTOOD):
        return {}  # then the names alone decide


class LearnedImages:
    """Knows whether a run's model has learned from an image.

    Args:
        hashes: Of the images that it learned from.
        names: For a run without hashes, what they are called in their dataset; empty where images
            of another one are looked at.
        checksums: For such a run, of the prepared pixels.
    """

    def __init__(
        self,
        hashes: Iterable[ImageHashes] = (),
        names: frozenset[str] = frozenset(),
        checksums: frozenset[int] = frozenset(),
    ) -> None:
        parts = list(hashes)
        self._files = frozenset(int(one) for part in parts for one in part.files)
        self._prepared = frozenset(int(one) for part in parts for one in part.prepared)
        self._names = names
        self._checksums = checksums

    @classmethod
    def of(cls, run: Run, dataset: Dataset | None = None) -> LearnedImages:
        """What a run's model has learned from, the images it was measured on if it went on to them.

        Args:
            run: A run that has a model.
            dataset: Where the images come from; None where they have no names in a dataset.

        Raises:
            ModelError: What the training was split into cannot be read.
        """
        parts, kept = learned_parts(run), read_hashes(run.folder)
        if kept:
            return cls([kept[part] for part in parts if part in kept])
        is_own = dataset is not None and learned_from(run, dataset)
        names = (split_names(run, part) for part in parts if is_own)
        return cls((), frozenset().union(*names), _old_checksums(run, parts))

    @property
    def is_known(self) -> bool:
        """Whether anything is known of what the model has learned from."""
        return bool(self._files or self._names or self._checksums)

    def has(
        self, seen: ImageArray | None, stored: Callable[[], bytes] | None, name: str = ""
    ) -> bool:
        """Whether the model has learned from an image.

        Args:
            seen: What the network sees of it, (size, size, channels), uint8; None if that is
                not at hand.
            stored: Gives the bytes that it is stored as, and is called only where that may tell;
                None if there are none.
            name: What it is called in its dataset.
        """
        if name in self._names:
            return True
        if seen is not None:
            if self._prepared and hash_of(seen) in self._prepared:
                return True
            if self._checksums and zlib.crc32(seen.data) in self._checksums:
                return True
        return bool(self._files) and stored is not None and hash_of(stored()) in self._files


def learned_parts(run: Run) -> tuple[str, ...]:
    """Which parts of its split a run's model has learned from."""
    went_on = run.bundle is not None and run.bundle.final_epochs > 0
    return ("train", "validation") if went_on else ("train",)


def trained_on(run: Run) -> frozenset[str]:
    """The names of the images that a run was trained on before it was measured.

    With a cross-validation these are all: each was judged by what had learned from the others.

    Raises:
        ModelError: What the training was split into cannot be read.
    """
    with_folds = run.bundle is not None and run.bundle.folds > 0
    return split_names(run, "validation" if with_folds else "train")


def learned_of_kept(run: Run, part: str) -> NDArray[np.bool_] | None:
    """Which images of a part of the training are copies of those that were learned from.

    Args:
        run: The run.
        part: "validation", as it was measured before the model went on to learn from it, or
            "test".

    Returns:
        One flag an image in the order of the training, (n,), bool; None where it is not known.
    """
    kept = read_hashes(run.folder)
    if part not in kept:
        return None
    learned = [other for other in learned_parts(run) if other != part and other in kept]
    return kept[part].are_among(kept[other] for other in learned)


def _as_text(hashes: Hashes) -> str:
    return hashes.astype(">u8").tobytes().hex()


def _hashes(values: object) -> ImageHashes:
    fields = Fields(values, CONTENTS_FILE)
    files, prepared = (
        np.frombuffer(bytes.fromhex(fields.text(name)), ">u8").astype(np.uint64)
        for name in ("files", "prepared")
    )
    if len(files) != len(prepared):
        raise ModelError(f"{CONTENTS_FILE} must have two hashes of each image.")
    return ImageHashes(files, prepared)


def _old_checksums(run: Run, parts: Iterable[str]) -> frozenset[int]:
    """What an older run has kept of its images: a CRC-32 of each, those trained on first."""
    try:
        first, *_others = read_arrays(run.folder / _OLD_FILE).values()
        values = np.asarray(first, np.uint32).ravel()
        count = sum(len(split_names(run, part)) for part in parts)
    except (StudioError, *NOT_UNDERSTOOD):
        return frozenset()
    return frozenset(int(value) for value in values[:count])

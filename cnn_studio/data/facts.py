"""What is known of image files from looking into them once: size, quality, content, when taken.

It is kept in the cache folder and made again only for files that have changed since.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, fields
from itertools import islice
from pathlib import Path

import numpy as np

from cnn_studio.data.cache_file import CacheFile
from cnn_studio.data.image_facts import ImageFacts, Looked, file_stamp, look_into
from cnn_studio.paths import cache_folder
from cnn_studio.vision.exif import Taken
from cnn_studio.vision.likeness import COLOUR_SIDE_PX, SIDE_PX, SmallCopy
from cnn_studio.vision.quality import ImageQuality

FACTS_NAME = "facts.sqlite"
_VERSION = 5
_THREADS = 2
_AT_ONCE = 64
_BUSY_S = 5.0
_QUERY_SIZE = 500
_MOST_BYTES = 1 << 30  # some 200,000 images; beyond it the file is made again

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (
    path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, error TEXT, content TEXT,
    width INTEGER, height INTEGER, camera TEXT, taken_s INTEGER,
    sharpness REAL, contrast REAL, brightness REAL, structure REAL, highlight REAL, clipped REAL,
    grey BLOB, colour BLOB);
CREATE TABLE IF NOT EXISTS pairs (
    one TEXT, other TEXT, likeness REAL, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT) WITHOUT ROWID;
"""
_FIGURES = tuple(field.name for field in fields(ImageQuality))
_FOUND = ("error", "content", "width", "height", "camera", "taken_s", *_FIGURES)
_COLUMNS = ", ".join(("path", "size", "mtime_ns", *_FOUND))

Progress = Callable[[int, int], None]
Pair = tuple[str, str]


class FactsStore:
    """The facts of all files that were ever looked into. For one thread; a context manager.

    A store that is damaged, or cannot be written to, is replaced: by a new file, or by one in
    memory that is forgotten afterwards.

    Args:
        path: The SQLite file; by default in the cache folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._file = CacheFile(
            path or cache_folder() / FACTS_NAME,
            _VERSION,
            _SCHEMA,
            timeout_s=_BUSY_S,
            most_bytes=_MOST_BYTES,
        )

    def __enter__(self) -> FactsStore:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def known(self, files: Iterable[Path]) -> dict[Path, ImageFacts]:
        """The facts of those files that have not changed since they were looked into."""
        found: dict[Path, ImageFacts] = {}
        for some in _chunks(files, _QUERY_SIZE):
            marks = ",".join("?" * len(some))
            rows = self._file.read(
                f"SELECT {_COLUMNS} FROM facts WHERE path IN ({marks})",
                [os.fsencode(path) for path in some],
            )
            for name, size, mtime_ns, *values in rows:
                path = Path(os.fsdecode(name))
                if file_stamp(path) == (size, mtime_ns):
                    found[path] = _facts(*values)
        return found

    def small_copies(self, files: Sequence[Path]) -> list[SmallCopy]:
        """Small copies of files whose facts are known; black for a file that has none."""
        black = SmallCopy(
            np.zeros((SIDE_PX, SIDE_PX), np.uint8),
            np.full((COLOUR_SIDE_PX, COLOUR_SIDE_PX, 2), 128, np.uint8),
        )
        copies = []
        for path in files:
            query = "SELECT grey, colour FROM facts WHERE path = ? AND colour IS NOT NULL"
            rows = self._file.read(query, [os.fsencode(path)])
            copies.append(_small_copy(*rows[0]) if rows else black)
        return copies

    def likenesses(self, pairs: Iterable[Pair]) -> dict[Pair, float]:
        """Those likenesses of two contents that were worked out before."""
        found = {}
        for pair in pairs:
            query = "SELECT likeness FROM pairs WHERE one = ? AND other = ?"
            for (value,) in self._file.read(query, pair):
                found[pair] = float(value)
        return found

    def keep_likenesses(self, likenesses: Mapping[Pair, float]) -> None:
        """Remember how alike two contents are."""
        rows = [(one, other, value) for (one, other), value in likenesses.items()]
        self._file.write("INSERT OR REPLACE INTO pairs VALUES (?, ?, ?)", rows)

    def answer(self, key: str) -> str | None:
        """What was found out before about a whole set of images, under a key made of them."""
        rows = self._file.read("SELECT answer FROM answers WHERE key = ?", [key])
        return str(rows[0][0]) if rows else None

    def keep_answer(self, key: str, answer: str) -> None:
        """Remember what was found out about a whole set of images."""
        self._file.write("INSERT OR REPLACE INTO answers VALUES (?, ?)", [(key, answer)])

    def keep(self, looked: Iterable[Looked]) -> None:
        """Remember what was found in files."""
        rows = [_row(entry) for entry in looked]
        self._file.write(f"INSERT OR REPLACE INTO facts VALUES ({','.join('?' * 17)})", rows)


def gather_facts(
    files: Sequence[Path],
    store: FactsStore,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[Path, ImageFacts]:
    """Look into files, as far as they have changed since they were last looked into.

    Args:
        files: The files.
        store: What is known, and where it is kept.
        progress: Told how many files are done, and of how many.
        cancelled: Asked often; once it says True, what is known so far is returned.

    Returns:
        The facts by file. One that has gone meanwhile is not among them.
    """
    report = progress or (lambda _done, _total: None)
    facts = store.known(files)
    new = [path for path in files if path not in facts]
    report(len(facts), len(files))
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="facts") as pool:
        for some in _chunks(new, _AT_ONCE):
            if cancelled():
                break
            looked = [entry for entry in pool.map(look_into, some) if entry is not None]
            store.keep(looked)
            facts.update((entry.path, entry.facts) for entry in looked)
            report(len(facts), len(files))
    return facts


def _row(looked: Looked) -> tuple[object, ...]:
    facts, quality = looked.facts, looked.facts.quality
    figures: tuple[float | None, ...] = (None,) * len(_FIGURES)
    if quality is not None:
        figures = astuple(quality)
    small: tuple[bytes | None, ...] = (None, None)
    if looked.small is not None:
        small = (looked.small.grey.tobytes(), looked.small.colour.tobytes())
    known = (os.fsencode(looked.path), *looked.stamp, facts.error, facts.content)
    taken: tuple[str | None, int | None] = (None, None)
    if facts.taken is not None:
        taken = (facts.taken.camera, facts.taken.time_s)
    return (*known, facts.width, facts.height, *taken, *figures, *small)


def _facts(
    error: str,
    content: str,
    width: int,
    height: int,
    camera: str | None,
    taken_s: int | None,
    *figures: float | None,
) -> ImageFacts:
    known = [figure for figure in figures if figure is not None]
    quality = ImageQuality(*known) if len(known) == len(_FIGURES) else None
    taken = Taken(camera or "", taken_s) if taken_s is not None else None
    return ImageFacts(error, content, width, height, quality, taken)


def _small_copy(grey: bytes, colour: bytes) -> SmallCopy:
    return SmallCopy(
        np.frombuffer(grey, np.uint8).reshape(SIDE_PX, SIDE_PX),
        np.frombuffer(colour, np.uint8).reshape(COLOUR_SIDE_PX, COLOUR_SIDE_PX, 2),
    )


def _chunks(items: Iterable[Path], size: int) -> Iterator[list[Path]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk

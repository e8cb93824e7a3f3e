"""Looking into image files and comparing them with each other, in one go.

Both are done block by block, so that how far it is says how long it will still take: whether there
are many near duplicates shows from the first block on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cnn_studio.data.facts import FactsStore, gather_facts
from cnn_studio.data.image_facts import ImageFacts
from cnn_studio.data.near_duplicates import NearDuplicates
from cnn_studio.data.paced_progress import PacedProgress
from cnn_studio.data.sessions import recording_of

_BLOCK = 256


@dataclass(frozen=True)
class ComparedFiles:
    """What is known of image files.

    Attributes:
        facts: What was found in each; one that has gone meanwhile is not among them.
        search: Knows which are nearly the same, by their places; unreadable ones are like none.
    """

    facts: Mapping[Path, ImageFacts]
    search: NearDuplicates


def look_and_compare(
    files: Sequence[Path],
    store: FactsStore,
    pace: PacedProgress,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    then_s: Callable[[NearDuplicates, float], float] = lambda _search, _share: 0.0,
) -> ComparedFiles:
    """Look into files, as far as they have changed since, and search them for near duplicates.

    Args:
        files: The files.
        store: What is known, and where it is kept.
        pace: Told how far it is.
        cancelled: Asked often; once it says True, what is known so far is returned.
        then_s: How long the work after it will take, in seconds, by the search so far and the
            share of the files that it knows, 0 to 1.
    """
    facts: dict[Path, ImageFacts] = {}
    search = NearDuplicates(len(files), store, cancelled)
    looking_s, spent_s = 0.0, 0.0
    stop = len(files)
    while stop > 0 and not cancelled():
        block = files[max(0, stop - _BLOCK) : stop]
        behind = len(files) - stop
        of_looking = looking_s / spent_s if spent_s else 1.0
        left_s = then_s(search, behind / len(files)) if behind else 0.0
        tell = partial(_tell_looked, pace, len(files), behind, of_looking, left_s)
        begun_s = time.perf_counter()
        facts |= gather_facts(block, store, progress=tell, cancelled=cancelled)
        looked_s = time.perf_counter()
        _compare(block, stop - len(block), facts, store, search)
        looking_s += looked_s - begun_s
        spent_s += time.perf_counter() - begun_s
        stop -= len(block)
        done = len(files) - stop
        pace.tell(done, len(files), then_s(search, done / len(files)))
    return ComparedFiles(facts, search)


def content_of_file(path: Path, facts: Mapping[Path, ImageFacts]) -> str:
    """The SHA-256 of a file; a name of its own for one that cannot be read."""
    found = facts.get(path)
    if found is not None and found.content:
        return found.content
    return f"unreadable {path.parent.name}/{path.name}"


def _tell_looked(
    pace: PacedProgress,
    total: int,
    behind: int,
    of_looking: float,
    left_s: float,
    looked: int,
    _block: int,
) -> None:
    """Tell how far it is within a block; looking into a file is only a share of the work on it."""
    pace.tell(behind + of_looking * looked, total, left_s)


def _compare(
    block: Sequence[Path],
    start: int,
    facts: Mapping[Path, ImageFacts],
    store: FactsStore,
    search: NearDuplicates,
) -> None:
    readable = [path for path in block if path in facts and not facts[path].error]
    copies = dict(zip(readable, store.small_copies(readable), strict=True))
    search.add(
        start,
        [copies.get(path) for path in block],
        [content_of_file(path, facts) for path in block],
        [recording_of(path.name) for path in block],
    )

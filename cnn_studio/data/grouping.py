"""What must stand on one side of a split: recordings, copies, and near duplicates of either.

Chains are joined here, unlike for a deletion: if one image is nearly the same as a second and that
one as a third, a network that has learned the first has as good as seen the third.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.facts import FactsStore, Progress, gather_facts
from cnn_studio.data.image_facts import ImageFacts
from cnn_studio.data.near_duplicates import near_duplicate_chains, near_duplicate_groups
from cnn_studio.data.sessions import recording_of

_MOST_OF_A_CLASS = 0.5


@dataclass(frozen=True)
class Grouping:
    """What belongs together.

    Attributes:
        groups: For each image the name of its group; a group of one may stand on either side.
        notes: Sentences about what was not joined.
        unreadable: Places of the images that cannot be read, each in a group of its own.
    """

    groups: tuple[str, ...]
    notes: tuple[str, ...] = ()
    unreadable: tuple[int, ...] = ()


def group_files(
    files: Sequence[Path],
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    store_path: Path | None = None,
) -> Grouping:
    """Find what belongs together among the image files of a dataset's class folders.

    Args:
        files: The images, each in the folder of its class.
        progress: Told how far it is: steps done, and steps in all.
        cancelled: Asked often; once it says True, what was found so far is returned.
        store_path: Where the facts of images are kept; by default in the cache folder. Images that
            were looked into and compared before cost next to nothing.
    """
    report = progress or (lambda _done, _total: None)
    count = len(files)
    total = 2 * count  # once for looking into each image, once for comparing it
    with FactsStore(store_path) as store:
        facts = gather_facts(
            files, store, progress=lambda done, _all: report(done, total), cancelled=cancelled
        )
        contents = [_content(path, facts) for path in files]
        bursts = [recording_of(path.name) for path in files]
        search = _Search(
            files,
            contents,
            bursts,
            store,
            lambda done, _all: report(count + done, total),
            cancelled,
        )
        basis = [burst or content for burst, content in zip(bursts, contents, strict=True)]
        joined = joined_groups(basis, search.chains())
        classes = [path.parent.name for path in files]
        notes = []
        for group in swallowing(joined, basis, classes):
            places = [place for place, name in enumerate(joined) if name == group]
            for place, name in zip(places, search.parted(places, basis), strict=True):
                joined[place] = name
            notes.append(_note(places, classes))
    report(total, total)
    lost = [place for place, path in enumerate(files) if path not in facts or facts[path].error]
    return Grouping(tuple(joined), tuple(notes), tuple(lost))


def joined_groups(basis: Sequence[str], chains: Iterable[Sequence[int]]) -> list[str]:
    """Groups that grow together where a chain has images of several of them.

    Args:
        basis: The group of each image.
        chains: Places of images that belong together.

    Returns:
        The group of each image: the name that was the first in `basis` of those that it joins.
    """
    head = {name: name for name in basis}

    def find(name: str) -> str:
        while head[name] != name:
            head[name] = head[head[name]]
            name = head[name]
        return name

    rank = {name: number for number, name in enumerate(dict.fromkeys(basis))}
    for chain in chains:
        for place in chain[1:]:
            one, other = sorted((find(basis[chain[0]]), find(basis[place])), key=rank.__getitem__)
            head[other] = one
    return [find(name) for name in basis]


def swallowing(joined: Sequence[str], basis: Sequence[str], classes: Sequence[str]) -> list[str]:
    """The groups that hold more than half of a class, though no group did before it was joined."""
    sizes = Counter(classes)
    largest: dict[tuple[str, str], int] = defaultdict(int)
    for (_base, name, group), count in Counter(zip(basis, classes, joined, strict=True)).items():
        largest[group, name] = max(largest[group, name], count)
    found = [
        group
        for (group, name), count in Counter(zip(joined, classes, strict=True)).items()
        if count > _MOST_OF_A_CLASS * sizes[name] and count > largest[group, name]
    ]
    return list(dict.fromkeys(found))


class _Search:
    """Looks for near duplicates among files, and remembers what it found."""

    def __init__(
        self,
        files: Sequence[Path],
        contents: Sequence[str],
        bursts: Sequence[str],
        store: FactsStore,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> None:
        self._files = files
        self._contents = contents
        self._bursts = bursts
        self._store = store
        self._progress = progress
        self._cancelled = cancelled

    def chains(self) -> list[list[int]]:
        """Places of images that hang together by near duplicates."""
        told = json.dumps(["chains", list(self._contents), list(self._bursts)])
        key = hashlib.sha256(told.encode()).hexdigest()
        known = self._store.answer(key)
        if known is not None:
            found: list[list[int]] = json.loads(known)
            return found
        chains = near_duplicate_chains(
            self._store.small_copies(self._files),
            self._contents,
            self._bursts,
            self._store,
            progress=self._progress,
            cancelled=self._cancelled,
        )
        if not self._cancelled():
            self._store.keep_answer(key, json.dumps(chains))
        return chains

    def parted(self, places: Sequence[int], basis: Sequence[str]) -> list[str]:
        """The groups of some images without chains: recordings by themselves, photos by likeness.

        Args:
            places: The images.
            basis: The group of each image of all, without near duplicates.
        """
        photos = [place for place in places if not self._bursts[place]]
        stars = near_duplicate_groups(
            self._store.small_copies([self._files[place] for place in photos]),
            [self._contents[place] for place in photos],
            [""] * len(photos),
            [(0.0,)] * len(photos),
            self._store,
            cancelled=self._cancelled,
        )
        number = {place: n for n, place in enumerate(places)}
        chains = [[number[photos[n]] for n in star] for star in stars]
        return joined_groups([basis[place] for place in places], chains)


def _content(path: Path, facts: Mapping[Path, ImageFacts]) -> str:
    """The SHA-256 of a file; a name of its own for one that cannot be read."""
    found = facts.get(path)
    return (
        found.content if found and found.content else f"unreadable {path.parent.name}/{path.name}"
    )


def _note(places: Sequence[int], classes: Sequence[str]) -> str:
    counts = Counter(classes[place] for place in places)
    name, count = counts.most_common(1)[0]
    return (
        f"{name}: {count} of {Counter(classes)[name]} images hang together by near duplicates, too "
        "many for one side of the split. Only the nearest were kept together, so the validation "
        "figure may be a little too good. More varied images help."
    )

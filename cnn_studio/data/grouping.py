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

from cnn_studio.data.chains import Chains
from cnn_studio.data.compared_files import content_of_file, look_and_compare
from cnn_studio.data.facts import FactsStore, Progress
from cnn_studio.data.image_facts import ImageFacts
from cnn_studio.data.near_duplicates import NearDuplicates
from cnn_studio.data.paced_progress import PacedProgress
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
    pace = PacedProgress(progress or (lambda _done, _total: None), 2 * len(files))
    with FactsStore(store_path) as store:
        search = _Search(files, store, pace, cancelled)
        basis = [
            burst or content for burst, content in zip(search.bursts, search.contents, strict=True)
        ]
        joined = joined_groups(basis, search.chains)
        classes = [path.parent.name for path in files]
        notes = []
        for group in swallowing(joined, basis, classes):
            places = [place for place, name in enumerate(joined) if name == group]
            for place, name in zip(places, search.parted(places, basis), strict=True):
                joined[place] = name
            notes.append(_note(places, classes))
    pace.finish()
    return Grouping(tuple(joined), tuple(notes), search.unreadable)


def joined_groups(basis: Sequence[str], chains: Iterable[Sequence[int]]) -> list[str]:
    """Groups that grow together where a chain has images of several of them.

    Args:
        basis: The group of each image.
        chains: Places of images that belong together.

    Returns:
        The group of each image: the name that was the first in `basis` of those that it joins.
    """
    names = list(dict.fromkeys(basis))
    number = {name: n for n, name in enumerate(names)}
    groups = Chains(len(names))
    for chain in chains:
        for place in chain[1:]:
            groups.link(number[basis[chain[0]]], number[basis[place]])
    return [names[groups.head(number[name])] for name in basis]


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
    """What near duplicates there are among files; remembered for the next time.

    Attributes:
        contents: What each file holds, by its SHA-256.
        bursts: What each was recorded in, empty if in nothing.
        chains: Places of files that hang together by near duplicates.
        unreadable: Places of files that cannot be read.
    """

    def __init__(
        self,
        files: Sequence[Path],
        store: FactsStore,
        pace: PacedProgress,
        cancelled: Callable[[], bool],
    ) -> None:
        self._files = files
        self._store = store
        self._pace = pace
        self._cancelled = cancelled
        self._smallest_class = min(Counter(path.parent.name for path in files).values(), default=0)
        self.bursts = [recording_of(path.name) for path in files]
        known = store.known(files)
        self._take(known)
        answer = store.answer(self._key()) if len(known) == len(files) else None
        self.chains: list[list[int]] = json.loads(answer) if answer is not None else self._find()

    def _take(self, facts: Mapping[Path, ImageFacts]) -> None:
        self.contents = [content_of_file(path, facts) for path in self._files]
        self.unreadable = tuple(
            place
            for place, path in enumerate(self._files)
            if path not in facts or facts[path].error
        )

    def parted(self, places: Sequence[int], basis: Sequence[str]) -> list[str]:
        """The groups of some images without chains: recordings by themselves, photos by likeness.

        Args:
            places: The images.
            basis: The group of each image of all, without near duplicates.
        """
        photos = [place for place in places if not self.bursts[place]]
        search = NearDuplicates(len(photos), self._store, self._cancelled)
        search.add(
            0,
            self._store.small_copies([self._files[place] for place in photos]),
            [self.contents[place] for place in photos],
            [""] * len(photos),
        )
        self._pace.begin_part()
        stars = search.groups([(0.0,)] * len(photos), self._pace.tell)
        number = {place: n for n, place in enumerate(places)}
        chains = [[number[photos[n]] for n in star] for star in stars]
        return joined_groups([basis[place] for place in places], chains)

    def _find(self) -> list[list[int]]:
        compared = look_and_compare(
            self._files,
            self._store,
            self._pace,
            cancelled=self._cancelled,
            then_s=self._seconds_of_parting,
        )
        self._take(compared.facts)
        chains = compared.search.chains()
        if not self._cancelled():
            self._store.keep_answer(self._key(), json.dumps(chains))
        return chains

    def _key(self) -> str:
        told = json.dumps(["chains", self.contents, self.bursts])
        return hashlib.sha256(told.encode()).hexdigest()

    def _seconds_of_parting(self, search: NearDuplicates, share: float) -> float:
        """How long it will take to part the longest chain, should it be too long for a class."""
        longest = search.longest / share
        too_long = longest > _MOST_OF_A_CLASS * self._smallest_class
        return longest * search.seconds_each if too_long else 0.0


def _note(places: Sequence[int], classes: Sequence[str]) -> str:
    counts = Counter(classes[place] for place in places)
    name, count = counts.most_common(1)[0]
    return (
        f"{name}: {count} of {Counter(classes)[name]} images hang together by near duplicates, too "
        "many for one side of the split. Only the nearest were kept together, so the validation "
        "figure may be a little too good. More varied images help."
    )

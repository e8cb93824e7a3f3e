"""What must stand on one side of a split: recordings, copies, near duplicates, common origin.

Chains are joined here, unlike for a deletion: if one image is nearly the same as a second and that
one as a third, a network that has learned the first has as good as seen the third.

Recordings say by themselves what belongs together. Of photos that were not recorded, those that
seem to come from one place and hour are kept together as well; see `common_origin`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.chains import Chains
from cnn_studio.data.common_origin import (
    MOST_OF_A_CLASS,
    Directions,
    joined_by_links,
    links_in_features,
)
from cnn_studio.data.compared_files import content_of_file, look_and_compare
from cnn_studio.data.facts import FactsStore, Progress
from cnn_studio.data.image_facts import ImageFacts
from cnn_studio.data.near_duplicates import NearDuplicates
from cnn_studio.data.paced_progress import PacedProgress
from cnn_studio.data.photo_series import Link, links_in_numbers, links_in_time
from cnn_studio.data.sessions import origin_of
from cnn_studio.errors import NOT_UNDERSTOOD, StudioError
from cnn_studio.untrusted_files import json_in
from cnn_studio.vision.likeness import coarse_vectors

_LEAST_OF_ONE_ORIGIN = 0.05  # of the images; fewer are not worth a sentence
_METHOD = (
    1  # counts up when the search for origins changes: older answers are not taken for its own
)

Features = NDArray[np.float32]


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
    features: Features | None = None,
) -> Grouping:
    """Find what belongs together among the image files of a dataset's class folders.

    Args:
        files: The images, each in the folder of its class.
        progress: Told how far it is: steps done, and steps in all.
        cancelled: Asked often; once it says True, what was found so far is returned.
        store_path: Where the facts of images are kept; by default in the cache folder. Images that
            were looked into and compared before cost next to nothing.
        features: What the pretrained network sees in each file, (n, size), float32; a row of NaN
            for a file that cannot be read. None where there are none: then times and names tell
            alone what is of one origin.

    Raises:
        ValueError: There are features of another number of files.
    """
    if features is not None and len(features) != len(files):
        raise ValueError(f"Each file has one row of features: {len(files)}, not {len(features)}.")
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
        by_origin = search.joined_by_origin(joined, features)
    pace.finish()
    notes += _notes_on_origin(joined, by_origin)
    return Grouping(tuple(by_origin), tuple(notes), search.unreadable)


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
        if count > MOST_OF_A_CLASS * sizes[name] and count > largest[group, name]
    ]
    return list(dict.fromkeys(found))


class _Search:
    """What near duplicates there are among files; remembered for the next time.

    Attributes:
        contents: What each file holds, by its SHA-256.
        bursts: What each was recorded in or cut out of, empty if of nothing.
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
        self.bursts = [origin_of(path.name) for path in files]
        known = store.known(files)
        self._take(known)
        answer = store.answer(self._key()) if len(known) == len(files) else None
        chains = _chains_in(answer, len(files))
        self.chains = self._find() if chains is None else chains

    def _take(self, facts: Mapping[Path, ImageFacts]) -> None:
        self.contents = [content_of_file(path, facts) for path in self._files]
        self._taken = [facts[path].taken if path in facts else None for path in self._files]
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

    def joined_by_origin(self, joined: Sequence[str], features: Features | None) -> list[str]:
        """The groups with the photos of one origin joined; recordings stay as they are.

        Args:
            joined: The group of each file so far.
            features: What the pretrained network sees in each file, if that is known.
        """
        photos = [place for place, burst in enumerate(self.bursts) if not burst]
        if not photos:
            return list(joined)
        key = self._key_of_origin(joined, features)
        answer = self._store.answer(key)
        kept = _chains_in(None if answer is None else f"[{answer}]", len(joined))
        if kept is not None and len(kept[0]) == len(joined):
            return [joined[place] for place in kept[0]]
        if features is not None and len(photos) < len(features):
            features = features[photos]
        links = self._links_of_origin(photos, features)
        classes = [path.parent.name for path in self._files]
        by_origin = joined_by_links(joined, classes, links)
        if not self._cancelled():
            first = {group: place for place, group in reversed(list(enumerate(joined)))}
            places = json.dumps([first[group] for group in by_origin])
            self._store.keep_answer(key, places)
        return by_origin

    def _links_of_origin(self, photos: Sequence[int], features: Features | None) -> list[Link]:
        """Links between photos, the surest first."""
        files = [self._files[place] for place in photos]
        names, classes = [path.name for path in files], [path.parent.name for path in files]
        links = links_in_time(names, classes, [self._taken[place] for place in photos])
        if features is None:
            links += links_in_numbers(names, classes, partial(self._coarse_vectors, files))
        else:
            directions = Directions(features)
            links += links_in_numbers(names, classes, directions.unit_vectors)
            links += links_in_features(directions, classes, cancelled=self._cancelled)
        return [(photos[one], photos[other]) for one, other in links]

    def _coarse_vectors(self, files: Sequence[Path], places: Sequence[int]) -> Features:
        copies = self._store.small_copies([files[place] for place in places])
        return coarse_vectors([copy.grey for copy in copies])

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

    def _key_of_origin(self, joined: Sequence[str], features: Features | None) -> str:
        names = [f"{path.parent.name}/{path.name}" for path in self._files]
        told = json.dumps(["origin", _METHOD, names, self.contents, joined])
        digest = hashlib.sha256(told.encode())
        if features is not None:
            digest.update(np.ascontiguousarray(features).data)
        return digest.hexdigest()

    def _seconds_of_parting(self, search: NearDuplicates, share: float) -> float:
        """How long it will take to part the longest chain, should it be too long for a class."""
        longest = search.longest / share
        too_long = longest > MOST_OF_A_CLASS * self._smallest_class
        return longest * search.seconds_each if too_long else 0.0


def _chains_in(answer: str | None, count: int) -> list[list[int]] | None:
    """Lists of places below `count` that were kept; None where nothing of use was."""
    with suppress(StudioError, *NOT_UNDERSTOOD):
        chains = json_in(answer or "", "what was found before")
        if all(0 <= place + 0 < count for chain in chains for place in chain):
            return [list(chain) for chain in chains]
    return None


def _note(places: Sequence[int], classes: Sequence[str]) -> str:
    counts = Counter(classes[place] for place in places)
    name, count = counts.most_common(1)[0]
    return (
        f"{name}: {count} of {Counter(classes)[name]} images hang together by near duplicates, too "
        "many for one side of the split. Only the nearest were kept together, so the validation "
        "figure may be a little too good. More varied images help."
    )


def _notes_on_origin(joined: Sequence[str], by_origin: Sequence[str]) -> list[str]:
    """What was kept together for its origin, if that is worth a sentence."""
    before, after = Counter(joined), Counter(by_origin)
    count = sum(after[new] > before[old] for old, new in zip(joined, by_origin, strict=True))
    if not count or count < _LEAST_OF_ONE_ORIGIN * len(joined):
        return []
    return [
        f"{count:,} of {len(joined):,} photos seem to share their origin with others: one series, "
        "one afternoon or one object. Those of one origin stay on one side of the split, so that "
        "the validation figure holds for photos of new ones."
    ]

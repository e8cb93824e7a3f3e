"""The honest split: validation images that the training has not as good as seen.

Images that belong together (the frames of one recording, copies of one picture, photos of one
origin) stay on one side. Each class is drawn by itself, so that each stands on both sides in the
share that was asked for, as nearly as whole recordings can: scikit-learn's StratifiedGroupKFold,
given all classes at once, leaves a class with fewer recordings than folds out of the validation, or
puts its one long recording there. Corrections are always learned from: they show what a model did
not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.class_names import listed
from cnn_studio.data.sessions import is_correction, recording_of, sequence_of, session_of
from cnn_studio.errors import UsageError

MAX_SHARE = 0.5
_COMBINED = 24  # so many groups of a class are combined exactly; more are drawn one by one

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Which images train and which validate.

    Attributes:
        train: Places of the images (n,), int64, ascending.
        validation: Places of the other images (m,), int64, ascending.
        notes: Sentences about what could not be done as asked.
        grouped: How many images belong together with others.
        folds: The fold of each validation image in a cross-validation; empty where these images
            are not learned from.
    """

    train: Indices
    validation: Indices
    notes: tuple[str, ...] = ()
    grouped: int = 0
    folds: tuple[int, ...] = ()

    def to_dict(self, names: Sequence[str]) -> dict[str, Any]:
        """Plain values for JSON: the names of the images on either side, and the rest."""
        return {
            "train": [names[index] for index in self.train],
            "validation": [names[index] for index in self.validation],
            "notes": list(self.notes),
            "grouped": self.grouped,
            **({"folds": list(self.folds)} if self.folds else {}),
        }


def split_by_group(
    labels: Indices,
    groups: Sequence[str],
    names: Sequence[str],
    share: float,
    seed: int,
    classes: Sequence[str] | None = None,
) -> Split:
    """Draw the validation images.

    Args:
        labels: The class of each image (n,), int64.
        groups: What belongs together, for each image; a group of one may stand on either side.
        names: What each image is called; tells the order within a recording.
        share: The part of each class that validates, 0 to 0.5. With 0 nothing does.
        seed: One seed draws one split.
        classes: The classes' names for the notes; without them, the folders in `names`.

    Raises:
        UsageError: The share is out of range.
    """
    if not 0 <= share <= MAX_SHARE:
        raise UsageError(f"The validation share must be 0 to {MAX_SHARE}, not {share}.")
    if share == 0:
        return Split(np.arange(len(labels)), np.empty(0, np.int64))
    draw = _Draw(groups, names, share, seed)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        title = classes[label] if classes else names[members[0]].rpartition("/")[0]
        draw.divide(members, title)
    side = draw.validates
    grouped = sum(count for count in Counter(groups).values() if count > 1)
    return Split(np.flatnonzero(~side), np.flatnonzero(side), draw.all_notes(), grouped)


def split_as_given(
    labels: Indices,
    groups: Sequence[str],
    names: Sequence[str],
    given: frozenset[str],
    classes: Sequence[str],
) -> Split | None:
    """Hold back the images that whoever made the collection has held back.

    Args:
        labels: The class of each image (n,), int64.
        groups: What belongs together, for each image.
        names: What each image is called.
        given: The names of those to hold back.
        classes: The classes' names.

    Returns:
        The split, with a note on what stands on both sides of it; None where some class would have
        nothing left to learn from.
    """
    side = np.array([name in given for name in names], np.bool_)
    if len(np.unique(labels[~side])) < len(np.unique(labels)):
        return None
    learned = {group for group, is_held in zip(groups, side, strict=True) if not is_held}
    shared = sum(is_held and group in learned for group, is_held in zip(groups, side, strict=True))
    notes = [f"Validation is the part that came with the images: {int(side.sum()):,}."]
    missing = [classes[label] for label in np.setdiff1d(labels, labels[side])]
    if missing:
        notes.append(f"It has no image of {listed(missing)}.")
    if shared:
        belong = "1 of them belongs" if shared == 1 else f"{shared:,} of them belong"
        notes.append(
            f"{belong} together with images to learn from, so the figures are optimistic. Have the "
            "validation drawn again for honest ones."
        )
    grouped = sum(count for count in Counter(groups).values() if count > 1)
    return Split(np.flatnonzero(~side), np.flatnonzero(side), tuple(notes), grouped)


def split_at_random(labels: Indices, share: float, seed: int) -> Split:
    """Draw validation images from each class without regard to what belongs together.

    It flatters: it is there to be shown beside the honest split, never to be trusted.

    Args:
        labels: The class of each image (n,), int64.
        share: The part of each class that validates, 0 to 0.5.
        seed: One seed draws one split.
    """
    random = np.random.default_rng(seed)
    validates = np.zeros(len(labels), np.bool_)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        wanted = min(max(1, round(share * len(members))), len(members) - 1)
        validates[random.permutation(members)[:wanted]] = True
    return Split(np.flatnonzero(~validates), np.flatnonzero(validates))


class _Draw:
    """One split in the making, class after class."""

    def __init__(
        self, groups: Sequence[str], names: Sequence[str], share: float, seed: int
    ) -> None:
        self.validates = np.zeros(len(groups), np.bool_)
        self.notes: list[str] = []
        self._divided_in_time: dict[tuple[str, str], list[str]] = {}
        self._groups = groups
        self._names = names
        self._share = share
        self._random = np.random.default_rng(seed)
        self._sizes = Counter(groups)
        self._recorded = {
            group for group, name in zip(groups, names, strict=True) if recording_of(name)
        }
        self._side_of: dict[str, bool] = {  # of groups that are decided already
            group: False for group, name in zip(groups, names, strict=True) if is_correction(name)
        }

    def divide(self, members: Indices, title: str) -> None:
        """Divide the images of one class."""
        count = len(members)
        if count < 2:
            self.notes.append(f"{title} has one image only: it is used for training.")
            return
        wanted = min(max(1, round(self._share * count)), count - 1)
        is_single = np.array([self._is_single(self._groups[index]) for index in members])
        singles, bursts = members[is_single], self._members_by_group(members[~is_single])
        taken = self._decided_before(bursts)
        open_bursts = {key: own for key, own in bursts.items() if key not in self._side_of}
        is_filled_up = bool(len(singles) or taken)
        recorded = {key: own for key, own in open_bursts.items() if key in self._recorded}
        series = {key: own for key, own in open_bursts.items() if key not in self._recorded}
        taken += self._take_bursts(
            recorded, wanted - taken, count // 2 - taken, is_filled_up or bool(series)
        )
        if series:
            # As many photos of series as of single ones: were series drawn first, the figure would
            # be of few things that are seen often.
            photos = sum(map(len, series.values()))
            due = round((wanted - taken) * photos / (photos + len(singles)))
            taken += self._take_bursts(series, due, count // 2 - taken, bool(len(singles) or taken))
        if not is_filled_up and taken == 0:
            corrections = sum(is_correction(self._names[index]) for index in members)
            self._take_smallest(open_bursts, count - corrections)
        for key, own in open_bursts.items():
            self._side_of[key] = bool(self.validates[own[0]])
        missing = min(max(wanted - taken, 0), len(singles))
        chosen = self._random.permutation(singles)[:missing]
        self.validates[chosen] = True
        taken = int(self.validates[members].sum())
        if taken in (0, count):
            self._divide_in_time(members, wanted, title)
        elif not wanted / 2 <= taken <= wanted * 2:
            why = (
                "what was recorded in one go stays together. More and shorter recordings help."
                if recorded or not series
                else "photos of one origin stay together. Photos of more occasions help."
            )
            self.notes.append(
                f"{title}: {taken} of {count} images are used for validation, where {wanted} were "
                f"asked for, because {why}"
            )

    def _is_single(self, group: str) -> bool:
        return self._sizes[group] == 1 and group not in self._side_of

    def _members_by_group(self, members: Indices) -> Mapping[str, Indices]:
        by_group: dict[str, list[int]] = {}
        for index in members:
            by_group.setdefault(self._groups[index], []).append(index)
        return {key: np.array(own, np.int64) for key, own in by_group.items()}

    def _decided_before(self, bursts: Mapping[str, Indices]) -> int:
        for key, own in bursts.items():
            self.validates[own] = self._side_of.get(key, False)
        return sum(len(own) for key, own in bursts.items() if self._side_of.get(key, False))

    def _take_bursts(
        self, bursts: Mapping[str, Indices], wanted: int, at_most: int, is_filled_up: bool
    ) -> int:
        """Let whole groups validate, as nearly as many images as wanted.

        Args:
            bursts: The images of each group.
            wanted: How many images, and `at_most` how many.
            is_filled_up: Whether other images of the class validate too, so that none of the
                groups need to.

        Returns:
            How many images validate.
        """
        taken, left = 0, len(bursts) // 2  # some of what only one recording shows must be learned
        every = list(bursts.values())
        drawn = [every[place] for place in self._random.permutation(len(every))]
        rest = drawn[-_COMBINED:]
        sizes = [len(own) for own in rest]
        for own in drawn[:-_COMBINED]:
            if left and taken + len(own) <= wanted - sum(sizes) / 4:
                self.validates[own] = True
                taken, left = taken + len(own), left - 1
        least = 0 if is_filled_up or taken else wanted / 2
        for place in _nearest(sizes, wanted - taken, least, at_most - taken, left):
            self.validates[rest[place]] = True
            taken += sizes[place]
        return taken

    def _take_smallest(self, bursts: Mapping[str, Indices], count: int) -> None:
        """Let the smallest group validate, unless it has all the `count` images of the class."""
        smallest = min(bursts.values(), key=len, default=np.empty(0, np.int64))
        if len(smallest) < count:
            self.validates[smallest] = True

    def _divide_in_time(self, members: Indices, wanted: int, title: str) -> None:
        """The last resort: images that look alike on both sides, and a note that says so."""
        open_members = [place for place in members if not is_correction(self._names[place])]
        ordered = sorted(open_members, key=lambda place: _place_in_time(self._names[place]))
        self.validates[members] = False
        self.validates[ordered[-wanted:]] = True
        if not ordered:
            self.notes.append(
                f"{title} has corrections only, which are always learned from, so it is not "
                "measured. Record it for an honest figure."
            )
            return
        if not recording_of(self._names[ordered[0]]):
            reason = ("copies of one picture only", "Add other pictures")
        elif len({self._groups[place] for place in ordered}) == 1:
            reason = ("one recording only", "Record once more")
        else:
            reason = ("recordings that other classes share", "Record each class by itself")
        self._divided_in_time.setdefault(reason, []).append(title)

    def all_notes(self) -> tuple[str, ...]:
        """What could not be done as asked, each reason told once for all its classes."""
        in_time = (
            f"{listed(titles)} {'have' if len(titles) > 1 else 'has'} {what}: the last images are "
            f"used for validation, which look much like those before them. {remedy} for an honest "
            "figure."
            for (what, remedy), titles in self._divided_in_time.items()
        )
        return (*self.notes, *in_time)


def _nearest(
    sizes: Sequence[int], wanted: int, least: float, at_most: int, groups: int
) -> list[int]:
    """Choose some of the groups, so that they have as nearly as can be a number of images.

    Args:
        sizes: How many images each group has.
        wanted: How many images, `least` how many if that can be, and `at_most` how many.
        groups: How many groups at most.

    Returns:
        Places in `sizes`; of choices that are equally near, the smaller one.
    """
    # For each number of images that can be reached, the places that reach it with fewest groups.
    reached: dict[int, list[int]] = {0: []}
    for place, size in enumerate(sizes):
        for total, chosen in list(reached.items()):
            known = reached.get(total + size)
            is_better = known is None or len(chosen) + 1 < len(known)
            if is_better and len(chosen) < groups and total + size <= at_most:
                reached[total + size] = [*chosen, place]
    return reached[min(reached, key=lambda total: (total < least, abs(total - wanted), total))]


def _place_in_time(name: str) -> tuple[str, int, str]:
    session = session_of(name)
    return (session.id if session else "", sequence_of(name) or 0, name)

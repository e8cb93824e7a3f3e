"""One look at what a dataset holds on the disk; made in the background."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from cnn_studio.data import fashion_mnist
from cnn_studio.data.cards import DatasetCard
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.packed_images import count_packed, packed_samples
from cnn_studio.data.samples import Sample

_WAITING_FRAMES = 256  # more than a recorder holds; see `unlisted`


@dataclass(frozen=True)
class Listing:
    """What was found on disk by one look.

    Attributes:
        classes: Their names in order.
        counts: How many images each of them has.
        class_name: The class that was looked into; empty if none.
        samples: Its samples, newest first.
        present: Whether the dataset's files are there (packed datasets are fetched first).
        card: The card as it is on disk; None if that was not looked at.
    """

    classes: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    class_name: str = ""
    samples: Sequence[Sample] = ()
    present: bool = True
    is_everything: bool = False
    card: DatasetCard | None = None
    recordings: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def head(self) -> tuple[object, ...]:
        """All but the samples, to be compared with another listing's."""
        counts, recordings = dict(self.counts), dict(self.recordings)
        return self.classes, counts, self.class_name, self.present, self.card, recordings


def with_added(listing: Listing, added: Sequence[Sample]) -> Listing:
    """The listing with what was written while it was made."""
    of_class = [
        sample
        for sample in reversed(added)
        if listing.is_everything or sample.class_name == listing.class_name
    ]
    fresh = unlisted(of_class, listing)
    if not fresh:
        return listing
    samples = [*fresh, *listing.samples]
    grown = Counter(sample.class_name for sample in samples)
    counts = {**listing.counts, **{s.class_name: grown[s.class_name] for s in fresh}}
    return replace(listing, counts=counts, samples=samples)


def unlisted(samples: Sequence[Sample], listing: Listing) -> list[Sample]:
    """Those that the listing lacks. They are new, so they would stand among a class's first."""
    listed: set[Sample] = set()
    for name in {sample.class_name for sample in samples}:
        of_class = (sample for sample in listing.samples if sample.class_name == name)
        listed.update(islice(of_class, len(samples) + _WAITING_FRAMES))
    return [sample for sample in samples if sample not in listed]


def list_folders(
    folders: ClassFolders, chosen: str, place: int, known: Sequence[Sample], everything: bool
) -> Listing:
    """Look at a dataset of class folders.

    Args:
        folders: The dataset.
        chosen: The class to look into.
        place: Which class to look into if that one is gone: the one that stands here now.
        known: The samples of the last look. Those that are still there stay the same objects, so
            that the window compares 50,000 of them without a look at their names.
        everything: Whether to look into every class.

    Raises:
        DatasetError: The name of a folder could not be a class's.
    """
    classes = folders.classes()
    looked_into = _choice(classes, chosen, place)
    names = classes if everything else (looked_into,) if looked_into else ()
    by_class: dict[str, list[Sample]] = {}
    for sample in known:
        by_class.setdefault(sample.class_name, []).append(sample)
    samples = [sample for name in names for sample in folders.samples(name, by_class.get(name, ()))]
    card = folders.dataset.card
    return Listing(
        classes,
        folders.counts(),
        looked_into,
        samples,
        is_everything=everything,
        card=card,
        recordings=folders.recordings(),
    )


def list_packed(dataset: Dataset, chosen: str, place: int, everything: bool) -> Listing:
    """Look at a dataset that is kept as it was published; see `list_folders`.

    Raises:
        DatasetError: Its files are damaged.
    """
    classes = dataset.card.classes
    looked_into = _choice(classes, chosen, place)
    names = classes if everything else (looked_into,)
    return Listing(
        classes,
        count_packed(dataset),
        looked_into,
        [sample for name in names for sample in packed_samples(dataset, name)],
        fashion_mnist.is_present(dataset.folder),
        is_everything=everything,
    )


def _choice(classes: tuple[str, ...], chosen: str, place: int) -> str:
    """The chosen class, or the one that stands in its place now that it is gone."""
    if chosen in classes or not classes:
        return chosen if classes else ""
    return classes[min(place, len(classes) - 1)]

"""Which of the folders around an image is its class, found from the whole tree.

A tree is read as people lay it out: `class/x.jpg`, `train/class/x.jpg`, `class/images/x.jpg`,
`class/2024-05-01/x.jpg`, `collection/class/x.jpg`. Where two folders around the images could be
classes, as in `color/apple/x.jpg` or `fruit/apple/x.jpg`, it is not guessed: each way to read it is
a `FolderSource`, and a person chooses.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from cnn_studio.data.class_names import folded, in_order
from cnn_studio.data.incoming import Incoming
from cnn_studio.data.labels.folder_words import FolderKind, can_be_a_class, kind_of, part_of
from cnn_studio.data.labels.label_source import Found, GivenLabel, GivenPart, counted, listed
from cnn_studio.data.listing import class_folder_names

Folders = tuple[str, ...]

_MUCH_THE_SAME = 0.5
NOTHING_USUAL: Mapping[Path, str] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class FolderSource:
    """One way to read a tree of folders.

    Attributes:
        tree: The folders, and the files in them.
        level: Which folder is the class, the outermost being 1; an image that lies less deep goes
            by the last folder that can be a class. None where each image has one such folder.
        only: The version of the images that comes in, as in "color"; empty for all that there is.
    """

    tree: FolderTree
    level: int | None = None
    only: str = ""

    read_from: ClassVar[frozenset[Path]] = frozenset()
    is_by_file = False

    @property
    def key(self) -> str:
        return f"level:{self.level or ''}:{self.only}"

    @property
    def options(self) -> str:
        level = f"--class-level {self.level}" if self.level else ""
        quoted = f'"{self.only}"' if " " in self.only else self.only
        return f"{level} {f'--only {quoted}' if self.only else ''}".strip()

    @property
    def summary(self) -> str:
        count, names = self._outcome
        classes = counted(len(names), "class", "classes")
        version = f"only {self.only}: " if self.only else ""
        if not self.only and len(self.tree.versions) > 1:
            version = "all together: "
        return f"{version}{listed(in_order(names))} ({classes} of {counted(count, 'image')})"

    @property
    def notes(self) -> Sequence[str]:
        is_first = self.tree.sources[0] == self
        return (self.tree.note,) if self.tree.note and is_first else ()

    @cached_property
    def labels(self) -> Mapping[Folders, GivenLabel]:
        """The label of the files of each folder."""
        return {folders: self._label_of(folders) for folders in self.tree.leaves}

    @property
    def classes(self) -> frozenset[str]:
        """The classes, as the folders are called."""
        return frozenset(self._outcome[1])

    def labelled(self) -> Iterator[tuple[Path, Incoming, GivenLabel]]:
        for root, entry in self.tree.found:
            usual = self.tree.usual.get(root, "") if not entry.folders else ""
            label = GivenLabel(usual) if usual else self.labels[entry.folders]
            part = self.tree.root_parts.get(root)
            yield root, entry, replace(label, part=label.part or part) if part else label

    @property
    def _outcome(self) -> tuple[int, list[str]]:
        """How many images get a class, and the classes."""
        sizes: Counter[str] = Counter()
        for folders, label in self.labels.items():
            if label.class_name:
                sizes[label.class_name] += self.tree.leaves[folders]
        return sizes.total(), list(sizes)

    def _label_of(self, folders: Folders) -> GivenLabel:
        if self.only and self.only not in folders:
            return GivenLabel("")
        part = self.tree.part_of(folders)
        place = self._class_place(folders)
        if place is not None:
            return GivenLabel(folders[place], part)
        return GivenLabel("", part, _why_none(folders))

    def _class_place(self, folders: Folders) -> int | None:
        possible = self.tree.possible(folders)
        if self.level is None:
            return possible[-1] if possible else None
        if not self.tree.is_class_level(self.level) and len(folders) >= self.level:
            return self.level - 1  # a person's word
        within = [place for place in possible if place < self.level]
        return within[-1] if within else None


def _parts_of_roots(roots: Iterable[Path]) -> dict[Path, GivenPart]:
    """The parts that chosen folders are, by their names, where another part lies beside them."""
    parts = {root: part for root in roots if (part := part_of(root.name)) is not None}
    return {root: part for root, part in parts.items() if _has_other_part_beside(root, part)}


def _has_other_part_beside(root: Path, part: GivenPart) -> bool:
    beside = class_folder_names(root.absolute().parent)
    return any(part_of(name) not in (None, part) for name in beside)


def _why_none(folders: Folders) -> str:
    if any(kind_of(name) in (FolderKind.PART, FolderKind.ASIDE) for name in folders):
        return f"It has no label: it lies in {'/'.join(folders)}, in no class folder"
    return "It lies in no class folder"


class FolderTree:
    """The folders that hold images, and what each of them can be.

    Args:
        found: The images.
        known: The classes that there are: a folder called like one is that class.
        usual: The class of images that lie in no folder, by what was chosen, where that tells it.

    Attributes:
        found: The images.
        root_parts: The parts of a split that were chosen as such, as in `in/train` and `in/test`.
        leaves: How many images lie directly in each folder that has some.
        sources: The ways to read it, the likeliest first; never none.
        doubt: Why it is not plain which of them is right, as a sentence; empty if it is plain.
        note: What the first of them rests on where it is only probable, as a sentence.
    """

    def __init__(
        self,
        found: Sequence[Found],
        known: Iterable[str] = (),
        usual: Mapping[Path, str] = NOTHING_USUAL,
    ) -> None:
        self.found = found
        self.usual = usual
        self.root_parts = _parts_of_roots({root for root, _entry in found})
        self.leaves: Counter[Folders] = Counter(entry.folders for _root, entry in found)
        self._known = frozenset(map(folded, known))
        self._kinds: dict[Folders, FolderKind] = {}
        self._possible: dict[Folders, list[int]] = {}
        self._judge()
        self.doubt = self.note = ""
        self.sources: tuple[FolderSource, ...] = (FolderSource(self),)
        self._find_sources()

    def possible(self, folders: Folders) -> list[int]:
        """Places of the folders around an image that can be its class, outermost first."""
        return self._possible[folders]

    def part_of(self, folders: Folders) -> GivenPart | None:
        """The part of a split that images of a folder belong to."""
        parts = [
            part_of(name)
            for place, name in enumerate(folders)
            if self._kinds[folders[: place + 1]] is FolderKind.PART
        ]
        return parts[-1] if parts else None

    def version_of(self, folders: Folders) -> str:
        """How the images of a folder were processed, as a folder around them is called; or ""."""
        places = range(len(folders))
        of_version = [n for n in places if self._kinds[folders[: n + 1]] is FolderKind.VERSION]
        return folders[of_version[-1]] if of_version else ""

    def is_class_level(self, level: int) -> bool:
        """Whether some folders of this level can be classes."""
        return any(level - 1 in places for places in self._possible.values())

    def chosen(self, level: int | None, only: str) -> FolderSource:
        """The way to read it that a person named: a level, a version, or both."""
        return FolderSource(self, level, only)

    def _judge(self) -> None:
        """Find what each folder is, and which can be the class of the images below it."""
        for folders in self.leaves:
            for end in range(1, len(folders) + 1):
                self._kinds.setdefault(folders[:end], self._kind(folders[:end]))
        self._take_odd_ones_for_classes()
        wrapped = self._wrapping()
        self._possible = {leaf: self._names_in(leaf, wrapped) for leaf in self.leaves}
        for kind in (FolderKind.VERSION, FolderKind.SERIES):
            if not any(self._possible.values()):
                self._take_for_names(kind)
                self._possible = {leaf: self._names_in(leaf, wrapped) for leaf in self.leaves}

    def _kind(self, folders: Folders) -> FolderKind:
        *above, name = folders
        if folded(name) in self._known:
            return FolderKind.NAME
        is_of_date = self._kinds.get(tuple(above)) is FolderKind.DATE
        if is_of_date and name.isdecimal() and len(name) <= len("31"):
            return FolderKind.DATE
        return kind_of(name)

    def _take_odd_ones_for_classes(self) -> None:
        """A folder called "train" or "camera" beside folders of other things is one of them."""
        siblings: dict[Folders, list[Folders]] = defaultdict(list)
        for leaf in self.leaves:
            if leaf:
                siblings[leaf[:-1]].append(leaf)
        for leaves in siblings.values():
            kinds = [self._kinds[leaf] for leaf in leaves]
            odd = [leaf for leaf in leaves if self._kinds[leaf] is not FolderKind.NAME]
            if FolderKind.NAME not in kinds or kinds.count(FolderKind.PART) > 1:
                continue
            for leaf in odd:
                if can_be_a_class(leaf[-1]):
                    self._kinds[leaf] = FolderKind.NAME

    def _wrapping(self) -> int:
        """How many folders hold the whole collection, and are not the class of all of it."""
        leaves = [leaf for leaf in self.leaves if leaf]
        shortest = min(map(len, leaves), default=0)
        shared = 0
        while shared < shortest and len({leaf[: shared + 1] for leaf in leaves}) == 1:
            shared += 1
        while shared and not any(self._names_in(leaf, shared) for leaf in leaves):
            shared -= 1
        return shared

    def _names_in(self, leaf: Folders, wrapped: int) -> list[int]:
        if any(self._kinds[leaf[:end]] is FolderKind.ASIDE for end in range(1, len(leaf) + 1)):
            return []
        places = range(wrapped, len(leaf))
        known = [n for n in places if folded(leaf[n]) in self._known]
        if known:
            return known[-1:]
        return [n for n in places if self._kinds[leaf[: n + 1]] is FolderKind.NAME]

    def _take_for_names(self, kind: FolderKind) -> None:
        for folders, own in self._kinds.items():
            if own is kind:
                self._kinds[folders] = FolderKind.NAME

    def _find_sources(self) -> None:
        if not any(self._possible.values()):
            self._doubt_days()
        elif max(map(len, self._possible.values())) > 1:
            self._doubt_levels()
        elif len(self.versions) > 1:
            self._doubt_versions()

    @cached_property
    def versions(self) -> list[str]:
        """How the images were processed, where folders tell: color, grayscale."""
        versions = {self.version_of(leaf) for leaf in self.leaves if self._possible[leaf]} - {""}
        return in_order(versions)

    def _doubt_versions(self) -> None:
        versions = self.versions
        self.sources = (
            *(FolderSource(self, only=version) for version in versions),
            FolderSource(self, max(places[-1] for places in self._possible.values() if places) + 1),
        )
        self.doubt = (
            f"The same images seem to lie there in {len(versions)} versions: {listed(versions)}. "
            "Together they would count each image several times."
        )

    def _doubt_days(self) -> None:
        """Days that nothing else names can be what is to be told apart, but hardly are."""
        levels = {
            place + 1
            for leaf in self.leaves
            for place in range(len(leaf))
            if self._kinds[leaf[: place + 1]] is FolderKind.DATE
        }
        if len({leaf for leaf in self.leaves if leaf}) > 1 and levels:
            self.sources = (FolderSource(self), FolderSource(self, max(levels)))
            self.doubt = "Its folders are days, which are hardly what the images show."

    def _doubt_levels(self) -> None:
        levels = {place + 1 for places in self._possible.values() for place in places}
        found: list[FolderSource] = []
        for level in sorted(levels, reverse=True):
            source = FolderSource(self, level)
            if all(source.labels != other.labels for other in found):
                found.append(source)
        several = [source for source in found if len(source.classes) > 1] or found
        is_outer = self._inner_names_repeat() or self._outer_have_images()
        self.sources = tuple(reversed(several) if is_outer else several)
        if len(self.sources) == 1:
            return
        first, other = (listed(in_order(source.classes), 3) for source in self.sources[:2])
        if self._outer_have_images():
            self.note = f"Folders within the folders of {first} are taken for parts of these."
        else:
            self.doubt = f"Two folders around the images could be their class: {first}, or {other}."

    def _outer_have_images(self) -> bool:
        """Whether each folder with others in it, which could be classes, also has images itself."""
        outer = {leaf[: places[0] + 1] for leaf, places in self._possible.items() if places[1:]}
        return outer <= set(self.leaves)

    def _inner_names_repeat(self) -> bool:
        """Whether most of the innermost names stand below several others, as "left" and "right"."""
        above: dict[str, set[str]] = defaultdict(set)
        for leaf, places in self._possible.items():
            if len(places) > 1:
                above[folded(leaf[places[-1]])].add(leaf[places[0]])
        repeated = sum(len(parents) > 1 for parents in above.values())
        return repeated > _MUCH_THE_SAME * len(above)

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
from cnn_studio.data.labels.folder_words import (
    FolderKind,
    can_be_a_class,
    kind_of,
    part_of,
    part_within,
)
from cnn_studio.data.labels.label_source import Found, GivenLabel, GivenPart, counted, listed
from cnn_studio.data.listing import class_folder_names

Folders = tuple[str, ...]

_MUCH_THE_SAME = 0.5
NO_CLASS_FOLDER = "It lies in no class folder"
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
        if not self.classes:
            return "--class NAME"
        level = f"--class-level {self.level}" if self.level else ""
        quoted = f'"{self.only}"' if " " in self.only else self.only
        return f"{level} {f'--only {quoted}' if self.only else ''}".strip()

    @property
    def summary(self) -> str:
        count, names = self._outcome
        if not names:
            return "the images as they are, all of one class"
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
            part = self.tree.part_of(root, entry.folders)
            yield root, entry, replace(label, part=part) if part else label

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
        place = self._class_place(folders)
        if place is not None:
            return GivenLabel(folders[place])
        aside = self.tree.is_aside(folders) or any(part_of(name) for name in folders)
        if aside:
            why = f"It has no label: it lies in {'/'.join(folders)}, in no class folder"
            return GivenLabel("", problem=why)
        return GivenLabel("", problem=NO_CLASS_FOLDER)

    def _class_place(self, folders: Folders) -> int | None:
        possible = self.tree.possible(folders)
        if self.level is None:
            return possible[-1] if possible else None
        if not self.tree.is_class_level(self.level) and len(folders) >= self.level:
            return self.level - 1  # a person's word
        within = [place for place in possible if place < self.level]
        return within[-1] if within else None


def _parts_of_roots(found: Iterable[Found]) -> dict[Path, GivenPart]:
    """The parts that chosen folders and archives are by their names.

    Two parts that are chosen together are such; one alone is where beside it lies another one with
    a folder of the same name in it, as `in/test/shoe` beside `in/train/shoe`.
    """
    inside: dict[Path, set[str]] = defaultdict(set)
    for root, entry in found:
        inside[root].update(entry.folders[:1])
    named = {root: part_of(root.name if root.is_dir() else root.stem) for root in inside}
    parts = {root: part for root, part in named.items() if part is not None}
    if len(set(parts.values())) > 1:
        return parts
    return {r: part for r, part in parts.items() if _has_other_part_beside(r, part, inside[r])}


def _has_other_part_beside(root: Path, part: GivenPart, inside: set[str]) -> bool:
    around = root.absolute().parent
    others = (name for name in class_folder_names(around) if part_of(name) not in (None, part))
    return any(inside & set(class_folder_names(around / name)) for name in others)


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
        self.root_parts = _parts_of_roots(found)
        self.leaves: Counter[Folders] = Counter(entry.folders for _root, entry in found)
        self._known = frozenset(map(folded, known))
        self._kinds: dict[Folders, FolderKind] = {}
        self._possible: dict[Folders, list[int]] = {}
        self._parts: dict[Folders, GivenPart] = {}
        self._judge()
        self._levels = {place + 1 for places in self._possible.values() for place in places}
        self.doubt = self.note = ""
        self.sources: tuple[FolderSource, ...] = (FolderSource(self),)
        self._find_sources()

    def possible(self, folders: Folders) -> list[int]:
        """Places of the folders around an image that can be its class, outermost first."""
        return self._possible[folders]

    def part_of(self, root: Path, folders: Folders) -> GivenPart | None:
        """The part of a split that images of a folder belong to."""
        ends = range(len(folders), 0, -1)
        found = (self._parts[folders[:end]] for end in ends if folders[:end] in self._parts)
        return next(found, self.root_parts.get(root))

    def is_aside(self, folders: Folders) -> bool:
        """Whether what lies in a folder has no class: masks, or images to be labelled."""
        ends = range(1, len(folders) + 1)
        return any(self._kinds.get(folders[:end]) is FolderKind.ASIDE for end in ends)

    def version_of(self, folders: Folders) -> str:
        """How the images of a folder were processed, as a folder around them is called; or ""."""
        places = range(len(folders))
        of_version = [n for n in places if self._kinds[folders[: n + 1]] is FolderKind.VERSION]
        return folders[of_version[-1]] if of_version else ""

    def is_class_level(self, level: int) -> bool:
        """Whether some folders of this level can be classes."""
        return level in self._levels

    def chosen(self, level: int | None, only: str) -> FolderSource:
        """The way to read it that a person named: a level, a version, or both."""
        return FolderSource(self, level, only)

    def _judge(self) -> None:
        """Find what each folder is, and which can be the class of the images below it."""
        for folders in self.leaves:
            for end in range(1, len(folders) + 1):
                self._kinds.setdefault(folders[:end], self._kind(folders[:end]))
        self._compare_siblings()
        wrapped = self._wrapping()
        self._possible = {leaf: self._names_in(leaf, wrapped) for leaf in self.leaves}
        for kind in (FolderKind.VERSION, FolderKind.SERIES, FolderKind.GENERIC):
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

    def _compare_siblings(self) -> None:
        """What a folder is depends on those beside it.

        One called "train" or "camera" beside folders of other things is one of them, and so is
        "1970" beside "1969" and "12". Beside two parts of a split other folders have no class,
        unless a class in these parts is called so.
        """
        beside: dict[Folders, list[Folders]] = defaultdict(list)
        for folders in self._kinds:
            beside[folders[:-1]].append(folders)
        for siblings in beside.values():
            self._find_parts(siblings)
            parts = [f for f in siblings if self._kinds[f] is FolderKind.PART]
            names = [f for f in siblings if self._kinds[f] is FolderKind.NAME]
            if len(parts) > 1:
                within = {f[-1] for part in parts for f in beside.get(part, [])}
                are_classes = any(folded(f[-1]) in self._known for f in names)
                for folders in names if within and not are_classes else ():
                    if folders[-1] not in within and folders in self.leaves:
                        self._kinds[folders] = FolderKind.ASIDE
            elif names:
                are_numbers = all(f[-1].isdecimal() for f in siblings)
                for folders in siblings:
                    if are_numbers or can_be_a_class(folders[-1]):
                        self._kinds[folders] = FolderKind.NAME
        taken = {(len(f), f[-1]) for f, kind in self._kinds.items() if kind is FolderKind.NAME}
        for folders in self._kinds:
            if folders[-2:-1] == folders[-1:] and folders[:-1] in self._parts:
                self._kinds[folders] = FolderKind.PART  # seg_train/seg_train, as zips unpack
        for folders in self._kinds:  # what is a class in one part is one in the others
            if (len(folders), folders[-1]) in taken:
                self._kinds[folders] = FolderKind.NAME
        self._parts = {
            folders: part
            for folders, part in self._parts.items()
            if self._kinds[folders] is FolderKind.PART
        }

    def _find_parts(self, siblings: Sequence[Folders]) -> None:
        """`x_train` and `x_test` are parts, as "train" and "test" are."""
        alike: dict[str, dict[Folders, GivenPart]] = defaultdict(dict)
        for folders in siblings:
            if self._kinds[folders] is FolderKind.PART:
                part = part_of(folders[-1])
                if part is not None:
                    self._parts[folders] = part
            elif self._kinds[folders] is FolderKind.NAME and folded(folders[-1]) not in self._known:
                within = part_within(folders[-1])
                if within is not None:
                    alike[within[1]][folders] = within[0]
        for found in alike.values():
            if len(set(found.values())) > 1:
                self._parts.update(found)
                self._kinds.update(dict.fromkeys(found, FolderKind.PART))

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
        if self.is_aside(leaf):
            return []
        places = range(wrapped, len(leaf))
        known = [n for n in places if folded(leaf[n]) in self._known]
        if known:
            return known[-1:]
        return [n for n in places if self._kinds[leaf[: n + 1]] is FolderKind.NAME]

    def _take_for_names(self, kind: FolderKind) -> None:
        found = [folders for folders, own in self._kinds.items() if own is kind]
        if kind is FolderKind.GENERIC:  # "new" and "old" may be classes, "images" is none
            found = [folders for folders in found if can_be_a_class(folders[-1])]
            if len(found) < 2:
                return
        self._kinds.update(dict.fromkeys(found, FolderKind.NAME))

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

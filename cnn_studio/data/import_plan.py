"""What an import would bring in, to be looked at and changed before it begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from cnn_studio.data.archive_names import NamesReading
from cnn_studio.data.archives import class_name_of_archive, is_archive, open_archive
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.class_names import ClassNaming, check_class_name, class_meant, folded
from cnn_studio.data.incoming import Incoming, incoming_from_folder, incoming_from_paths
from cnn_studio.data.labels.finding import AS_FOUND, FoundSources, LabelChoice, find_sources
from cnn_studio.data.labels.folder_sources import NO_CLASS_FOLDER, FolderTree
from cnn_studio.data.labels.label_source import (
    Found,
    GivenLabel,
    GivenPart,
    OneClass,
    given_parts,
    in_words,
    listed,
)
from cnn_studio.data.pixel_survey import PixelSurvey
from cnn_studio.errors import DatasetError, UsageError
from cnn_studio.paths import overlap

Skipped = tuple[Path, str]


@dataclass(frozen=True)
class ImportGroup:
    """The files of one folder, which go to one class.

    Attributes:
        root: The folder or archive that was chosen, or the folder of single files that were.
        folders: The folders within it that they lie in, outermost first.
        class_name: The class that they go to; empty to leave them out.
        files: The files; some may turn out to be damaged.
        part: The part of a split that they were given to; None if to none.
        is_new: Whether the dataset has no such class yet.
        problem: Why no class could be proposed; empty once one was chosen.
    """

    root: Path
    folders: tuple[str, ...]
    class_name: str
    files: tuple[Incoming, ...]
    is_new: bool = False
    problem: str = ""
    part: GivenPart | None = None

    @property
    def source(self) -> str:
        """The folder, for a person to read."""
        return "/".join((self.root.name, *self.folders))


class ImportPlan:
    """What goes where. A context manager, since it holds archives open.

    Args:
        folders: The dataset to import into.
        sources: The ways to read what class each file is of.
        skipped: The files that cannot be imported, each with a sentence that says why.
        zips: The archives, which are to be closed in the end.
        paths: The files, folders and zips that were chosen.
        keeps_parts: Whether a split that the files come with is kept.

    Attributes:
        groups: The files by folder, each with the class that is proposed.
        source: The way to read them that is chosen.
        doubt: Why a person has to choose one first, as a sentence; empty if it is plain.
        is_by_file: Whether each file was given a class of its own, whatever folder it lies in.
        pixels: How files that are not plain are read, all alike; None until they are looked over.
        names_encoding: The code page that was chosen for names in archives that do not say theirs.
        readings: How the names were read in the archives where they do not say it.
    """

    def __init__(
        self,
        folders: ClassFolders,
        sources: FoundSources,
        skipped: Iterable[Skipped],
        zips: ExitStack,
        paths: Iterable[Path] = (),
        keeps_parts: bool = True,
    ) -> None:
        self.folders = folders
        self.sources = sources.sources
        self.source = self.sources[0]
        self.doubt = sources.doubt
        self._unused = sources.unused
        self._refused = list(skipped)
        self.paths = tuple(paths)
        self.is_by_file = False
        self.pixels: PixelSurvey | None = None
        self.keeps_parts = keeps_parts
        self.groups: list[ImportGroup] = []
        self._loose: dict[Path, str] = {}
        self.names_encoding = ""
        self.readings: dict[Path, NamesReading] = {}
        self._zips = zips
        self._group()

    def __enter__(self) -> ImportPlan:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def choose_source(self, place: int) -> None:
        """Read the classes in another way, which settles a doubt and forgets chosen classes."""
        self.source = self.sources[place]
        self.doubt = ""
        self._group()

    def name_loose(self, root: Path, name: str) -> None:
        """Let the images of what was chosen show something that lie in no class folder.

        Raises:
            DatasetError: The name cannot be a class's.
        """
        self._loose[root] = self.find_class(name)[0]
        self._group()

    def keep_parts(self, keeps: bool) -> None:
        """Keep the split that the files come with, or take them all as images to learn from."""
        self.keeps_parts = keeps

    @property
    def skipped(self) -> list[Skipped]:
        """The files that cannot be imported, but for those that the classes are read from."""
        read = self.source.read_from
        return [(path, reason) for path, reason in self._refused if path not in read]

    @property
    def parts(self) -> Mapping[GivenPart, Counter[str]]:
        """How many images of each class every given part has; empty where none was given."""
        sizes = ((g.part, g.class_name, len(g.files)) for g in self.groups if g.class_name)
        return given_parts(sizes)

    @property
    def notes(self) -> list[str]:
        """Sentences on what the classes rest on, and on the split that the files come with."""
        parts = in_words(self.parts) if self.keeps_parts else []
        return [*self.source.notes, *parts, *self.left_unused]

    @property
    def left_unused(self) -> list[str]:
        """A sentence on files that seem to tell a split in a form that is not read, if any."""
        if not self._unused or self.parts:
            return []
        seem = "seems" if len(self._unused) == 1 else "seem"
        return [f"{listed(self._unused, 3)} {seem} to tell a split, which is not used."]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that was meant for a class."""
        return not self.skipped and not any(g.class_name or g.folders for g in self.groups)

    def check_decided(self) -> None:
        """Check that it is plain where the classes stand.

        Raises:
            DatasetError: A person has to choose; the sentence says by which options.
        """
        if self.doubt:
            ways = "".join(f"\n  {way.options}   {way.summary}" for way in self.sources)
            raise DatasetError(f"{self.doubt} Say which:{ways}")

    @property
    def files(self) -> list[tuple[str, Incoming]]:
        """Every file that is to be imported, with its class."""
        return [(g.class_name, file) for g in self.groups if g.class_name for file in g.files]

    @property
    def classes(self) -> dict[str, bool]:
        """The classes that files go to, each with whether it is new."""
        return {group.class_name: group.is_new for group in self.groups if group.class_name}

    @property
    def left_out(self) -> list[Skipped]:
        """The files that cannot be imported, and those that nobody has chosen a class for."""
        homeless = [
            (file.path, f"{group.problem}: {file.path.name}.")
            for group in self.groups
            if group.problem
            for file in group.files
        ]
        return [*self.skipped, *homeless]

    @property
    def can_move(self) -> bool:
        """Whether files could go away from where they were; those in an archive cannot."""
        return any(
            group.class_name and group.root.is_dir() and not group.files[0].source
            for group in self.groups
        )

    def choose_class(self, places: Collection[int], name: str) -> None:
        """Let the files of groups go to another class, or to none.

        Args:
            places: Which groups.
            name: A class of the dataset, one that is to be made, or empty to leave them out.

        Raises:
            DatasetError: The name cannot be a class's.
        """
        chosen, is_new = self.find_class(name, places) if name.strip() else ("", False)
        for place in places:
            group = self.groups[place]
            self.groups[place] = replace(group, class_name=chosen, is_new=is_new, problem="")
        if chosen and len(set(places)) == len(self.groups):
            self.doubt = ""  # whatever the classes are, this is the one

    def assign(self, classes: Mapping[Path, str]) -> None:
        """Let each file go to a class of its own; a file that is not named is no part of it.

        Args:
            classes: The classes by the files' paths, which are absolute.

        Raises:
            DatasetError: A name cannot be a class's.
        """
        names, own = ClassNaming(self.folders.classes()), set(self.folders.classes())
        found = {name: names.meant(name) for name in dict.fromkeys(classes.values())}
        meant = {name: (called, called not in own) for name, called in found.items()}
        groups: dict[tuple[Path, tuple[str, ...], str, GivenPart | None], list[Incoming]] = {}
        for group in self.groups:
            for file in group.files:
                name = classes.get(file.path.absolute())
                if name is not None:
                    place = (group.root, group.folders, name, group.part)
                    groups.setdefault(place, []).append(file)
        self.groups = [
            ImportGroup(root, within, meant[name][0], tuple(files), meant[name][1], part=part)
            for (root, within, name, part), files in groups.items()
        ]
        self._refused = []
        self.doubt = ""
        self.is_by_file = True

    def find_class(self, name: str, places: Collection[int] = ()) -> tuple[str, bool]:
        """The class that is meant by a name, and whether it is new.

        Args:
            name: In upper or lower case, with or without space around it.
            places: The groups that it is for; those of other groups keep their spelling.

        Raises:
            DatasetError: The name cannot be a class's.
        """
        own = self.folders.classes()
        others = (g.class_name for n, g in enumerate(self.groups) if n not in places)
        meant = class_meant(name, (*own, *filter(None, others)))
        return meant, meant not in own

    def leave_out_doubtful(self) -> None:
        """Leave the archives out whose names can be read in more than one way, and say so."""
        for path, reading in self.readings.items():
            if reading.is_doubtful:
                self.groups = [group for group in self.groups if group.root != path]
                self._refused.append((path, reading.asked(path.name)))

    def close(self) -> None:
        """Let go of the archives; nothing can be imported any more."""
        self._zips.close()

    def _group(self) -> None:
        """Put the files into groups, by their folders and by their labels."""
        self.is_by_file = self.source.is_by_file
        files: dict[tuple[Path, tuple[str, ...], GivenLabel], list[Incoming]] = {}
        for root, entry, label in self.source.labelled():
            files.setdefault((root, entry.folders, label), []).append(entry)
        naming = _Naming(self.folders.classes())
        self.groups = []
        for (root, within, label), own in files.items():
            is_loose = label.problem == NO_CLASS_FOLDER and not self.is_by_file
            usual = self._loose.get(root, "") if is_loose else ""
            name, problem = naming.proposed(GivenLabel(usual) if usual else label)
            is_new = bool(name) and not naming.is_known(name)
            group = ImportGroup(root, within, name, tuple(own), is_new, problem, label.part)
            self.groups.append(group)


class _Naming:
    """What the classes of files are called in the dataset: as they are there, if they are."""

    def __init__(self, own: Sequence[str]) -> None:
        self._own = frozenset(own)
        self._classes = {folded(name): name for name in own}
        self._proposed: dict[str, tuple[str, str]] = {}

    def is_known(self, name: str) -> bool:
        """Whether the dataset has a class of this name."""
        return name in self._own

    def proposed(self, label: GivenLabel) -> tuple[str, str]:
        """The class for a label, or why there is none."""
        name = label.class_name
        if not name:
            return "", label.problem
        if name not in self._proposed:
            self._proposed[name] = self._propose(name)
        return self._proposed[name]

    def _propose(self, name: str) -> tuple[str, str]:
        known = self._classes.get(folded(name.strip()))
        if known is not None:
            return known, ""
        try:
            proposed = check_class_name(name, ())
        except DatasetError as error:
            return "", str(error).rstrip(".")
        self._classes[folded(proposed)] = proposed
        return proposed, ""


def plan_import(
    folders: ClassFolders,
    paths: Sequence[Path],
    class_name: str = "",
    cancelled: Callable[[], bool] = lambda: False,
    choice: LabelChoice = AS_FOUND,
    *,
    names_encoding: str = "",
    on_failure: Callable[[Path, DatasetError], None] | None = None,
) -> ImportPlan:
    """Look at what is to be imported, without reading an image.

    Each folder of images becomes a group. Its class is proposed: the nearest folder that is called
    like a class of the dataset, in upper or lower case, else what `labels` finds.

    Args:
        folders: The dataset.
        paths: Files, folders and archives.
        class_name: The class of all the images; empty to go by their folders.
        cancelled: Asked now and then; once it says True, the plan ends with what it has.
        choice: What a person has said of where the classes stand.
        names_encoding: The code page of names in archives that do not say it; empty to find it out.
        on_failure: Gets an archive that cannot be opened, which then does not hold up the others.

    Raises:
        DatasetError: The dataset cannot be changed, the class cannot have this name, a table is
            damaged, or an archive is and there is no `on_failure`.
        UsageError: A folder to import from is the dataset's own, holds it or lies in it.
    """
    folders.check_changeable()
    if class_name:
        folders.folder_of(class_name)
        class_name = class_meant(class_name, folders.classes())
    check_apart(folders, paths)
    planner = _Planner(folders, class_name, names_encoding, cancelled)
    try:
        for path in paths:
            try:
                entries = planner.found_in(path)
            except DatasetError as error:
                if on_failure is None:
                    raise
                on_failure(path, error)
                continue
            found = list(takewhile(lambda _entry: not cancelled(), entries))
            of_one_class = is_archive(path) and not any(entry.folders for entry in found)
            for entry in found:
                planner.add(entry, path, class_name_of_archive(path) if of_one_class else "")
        return planner.plan(paths, choice, cancelled)
    except BaseException:
        planner.zips.close()
        raise


def check_apart(folders: ClassFolders, paths: Iterable[Path]) -> None:
    """Check that images do not come from where they go to; class folders may be links elsewhere."""
    own = folders.dataset.folder.resolve()
    linked = (folders.folder_of(name).resolve() for name in folders.classes())
    places = [own, *(place for place in linked if place.parent != own)]
    for source in filter(Path.is_dir, paths):
        target = next((place for place in places if overlap(source, place)), None)
        if target is not None:
            raise UsageError(
                f"Images cannot come from where they go to: {source} is, holds or lies in "
                f"{target}. Name another folder to import from."
            )


class _Planner:
    def __init__(
        self,
        folders: ClassFolders,
        class_name: str,
        names_encoding: str,
        cancelled: Callable[[], bool],
    ) -> None:
        self.zips = ExitStack()
        self._names_encoding = names_encoding
        self._cancelled = cancelled
        self._readings: dict[Path, NamesReading] = {}
        self._folders = folders
        self._class_name = class_name
        self._found: list[Found] = []
        self._texts: list[Found] = []
        self._usual: dict[Path, str] = {}
        self._skipped: list[Skipped] = []

    def found_in(self, path: Path) -> Iterable[Incoming]:
        if path.is_dir():
            return incoming_from_folder(path)
        if is_archive(path):
            archive = open_archive(path, self._names_encoding, self._cancelled)
            if archive.names is not None:
                self._readings[path] = archive.names
            return self.zips.enter_context(archive)
        return incoming_from_paths([path])

    def add(self, entry: Incoming, chosen: Path, usual: str) -> None:
        """Take a file; `usual` is the class of those that lie in no folder, if any."""
        root = chosen.parent if entry.path == chosen else chosen
        if entry.refusal:
            self._skipped.append((entry.path, entry.refusal))
            self._texts.append((root, entry))
            return
        self._found.append((root, entry))
        if usual:
            self._usual[root] = usual

    def plan(
        self, paths: Sequence[Path], choice: LabelChoice, cancelled: Callable[[], bool]
    ) -> ImportPlan:
        found = self._found
        if self._class_name:
            sources = FoundSources((OneClass(found, self._class_name),))
        else:
            tree = FolderTree(found, self._folders.classes(), self._usual)
            sources = find_sources(tree, self._texts, choice, cancelled)
        plan = ImportPlan(
            self._folders, sources, self._skipped, self.zips, paths, choice.keeps_parts
        )
        plan.names_encoding, plan.readings = self._names_encoding, self._readings
        return plan

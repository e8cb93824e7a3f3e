"""What an import would bring in, to be looked at and changed before it begins."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from cnn_studio.data.archive_names import NamesReading
from cnn_studio.data.archives import class_name_of_archive, is_archive, open_archive
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.class_names import check_class_name, class_meant, is_same_name
from cnn_studio.data.incoming import Incoming, incoming_from_folder, incoming_from_paths
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
        is_new: Whether the dataset has no such class yet.
        problem: Why no class could be proposed; empty once one was chosen.
    """

    root: Path
    folders: tuple[str, ...]
    class_name: str
    files: tuple[Incoming, ...]
    is_new: bool = False
    problem: str = ""

    @property
    def source(self) -> str:
        """The folder, for a person to read."""
        return "/".join((self.root.name, *self.folders))


class ImportPlan:
    """What goes where. A context manager, since it holds archives open.

    Args:
        folders: The dataset to import into.
        groups: The files by folder, each with the class that is proposed.
        skipped: The files that cannot be imported, each with a sentence that says why.
        zips: The archives, which are to be closed in the end.
        paths: The files, folders and zips that were chosen.

    Attributes:
        is_by_file: Whether each file was given a class of its own, whatever folder it lies in.
        names_encoding: The code page that was chosen for names in archives that do not say theirs.
        readings: How the names were read in the archives where they do not say it.
    """

    def __init__(
        self,
        folders: ClassFolders,
        groups: Iterable[ImportGroup],
        skipped: Iterable[Skipped],
        zips: ExitStack,
        paths: Iterable[Path] = (),
    ) -> None:
        self.folders = folders
        self.groups = list(groups)
        self.skipped = list(skipped)
        self.paths = tuple(paths)
        self.is_by_file = False
        self.names_encoding = ""
        self.readings: dict[Path, NamesReading] = {}
        self._zips = zips

    def __enter__(self) -> ImportPlan:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that was meant for a class."""
        return not self.skipped and not any(g.class_name or g.folders for g in self.groups)

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
        return any(group.class_name and group.root.is_dir() for group in self.groups)

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

    def assign(self, classes: Mapping[Path, str]) -> None:
        """Let each file go to a class of its own; a file that is not named is no part of it.

        Args:
            classes: The classes by the files' paths, which are absolute.

        Raises:
            DatasetError: A name cannot be a class's.
        """
        meant = {name: self.find_class(name, range(len(self.groups))) for name in classes.values()}
        groups: dict[tuple[Path, tuple[str, ...], str], list[Incoming]] = {}
        for group in self.groups:
            for file in group.files:
                name = classes.get(file.path.absolute())
                if name is not None:
                    groups.setdefault((group.root, group.folders, name), []).append(file)
        self.groups = [
            ImportGroup(root, within, meant[name][0], tuple(files), meant[name][1])
            for (root, within, name), files in groups.items()
        ]
        self.skipped = []
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
                self.skipped.append((path, reading.asked(path.name)))

    def close(self) -> None:
        """Let go of the archives; nothing can be imported any more."""
        self._zips.close()


def plan_import(
    folders: ClassFolders,
    paths: Sequence[Path],
    class_name: str = "",
    cancelled: Callable[[], bool] = lambda: False,
    *,
    names_encoding: str = "",
    on_failure: Callable[[Path, DatasetError], None] | None = None,
) -> ImportPlan:
    """Look at what is to be imported, without reading an image.

    Each folder of images becomes a group. Its class is proposed: the nearest folder that is called
    like a class of the dataset, in upper or lower case, else the folder itself.

    Args:
        folders: The dataset.
        paths: Files, folders and archives.
        class_name: The class of all the images; empty to go by their folders.
        cancelled: Asked now and then; once it says True, the plan ends with what it has.
        names_encoding: The code page of names in archives that do not say it; empty to find it out.
        on_failure: Gets an archive that cannot be opened, which then does not hold up the others.

    Raises:
        DatasetError: The dataset cannot be changed, the class cannot have this name, or an archive
            is damaged and there is no `on_failure`.
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
    except BaseException:
        planner.zips.close()
        raise
    return planner.plan(paths)


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
        self._classes = list(folders.classes())
        self._known = frozenset(self._classes)
        self._groups: dict[tuple[Path, tuple[str, ...]], list[Incoming]] = {}
        self._proposals: dict[tuple[Path, tuple[str, ...]], tuple[str, str]] = {}
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
        """Sort a file into a group; `usual` is the class of one that lies in no folder, if any."""
        if entry.refusal:
            self._skipped.append((entry.path, entry.refusal))
            return
        root = chosen.parent if entry.path == chosen else chosen
        place = (root, entry.folders)
        if place not in self._groups:
            self._groups[place] = []
            self._proposals[place] = self._proposed(entry.folders, usual)
        self._groups[place].append(entry)

    def plan(self, paths: Sequence[Path]) -> ImportPlan:
        groups = []
        for place, files in self._groups.items():
            name, problem = self._proposals[place]
            is_new = bool(name) and name not in self._known
            groups.append(ImportGroup(*place, name, tuple(files), is_new, problem))
        plan = ImportPlan(self._folders, groups, self._skipped, self.zips, paths)
        plan.names_encoding, plan.readings = self._names_encoding, self._readings
        return plan

    def _proposed(self, folders: tuple[str, ...], usual: str) -> tuple[str, str]:
        """The class for the files in a folder, or why there is none."""
        if self._class_name:
            return self._class_name, ""
        for folder in reversed(folders):
            known = self._known_as(folder)
            if known is not None:
                return known, ""
        name = folders[-1] if folders else usual
        if not name:
            return "", "It lies in no class folder"
        try:
            proposed = self._known_as(name) or check_class_name(name, ())
        except DatasetError as error:
            return "", str(error).rstrip(".")
        self._classes.append(proposed)
        return proposed, ""

    def _known_as(self, name: str) -> str | None:
        return next((known for known in self._classes if is_same_name(known, name)), None)

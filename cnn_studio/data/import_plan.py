"""What an import would bring in, to be looked at and changed before it begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from types import TracebackType

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.class_names import check_class_name, is_same_name
from cnn_studio.data.incoming import Incoming, incoming_from_folder, incoming_from_paths
from cnn_studio.data.incoming_zip import IncomingZip, class_name_of_zip, is_zip
from cnn_studio.errors import DatasetError

Skipped = tuple[Path, str]


@dataclass(frozen=True)
class ImportGroup:
    """The files of one folder, which go to one class.

    Attributes:
        source: The folder, for a person to read.
        class_name: The class that they go to; empty to leave them out.
        files: The files; some may turn out to be damaged.
        is_new: Whether the dataset has no such class yet.
    """

    source: str
    class_name: str
    files: tuple[Incoming, ...]
    is_new: bool


class ImportPlan:
    """What goes where. A context manager, since it holds zips open.

    Args:
        folders: The dataset to import into.
        groups: The files by folder, each with the class that is proposed.
        skipped: The files that cannot be imported, each with a sentence that says why.
        loose: How many of these lie in no class folder.
        zips: What is to be closed in the end.
    """

    def __init__(
        self,
        folders: ClassFolders,
        groups: Iterable[ImportGroup],
        skipped: Iterable[Skipped],
        loose: int,
        zips: ExitStack,
    ) -> None:
        self.folders = folders
        self.groups = list(groups)
        self.skipped = list(skipped)
        self._loose = loose
        self._zips = zips

    def __enter__(self) -> ImportPlan:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that was meant for a class."""
        return not self.groups and len(self.skipped) == self._loose

    @property
    def files(self) -> list[tuple[str, Incoming]]:
        """Every file that is to be imported, with its class."""
        return [(g.class_name, file) for g in self.groups if g.class_name for file in g.files]

    def choose_class(self, place: int, name: str) -> None:
        """Let the files of a group go to another class, or to none.

        Args:
            place: Which group.
            name: A class of the dataset, one that is to be made, or empty to leave them out.

        Raises:
            DatasetError: The name cannot be a class's.
        """
        classes = self.folders.classes()
        known = next((entry for entry in classes if is_same_name(entry, name.strip())), None)
        chosen = known or (check_class_name(name, ()) if name.strip() else "")
        is_new = bool(chosen) and known is None
        self.groups[place] = replace(self.groups[place], class_name=chosen, is_new=is_new)

    def close(self) -> None:
        """Let go of the zips; nothing can be imported any more."""
        self._zips.close()


def plan_import(
    folders: ClassFolders,
    paths: Sequence[Path],
    class_name: str = "",
    cancelled: Callable[[], bool] = lambda: False,
) -> ImportPlan:
    """Look at what is to be imported, without reading an image.

    Each folder of images becomes a group. Its class is proposed: the nearest folder that is called
    like a class of the dataset, in upper or lower case, else the folder itself.

    Args:
        folders: The dataset.
        paths: Files, folders and zips.
        class_name: The class of all the images; empty to go by their folders.
        cancelled: Asked now and then; once it says True, the plan ends with what it has.

    Raises:
        DatasetError: The dataset cannot be changed, the class cannot have this name, or a zip is
            damaged.
    """
    folders.check_changeable()
    if class_name:
        folders.folder_of(class_name)
    planner = _Planner(folders, class_name)
    try:
        for path in paths:
            found = list(takewhile(lambda _entry: not cancelled(), planner.found_in(path)))
            of_one_class = is_zip(path) and not any(entry.folders for entry in found)
            for entry in found:
                planner.add(entry, path, class_name_of_zip(path) if of_one_class else "")
    except DatasetError:
        planner.zips.close()
        raise
    return planner.plan()


class _Planner:
    def __init__(self, folders: ClassFolders, class_name: str) -> None:
        self.zips = ExitStack()
        self._folders = folders
        self._class_name = class_name
        self._classes = list(folders.classes())
        self._known = set(self._classes)
        self._groups: dict[tuple[str, str], list[Incoming]] = {}
        self._skipped: list[Skipped] = []
        self._loose = 0

    def found_in(self, path: Path) -> Iterable[Incoming]:
        if path.is_dir():
            return incoming_from_folder(path)
        if is_zip(path):
            return self.zips.enter_context(IncomingZip(path))
        return incoming_from_paths([path])

    def add(self, entry: Incoming, root: Path, usual: str) -> None:
        """Sort a file into a group; `usual` is the class of one that lies in no folder, if any."""
        if entry.refusal:
            self._skipped.append((entry.path, entry.refusal))
            return
        try:
            name = self._class_name or self._proposed(entry, usual)
        except DatasetError as error:
            self._loose += not entry.folders
            self._skipped.append((entry.path, str(error)))
            return
        if name not in self._classes:
            self._classes.append(name)
        source = "/".join((root.name, *entry.folders))
        self._groups.setdefault((source, name), []).append(entry)

    def plan(self) -> ImportPlan:
        groups = [
            ImportGroup(source, name, tuple(files), name not in self._known)
            for (source, name), files in self._groups.items()
        ]
        return ImportPlan(self._folders, groups, self._skipped, self._loose, self.zips)

    def _proposed(self, entry: Incoming, usual: str) -> str:
        for folder in reversed(entry.folders):
            known = self._known_as(folder)
            if known is not None:
                return known
        name = entry.folders[-1] if entry.folders else usual
        if not name:
            raise DatasetError(f"It lies in no class folder: {entry.path.name}.")
        return self._known_as(name) or check_class_name(name, self._classes)

    def _known_as(self, name: str) -> str | None:
        return next((known for known in self._classes if is_same_name(known, name)), None)

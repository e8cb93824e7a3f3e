"""A look at what was dropped or chosen: what it is, and whether anything has to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.archives import is_archive
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import ImportPlan, plan_import
from cnn_studio.data.labels.folder_sources import NO_CLASS_FOLDER
from cnn_studio.data.pixel_survey import survey_pixels
from cnn_studio.data.unpacking import is_packed_dataset
from cnn_studio.errors import DatasetError
from cnn_studio.gui.jobs import JobCancelledError, Task


@dataclass(frozen=True)
class Look:
    """What came of it; all empty for images that nobody has said the class of.

    Attributes:
        packed: The packed datasets; each is asked about.
        others: What else there is then, which is still to be looked at.
        plan: What goes where; whoever gets it closes it.
        is_plain: Whether it is plain where all goes, so that there is no question.
    """

    packed: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()
    plan: ImportPlan | None = None
    is_plain: bool = False


def look_at(
    folders: ClassFolders,
    paths: Sequence[Path],
    class_name: str,
    task: Task,
    names_encoding: str = "",
) -> Look:
    """Look at files, folders and archives: what they are, and where they go.

    Args:
        folders: The dataset.
        paths: What was dropped or chosen.
        class_name: The class that it was dropped on; empty if none.
        task: May end it.
        names_encoding: How names in archives were said to be written that do not say it.

    Raises:
        DatasetError: The dataset cannot be changed, or an archive is damaged.
        JobCancelledError: It was cancelled.
    """
    packed = tuple(path for path in paths if _is_packed(path))
    if packed:
        return Look(packed=packed, others=tuple(path for path in paths if path not in packed))
    are_single = not any(path.is_dir() or is_archive(path) for path in paths)
    class_of_all = class_name if are_single else ""
    plan = plan_import(folders, paths, class_of_all, task.cancelled, names_encoding=names_encoding)
    try:
        if task.cancelled():
            raise JobCancelledError
        if are_single and not class_name and plan.groups and not plan.is_by_file:
            plan.close()
            return Look()
        _propose_for_loose(plan, paths, class_name)
        entries = [file for group in plan.groups for file in group.files]
        known = folders.dataset.card.pixels
        plan.pixels = survey_pixels(entries, task.cancelled, known=known)
        is_clear = not plan.is_by_file and (are_single or not _must_ask(plan, class_name))
        return Look(plan=plan, is_plain=is_clear and not plan.pixels.asks)
    except BaseException:
        plan.close()
        raise


def _is_packed(path: Path) -> bool:
    return path.suffix.lower() == ".zip" and is_packed_dataset(path)


def _propose_for_loose(plan: ImportPlan, paths: Sequence[Path], class_name: str) -> None:
    """Images in no class folder show what they were dropped on, or what their folder is called."""
    if plan.is_by_file:
        return
    for root in dict.fromkeys(group.root for group in plan.groups):
        own = [group for group in plan.groups if group.root == root]
        if not any(not group.folders or group.problem == NO_CLASS_FOLDER for group in own):
            continue
        is_named = any(group.class_name for group in own)
        name = class_name or ("" if is_named or root not in paths else root.name)
        if name:
            with suppress(DatasetError):  # the person chooses another one
                plan.name_loose(root, name)
                if not is_named and not plan.source.classes:
                    plan.doubt = ""  # as its days are no classes, its own name is


def _must_ask(plan: ImportPlan, class_name: str) -> bool:
    if any(not reading.is_certain for reading in plan.readings.values()):
        return True
    if len(plan.groups) != 1 or plan.doubt or plan.parts:
        return bool(plan.groups)
    group = plan.groups[0]
    is_clear = not group.folders or class_name in ("", group.class_name)
    return group.is_new or not group.class_name or not is_clear

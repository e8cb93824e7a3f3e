"""Bringing images into one class, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.intake import IntakeReport, Progress, run_import


def import_images(
    folders: ClassFolders,
    class_name: str,
    paths: Iterable[Path],
    *,
    move: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> IntakeReport:
    """Plan an import of files and folders into a class, and carry it out."""
    with plan_import(folders, list(paths), class_name, cancelled) as plan:
        return run_import(plan, move=move, progress=progress, cancelled=cancelled)

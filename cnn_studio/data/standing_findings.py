"""Which findings of a checkup still hold after changes, without looking into an image again."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.finding_groups import reason
from cnn_studio.data.findings import COPIES, Finding, FindingKind
from cnn_studio.data.marks import Mark
from cnn_studio.data.wrong_labels import of_pair


def standing_findings(findings: Iterable[Finding], folders: ClassFolders) -> list[Finding]:
    """The findings that still hold: of files that are where they were and still in use.

    What a change has brought about that is new, a checkup finds. A finding that nothing has
    happened to is the same object.

    Args:
        findings: What a checkup of the dataset found.
        folders: The dataset.
    """
    disabled = set(folders.dataset.card.disabled)
    used = [name for name in folders.classes() if name not in disabled]
    excluded, reviewed = (folders.marks.names(mark) for mark in (Mark.EXCLUDED, Mark.REVIEWED))
    present = {
        f"{name}/{file}" for name in used for file in _file_names(folders.folder_of(name))
    } - excluded
    standing = []
    for finding in findings:
        left: Finding | None = finding
        if finding.kind is FindingKind.IMBALANCE:
            left = finding if set(finding.classes) <= set(used) else None
        elif finding.kind is FindingKind.WRONG_LABEL:
            left = _still_doubted(finding, present - reviewed, used, folders.dataset.folder)
        else:
            left = _with_those(finding, present)
        if left is not None:
            standing.append(left)
    return standing


def _file_names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - a Path for each of 100,000 names takes a second
    except OSError:
        return []


def _still_doubted(
    finding: Finding, names: Collection[str], classes: Collection[str], folder: Path
) -> Finding | None:
    left = [d for d in finding.doubts if d.name in names and d.suggested in classes]
    if len(left) == len(finding.doubts):
        return finding
    return _with_samples_of(finding, of_pair(folder, left)) if left else None


def _with_those(finding: Finding, names: Collection[str]) -> Finding | None:
    """A finding about the images that are left of it; None if it no longer holds."""
    there = {sample.path for sample in finding.samples if sample.mark_name in names}
    if len(there) == len(finding.paths):
        return finding
    if finding.kind is FindingKind.ONE_SESSION:
        return None  # of the other recordings that it may have now, only a checkup knows
    left = [path for path in finding.paths if path in there]
    surplus = [path for path in finding.surplus if path in there]
    if finding.kind in COPIES and not finding.across_classes:
        left, surplus = _sets_that_are_left(finding, there)
    classes = tuple(dict.fromkeys(path.parent.name for path in left))
    if not left or (finding.across_classes and len(classes) < 2):
        return None
    why = reason(finding, images=len(left), classes=len(classes))
    changed = replace(finding, paths=tuple(left), why=why, classes=classes, surplus=tuple(surplus))
    return _with_samples_of(finding, changed)


def _sets_that_are_left(finding: Finding, there: Collection[Path]) -> tuple[list[Path], list[Path]]:
    """The copies of which there are still two, and those of them that a deletion takes away."""
    surplus = set(finding.surplus)
    sets: list[list[Path]] = []
    for path in finding.paths:
        if path not in surplus or not sets:
            sets.append([])
        if path in there:
            sets[-1].append(path)
    sets = [paths for paths in sets if len(paths) > 1]
    return [path for paths in sets for path in paths], [p for paths in sets for p in paths[1:]]


def _with_samples_of(before: Finding, after: Finding) -> Finding:
    """`after` with the very samples of `before`, so that a list of them stays where it is."""
    known = {sample.path: sample for sample in before.samples}
    return replace(after, samples=tuple(known[path] for path in after.paths))

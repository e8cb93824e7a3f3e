"""What is missing before the network can be trained, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication


def missing(counts: Mapping[str, int], target: int) -> str:
    """Say what to do next for a dataset of class folders.

    Args:
        counts: Images of each class, in the order of the classes.
        target: How many images each class should have.

    Returns:
        One sentence; the most urgent want comes first: classes, then images, then more images.
    """
    if not counts:
        return _tr("Add a class for each thing that the network shall tell apart.")
    empty = [name for name, count in counts.items() if count == 0]
    if len(empty) == 1:
        return _tr("{name} has no images yet.").format(name=empty[0])
    if empty:
        return _tr("{name} and {number} more have no images yet.").format(
            name=empty[0], number=len(empty) - 1
        )
    if len(counts) == 1:
        return _tr("Add a second class: a network tells things apart.")
    fewest = min(counts, key=lambda name: counts[name])
    if counts[fewest] < target:
        return _tr("{name} has {count} of {target}.").format(
            name=fewest, count=f"{counts[fewest]:,}", target=f"{target:,}"
        )
    return _tr("Every class has its {target} images: ready to train.").format(target=f"{target:,}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Coach", text)

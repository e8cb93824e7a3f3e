"""The order in which Tab goes through the header and a tab, where the parts' own is another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from PySide6.QtWidgets import QWidget

# Parts are made in the order in which they need each other; eyes go from left to right and down.
_ORDER: Mapping[str, Sequence[str]] = {
    "header": (
        "capturePage",
        "trainingPage",
        "predictionPage",
        "datasetChooser",
        "cameraChooser",
        "moreButton",
    ),
    "capture": (
        "importButton",
        "classMenuButton",
        "classList",
        "newClassField",
        "addClassButton",
        "addBackgroundButton",
        "declineBackgroundButton",
        "cancelImportButton",
        "finishBrokenOff",
        "takeBrokenOffBack",
        "keepBrokenOff",
        "retryButton",
        "mirrorButton",
        "saysButton",
        "sizeChooser",
        "recordButton",
        "shotButton",
        "rateChooser",
        "recordOptionsButton",
        "demo-shoe",
        "demo-cap",
        "demo-cellphone",
        "demo-pencil",
        "demo-book",
        "demo-nothing",
        "demo-strange",
        "filterButton",
        "reviewButton",
        "moveButton",
        "deleteButton",
        "undoButton",
        "redoButton",
        "historyButton",
        "trashButton",
        "checkupButton",
        "mapButton",
        "nameSearch",
        "scopeChooser",
        "sessionChooser",
        "showChooser",
        "orderChooser",
        "galleryModelChooser",
        "predictedChooser",
        "closeFilterButton",
        "gallery",
    ),
}


def order_tabs(part: str, root: QWidget) -> None:
    """Have Tab go through a part from left to right and from top to bottom.

    It must be in its place by then: a widget that changes its parent loses its place in the order.

    Args:
        part: "header", or the name of a tab.
        root: The part.
    """
    named = {each.objectName(): each for each in root.findChildren(QWidget)}
    found = [named[name] for name in _ORDER.get(part, ()) if name in named]
    for before, after in pairwise(found):
        QWidget.setTabOrder(before, after)

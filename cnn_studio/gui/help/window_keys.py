"""The keys of buttons that have none by themselves: in one place, so that none is given twice."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QAbstractButton, QWidget

from cnn_studio.gui.widgets.button_key import ButtonKey

_DEMO_OBJECTS = "demo-"  # the name of such a button begins with it, and its place is its key

_KEYS: Mapping[str, Mapping[str, str]] = {
    "capture": {
        "importButton": "Alt+I",
        "classMenuButton": "Alt+L",
        "addBackgroundButton": "Alt+O",
        "declineBackgroundButton": "Alt+Shift+O",
        "cancelImportButton": "Ctrl+.",
        "moveButton": "Alt+M",
        "mirrorButton": "Alt+R",
        "recordOptionsButton": "Alt+P",
    },
    "training": {
        "allClassesButton": "Alt+L",
        "recipeMoreButton": "Alt+R",
        "useBetterButton": "Alt+U",
        "matrixSegment": "Alt+1",
        "classesSegment": "Alt+2",
        "reliabilitySegment": "Alt+3",
        "mistakesSegment": "Alt+4",
        "logSegment": "Alt+5",
        "sharesButton": "Alt+S",
        "notesButton": "Alt+O",
        "runsFilterButton": "Alt+F",
        "runsMoreButton": "Alt+M",
        "saveCurvesButton": "Alt+V",
        "tryButton": "Alt+T",
    },
    "prediction": {
        "fileFilterButton": "Alt+F",
        "showAllFilesButton": "Alt+Shift+F",
        "addFilesButton": "Alt+O",
        "saveFilesButton": "Alt+V",
        "chooseSourceAgain": "Alt+Shift+S",
        "playButton": "K",
        "wrongButton": "Alt+R",
        "liveMoreButton": "Alt+P",
    },
}


def give_keys(page: str, root: QWidget) -> None:
    """Give the buttons of a tab their keys, which their tooltips name from then on.

    Args:
        page: The name of the tab.
        root: The tab.
    """
    keys = _KEYS.get(page, {})
    demo = 0
    for button in root.findChildren(QAbstractButton):
        name = button.objectName()
        if name.startswith(_DEMO_OBJECTS) and page != "training":
            demo += 1
            ButtonKey(button, f"Alt+{demo}")
        elif name in keys and button.shortcut().isEmpty():
            about = button.text() or button.accessibleName() or _about(name)
            ButtonKey(button, keys[name], about)


def _about(name: str) -> str:
    """What a button does that has no words until there is something to do."""
    translate = QCoreApplication.translate
    return {
        "cancelImportButton": translate("give_keys", "Cancel the import"),
        "allClassesButton": translate("give_keys", "Show all classes, or fewer"),
    }.get(name, "")

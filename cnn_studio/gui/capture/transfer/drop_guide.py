"""Says over the tab where files that are held above it will go, and takes them on the preview."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.dropped_files import dropped_paths
from cnn_studio.gui.pictures.gallery_model import SAMPLES_MIME
from cnn_studio.gui.widgets.drop_overlay import DropOverlay
from cnn_studio.untrusted_text import shown

_HELD = (QEvent.Type.DragEnter, QEvent.Type.DragMove)
_MOST_LOOKED_AT = 20  # of many files the first say what they all are
_LONGEST_NAME = 40
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".tm")


class DropGuide(QObject):
    """Watches what takes drops on the capture tab; the class list shows its row by itself.

    Args:
        overlay: Where it is said.
        contents: What is on show.
        classes: The list of classes.
        preview: Takes drops from now on, as the gallery does.
        others: What else takes drops for the class on show.

    Signals:
        dropped(list): Files and folders were dropped on the preview.
    """

    dropped = Signal(list)

    def __init__(
        self,
        overlay: DropOverlay,
        contents: Contents,
        classes: ClassView,
        preview: QWidget,
        others: Sequence[QWidget],
    ) -> None:
        super().__init__(overlay)
        self._overlay = overlay
        self._contents = contents
        self._classes = classes
        self._preview = preview
        preview.setAcceptDrops(True)
        for widget in (classes.viewport(), preview, *others):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _HELD and isinstance(event, QDropEvent):
            return self._hold(watched, event)
        if kind == QEvent.Type.DragLeave:
            self._overlay.hide()
        elif kind == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._overlay.hide()
            if watched is self._preview:
                self._take(event)
                return True
        return False

    def _hold(self, watched: QObject, event: QDropEvent) -> bool:
        words = self._words(watched, event.mimeData(), event.position().toPoint())
        if words:
            self._overlay.cover(words)
        else:
            self._overlay.hide()
        if watched is not self._preview or not words:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)  # never a move: the files stay where they are
        event.accept()
        return True

    def _take(self, event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(dropped_paths(event.mimeData()))

    def _words(self, watched: QObject, mime: QMimeData, where: QPoint) -> str:
        """Where what is dragged would go; empty where it would go nowhere."""
        paths, contents = dropped_paths(mime), self._contents
        if not paths or mime.hasFormat(SAMPLES_MIME) or contents.dataset is None:
            return ""
        if contents.folders is None:
            title = shown(contents.dataset.title)
            text = self.tr("Drop to use these files for {title}").format(title=title)
            return "" if contents.is_present else text
        if watched is self._classes.viewport():
            name = self._classes.class_at(where)
            is_for_class = bool(name)
        else:
            name = "" if contents.is_everything else contents.chosen
            is_for_class = bool(name) and not _hold_folders(paths)
        if is_for_class:
            name = shown(name)
            name = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
            return self.tr("Drop into {name}").format(name=name)
        if _hold_folders(paths):
            return self.tr("Drop to make classes from folders")
        return self.tr("Drop on the class that they show")


def _hold_folders(paths: Sequence[Path]) -> bool:
    """Whether there are folders among them, or archives, which hold some."""
    some = paths[:_MOST_LOOKED_AT]
    return any(path.suffix.lower() in _ARCHIVES or path.is_dir() for path in some)

"""The list of classes on the screen: choosing, renaming, and dropping things on a class."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QListView, QWidget

from cnn_studio.gui.capture.class_delegate import ClassDelegate
from cnn_studio.gui.capture.class_model import AnyIndex, ClassModel
from cnn_studio.gui.capture.dropped_files import dropped_paths
from cnn_studio.gui.capture.gallery_model import SAMPLES_MIME
from cnn_studio.gui.theme import Theme


class ClassView(QListView):
    """Shows a ClassModel.

    Signals:
        class_chosen(str): A person chose another class.
        files_dropped(list, str): Paths were dropped on a class; its name, or "" beside all of them.
        samples_dropped(str): The thumbnails that are being dragged were dropped on a class.
    """

    class_chosen = Signal(str)
    files_dropped = Signal(list, str)
    samples_dropped = Signal(str)

    def __init__(self, model: ClassModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes = model
        self._is_showing = False
        self._delegate = ClassDelegate(model, theme, self)
        self.setObjectName("classList")
        self.setAccessibleName(self.tr("Classes"))
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(
            QListView.EditTrigger.DoubleClicked | QListView.EditTrigger.EditKeyPressed
        )
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAcceptDrops(True)
        theme.changed.connect(self.viewport().update)

    def show_class(self, name: str) -> None:
        """Mark a class as the chosen one, without a signal."""
        index = self._classes.index_of(name)
        if index != self.currentIndex() or not index.isValid():
            self._is_showing = True
            self.setCurrentIndex(index)
            self._is_showing = False

    def class_at(self, where: QPoint) -> str:
        """The class at a point of the viewport; empty if there is none."""
        index = self.indexAt(where)
        return self._classes.row(index).name if index.isValid() else ""

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:  # noqa: N802
        super().currentChanged(current, previous)
        if current.isValid() and not self._is_showing:
            self.class_chosen.emit(self._classes.row(current).name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.indexAt(event.position().toPoint()).isValid():
            super().mousePressEvent(event)  # a press beside the rows would leave none chosen

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._answer(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._answer(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark(-1)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        self._answer(event)
        self._mark(-1)
        if not event.isAccepted():
            return
        name = self.class_at(event.position().toPoint())
        if event.mimeData().hasFormat(SAMPLES_MIME):
            self.samples_dropped.emit(name)
        else:
            self.files_dropped.emit(dropped_paths(event.mimeData()), name)

    def leaveEvent(self, event: QEvent) -> None:
        self._mark(-1)
        super().leaveEvent(event)

    def _answer(self, event: QDropEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        inside = event.mimeData().hasFormat(SAMPLES_MIME)
        wanted = index.isValid() if inside else bool(dropped_paths(event.mimeData()))
        self._mark(index.row() if wanted and index.isValid() else -1)
        if wanted:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def _mark(self, row: int) -> None:
        self._delegate.set_drop_row(row)
        self.viewport().update()

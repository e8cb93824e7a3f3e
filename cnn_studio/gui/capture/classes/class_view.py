"""The list of classes on the screen: choosing, renaming, ordering, and dropping on a class."""

from __future__ import annotations

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QItemSelectionModel,
    QMimeData,
    QPoint,
    QPointF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QListView, QWidget

from cnn_studio.gui.capture.classes.class_delegate import ClassDelegate
from cnn_studio.gui.capture.classes.class_model import AnyIndex, ClassModel
from cnn_studio.gui.dropped_files import dropped_paths
from cnn_studio.gui.pictures.gallery_model import SAMPLES_MIME
from cnn_studio.gui.theme import Theme

CLASS_MIME = "application/x-cnn-studio-class"
"""What a drag of a class within the list carries: its name."""

_SCROLL_MARGIN = 24


class ClassView(QListView):
    """Shows a ClassModel.

    Signals:
        class_chosen(str): A person chose another class.
        row_pressed: A class was clicked, be it the chosen one already.
        files_dropped(list, str): Paths were dropped on a class; its name, or "" beside all of them.
        samples_dropped(str): The thumbnails that are being dragged were dropped on a class.
    """

    class_chosen = Signal(str)
    row_pressed = Signal()
    files_dropped = Signal(list, str)
    samples_dropped = Signal(str)

    def __init__(self, model: ClassModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes = model
        self._theme = theme
        self._is_showing = False
        self._gap = -1  # before which row a dragged class would come; -1 for none
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
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setAutoScrollMargin(_SCROLL_MARGIN)
        theme.changed.connect(self.viewport().update)

    def mark_digits(self, *, is_moving: bool, are_idle: bool) -> None:
        """Show on the numbers that a digit moves images, or that it chooses no class at all."""
        self._delegate.mark_digits(is_moving=is_moving, are_idle=are_idle)
        self.viewport().update()

    def keyboardSearch(self, _search: str) -> None:  # noqa: N802 - Qt's name
        """Letters choose no class: recording would go on into another one, unseen."""

    def selectionCommand(  # noqa: N802 - Qt's name
        self, index: AnyIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        flags = super().selectionCommand(index, event)
        deselect = QItemSelectionModel.SelectionFlag.Deselect
        # With Ctrl the chosen class would look as if none were.
        return QItemSelectionModel.SelectionFlag.NoUpdate if flags & deselect else flags

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

    def step_class(self, step: int) -> None:
        """Move the chosen class so many rows down, or up where `step` is negative."""
        index = self.currentIndex()
        if index.isValid():
            place = index.row() + step + (1 if step > 0 else 0)
            self._classes.place_class(self._classes.row(index).name, place)
            self.scrollTo(self.currentIndex())

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:  # noqa: N802
        super().currentChanged(current, previous)
        if current.isValid() and not self._is_showing:
            self.class_chosen.emit(self._classes.row(current).name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.indexAt(event.position().toPoint()).isValid():
            if event.button() == Qt.MouseButton.LeftButton:
                self.row_pressed.emit()
            super().mousePressEvent(event)  # a press beside the rows would leave none chosen

    def startDrag(self, _supported: Qt.DropAction) -> None:  # noqa: N802 - Qt's name
        index = self.currentIndex()
        if not index.isValid():
            return
        mime = QMimeData()
        mime.setData(CLASS_MIME, QByteArray(self._classes.row(index).name.encode()))
        drag = QDrag(self)
        drag.setMimeData(mime)
        rect = self.visualRect(index)
        drag.setPixmap(self._row_picture(index))
        drag.setHotSpot(self.viewport().mapFromGlobal(self.cursor().pos()) - rect.topLeft())
        drag.exec(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._answer(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._answer(event)
        y, height = event.position().y(), self.viewport().height()
        if min(y, height - y) < _SCROLL_MARGIN:
            self.startAutoScroll()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark(-1, -1)
        self.stopAutoScroll()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        self._answer(event)
        gap = self._gap
        self._mark(-1, -1)
        self.stopAutoScroll()
        if not event.isAccepted():
            return
        mime = event.mimeData()
        name = self.class_at(event.position().toPoint())
        if mime.hasFormat(CLASS_MIME):
            self._classes.place_class(bytes(mime.data(CLASS_MIME).data()).decode(), gap)
        elif mime.hasFormat(SAMPLES_MIME):
            self.samples_dropped.emit(name)
        else:
            self.files_dropped.emit(dropped_paths(mime), name)

    def leaveEvent(self, event: QEvent) -> None:
        self._mark(-1, -1)
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._gap < 0:
            return
        last = self._classes.rowCount() - 1
        edge = self.visualRect(self._classes.index(min(self._gap, last), 0))
        y = edge.top() if self._gap <= last else edge.bottom() + 1
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("accent"), 2))
        y = min(max(y, 1), self.viewport().height() - 1)
        painter.drawLine(QPointF(12, y), QPointF(self.viewport().width() - 6, y))
        painter.setBrush(self._theme.color("surface"))
        painter.drawEllipse(QPointF(8, y), 3, 3)

    def _answer(self, event: QDropEvent) -> None:
        mime, where = event.mimeData(), event.position().toPoint()
        index = self.indexAt(where)
        action = Qt.DropAction.CopyAction
        if mime.hasFormat(CLASS_MIME):
            wanted = self._classes.is_editable
            self._mark(-1, self._gap_at(where) if wanted else -1)
            action = Qt.DropAction.MoveAction
        else:
            inside = mime.hasFormat(SAMPLES_MIME)
            wanted = index.isValid() if inside else bool(dropped_paths(mime))
            self._mark(index.row() if wanted and index.isValid() else -1, -1)
        if wanted:
            event.setDropAction(action)
            event.accept()
        else:
            event.ignore()

    def _gap_at(self, where: QPoint) -> int:
        index = self.indexAt(where)
        if not index.isValid():
            return self._classes.rowCount()
        below = where.y() > self.visualRect(index).center().y()
        return index.row() + (1 if below else 0)

    def _mark(self, row: int, gap: int) -> None:
        self._gap = gap
        self._delegate.set_drop_row(row)
        self.viewport().update()

    def _row_picture(self, index: AnyIndex) -> QPixmap:
        picture = self.viewport().grab(self.visualRect(index))
        faded = QPixmap(picture.size())
        faded.setDevicePixelRatio(picture.devicePixelRatio())
        faded.fill(Qt.GlobalColor.transparent)
        painter = QPainter(faded)
        painter.setOpacity(0.8)
        painter.drawPixmap(0, 0, picture)
        painter.end()
        return faded

"""A ring around what the keys go to, wherever a style sheet draws none."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPalette, QPen, QWindow
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

_RING_PX = 2
_RADIUS = 4
_STYLED = (QPushButton, QToolButton, QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit)


class FocusRing(QObject):
    """Follows the focus, and draws a ring once the keyboard has moved it.

    A click shows by itself where it went, so that it draws no ring; the next key does. Buttons and
    fields have theirs from the style sheet. This is for lists, tables, drawings, boxes to tick and
    labels with links. In lists and tables it is around the current item, wherever that moves, and
    around all of it while there is none to be seen. A delegate that draws a ring by itself has the
    attribute `draws_focus`.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._is_by_keys = False
        self._ring: _Ring | None = None
        application.focusChanged.connect(self._on_application_focus_changed)
        application.focusWindowChanged.connect(self._on_application_focus_window_changed)
        self._on_application_focus_window_changed(QGuiApplication.focusWindow())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            self._is_by_keys = True
        elif event.type() == QEvent.Type.MouseButtonPress:
            self._is_by_keys = False
            self._take_away()
        return False

    @Slot(QWidget, QWidget)
    def _on_application_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._take_away()
        if new is not None and self._is_by_keys and _needs_ring(new):
            self._ring = _Ring(new)

    @Slot(QWindow)
    def _on_application_focus_window_changed(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)

    def _take_away(self) -> None:
        ring, self._ring = self._ring, None
        if ring is not None and isValid(ring):  # it goes with the widget that it is in
            ring.hide()
            ring.deleteLater()


class _Ring(QWidget):
    """Lies over a widget, lets all clicks through, and has its size or that of its current item."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__(inside)
        self.setObjectName("focusRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._inside = inside
        # Whatever moves an item has the view painted: scrolling, other rows, another current one.
        self._placing = QTimer(self, interval=0, singleShot=True)
        self._placing.timeout.connect(self._place)
        inside.installEventFilter(self)
        if isinstance(inside, QAbstractItemView):
            inside.viewport().installEventFilter(self)
        self.raise_()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._inside:
            self._place()
        elif event.type() == QEvent.Type.Paint and watched is not self._inside:
            self._placing.start()
        return False

    @Slot()
    def _place(self) -> None:
        view = self._inside
        item = _current_item(view) if isinstance(view, QAbstractItemView) else QRect()
        self.setGeometry(view.rect() if item.isEmpty() else item)
        self.setVisible(item.isEmpty() or not _draws_focus(view))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QApplication.palette().color(QPalette.ColorRole.Highlight)
        painter.setPen(QPen(colour, _RING_PX))
        half = _RING_PX // 2
        painter.drawRoundedRect(self.rect().adjusted(half, half, -half, -half), _RADIUS, _RADIUS)


def _current_item(view: QAbstractItemView) -> QRect:
    """Where the current item of a view can be seen, or its row where rows are chosen."""
    index = view.currentIndex()
    if not index.isValid():
        return QRect()
    viewport, item = view.viewport(), view.visualRect(index)
    if view.selectionBehavior() == QAbstractItemView.SelectionBehavior.SelectRows:
        item.setLeft(0)
        item.setRight(viewport.width() - 1)
    return item.intersected(viewport.rect()).translated(viewport.pos())


def _draws_focus(view: QWidget) -> bool:
    """Whether a view's delegate draws a ring of its own: round a current item that is chosen."""
    if not isinstance(view, QAbstractItemView):
        return False
    has_own = getattr(view.itemDelegate(), "draws_focus", False)
    return bool(has_own) and view.selectionModel().isSelected(view.currentIndex())


def _needs_ring(widget: QWidget) -> bool:
    if widget.isWindow() or isinstance(widget, _STYLED):
        return False
    if type(widget) is QSlider:
        return False
    return bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)

"""A ring around what the keys go to, wherever a style sheet draws none."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPalette, QPen, QWindow
from PySide6.QtWidgets import (
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
    labels with links.
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
            self._ring.show()

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
    """Lies over a widget, lets all clicks through, and has the widget's size."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__(inside)
        self.setObjectName("focusRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setGeometry(inside.rect())
        inside.installEventFilter(self)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QApplication.palette().color(QPalette.ColorRole.Highlight)
        painter.setPen(QPen(colour, _RING_PX))
        half = _RING_PX // 2
        painter.drawRoundedRect(self.rect().adjusted(half, half, -half, -half), _RADIUS, _RADIUS)


def _needs_ring(widget: QWidget) -> bool:
    if widget.isWindow() or isinstance(widget, _STYLED):
        return False
    if type(widget) is QSlider:
        return False
    return bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)

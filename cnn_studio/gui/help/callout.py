"""A small card with an arrow that points at a control of the window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel

_WIDTH = 320
_ARROW = 10  # how far it stands out, and half of its width
_EDGE = 8  # kept free at the edges of the window
_RADIUS = 6
# Alt+N answers a question of the capture tab that may be on show as well.
_NEXT_KEYS = "Alt+Shift+N"


class Callout(QWidget):
    """Lies over the window and never takes the keys from what is below it.

    Signals:
        next_requested, skip_requested: The button of that name was pressed.
    """

    next_requested = Signal()
    skip_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("callout")
        self._window = parent
        self._theme = theme
        self._tip = QPointF()
        self._points_up = False
        self._title = QLabel(self)
        self._title.setObjectName("calloutTitle")
        self._title.setProperty("role", "title")
        self._text = WrappedLabel(self)
        self._text.setObjectName("calloutText")
        self._step = QLabel(self)
        self._step.setObjectName("calloutStep")
        self._step.setProperty("role", "quiet")
        self._skip, self._next = (QPushButton(self) for _ in range(2))
        self._skip.setObjectName("tourSkip")
        self._next.setObjectName("tourNext")
        self._next.setProperty("kind", "primary")
        for button in (self._skip, self._next):
            # A click must not take Space from recording; Tab still comes here.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name(self._skip, self.tr("Skip"), self.tr("End the tour (Esc)"))
        self._lay_out()
        self._skip.clicked.connect(self.skip_requested)
        self._next.clicked.connect(self.next_requested)
        theme.changed.connect(self.update)
        self.hide()

    def set_texts(self, title: str, text: str, step: str, *, is_last: bool) -> None:
        """Say what the control is for.

        Args:
            title: What is done with it, in a word or two.
            text: A sentence or two.
            step: How far the tour is.
            is_last: Whether no other step comes.
        """
        self._title.setText(title)
        self._text.setText(text)
        self._step.setText(step)
        words = self.tr("Done") if is_last else self.tr("Next")
        native = QKeySequence(_NEXT_KEYS).toString(QKeySequence.SequenceFormat.NativeText)
        tip = self.tr("End the tour") if is_last else self.tr("The next step")
        self._name(self._next, words, f"{tip} ({native})")
        self._next.setShortcut(QKeySequence(_NEXT_KEYS))  # a new text takes it away
        self._skip.setVisible(not is_last)
        self.setAccessibleName(f"{title}: {text}")

    def point_at(self, target: QRect) -> None:
        """Stand beside this part of the parent, below it if there is room, else above.

        Args:
            target: In the parent's pixels.
        """
        room = self._window.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        width = min(_WIDTH, room.width())
        self.resize(width, self.heightForWidth(width))
        height = self.heightForWidth(width)
        self._points_up = target.bottom() + height <= room.bottom()
        left = max(room.left(), min(target.center().x() - width // 2, room.right() - width))
        top = target.bottom() + 2 if self._points_up else target.top() - height - 1
        self.setGeometry(left, max(room.top(), top), width, height)
        inside = self.mapFromParent(QPoint(target.center().x(), 0)).x()
        tip = max(_RADIUS + _ARROW, min(inside, width - _RADIUS - _ARROW))
        self._tip = QPointF(tip, 1.0 if self._points_up else height - 1.0)
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("accent"), 1.5))
        painter.setBrush(self._theme.color("surface"))
        card = QRectF(self.rect()).adjusted(1, _ARROW, -1, -_ARROW)
        painter.drawRoundedRect(card, _RADIUS, _RADIUS)
        edge = card.top() if self._points_up else card.bottom()
        inward = 1.5 if self._points_up else -1.5
        foot = QPointF(_ARROW, 0.0)
        arrow = [QPointF(self._tip.x(), edge + inward) + side for side in (-foot, foot)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(QPolygonF([arrow[0], self._tip, arrow[1]]))
        painter.setPen(QPen(self._theme.color("accent"), 1.5))
        feet = [QPointF(self._tip.x(), edge) + side for side in (-foot, foot)]
        painter.drawPolyline(QPolygonF([feet[0], self._tip, feet[1]]))
        painter.end()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._step, 1)
        foot.addWidget(self._skip)
        foot.addWidget(self._next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16 + _ARROW, 16, 16 + _ARROW)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addLayout(foot)

    def _name(self, button: QPushButton, text: str, tip: str) -> None:
        button.setText(text)
        button.setAccessibleName(text)
        button.setToolTip(tip)

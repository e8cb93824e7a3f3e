"""What stands where there is nothing to show: why, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.dropped_files import dropped_paths
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.button_key import ButtonKey
from cnn_studio.gui.widgets.turned_guard import TurnedGuard

_ICON = 40
_TEXT_WIDTH = 440
_LEAST_HEIGHT = 124
_ROOM_FOR_ICON = 190  # a lower place goes without
_KEYS, _SECOND_KEYS, _STOP_KEYS = "Alt+G", "Alt+Shift+G", "Alt+Shift+C"


class EmptyState(QWidget):
    """An icon, a title, a sentence, and at most two buttons and a bar of progress.

    Signals:
        action_requested, second_requested: The first or the second button was pressed.
        files_dropped(list): Paths were dropped here, where it accepts drops.
    """

    action_requested = Signal()
    second_requested = Signal()
    files_dropped = Signal(list)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("emptyState")
        self._theme = theme
        self._icon_name = "images"
        self._icon = QLabel(self)
        self._title = QLabel(self)
        self._title.setProperty("role", "title")
        self._text = QLabel(self)
        self._text.setProperty("role", "quiet")
        self._text.setWordWrap(True)
        self._text.setFixedWidth(_TEXT_WIDTH)
        for label in (self._icon, self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._bar = QProgressBar(self)
        self._bar.setObjectName("emptyStateProgress")
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(280)
        self._action = self._button("emptyStateAction")
        self._second = self._button("emptyStateSecond")
        self._action.clicked.connect(self.action_requested)
        self._second.clicked.connect(self.second_requested)
        self._turned = TurnedGuard(self._action)
        self._key = ButtonKey(self._action, _KEYS, self.tr("Do what an empty page suggests"))
        ButtonKey(
            self._second, _SECOND_KEYS, self.tr("Do the other thing that an empty page suggests")
        )
        self._lay_out()
        self.set_progress(None)
        theme.changed.connect(self._on_theme_changed)

    @property
    def title(self) -> str:
        """What is on show."""
        return self._title.text()

    @property
    def text(self) -> str:
        """The sentence below the title."""
        return self._text.text()

    def set_content(
        self,
        icon: str,
        title: str,
        text: str,
        action: str = "",
        second: str = "",
        *,
        is_large: bool = False,
    ) -> None:
        """Say what is missing; `action` and `second` are texts of buttons, none if empty."""
        role = "answer" if is_large else "title"
        if self._title.property("role") != role:
            self._title.setProperty("role", role)
            self._title.style().unpolish(self._title)
            self._title.style().polish(self._title)
        self._icon_name = icon
        self._on_theme_changed()
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        if action != self._action.text():
            self._turned.turn()
        for button, label in ((self._action, action), (self._second, second)):
            button.setText(label)
            button.setToolTip(label)
            button.setAccessibleName(label)
            button.setVisible(bool(label))

    def set_progress(self, share: float | None) -> None:
        """Show how far the work is, 0 to 1; below 0 where that is unknown; None for no bar."""
        self._bar.setVisible(share is not None)
        self._key.set_keys(_KEYS if share is None else _STOP_KEYS)
        if share is not None:
            self._bar.setRange(0, 0 if share < 0 else 1000)
            self._bar.setValue(round(share * 1000))

    def minimumSizeHint(self) -> QSize:
        return QSize(_TEXT_WIDTH, _LEAST_HEIGHT)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        self.files_dropped.emit(dropped_paths(event.mimeData()))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._icon.setVisible(self.height() >= _ROOM_FOR_ICON)
        super().resizeEvent(event)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        self._action.setProperty("kind", "primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self._action)
        buttons.addWidget(self._second)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        layout.addStretch(1)
        layout.addWidget(self._icon)
        layout.addWidget(self._title)
        layout.addLayout(_centred(self._text))
        layout.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(buttons)
        layout.addStretch(1)

    @Slot()
    def _on_theme_changed(self) -> None:
        icon = self._theme.icon(self._icon_name, "text_quiet")
        self._icon.setPixmap(icon.pixmap(_ICON, _ICON))


def _centred(label: QLabel) -> QHBoxLayout:
    # A wrapped label keeps its height only in a row; aligned in the column it is cut.
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(label)
    row.addStretch(1)
    return row

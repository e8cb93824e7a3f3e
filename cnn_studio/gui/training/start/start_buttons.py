"""The buttons that begin a training, let it stand still and stop it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cnn_studio.gui.theme import Theme

_START_KEYS, _STOP_KEYS, _PAUSE_KEYS = "Ctrl+Return", "Ctrl+.", "Ctrl+P"


class StartButtons(QWidget):
    """Start, and above it Pause and Stop while a training is under way.

    None of them ever comes to stand under the pointer or the key that pressed another: Start keeps
    its place, and what had the focus gives it to the row, where Space and Enter mean nothing.

    Signals:
        start_requested: The person wants to train.
        stop_requested: The person wants the training to stop.
        pause_toggled(bool): The person wants the training to stand still, or to go on.
    """

    start_requested = Signal()
    stop_requested = Signal()
    pause_toggled = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_startable = self._is_training = False
        self._pause_state = (False, False)
        self._start = self._button(
            "startButton", self.tr("Start training"), self.tr("Train the network"), _START_KEYS
        )
        self._start.setProperty("kind", "primary")
        self._stop = self._button(
            "stopButton",
            self.tr("Stop"),
            self.tr("Stop within a second and keep the best model so far"),
            _STOP_KEYS,
        )
        self._pause = self._button(
            "pauseButton",
            self.tr("Pause"),
            self.tr("Pause the training or continue it; it is saved meanwhile"),
            _PAUSE_KEYS,
        )
        self._stop.hide()
        self._pause.hide()
        self._lay_out()
        self._start.clicked.connect(self.start_requested)
        self._stop.clicked.connect(self.stop_requested)
        self._pause.clicked.connect(self._on_pause_clicked)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_startable(self, is_startable: bool) -> None:
        """Whether a training can begin, as far as dataset and recipe go."""
        self._is_startable = is_startable
        self._start.setEnabled(is_startable and not self._is_training)

    def set_training(self, is_training: bool) -> None:
        """Offer Pause and Stop, or only Start again."""
        self._let_keys_go()
        self._is_training = is_training
        text = self.tr("Training …") if is_training else self.tr("Start training")
        if text != self._start.text():
            self._start.setText(text)
            self._start.setAccessibleName(text)
            self._start.setShortcut(QKeySequence(_START_KEYS))  # a new text takes it away
        self._stop.setVisible(is_training)
        self._stop.setEnabled(True)
        self._pause.setVisible(is_training)
        self.set_paused(False)
        self.set_startable(self._is_startable)

    def set_paused(self, is_paused: bool, is_possible: bool = False) -> None:
        """The training stands still or goes on; it can only be paused while it takes steps."""
        if (is_paused, is_possible) == self._pause_state:
            return  # a button that was pressed stays disabled until something has changed
        self._let_keys_go()
        self._pause_state = (is_paused, is_possible)
        text = self.tr("Continue") if is_paused else self.tr("Pause")
        self._pause.setText(text)
        self._pause.setAccessibleName(text)
        self._pause.setShortcut(QKeySequence(_PAUSE_KEYS))  # a new text takes it away
        self._pause.setEnabled(is_possible)
        self._on_theme_changed()

    def set_stopping(self, is_stopping: bool) -> None:
        """The stop was asked for; once is enough."""
        if is_stopping:
            self._let_keys_go()
        self._stop.setEnabled(not is_stopping)
        text = self.tr("Stopping …") if is_stopping else self.tr("Stop")
        if text != self._stop.text():
            self._stop.setText(text)
            self._stop.setShortcut(QKeySequence(_STOP_KEYS))  # a new text takes it away

    def _button(self, name: str, text: str, tip: str, keys: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setProperty("size", "large")
        button.setIconSize(QSize(18, 18))
        button.setShortcut(QKeySequence(keys))
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{tip} ({shown})")
        button.setAccessibleName(text)
        return button

    def _lay_out(self) -> None:
        steering = QHBoxLayout()
        steering.setSpacing(8)
        steering.addWidget(self._pause)
        steering.addWidget(self._stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(steering)
        column.addWidget(self._start)

    def _let_keys_go(self) -> None:
        """Keep the focus here, but on no button: Qt would give it to the next one, which stops."""
        if any(button.hasFocus() for button in (self._start, self._pause, self._stop)):
            self.setFocus()

    @Slot()
    def _on_pause_clicked(self) -> None:
        self._let_keys_go()
        self._pause.setEnabled(False)  # until the training says that it does
        self.pause_toggled.emit(not self._pause_state[0])

    @Slot()
    def _on_theme_changed(self) -> None:
        self._start.setIcon(self._theme.icon("start", "on_accent"))
        self._pause.setIcon(self._theme.icon("start" if self._pause_state[0] else "pause"))
        self._stop.setIcon(self._theme.icon("stop", "text"))

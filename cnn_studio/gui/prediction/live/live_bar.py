"""The quiet row below the answer: freeze, where it looks, what is wrong, full screen, more."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from cnn_studio.gui.theme import Theme

_NUMBERED = 9


class LiveBar(QWidget):
    """Buttons with their keys; what they do is decided elsewhere.

    Signals:
        freeze_toggled(bool): The picture and its answer shall stand still, or go on.
        heat_toggled(bool): The picture shall show where the network looks, or no longer.
        class_taught(str): The picture shows this class, and not what the answer says.
        number_pressed(int): The same by a key, 1 to 9.
        full_screen_requested: The answer shall fill the screen.
        more_requested: The other choices are asked for.
    """

    freeze_toggled = Signal(bool)
    heat_toggled = Signal(bool)
    class_taught = Signal(str)
    number_pressed = Signal(int)
    full_screen_requested = Signal()
    more_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("liveBar")
        self._theme = theme
        self._has_heat = True
        self._freeze = self._button("freezeButton", self.tr("Freeze the picture"), "F")
        self._freeze.setCheckable(True)
        self._freeze.toggled.connect(self.freeze_toggled)
        self._heat = self._button("heatButton", self.tr("Show where the network looks"), "H")
        self._heat.setCheckable(True)
        self._heat.toggled.connect(self.heat_toggled)
        self._wrong = QToolButton(self)
        self._wrong.setObjectName("wrongButton")
        self._wrong.setText(self.tr("Wrong?"))
        self._wrong.setProperty("kind", "segment")  # words alone do not look like a button
        self._wrong.setProperty("menu", "true")
        self._wrong.setAccessibleName(self.tr("Say what the picture shows"))
        self._wrong.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._wrong)
        self._menu.setObjectName("wrongMenu")
        self._menu.triggered.connect(self._on_menu_triggered)
        self._wrong.setMenu(self._menu)
        self._full = self._button("fullScreenButton", self.tr("Fill the screen"), "F11")
        self._full.clicked.connect(self.full_screen_requested)
        self.more = self._button("liveMoreButton", self.tr("Show more choices"), "")
        self.more.clicked.connect(self.more_requested)
        for number in range(1, _NUMBERED + 1):
            self._number_key(number)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in (self._freeze, self._heat, self._wrong):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._full)
        row.addWidget(self.more)
        self.set_classes(())
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_frozen(self, is_frozen: bool) -> None:
        """Show whether the picture stands still."""
        with QSignalBlocker(self._freeze):
            self._freeze.setChecked(is_frozen)

    def set_heat(self, is_on: bool, why_not: str = "") -> None:
        """Show whether the heat map is on, or why this model has none."""
        self._has_heat = not why_not
        with QSignalBlocker(self._heat):
            self._heat.setChecked(is_on and self._has_heat)
        self._heat.setEnabled(self._has_heat)
        self._heat.setToolTip(why_not or self.tr("Show where the network looks (H)"))

    @Slot()
    def toggle_heat(self) -> None:
        """As if its button had been pressed."""
        self._heat.click()

    def set_classes(self, classes: Sequence[str]) -> None:
        """Offer these classes as what the picture shows; none where nothing can be saved."""
        self._menu.clear()
        for place, name in enumerate(classes):
            number = f"{place + 1}" if place < _NUMBERED else ""
            action = self._menu.addAction(f"{name.replace('&', '&&')}\t{number}")
            action.setData(name)
        self._wrong.setToolTip(
            self.tr("Save the picture into the class that it shows; 1 to 9 do it, too")
        )
        self._wrong.setVisible(bool(classes))

    def set_file_shown(self, is_shown: bool) -> None:
        """A file stands still by itself, and is not for a whole room."""
        for widget in (self._freeze, self._full):
            widget.setEnabled(not is_shown)

    def _button(self, name: str, text: str, key: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setIconSize(QSize(18, 18))
        button.setToolTip(f"{text} ({key})" if key else text)
        if key:
            # A button's own shortcut would show it pressed first, for a tenth of a second.
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(button.click)
        return button

    def _number_key(self, number: int) -> None:
        key = QShortcut(QKeySequence(str(number)), self)
        key.setObjectName(f"{number}")
        key.setAutoRepeat(False)
        key.setWhatsThis(self.tr("Save the picture into the class of this number"))
        key.activated.connect(self._on_key_activated)

    @Slot()
    def _on_key_activated(self) -> None:
        self.number_pressed.emit(int(self.sender().objectName()))

    @Slot(QAction)
    def _on_menu_triggered(self, action: QAction) -> None:
        self.class_taught.emit(action.data())

    @Slot()
    def _on_theme_changed(self) -> None:
        for button, name in (
            (self._freeze, "pause"),
            (self._heat, "heat"),
            (self._full, "full-screen"),
            (self.more, "more"),
        ):
            button.setIcon(self._theme.icon(name, "text_quiet"))

"""The button in the header that says which dataset is chosen and opens the list of all."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.untrusted_text import shown

_ICON_PX, _ARROW_PX = 16, 14
_AROUND_PX = 60  # border, padding, icon and arrow, as the style sheet has them
_NARROWEST_PX, _WIDEST_PX = 160, 260


class DatasetButton(QPushButton):
    """Shows a title, the middle of a long one left out; its tooltip has the whole."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("datasetChooser")
        self._theme = theme
        self._title = ""
        self._tip = self.tr("Choose, rename, copy or delete the dataset of all three tabs (Alt+D)")
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take Space from a tab
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(_NARROWEST_PX)
        self.setMaximumWidth(_WIDEST_PX)
        self.setShortcut("Alt+D")
        self.setAutoDefault(False)
        self.setAccessibleName(self.tr("Dataset"))
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.set_title("")

    @property
    def title(self) -> str:
        """The whole title of the dataset on show."""
        return self._title

    def set_title(self, title: str) -> None:
        """Show a dataset's title; empty for none."""
        self._title = shown(title)
        self.setAccessibleDescription(self._title)
        self.updateGeometry()
        self._elide()

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._title) + _AROUND_PX
        return QSize(min(max(width, _NARROWEST_PX), _WIDEST_PX), super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        top = (self.height() - _ARROW_PX) // 2
        place = QRect(self.width() - _ARROW_PX - 9, top, _ARROW_PX, _ARROW_PX)
        painter = QPainter(self)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        icon = self._theme.icon("chevron-down", "text_quiet")
        icon.paint(painter, place, Qt.AlignmentFlag.AlignCenter, mode)

    def _elide(self) -> None:
        room = self.width() - _AROUND_PX
        middle = Qt.TextElideMode.ElideMiddle
        cut = self.fontMetrics().elidedText(self._title, middle, room)
        shortcut = self.shortcut()
        # A `&` in a title is a letter; what Qt takes for a mnemonic would replace the shortcut.
        self.setText(cut.replace("&", "&&"))
        self.setShortcut(shortcut)
        self.setToolTip(f"{self._title}\n{self._tip}" if cut != self._title else self._tip)

    def _on_theme_changed(self) -> None:
        self.setIcon(self._theme.icon("dataset", "text_quiet"))
        self.update()

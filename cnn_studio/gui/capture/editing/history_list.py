"""The list of what was done to the dataset, under its button: a click goes there."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QUndoStack
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.theme import Theme
from cnn_studio.untrusted_text import shown

_WIDTH = 340
_ROW_HEIGHT, _MOST_ROWS = 28, 10
_PLACE = int(Qt.ItemDataRole.UserRole)


class HistoryButton(QToolButton):
    """Opens the list of steps.

    Args:
        stack: The steps; it is only looked at.
        theme: Where colours and icons come from.

    Signals:
        place_requested(int): So many of the steps, counted from the first, shall be in effect.
    """

    place_requested = Signal(int)

    def __init__(self, stack: QUndoStack, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._steps = _Steps(stack, theme, self)
        self._steps.place_requested.connect(self.place_requested)
        self.setObjectName("historyButton")
        self.setShortcut(QKeySequence("Ctrl+H"))
        self.setAccessibleName(self.tr("History"))
        key = self.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.setToolTip(
            self.tr("Show what was done, and go back to any step ({key})").format(key=key)
        )
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._on_clicked)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @Slot()
    def _on_clicked(self) -> None:
        self._steps.open_at(self)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setIcon(self._theme.icon("history"))


class _Steps(QFrame):
    """The newest step is on top, the beginning at the bottom."""

    place_requested = Signal(int)

    def __init__(self, stack: QUndoStack, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self._stack = stack
        self._theme = theme
        self._list = QListWidget(self)
        self._list.setObjectName("historyList")
        self._list.setAccessibleName(self.tr("What was done, newest first"))
        self._list.setToolTip(self.tr("A click, or Enter, goes back or forward to a step"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setUniformItemSizes(True)
        self._list.setIconSize(QSize(16, 16))
        self._heading = QLabel(self.tr("HISTORY"), self)
        self._heading.setProperty("role", "section")
        self._empty = QLabel(
            self.tr("Nothing yet. What you do to images and classes is listed here."), self
        )
        self._empty.setProperty("role", "quiet")
        self._empty.setWordWrap(True)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(8, 12, 8, 8)
        layout.setSpacing(8)
        for label in (self._heading, self._empty):
            label.setContentsMargins(8, 0, 8, 0)
            layout.addWidget(label)
        layout.addWidget(self._list, 1)
        self._list.itemClicked.connect(self._on_item_chosen)
        self._list.itemActivated.connect(self._on_item_chosen)
        stack.indexChanged.connect(self._on_stack_index_changed)

    def open_at(self, anchor: QWidget) -> None:
        """Show the list under a widget, or over it where the screen ends; right edges in line."""
        self._fill()
        self.setFixedSize(_WIDTH, self._height())
        x, below = anchor.width() - self.width(), anchor.height() + 4
        corner = anchor.mapToGlobal(QPoint(x, below))
        if corner.y() + self.height() > anchor.screen().availableGeometry().bottom():
            corner = anchor.mapToGlobal(QPoint(x, -self.height() - 4))
        self.move(corner)
        self.show()
        self._list.setFocus()

    def _height(self) -> int:
        margins = self._column.contentsMargins()
        height = margins.top() + self._heading.sizeHint().height() + 8 + margins.bottom()
        if self._stack.count() == 0:
            return height + self._empty.heightForWidth(_WIDTH - margins.left() - margins.right())
        return height + min(self._list.count(), _MOST_ROWS) * _ROW_HEIGHT + 2

    def _fill(self) -> None:
        is_empty = self._stack.count() == 0
        self._empty.setVisible(is_empty)
        self._list.setVisible(not is_empty)
        self._list.clear()
        for place in range(self._stack.count(), -1, -1):
            self._list.addItem(self._item(place))
        self._list.setCurrentRow(self._stack.count() - self._stack.index())
        self._list.scrollToItem(self._list.currentItem())

    def _item(self, place: int) -> QListWidgetItem:
        text = shown(self._stack.text(place - 1)) if place else self.tr("The beginning")
        present = self._stack.index()
        if place > present:
            text = self.tr("Undone: {step}").format(step=text)
        item = QListWidgetItem(text)
        item.setData(_PLACE, place)
        item.setSizeHint(QSize(0, _ROW_HEIGHT))
        item.setToolTip(text)
        if place == present:
            item.setIcon(self._theme.icon("check", "accent"))
            spoken = self.tr("{step}, this is how it is now").format(step=text)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        else:
            # An icon that shows nothing keeps the texts in line.
            item.setIcon(self._theme.icon("blank"))
        if place > present:
            item.setForeground(self._theme.color("text_quiet"))
        return item

    @Slot(QListWidgetItem)
    def _on_item_chosen(self, item: QListWidgetItem) -> None:
        place = int(item.data(_PLACE))
        if place != self._stack.index():
            self.place_requested.emit(place)

    @Slot()
    def _on_stack_index_changed(self) -> None:
        if self.isVisible():
            self._fill()

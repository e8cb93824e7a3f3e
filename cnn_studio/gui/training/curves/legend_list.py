"""All lines in a list, to be shown or hidden: for more of them than a legend has room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.widgets.buttons import dialog_button

_SIZE_PX = (320, 300)
_EDGE_PX = 8


class LegendList(QFrame):
    """Stays open until Esc, or a click beside it.

    Args:
        listed: Key, name and sign of each line.
        hidden: The keys of those that are not drawn.
        parent: What it belongs to.

    Signals:
        toggled(list[str], bool): These are to be shown or hidden.
    """

    toggled = Signal(list, bool)

    def __init__(
        self,
        listed: Sequence[tuple[str, str, QIcon]],
        hidden: frozenset[str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._search = QLineEdit(self)
        self._search.setObjectName("legendSearch")
        self._search.setPlaceholderText(self.tr("Search"))
        self._search.setAccessibleName(self.tr("Search for a line by its name"))
        self._search.setToolTip(self.tr("Search for a line by its name"))
        self._list = QListWidget(self)
        self._list.setObjectName("legendList")
        self._list.setAccessibleName(self.tr("Lines that are drawn"))
        self._list.setUniformItemSizes(True)
        for key, name, icon in listed:
            item = QListWidgetItem(icon, name, self._list)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            state = Qt.CheckState.Unchecked if key in hidden else Qt.CheckState.Checked
            item.setCheckState(state)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._search, 1)
        for name, text, tip, is_shown in (
            ("legendShowAll", self.tr("Show all"), self.tr("Draw all that are listed"), True),
            ("legendHideAll", self.tr("Hide all"), self.tr("Draw none of those listed"), False),
        ):
            row.addWidget(self._button(name, text, tip, is_shown))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self._list, 1)
        self.resize(*_SIZE_PX)
        self._search.textChanged.connect(self._on_search_changed)
        self._list.itemChanged.connect(self._on_item_changed)

    def open_below(self, anchor: QWidget) -> None:
        """Open under a widget, with its right edge at the widget's."""
        corner = anchor.mapToGlobal(QPoint(anchor.width() - self.width(), anchor.height() + 4))
        screen = anchor.screen().availableGeometry()
        corner.setX(max(screen.left() + _EDGE_PX, corner.x()))
        self.move(corner)
        self.show()
        self._list.setFocus(Qt.FocusReason.PopupFocusReason)

    def _button(self, name: str, text: str, tip: str, is_shown: bool) -> QPushButton:
        button = dialog_button(self, name, text, tip)
        button.clicked.connect(lambda: self._toggle_listed(is_shown))
        return button

    def _toggle_listed(self, is_shown: bool) -> None:
        items = [self._list.item(row) for row in range(self._list.count())]
        listed = [item for item in items if not item.isHidden()]
        self._list.blockSignals(True)  # one signal for all of them follows
        for item in listed:
            item.setCheckState(Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked)
        self._list.blockSignals(False)
        self._list.viewport().update()
        self.toggled.emit([item.data(Qt.ItemDataRole.UserRole) for item in listed], is_shown)

    @Slot(str)
    def _on_search_changed(self, text: str) -> None:
        wanted = text.casefold().strip()
        for row in range(self._list.count()):
            item = self._list.item(row)
            item.setHidden(wanted not in item.text().casefold())

    @Slot(QListWidgetItem)
    def _on_item_changed(self, item: QListWidgetItem) -> None:
        is_shown = item.checkState() is Qt.CheckState.Checked
        self.toggled.emit([item.data(Qt.ItemDataRole.UserRole)], is_shown)

"""The line above the table of runs: how many there are, and which of them are listed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget

from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.runs.runs_order import RunFilter
from cnn_studio.gui.widgets.buttons import icon_button
from cnn_studio.models.networks import NetworkKind

_FIELD_LEAST_PX = 104
_FIELD_MOST_PX = 200
_NARROW_PX = 340  # a narrower bar tells the count in a tooltip


class RunsFilterBar(QWidget):
    """Asks for a filter, for the trash and for the menu of what can be done.

    Signals:
        filter_changed(RunFilter): Other runs shall be listed.
        trash_toggled(bool): The deleted runs shall be listed, or the others again.
        menu_requested: The menu of the selected runs is asked for.
        left: The person goes on from the field to the table.
    """

    filter_changed = Signal(object)
    trash_toggled = Signal(bool)
    menu_requested = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runsFilterBar")
        self._theme = theme
        self._datasets: Mapping[str, str] = {}
        self._title = QLabel(self)
        self._title.setProperty("role", "title")
        self._count = QLabel(self)
        self._count.setObjectName("runsCount")
        self._count.setProperty("role", "quiet")
        self._field = QLineEdit(self)
        self._field.setObjectName("runsFilterField")
        self._field.setPlaceholderText(self.tr("Search"))
        self._field.setAccessibleName(self.tr("Search the runs"))
        self._field.setToolTip(self.tr("Find runs by name, note or dataset (Ctrl+F)"))
        self._field.setClearButtonEnabled(True)
        self._field.setMinimumWidth(_FIELD_LEAST_PX)
        self._field.setMaximumWidth(_FIELD_MOST_PX)
        self._filter = icon_button(
            self, "runsFilterButton", self.tr("Choose which runs are listed")
        )
        self._filter.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more = icon_button(
            self, "runsMoreButton", self.tr("Open the menu of the selected runs")
        )
        self._make_menu()
        self._lay_out()
        self._field.textChanged.connect(self._on_asked)
        self._field.returnPressed.connect(self.left)
        self.more.clicked.connect(self.menu_requested)
        key = QShortcut(QKeySequence.StandardKey.Find, parent or self, autoRepeat=False)
        key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        key.activated.connect(self._field.setFocus)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.set_counts(0, 0)

    @property
    def filter(self) -> RunFilter:
        """What is asked for."""
        chosen = self._group.checkedAction()
        network = self._networks.checkedAction()
        return RunFilter(
            self._field.text(),
            str(chosen.data() or "") if chosen else "",
            self._star.isChecked(),
            network.data() if network else None,
        )

    @property
    def is_trash(self) -> bool:
        """Whether the deleted runs are asked for."""
        return self._trash.isChecked()

    def set_counts(self, listed: int, total: int) -> None:
        """How many runs are listed, and of how many."""
        self._title.setText(self.tr("Deleted") if self.is_trash else self.tr("Runs"))
        text = whole(listed) if total else ""
        if listed != total:
            text = self.tr("{listed} of {total}").format(listed=text, total=whole(total))
        self._count.setText(text)
        self._title.setToolTip(text)

    def set_trash_count(self, count: int) -> None:
        """How many runs are in the trash."""
        text = self.tr("Deleted runs ({count})").format(count=whole(count))
        self._trash.setText(text if count else self.tr("Deleted runs"))
        self._trash.setEnabled(count > 0 or self.is_trash)

    def set_datasets(self, datasets: Mapping[str, str]) -> None:
        """Offer these datasets: what each is called, by its name."""
        if dict(datasets) == self._datasets:
            return
        chosen = self.filter.dataset
        self._datasets = dict(datasets)
        for action in self._group.actions():
            self._group.removeAction(action)
            action.deleteLater()
        self._offer(self.tr("All datasets"), "", is_chosen=chosen not in datasets)
        for name, title in datasets.items():
            self._offer(title.replace("&", "&&"), name, is_chosen=name == chosen)
        if chosen and chosen not in datasets:
            self._on_asked()

    def reset(self) -> None:
        """List all runs."""
        self._star.setChecked(False)
        for action in (*self._group.actions(), *self._networks.actions()):
            action.setChecked(not action.data())
        self._field.clear()
        self._on_asked()

    def leave_trash(self) -> None:
        """List the runs that are not deleted."""
        if self.is_trash:
            self._trash.trigger()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._count.setVisible(self.width() >= _NARROW_PX)
        super().resizeEvent(event)

    def _make_menu(self) -> None:
        self._menu = QMenu(self)
        self._menu.setObjectName("runsFilterMenu")
        self._group = QActionGroup(self)
        self._star = QAction(self.tr("Only with a star"), self._menu, checkable=True)
        self._star.setObjectName("onlyStarred")
        self._trash = QAction(self._menu, checkable=True)
        self._trash.setObjectName("showTrashedRuns")
        self._end_of_datasets = self._menu.addSeparator()
        self._networks = QActionGroup(self)
        self._offer_network(self.tr("Both networks"), None)
        for network in NetworkKind:
            self._offer_network(self.tr(network.label), network)
        self._networks.triggered.connect(self._on_asked)
        self._menu.addSeparator()
        self._menu.addAction(self._star)
        self._menu.addSeparator()
        self._menu.addAction(self._trash)
        self._offer(self.tr("All datasets"), "", is_chosen=True)
        self._star.triggered.connect(self._on_asked)
        self._group.triggered.connect(self._on_asked)
        self._trash.triggered.connect(self.trash_toggled)
        self._filter.setMenu(self._menu)
        self.set_trash_count(0)

    def _offer(self, text: str, name: str, *, is_chosen: bool) -> None:
        action = QAction(text, self._menu, checkable=True)
        action.setData(name)
        action.setChecked(is_chosen)
        self._group.addAction(action)
        self._menu.insertAction(self._end_of_datasets, action)

    def _offer_network(self, text: str, network: NetworkKind | None) -> None:
        action = QAction(text, self._menu, checkable=True)
        action.setObjectName(f"only-{network or 'both'}")
        action.setData(network)
        action.setChecked(network is None)
        self._networks.addAction(action)
        self._menu.addAction(action)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self._field, 2)
        row.addWidget(self._filter)
        row.addWidget(self.more)

    @Slot()
    def _on_asked(self) -> None:
        self._on_theme_changed()
        self.filter_changed.emit(self.filter)

    @Slot()
    def _on_theme_changed(self) -> None:
        wanted = self.filter
        is_filtered = bool(wanted.dataset or wanted.starred or wanted.network)
        self._filter.setIcon(self._theme.icon("filter", "accent" if is_filtered else "text"))
        self.more.setIcon(self._theme.icon("more"))

"""What opens below the header's dataset button: all datasets, and what can be done with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.dataset_copy import DiskUse
from cnn_studio.gui.datasets.dataset_list import (
    NAME_ROLE,
    ROW_HEIGHT,
    DatasetDelegate,
    DatasetModel,
)
from cnn_studio.gui.figures import data_size, images, whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_label import ElidedLabel

_WIDTH = 416
_MOST_ROWS = 9
_FEW = 8  # so many are found at a glance
_EDGE_PX = 8
_ICON_PX = 16
_MOVING = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


class DatasetMenu(QFrame):
    """A popup: arrows and Enter choose a dataset, letters find one, Esc closes.

    Signals:
        dataset_chosen(str): This one is wanted.
        new_requested, rename_requested, duplicate_requested, settings_requested, folder_requested,
        delete_requested, trash_requested: The entry of that name was pressed.
        closed: It is not on the screen any more.
    """

    dataset_chosen = Signal(str)
    new_requested = Signal()
    rename_requested = Signal()
    duplicate_requested = Signal()
    settings_requested = Signal()
    folder_requested = Signal()
    delete_requested = Signal()
    trash_requested = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("datasetMenu")
        self.setAccessibleName(self.tr("the menu of datasets"))
        self.setFixedWidth(_WIDTH)
        self._theme = theme
        self._icons: list[tuple[QPushButton, str]] = []
        self.model = DatasetModel(self)
        self._search = QLineEdit(self)
        self._search.setObjectName("datasetSearch")
        self._search.setPlaceholderText(self.tr("Type to find a dataset"))
        self._search.setAccessibleName(self.tr("Find a dataset"))
        self._search.setToolTip(self.tr("Find a dataset by its name: just type"))
        self._search.setClearButtonEnabled(True)
        self._list = QListView(self)
        self._set_up_list()
        self._facts = ElidedLabel(self)
        self._facts.setObjectName("datasetFacts")
        self._facts.setProperty("role", "quiet")
        self._title = ElidedLabel(self)
        self._title.setObjectName("datasetMenuTitle")
        self._title.setProperty("role", "title")
        self._make_actions()
        self._lay_out()
        self._search.textChanged.connect(self._on_search_text_changed)
        self._search.installEventFilter(self)
        self._list.clicked.connect(self._on_list_activated)
        self._list.installEventFilter(self)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that the open menu knows beside those of its buttons, and what they do."""
        return [
            (self.tr("Up, Down"), self.tr("Go through the datasets")),
            (self.tr("Enter"), self.tr("Choose the dataset")),
            (self.tr("Letters"), self.tr("Find a dataset by its name")),
            (self.tr("Esc"), self.tr("Close the list of datasets")),
        ]

    def open_below(
        self,
        anchor: QWidget,
        datasets: Sequence[Dataset],
        chosen: Dataset | None,
        *,
        is_own: bool,
        trashed: int,
    ) -> None:
        """Show the datasets under the button.

        Args:
            anchor: The button.
            datasets: All of them.
            chosen: The one in use.
            is_own: Whether a person made it, so that it can be renamed and deleted.
            trashed: How many deleted datasets there are.
        """
        self._search.clear()
        self._search.setVisible(len(datasets) > _FEW)
        self.model.set_datasets(datasets, chosen.name if chosen else "")
        self._list.setFixedHeight(min(max(len(datasets), 1), _MOST_ROWS) * ROW_HEIGHT)
        self._title.setText(chosen.title if chosen else "")
        for button in (self._rename, self._delete):
            button.setEnabled(is_own)
        for button in (self._duplicate, self._settings, self._folder):
            button.setEnabled(chosen is not None)
        self._set_reason(chosen, is_own)
        text = self.tr("Deleted datasets ({count}) …").format(count=whole(trashed))
        keys = self._trash.shortcut()
        self._trash.setText(text)
        self._trash.setShortcut(keys)  # a new text takes it away
        self._trash.setAccessibleName(text)
        self._trash.setEnabled(bool(trashed))
        self.adjustSize()
        self._move_below(anchor)
        self.show()
        self._select(self.model.row_of(chosen.name) if chosen else 0)
        self._list.setFocus()

    def set_facts(self, counts: Mapping[str, int], chosen: str, use: DiskUse | None) -> None:
        """Show what is counted by now.

        Args:
            counts: Images by the names of datasets.
            chosen: The name of the dataset in use.
            use: How much room that one takes; None while that is counted.
        """
        self.model.set_counts(counts)
        count = counts.get(chosen)
        parts = [self.tr("Counting …") if count is None else images(count)]
        if use is not None:
            text = self.tr("{size} on disk").format(size=data_size(use.total))
            if use.trash:
                in_trash = self.tr("{size} of it in its trash").format(size=data_size(use.trash))
                text = self.tr("{text}, {in_trash}").format(text=text, in_trash=in_trash)
            parts.append(text)
        self._facts.setText(" · ".join(parts))

    def hideEvent(self, event: QEvent) -> None:
        super().hideEvent(event)  # type: ignore[arg-type]
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            key = cast(QKeyEvent, event)
            if watched is self._search and key.key() in _MOVING:
                self._list.setFocus()
                self._list.keyPressEvent(key)
                return True
            if key.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._on_list_activated(self._list.currentIndex())
                return True
            is_letter = key.text().isprintable() and bool(key.text().strip())
            no_command = not key.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if watched is self._list and is_letter and no_command:
                self._search.show()
                self._search.setFocus()
                self._search.insert(key.text())
                self.adjustSize()
                return True
        return super().eventFilter(watched, event)

    def _set_up_list(self) -> None:
        view = self._list
        view.setObjectName("datasetList")
        view.setAccessibleName(self.tr("Datasets"))
        view.setModel(self.model)
        view.setItemDelegate(DatasetDelegate(self._theme, view))
        view.setMouseTracking(True)
        view.setUniformItemSizes(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setToolTip("")

    def _make_actions(self) -> None:
        self._new = self._action(
            "newDataset", self.tr("New dataset …"), "Ctrl+N", "add", self.tr("Make a new dataset")
        )
        self._trash = self._action(
            "trashedDatasets",
            self.tr("Deleted datasets …"),
            "Ctrl+T",
            "trash",
            self.tr("Look at deleted datasets, and bring one back"),
        )
        self._rename = self._action(
            "renameDataset",
            self.tr("Rename …"),
            "F2",
            "rename",
            self.tr("Give this dataset another name"),
        )
        self._duplicate = self._action(
            "duplicateDataset",
            self.tr("Duplicate …"),
            "Ctrl+D",
            "images",
            self.tr("Make a second dataset with the same images"),
        )
        self._settings = self._action(
            "datasetSettings",
            self.tr("Image size and fit …"),
            "Ctrl+I",
            "options",
            self.tr("Choose how images of this dataset are prepared for the network"),
        )
        self._folder = self._action(
            "datasetFolder",
            self.tr("Show its folder"),
            "Ctrl+O",
            "folder",
            self.tr("Show this dataset's folder in the file manager"),
        )
        self._delete = self._action(
            "deleteDataset",
            self.tr("Delete …"),
            "Ctrl+Delete",
            "delete",
            self.tr("Move this dataset to the trash of datasets"),
        )
        for button, pressed in (
            (self._new, self.new_requested),
            (self._trash, self.trash_requested),
            (self._rename, self.rename_requested),
            (self._duplicate, self.duplicate_requested),
            (self._settings, self.settings_requested),
            (self._folder, self.folder_requested),
            (self._delete, self.delete_requested),
        ):
            button.clicked.connect(self.close)
            button.clicked.connect(pressed)

    def _action(self, name: str, text: str, keys: str, icon: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setProperty("kind", "entry")
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.setShortcut(QKeySequence(keys))
        button.setAutoDefault(True)  # Enter presses the one that has the focus
        native = button.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{tip} ({native})")
        button.setAccessibleName(text)
        button.setProperty("tip", button.toolTip())
        self._icons.append((button, icon))
        return button

    def _lay_out(self) -> None:
        about = QGridLayout()
        about.setContentsMargins(0, 0, 0, 0)
        about.setHorizontalSpacing(0)
        about.setVerticalSpacing(0)
        entries = (self._rename, self._duplicate, self._settings, self._folder, self._delete)
        for place, button in enumerate((*entries, None)):
            if button is not None:
                about.addWidget(button, *divmod(place, 2))
        about.setColumnStretch(0, 1)
        about.setColumnStretch(1, 1)
        foot = QGridLayout()
        foot.setHorizontalSpacing(0)
        foot.addWidget(self._new, 0, 0)
        foot.addWidget(self._trash, 0, 1)
        foot.setColumnStretch(0, 1)
        foot.setColumnStretch(1, 1)
        heading = QVBoxLayout()
        heading.setContentsMargins(10, 4, 10, 4)
        heading.setSpacing(2)
        heading.addWidget(self._title)
        heading.addWidget(self._facts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self._search)
        layout.addWidget(self._list)
        layout.addWidget(self._separator())
        layout.addLayout(heading)
        layout.addLayout(about)
        layout.addWidget(self._separator())
        layout.addLayout(foot)

    def _separator(self) -> QFrame:
        line = QFrame(self)
        line.setProperty("separator", "true")
        line.setProperty("orientation", "horizontal")
        return line

    def _set_reason(self, chosen: Dataset | None, is_own: bool) -> None:
        """A button that cannot be pressed says why."""
        reason = ""
        if chosen is not None and not is_own:
            text = self.tr("{title} comes with the program and stays as it is; duplicate it")
            reason = text.format(title=chosen.title)
        for button in (self._rename, self._delete):
            button.setToolTip(reason or button.property("tip"))

    def _move_below(self, anchor: QWidget) -> None:
        corner = anchor.mapToGlobal(QPoint(anchor.width() - self.width(), anchor.height() + 4))
        room = anchor.screen().availableGeometry()
        left = min(corner.x(), room.right() - self.width() - _EDGE_PX)
        corner.setX(max(left, room.left() + _EDGE_PX))
        self.move(corner)

    def _select(self, row: int) -> None:
        index = self.model.index(max(row, 0))
        if index.isValid():
            self._list.setCurrentIndex(index)
            self._list.scrollTo(index)

    @Slot(str)
    def _on_search_text_changed(self, text: str) -> None:
        self.model.set_wanted(text)
        self._select(0)

    @Slot(QModelIndex)
    def _on_list_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            name = index.data(NAME_ROLE)
            self.close()
            self.dataset_chosen.emit(name)

    @Slot()
    def _on_theme_changed(self) -> None:
        for button, icon in self._icons:
            button.setIcon(self._theme.icon(icon, "text_quiet"))

"""The folders of an import as a table: a few pictures, how many there are, and their class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QComboBox, QHeaderView, QTableView, QWidget

from cnn_studio.data.import_plan import ImportGroup, ImportPlan
from cnn_studio.data.incoming import Incoming
from cnn_studio.gui.figures import whole
from cnn_studio.gui.pictures.thumbnails import Thumbnail, Thumbnails
from cnn_studio.untrusted_text import shown
from cnn_studio.vision.images import ImageArray, decode_image

FOLDER, IMAGES, CLASS = range(3)
_PICTURES = 3
_ROW_HEIGHT = 48
_ARROW = 30  # pixels of the field that open its list
_WIDTHS = {IMAGES: 80, CLASS: 264}
_AnyIndex = QModelIndex | QPersistentModelIndex


class GroupModel(QAbstractTableModel):
    """The groups of an ImportPlan, for Qt."""

    def __init__(
        self, plan: ImportPlan, thumbnails: Thumbnails, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._plan = plan
        self._thumbnails = thumbnails
        self._first: dict[Path, Incoming] = {}
        self._note_first()
        thumbnails.set_reader(self._read)

    def group(self, index: _AnyIndex) -> ImportGroup:
        """What is in a row."""
        return self._plan.groups[index.row()]

    def pictures(self, index: _AnyIndex) -> list[Thumbnail | None]:
        """A few pictures of a row's images; None where one is not there yet."""
        files = self.group(index).files[:_PICTURES]
        return [self._thumbnails.get(file.path) for file in files]

    @property
    def classes(self) -> list[str]:
        """What can be chosen: the dataset's classes, and those that are to be made."""
        own = self._plan.folders.classes()
        return [*own, *(name for name, is_new in self._plan.classes.items() if is_new)]

    def renew(self) -> None:
        """The files were put into other groups."""
        self.beginResetModel()
        self._note_first()
        self.endResetModel()

    def refresh(self) -> None:
        """Other classes were chosen."""
        last = self.index(self.rowCount() - 1, CLASS)
        self.dataChanged.emit(self.index(0, 0), last)

    @Slot()
    def read_again(self) -> None:
        """The pixels are read in another way now."""
        self._thumbnails.set_reader(self._read)
        last = self.index(self.rowCount() - 1, CLASS)
        self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        return 0 if parent.isValid() else len(self._plan.groups)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        return 0 if parent.isValid() else 3

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        group, column = self.group(index), index.column()
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(group, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == IMAGES:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return None
        if column == FOLDER:
            return shown(group.source)
        if column == IMAGES:
            return whole(len(group.files))
        return group.class_name or self.leave_out

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == IMAGES else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("Folder"), self.tr("Images"), self.tr("Class"))[section]

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == CLASS else flags

    @property
    def leave_out(self) -> str:
        """What stands in place of a class for images that are not imported."""
        return self.tr("Leave out")

    def _note_first(self) -> None:
        shown = (file for group in self._plan.groups for file in group.files[:_PICTURES])
        self._first.update((file.path, file) for file in shown)

    def _tip(self, group: ImportGroup, column: int) -> str:
        if column == CLASS and group.problem:
            return f"{group.problem}."
        if column == CLASS:
            return self.tr("F2 chooses the class of the selected folders, Delete leaves them out")
        return f"{group.root / '/'.join(group.folders)}"

    def _read(self, path: Path) -> ImageArray:
        readings = None if self._plan.pixels is None else self._plan.pixels.readings
        return decode_image(self._first[path].read(), path.name, readings=readings)


class GroupView(QTableView):
    """Shows a GroupModel.

    Signals:
        left_out(list): The groups in these rows shall not be imported.
    """

    left_out = Signal(list)

    def __init__(self, model: GroupModel, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("importGroups")
        self.setAccessibleName(self.tr("What goes to which class"))
        self.setModel(model)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(FOLDER, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        thumbnails.ready.connect(self._on_thumbnails_ready)

    def rows_meant(self, row: int) -> Sequence[int]:
        """The rows that a choice in one of them is for: all that are selected, if it is too."""
        selected = [index.row() for index in self.selectionModel().selectedRows()]
        return selected if row in selected else [row]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.column() != CLASS or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            super().mousePressEvent(event)
            return
        if not self.selectionModel().isSelected(index):
            super().mousePressEvent(event)
        self.edit(index)  # the others that are selected stay so

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        where = event.position().toPoint()
        field = self.indexWidget(self.indexAt(where))
        if isinstance(field, QComboBox) and field.geometry().right() - where.x() < _ARROW:
            field.showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        if self.state() == QTableView.State.EditingState:
            event.accept()  # Enter ends a choice, and must not begin the import as well
        elif event.key() == Qt.Key.Key_F2 and current.isValid():
            self.edit(current.siblingAtColumn(CLASS))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and current.isValid():
            self.left_out.emit(list(self.rows_meant(current.row())))
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_thumbnails_ready(self) -> None:
        self.viewport().update()

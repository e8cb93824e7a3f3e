"""The findings as a tree for Qt: a row a kind, and below it a row a finding."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cnn_studio.data.finding_groups import FindingGroup
from cnn_studio.data.findings import Finding, FindingKind
from cnn_studio.gui.figures import images
from cnn_studio.untrusted_text import shown

SEVERITY_ROLE = int(Qt.ItemDataRole.UserRole)
"""How much a kind matters; 0 for a single finding below it."""
DETAIL_ROLE = SEVERITY_ROLE + 1

_MOST_NAMES = 3
_AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class FindingModel(QAbstractItemModel):
    """Makes a row when it is looked at, so that 10,000 findings cost no more than those in sight.

    A kind that has one finding only has no rows below it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: list[FindingGroup] = []
        self._below: list[Sequence[Finding]] = []  # the rows below each kind

    @property
    def groups(self) -> Sequence[FindingGroup]:
        """What is shown, kind after kind."""
        return self._groups

    def set_groups(self, groups: Sequence[FindingGroup]) -> None:
        """Show these instead; rows of findings that are the same objects stay where they are."""
        if [group.key for group in groups] == [group.key for group in self._groups]:
            for place, group in enumerate(groups):
                self._change(place, group)
            return
        self.beginResetModel()
        self._groups, self._below = list(groups), [_rows_below(group) for group in groups]
        self.endResetModel()

    def group(self, index: _AnyIndex) -> FindingGroup:
        """The kind that a row is of."""
        return self._groups[_place(index)]

    def finding(self, index: _AnyIndex) -> Finding:
        """What a row shows: a finding, or all of a kind as one."""
        if index.internalId():
            return self._below[_place(index)][index.row()]
        return self._groups[index.row()].whole

    def title(self, place: int) -> str:
        """What the row of a kind says."""
        group = self._groups[place]
        kind, across = group.key
        if across and any(len(finding.classes) > 2 for finding in group.findings):
            same_image = self.tr("Same image across classes")
            same_picture = self.tr("Same picture across classes")
        elif across:
            same_image = self.tr("Same image in two classes")
            same_picture = self.tr("Same picture in two classes")
        else:
            same_image = self.tr("Same image twice")
            same_picture = self.tr("Nearly the same")
        return {
            FindingKind.UNREADABLE: self.tr("Cannot be read"),
            FindingKind.EXACT_DUPLICATE: same_image,
            FindingKind.NEAR_DUPLICATE: same_picture,
            FindingKind.BLURRED: self.tr("Blurred"),
            FindingKind.DARK: self.tr("Too dark"),
            FindingKind.BRIGHT: self.tr("Burnt out"),
            FindingKind.SHAPE: self.tr("Tiny or very long"),
            FindingKind.IMBALANCE: self.tr("Unequal classes"),
            FindingKind.ONE_SESSION: self.tr("From one recording only"),
            FindingKind.WRONG_LABEL: self.tr("Likely wrong label"),
        }[kind]

    def index(self, row: int, column: int, parent: _AnyIndex = _NOWHERE) -> QModelIndex:
        # Not by hasIndex: a view looks up each of 10,000 rows, and that would be two calls more.
        number = parent.row() + 1 if parent.isValid() else 0
        rows: Sequence[object] = self._below[number - 1] if number else self._groups
        is_there = column == 0 and 0 <= row < len(rows) and not parent.internalId()
        return self.createIndex(row, 0, number) if is_there else QModelIndex()

    def parent(self, index: _AnyIndex) -> QModelIndex:  # type: ignore[override]
        number = index.internalId() if index.isValid() else 0
        return self.createIndex(number - 1, 0, 0) if number else QModelIndex()

    def rowCount(self, parent: _AnyIndex = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self._groups)
        return 0 if parent.internalId() else len(self._below[parent.row()])

    def columnCount(self, _parent: _AnyIndex = _NOWHERE) -> int:
        return 1

    def hasChildren(self, parent: _AnyIndex = _NOWHERE) -> bool:  # noqa: N802 - Qt's name
        return not parent.internalId() and self.rowCount(parent) > 0

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        finding, is_kind = self.finding(index), not index.internalId()
        if role == Qt.ItemDataRole.ToolTipRole:
            return shown(finding.why)
        if role == SEVERITY_ROLE:
            return finding.severity if is_kind else 0
        names = _names(finding)
        if role == DETAIL_ROLE:
            count = images(len(finding.samples)) if finding.samples else ""
            return " · ".join(filter(None, (count, names if is_kind else "")))
        title = self.title(index.row()) if is_kind else names
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(title)
        return (
            shown(f"{title}: {finding.why}") if role == Qt.ItemDataRole.AccessibleTextRole else None
        )

    def _change(self, place: int, group: FindingGroup) -> None:
        """Show another group of the same kind: take out and put in what differs."""
        parent = self.index(place, 0)
        before, after = self._below[place], _rows_below(group)
        both = min(len(before), len(after))
        start = next((n for n in range(both) if before[n] is not after[n]), both)
        rest = range(both - start)
        stop = next((n for n in rest if before[-1 - n] is not after[-1 - n]), len(rest))
        if len(before) > start + stop:
            self.beginRemoveRows(parent, start, len(before) - stop - 1)
            self._below[place] = [*before[:start], *before[len(before) - stop :]]
            self.endRemoveRows()
        if len(after) > start + stop:
            self.beginInsertRows(parent, start, len(after) - stop - 1)
            self._below[place] = after
            self.endInsertRows()
        if self._groups[place] != group:
            self._groups[place] = group
            self.dataChanged.emit(parent, parent)


def _place(index: _AnyIndex) -> int:
    """Which kind a row is of."""
    return int(index.internalId()) - 1 if index.internalId() else index.row()


def _rows_below(group: FindingGroup) -> Sequence[Finding]:
    return group.findings if len(group.findings) > 1 else ()


def _names(finding: Finding) -> str:
    if finding.kind is FindingKind.WRONG_LABEL and len(finding.classes) == 2:
        return " → ".join(finding.classes)
    shown = ", ".join(finding.classes[:_MOST_NAMES])
    return f"{shown} …" if len(finding.classes) > _MOST_NAMES else shown

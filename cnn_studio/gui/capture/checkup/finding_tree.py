"""The list of findings: a row a kind, and below it a row a finding."""

# ruff: noqa: N802 - the overridden names are Qt's
from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QIcon, QPainter, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from cnn_studio.data.finding_groups import FindingGroup
from cnn_studio.data.findings import Finding
from cnn_studio.gui.capture.checkup.finding_model import DETAIL_ROLE, SEVERITY_ROLE, FindingModel
from cnn_studio.gui.theme import Theme

_ROW_HEIGHT = 46
_SEVERE, _WORTH_A_LOOK = 4, 2
_ICON, _GAP = 18, 10
_INDENT, _ARROW = 20, 14
_DETAIL_PX = 12

_Index = QModelIndex | QPersistentModelIndex


class FindingTree(QTreeView):
    """Shows findings, what matters most first, and which one is chosen.

    Signals:
        chosen(Finding): This one, or those of a kind together as one; None if there is none.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_changing = False
        self._findings = FindingModel(self)
        self.setObjectName("findingTree")
        self.setAccessibleName(self.tr("Findings"))
        self.setToolTip(self.tr("What was found; what matters most comes first"))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(_INDENT)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_FindingDelegate(theme, self))
        self.setModel(self._findings)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    @property
    def finding(self) -> Finding | None:
        """The chosen one."""
        index = self.currentIndex()
        return self._findings.finding(index) if index.isValid() else None

    @property
    def group(self) -> FindingGroup | None:
        """The kind that it is of."""
        index = self.currentIndex()
        return self._findings.group(index) if index.isValid() else None

    @property
    def titles(self) -> list[str]:
        """What the rows say, kind after kind."""
        return [self._findings.title(place) for place in range(len(self._findings.groups))]

    def set_groups(self, groups: Sequence[FindingGroup]) -> None:
        """Show these; what was chosen stays chosen, or else what now stands in its place."""
        chosen, group = self.finding, self.group
        place = self._findings.groups.index(group) if group else 0
        opened = {g.key for n, g in enumerate(self._findings.groups) if self._is_open(n)}
        self._is_changing = True
        self._findings.set_groups(groups)
        for number, found in enumerate(groups):
            if found.key in opened and not self._is_open(number):
                self.expand(self._findings.index(number, 0))
        if groups and not self.currentIndex().isValid():
            same = next(
                (n for n, found in enumerate(groups) if group and found.key == group.key), -1
            )
            row = self._findings.index(same if same >= 0 else min(place, len(groups) - 1), 0)
            below = groups[same].findings if same >= 0 and self._findings.rowCount(row) else ()
            if chosen in below:
                row = self._findings.index(below.index(chosen), 0, row)
            self.setCurrentIndex(row)
        self._is_changing = False
        self.chosen.emit(self.finding)

    def drawBranches(self, painter: QPainter, rect: QRect, index: _Index) -> None:
        painter.fillRect(rect, self._theme.color("surface"))
        if self.model().hasChildren(index):
            name = "chevron-down" if self.isExpanded(index) else "forward"
            arrow = QRect(rect.right() - _ARROW - 1, rect.top() + 6, _ARROW, _ARROW)
            self._theme.icon(name, "text_quiet").paint(painter, arrow)

    def _is_open(self, place: int) -> bool:
        return self.isExpanded(self._findings.index(place, 0))

    @Slot()
    def _on_current_changed(self) -> None:
        if not self._is_changing:
            self.chosen.emit(self.finding)


class _FindingDelegate(QStyledItemDelegate):
    """A sign for how much it matters, a title, and below it what it is about."""

    draws_focus = True  # see FocusRing

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(160, _ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, QRectF(rect).adjusted(1, 1, -4, -1), state)
        inner = rect.adjusted(8, 5, -12, -5)
        severity = int(index.data(SEVERITY_ROLE) or 0)
        if severity:
            icon = QRect(inner.left(), inner.top() + 1, _ICON, _ICON)
            self._icon(severity).paint(painter, icon)
            inner.setLeft(icon.right() + _GAP)
        self._paint_words(painter, option, inner, index, is_title=bool(severity))
        painter.restore()

    def _icon(self, severity: int) -> QIcon:
        if severity >= _SEVERE:
            return self._theme.icon("error", "record")
        if severity >= _WORTH_A_LOOK:
            return self._theme.icon("warning", "warn")
        return self._theme.icon("info", "text_quiet")

    def _paint_ground(self, painter: QPainter, rect: QRectF, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._theme.color("selection" if selected else "hover"))
            painter.drawRoundedRect(rect, 6, 6)
        if selected and state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 6, 6)

    def _paint_words(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        inner: QRect,
        index: _Index,
        *,
        is_title: bool,
    ) -> None:
        font, elide = option.font, Qt.TextElideMode.ElideRight
        font.setWeight(font.Weight.DemiBold if is_title else font.Weight.Normal)
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        text = painter.fontMetrics().elidedText(str(index.data()), elide, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, text)
        font.setWeight(font.Weight.Normal)
        font.setPixelSize(_DETAIL_PX)
        painter.setFont(font)
        painter.setPen(self._theme.color("text_quiet"))
        detail = painter.fontMetrics().elidedText(
            str(index.data(DETAIL_ROLE)), elide, inner.width()
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, detail)

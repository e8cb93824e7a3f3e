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
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from cnn_studio.data.findings import Finding, FindingKind, by_kind, together
from cnn_studio.gui.theme import Theme

_ROW_HEIGHT = 46
_SEVERE, _WORTH_A_LOOK = 4, 2
_ICON, _GAP = 18, 10
_INDENT, _ARROW = 20, 14
_DETAIL_PX = 12
_MARK = Qt.ItemDataRole.UserRole
_DETAIL = Qt.ItemDataRole.UserRole + 1
_PLACE = Qt.ItemDataRole.UserRole + 2

_Index = QModelIndex | QPersistentModelIndex


class FindingTree(QTreeWidget):
    """Shows findings, what matters most first, and which one is chosen.

    Signals:
        chosen(Finding): This one, or those of a kind together as one.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("findingTree")
        self.setAccessibleName(self.tr("Findings"))
        self.setToolTip(self.tr("What was found; what matters most comes first"))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(_INDENT)
        self.setVerticalScrollMode(QTreeWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_FindingDelegate(theme, self))
        self._findings: list[Finding] = []
        self.currentItemChanged.connect(self._on_current_item_changed)

    @property
    def finding(self) -> Finding | None:
        """The chosen one."""
        item = self.currentItem()
        return None if item is None else self._finding_of(item)

    @property
    def titles(self) -> list[str]:
        """What the rows say, kind after kind."""
        return [item.text(0) for item in self._top_items()]

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show these; what was chosen stays chosen, or else what now stands in its place."""
        before, place = self.finding, self._place()
        opened = {item.text(0) for item in self._top_items() if item.isExpanded()}
        self.blockSignals(True)
        self.clear()
        self._findings.clear()
        for group in by_kind(findings):
            self._add_group(group, opened)
        rows = self._rows()
        same = [row for row in rows if before and self._finding_of(row).paths == before.paths]
        if rows:
            self.setCurrentItem(same[0] if same else rows[min(place, len(rows) - 1)])
        self.blockSignals(False)
        self.chosen.emit(self.finding)

    def drawBranches(self, painter: QPainter, rect: QRect, index: _Index) -> None:
        painter.fillRect(rect, self._theme.color("surface"))
        if self.model().hasChildren(index):
            name = "chevron-down" if self.isExpanded(index) else "forward"
            arrow = QRect(rect.right() - _ARROW - 1, rect.top() + 6, _ARROW, _ARROW)
            self._theme.icon(name, "text_quiet").paint(painter, arrow)

    def _add_group(self, group: Sequence[Finding], opened: set[str]) -> None:
        whole = together(group)
        top = self._item(whole, self._title(whole))
        self.addTopLevelItem(top)
        if len(group) > 1:
            for finding in group:
                top.addChild(self._item(finding, ""))
            top.setExpanded(top.text(0) in opened)

    def _item(self, finding: Finding, title: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem()
        names = ", ".join(finding.classes[:3]) + (" …" if len(finding.classes) > 3 else "")
        if finding.kind is FindingKind.WRONG_LABEL and len(finding.classes) == 2:
            names = " → ".join(finding.classes)
        images = len(finding.images)
        count = self.tr("1 image") if images == 1 else self.tr("{count} images")
        detail = count.format(count=f"{images:,}") if images else ""
        if title:
            detail = " · ".join(filter(None, (detail, names)))
        item.setText(0, title or names)
        item.setData(0, _DETAIL, detail)
        item.setData(0, _MARK, finding.severity if title else 0)
        item.setToolTip(0, finding.why)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{title or names}: {finding.why}")
        item.setData(0, _PLACE, len(self._findings))
        self._findings.append(finding)
        return item

    def _title(self, finding: Finding) -> str:
        across = finding.across_classes
        return {
            FindingKind.UNREADABLE: self.tr("Cannot be read"),
            FindingKind.EXACT_DUPLICATE: (
                self.tr("Same image in two classes") if across else self.tr("Same image twice")
            ),
            FindingKind.NEAR_DUPLICATE: (
                self.tr("Same picture in two classes") if across else self.tr("Nearly the same")
            ),
            FindingKind.BLURRED: self.tr("Blurred"),
            FindingKind.DARK: self.tr("Too dark"),
            FindingKind.BRIGHT: self.tr("Burnt out"),
            FindingKind.SHAPE: self.tr("Tiny or very long"),
            FindingKind.IMBALANCE: self.tr("Unequal classes"),
            FindingKind.ONE_SESSION: self.tr("From one recording only"),
            FindingKind.WRONG_LABEL: self.tr("Likely wrong label"),
        }[finding.kind]

    def _finding_of(self, item: QTreeWidgetItem) -> Finding:
        return self._findings[int(item.data(0, _PLACE))]

    def _top_items(self) -> list[QTreeWidgetItem]:
        items = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
        return [item for item in items if item is not None]

    def _rows(self) -> list[QTreeWidgetItem]:
        """Every row, from top to bottom."""
        rows = []
        for top in self._top_items():
            rows.append(top)
            rows += [child for n in range(top.childCount()) if (child := top.child(n)) is not None]
        return rows

    def _place(self) -> int:
        current = self.currentItem()
        rows = self._rows()
        return next((n for n, row in enumerate(rows) if row is current), 0)

    @Slot()
    def _on_current_item_changed(self) -> None:
        self.chosen.emit(self.finding)


class _FindingDelegate(QStyledItemDelegate):
    """A sign for how much it matters, a title, and below it what it is about."""

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
        severity = int(index.data(_MARK) or 0)
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
        detail = painter.fontMetrics().elidedText(str(index.data(_DETAIL)), elide, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, detail)

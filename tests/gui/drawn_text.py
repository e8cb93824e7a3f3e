"""What a widget really writes on the screen, and whether a number of it is cut."""

# ruff: noqa: N802 - the overridden names are Qt's
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPaintDevice, QPaintEngine, QRegion, QTextItem
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QLabel,
    QTableView,
    QWidget,
)

_NUMBER = re.compile(
    r"(?<![\w.\-])\d(?:[\d.,\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]*\d)?(?![\w\-])"
)
_ENDS_IN_A_NUMBER = re.compile(
    r"\d[.,\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]?\N{HORIZONTAL ELLIPSIS}"
    r"|\N{HORIZONTAL ELLIPSIS}[.,]?\d"
)
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_ENDLESS = 1e6
_TOLERANCE_PX = 1.0  # what a letter reaches out of its own width
_FLAT = QWidget.RenderFlag(0)  # without what lies in it


@dataclass(frozen=True)
class DrawnText:
    """A piece of text as it was drawn.

    Attributes:
        text: The letters, with the ellipsis of one that did not fit.
        place: Where its digits stand, in pixels of the widget.
        clip: What of the widget could be drawn on then.
    """

    text: str
    place: QRectF
    clip: QRectF


def drawn_texts(widget: QWidget) -> list[DrawnText]:
    """What the widget itself writes, without what lies in it."""
    paper = _Paper(widget.size())
    widget.render(paper, QPoint(), QRegion(), _FLAT)
    return paper.texts


def words_in(top: QWidget) -> str:
    """All that is written in a window, a line for each piece."""
    return "\n".join(text.text for widget in visible_widgets(top) for text in drawn_texts(widget))


def cut_numbers(top: QWidget, drawn: Mapping[QWidget, list[DrawnText]] | None = None) -> list[str]:
    """What is wrong with the numbers in a window; empty if each of them is whole.

    A number is cut that ends in an ellipsis, that reaches out of what can be seen where no scroll
    bar brings it back, or that its widget was given to write and does not.

    Args:
        top: The window.
        drawn: What its widgets write, where that is known already.
    """
    return [
        f"{widget.objectName() or type(widget).__name__}: {fault}"
        for widget in (visible_widgets(top) if drawn is None else drawn)
        for fault in _faults(widget, drawn[widget] if drawn is not None else drawn_texts(widget))
    ]


def visible_widgets(top: QWidget) -> Iterator[QWidget]:
    """The widgets of a window of which something can be seen or scrolled to."""
    for widget in (top, *top.findChildren(QWidget)):
        if widget.isVisible() and not widget.size().isEmpty() and widget.window() is top.window():
            yield widget


def _faults(widget: QWidget, texts: Sequence[DrawnText]) -> Iterator[str]:
    for text in texts:
        if not _NUMBER.search(text.text):
            continue
        seen = _clip(text, widget).intersected(_room(widget))
        if _is_cut_in_a_number(text.text, _texts_of(widget)):
            yield f"{text.text!r} is elided in a number"
        elif not seen.adjusted(
            -_TOLERANCE_PX, -_TOLERANCE_PX, _TOLERANCE_PX, _TOLERANCE_PX
        ).contains(text.place):
            yield f"{text.text!r} at {_span(text.place)} is seen in {_span(seen)} only"
    written = set(_NUMBER.findall(" ".join(text.text for text in texts)))
    for meant in _texts_of(widget):
        known = written.union(_NUMBER.findall(widget.toolTip()))
        lost = [number for number in _NUMBER.findall(meant) if number not in known]
        if lost:
            yield f"{meant!r} lacks {', '.join(lost)}: {' '.join(t.text for t in texts)!r}"


def _is_cut_in_a_number(shown: str, wholes: Iterable[str]) -> bool:
    """Whether a number ends at an ellipsis; the digits of a file's name are letters as any other.

    Args:
        shown: What is written.
        wholes: What the widget was given to write; what is written may be of none of them.
    """
    if not _ENDS_IN_A_NUMBER.search(shown):
        return False
    before, _, after = shown.partition(_ELLIPSIS)
    for whole in wholes:
        if whole == shown:  # cut before the widget was given it
            return any(number.end() >= len(before) for number in _NUMBER.finditer(before))
        if whole.startswith(before) and whole.endswith(after):
            end = len(whole) - len(after)
            numbers = [number.span() for number in _NUMBER.finditer(whole)]
            return any(start < end and len(before) < stop for start, stop in numbers)
    return True


def _texts_of(widget: QWidget) -> Iterator[str]:
    """What a widget was given to write, where that can be asked of it."""
    if isinstance(widget, QLabel):
        yield re.sub(r"<[^>]*>", "", widget.text())
    elif isinstance(widget, QAbstractButton):
        if getattr(widget, "toolButtonStyle", None) is None or (
            widget.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly
            or widget.icon().isNull()
        ):
            yield widget.text()
    elif isinstance(table := widget.parentWidget(), QTableView) and table.viewport() is widget:
        yield from _cells_of(table)


def _cells_of(view: QTableView) -> Iterator[str]:
    """The texts of those cells of a table that are in sight as a whole."""
    model, root = view.model(), view.rootIndex()
    if model is None:
        return
    whole = view.viewport().rect()
    for row in range(min(model.rowCount(root), 100)):
        for column in range(model.columnCount(root)):
            index = model.index(row, column, root)
            if whole.contains(view.visualRect(index)) and not view.visualRect(index).isEmpty():
                yield str(index.data(Qt.ItemDataRole.DisplayRole) or "")


def _room(widget: QWidget) -> QRectF:
    """What of a widget can be brought into sight, in its own pixels."""
    room = QRectF(widget.rect())
    place = QPointF()  # of the widget, in the pixels of the one that it is compared with
    wide, high = _scrolls(widget)
    room = _opened(room, wide, high)
    inner = widget
    while not inner.isWindow() and (outer := inner.parentWidget()) is not None:
        place += QPointF(inner.pos())
        # What scrolls comes into sight wherever its area can be seen.
        to_the_side, up_and_down = _scrolls(outer)
        wide, high = wide or to_the_side, high or up_and_down
        limit = _opened(QRectF(outer.rect()).translated(-place), wide, high)
        room = room.intersected(limit)
        inner = outer
    return room


def _scrolls(widget: QWidget) -> tuple[bool, bool]:
    """Whether what lies or is drawn in a widget can be scrolled to the side, and up and down."""
    area = widget.parentWidget()
    if not isinstance(area, QAbstractScrollArea) or area.viewport() is not widget:
        return False, False
    return area.horizontalScrollBar().isVisible(), area.verticalScrollBar().isVisible()


def _opened(rect: QRectF, wide: bool, high: bool) -> QRectF:
    """A rectangle without ends to the sides, or above and below."""
    far = QRectF(-_ENDLESS, -_ENDLESS, 2 * _ENDLESS, 2 * _ENDLESS)
    x, y = far if wide else rect, far if high else rect
    return QRectF(x.left(), y.top(), x.width(), y.height())


def _clip(text: DrawnText, widget: QWidget) -> QRectF:
    """What a text was clipped to, but for the edges of a widget that can be scrolled past."""
    whole, (wide, high) = QRectF(widget.rect()), _scrolls(widget)
    left, top, right, bottom = text.clip.getCoords()
    if wide:
        left, right = (
            -_ENDLESS if left <= whole.left() else left,
            _ENDLESS if right >= whole.right() else right,
        )
    if high:
        top, bottom = (
            -_ENDLESS if top <= whole.top() else top,
            _ENDLESS if bottom >= whole.bottom() else bottom,
        )
    return QRectF(QPointF(left, top), QPointF(right, bottom))


def _span(place: QRectF) -> str:
    left, top, right, bottom = (round(edge) for edge in place.getCoords())
    return f"x {left}..{right} y {top}..{bottom}"


class _Paper(QPaintDevice):
    """Something to draw on that notes the texts."""

    def __init__(self, size: QSize) -> None:
        super().__init__()
        self.texts: list[DrawnText] = []
        self._engine = _Engine(self.texts, QRectF(0, 0, size.width(), size.height()))
        self._metrics = {
            QPaintDevice.PaintDeviceMetric.PdmWidth: size.width(),
            QPaintDevice.PaintDeviceMetric.PdmHeight: size.height(),
            QPaintDevice.PaintDeviceMetric.PdmDpiX: 96,
            QPaintDevice.PaintDeviceMetric.PdmDpiY: 96,
            QPaintDevice.PaintDeviceMetric.PdmPhysicalDpiX: 96,
            QPaintDevice.PaintDeviceMetric.PdmPhysicalDpiY: 96,
            QPaintDevice.PaintDeviceMetric.PdmDepth: 32,
            QPaintDevice.PaintDeviceMetric.PdmNumColors: 2**31 - 1,
            QPaintDevice.PaintDeviceMetric.PdmDevicePixelRatio: 1,
            QPaintDevice.PaintDeviceMetric.PdmDevicePixelRatioScaled: round(
                QPaintDevice.devicePixelRatioFScale()
            ),
        }

    def paintEngine(self) -> QPaintEngine:
        return self._engine

    def metric(self, which: QPaintDevice.PaintDeviceMetric) -> int:
        return self._metrics.get(which, 1)


class _Engine(QPaintEngine):
    """Passes over everything but texts."""

    def __init__(self, texts: list[DrawnText], whole: QRectF) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self._texts = texts
        self._whole = whole

    def begin(self, _device: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, _state: Any) -> None: ...

    def drawTextItem(self, at: QPointF, item: QTextItem) -> None:
        painter = self.painter()
        transform = painter.transform()
        height = 0.7 * item.ascent()  # of a digit
        place = QRectF(at.x(), at.y() - height, item.width(), height)
        clip = self._whole
        if painter.hasClipping():
            clip = clip.intersected(transform.mapRect(painter.clipBoundingRect()))
        self._texts.append(DrawnText(item.text(), transform.mapRect(place), clip))

    def drawPixmap(self, *_what: Any) -> None: ...

    def drawTiledPixmap(self, *_what: Any) -> None: ...

    def drawImage(self, *_what: Any) -> None: ...

    def drawPath(self, *_what: Any) -> None: ...

    def drawPolygon(self, *_what: Any) -> None: ...

    def drawRects(self, *_what: Any) -> None: ...

    def drawLines(self, *_what: Any) -> None: ...

    def drawEllipse(self, *_what: Any) -> None: ...

    def drawPoints(self, *_what: Any) -> None: ...

"""Whether every text of a window has the room that it needs, and none runs over another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QRadioButton,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QToolButton,
    QWidget,
)

from cnn_studio.gui.datasets.dataset_button import DatasetButton
from cnn_studio.gui.help.callout import Callout
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.prediction.live.fitted_label import FittedLabel
from cnn_studio.gui.widgets.drop_overlay import DropOverlay
from cnn_studio.gui.widgets.elided_chooser import ElidedChooser
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.lower_edge import LowerEdge
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from tests.gui.drawn_text import DrawnText, cut_numbers, drawn_texts, visible_widgets

_COVERS = (LowerEdge, LargeView, DropOverlay, Callout)  # what lies over others in their window
_TOLERANCE_PX = 1
_AROUND_TITLE_PX = 60  # the icon, the arrow and the padding of the dataset button
_LINE_EDIT_MARGINS_PX = 4  # that Qt keeps around the letters, whatever the style


@dataclass
class Findings:
    """What was looked at in some windows, and what is wrong there.

    Attributes:
        checked: How many widgets with a text were looked at.
        faults: Sentences, each once.
    """

    checked: int = 0
    faults: dict[str, None] = field(default_factory=dict)

    def look_at(self, top: QWidget, state: str) -> None:
        """Look at a window as it is now."""
        drawn = {widget: drawn_texts(widget) for widget in visible_widgets(top)}
        for widget in drawn:
            needed = list(_lacks(widget))
            self.checked += _tells(widget)
            self._note(state, widget, needed)
            self._note(state, widget, _outside(widget))
        self._note(state, top, cut_numbers(top, drawn))
        self._note(state, top, _overlaps(top, drawn))

    def look_at_all(self, window: QWidget, state: str) -> None:
        """Look at a window and all that has opened over it."""
        for each in (window, *window.findChildren(QWidget)):
            if each.isWindow() and each.isVisible():
                self.look_at(each, state)

    def _note(self, state: str, widget: QWidget, faults: Iterator[str] | list[str]) -> None:
        for fault in faults:
            self.faults[f"{state}: {called(widget)}: {fault}"] = None


def called(widget: QWidget) -> str:
    """What a widget is called in a sentence."""
    return widget.objectName() or type(widget).__name__


def _tells(widget: QWidget) -> bool:
    """Whether a widget has a text of its own to show."""
    if isinstance(widget, QLineEdit):
        return bool(widget.text() or widget.placeholderText())
    if isinstance(widget, QComboBox):
        return bool(widget.currentText())
    if isinstance(widget, QHeaderView):
        return widget.count() > 0
    return bool(_text(widget))


def _text(widget: QWidget) -> str:
    if isinstance(widget, QLabel):
        return widget.text()
    if isinstance(widget, QToolButton) and not _shows_text(widget):
        return ""
    return widget.text() if isinstance(widget, QAbstractButton) else ""


def _shows_text(button: QToolButton) -> bool:
    only_icon = button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    return not (only_icon and not button.icon().isNull())


def _lacks(widget: QWidget) -> Iterator[str]:
    """What a widget with a text was not given."""
    if not _tells(widget):
        return
    if isinstance(widget, QHeaderView):
        yield from _cut_sections(widget)
    elif isinstance(widget, QLineEdit):
        yield from _cut_field(widget)
    elif isinstance(widget, QComboBox):
        yield from _cut_choice(widget)
    elif isinstance(widget, QLabel):
        yield from _cut_label(widget)
    elif isinstance(widget, DatasetButton):  # whose tooltip has it all
        shown = widget.text().replace("&&", "&")
        yield from _tip_lacks(widget, widget.title, shown)
        needed = QSize(widget.fontMetrics().horizontalAdvance(shown), widget.sizeHint().height())
        yield from _less(widget, needed + QSize(_AROUND_TITLE_PX, 0), shown)
    elif isinstance(widget, QCheckBox | QRadioButton | QAbstractButton):
        yield from _less(widget, widget.sizeHint(), widget.text())


def _less(widget: QWidget, needed: QSize, text: str) -> Iterator[str]:
    lacks = needed - widget.size()
    if lacks.width() > _TOLERANCE_PX or lacks.height() > _TOLERANCE_PX:
        yield f"{text!r} needs {_size(needed)} and has {_size(widget.size())}"


def _cut_label(label: QLabel) -> Iterator[str]:
    text = label.text()
    if isinstance(label, ElidedLabel):
        yield from _tip_lacks(label, text, QLabel.text(label))
        if label.fontMetrics().height() > label.height() + _TOLERANCE_PX:
            yield f"{text!r} has {label.height()} px of height only"
        return
    if isinstance(label, WrappedLabel):
        if label.is_limited:
            yield from _tip_lacks(label, text, QLabel.text(label))
        elif QLabel.text(label) != text:
            yield f"{text!r} is cut: {QLabel.text(label)!r}"
        return
    if label.wordWrap():
        words = label.fontMetrics().boundingRect(
            QRect(0, 0, label.contentsRect().width(), 1 << 20),
            int(Qt.TextFlag.TextWordWrap),
            text,
        )
        if label.textFormat() != Qt.TextFormat.PlainText and "<" in text:
            return
        if words.height() > label.contentsRect().height() + _TOLERANCE_PX:
            yield f"{text!r} needs {words.height()} px of height and has {label.height()}"
        if words.width() > label.contentsRect().width() + _TOLERANCE_PX:
            yield f"{text!r} needs {words.width()} px of width and has {label.width()}"
        return
    if isinstance(label, FittedLabel):
        written = " ".join(each.text for each in drawn_texts(label))
        yield from _tip_lacks(label, text, text if text in written else written)
        return
    yield from _less(label, label.sizeHint(), text)


def _tip_lacks(widget: QWidget, whole: str, shown: str) -> Iterator[str]:
    if shown != whole and whole not in widget.toolTip():
        yield f"{whole!r} is shown as {shown!r}, and no tooltip has it all"


def _cut_field(edit: QLineEdit) -> Iterator[str]:
    if isinstance(edit.parentWidget(), QAbstractSpinBox | QComboBox) and not edit.text():
        return
    option = QStyleOptionFrame()
    edit.initStyleOption(option)
    inner = edit.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, edit)
    margins = edit.textMargins()
    room = inner.width() - margins.left() - margins.right() - _LINE_EDIT_MARGINS_PX
    is_free = bool(edit.text()) and not isinstance(edit.parentWidget(), QAbstractSpinBox)
    text = edit.text() or edit.placeholderText()
    needed = edit.fontMetrics().horizontalAdvance(text)
    if needed > room + _TOLERANCE_PX and not is_free:  # what is typed can be scrolled
        yield f"{text!r} needs {needed} px and has {room}"


def _cut_choice(chooser: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    chooser.initStyleOption(option)
    room = chooser.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, chooser
    )
    width = room.width() - (0 if chooser.itemIcon(chooser.currentIndex()).isNull() else 20)
    text = chooser.currentText()
    needed = chooser.fontMetrics().horizontalAdvance(text)
    is_whole = needed <= width + _TOLERANCE_PX
    if not is_whole and not isinstance(chooser, ElidedChooser):  # whose tooltip has it all
        yield f"{text!r} needs {needed} px and has {width}"


def _cut_sections(header: QHeaderView) -> Iterator[str]:
    if header.orientation() is not Qt.Orientation.Horizontal:
        return
    for section in range(header.count()):
        size = header.sectionSize(section)
        text = header.model().headerData(section, header.orientation())
        needed = header.fontMetrics().horizontalAdvance(str(text or ""))
        if text and not header.isSectionHidden(section) and needed > size:
            yield f"column {text!r} needs {needed} px and has {size}"


def _outside(widget: QWidget) -> Iterator[str]:
    """That a widget reaches out of what it lies in."""
    outer = widget.parentWidget()
    if widget.isWindow() or outer is None or not _tells(widget):
        return
    if isinstance(outer.parentWidget(), QAbstractScrollArea):
        return
    room = outer.rect().adjusted(-_TOLERANCE_PX, -_TOLERANCE_PX, _TOLERANCE_PX, _TOLERANCE_PX)
    if not room.contains(widget.geometry()):
        yield f"at {_place(widget.geometry())} lies in {_size(outer.size())} of {called(outer)}"


def _overlaps(top: QWidget, drawn: Mapping[QWidget, list[DrawnText]]) -> Iterator[str]:
    """Which texts are written over each other."""
    over = [each for kind in _COVERS for each in top.findChildren(kind)]
    over = [each for each in over if each.isVisible() and not each.size().isEmpty()]
    written: list[tuple[QWidget, str, QRectF]] = []
    for widget, texts in drawn.items():
        corner = QRectF(QRect(widget.mapTo(top, QPoint(0, 0)), widget.size())).topLeft()
        seen = _seen(widget, top)
        for text in texts:
            place = text.place.intersected(text.clip).translated(corner).intersected(seen)
            place.adjust(_TOLERANCE_PX, _TOLERANCE_PX, -_TOLERANCE_PX, -_TOLERANCE_PX)
            if text.text.strip() and place.isValid() and not _is_covered(widget, place, top, over):
                written.append((widget, text.text, place))
    written.sort(key=lambda each: each[2].top())
    for (one, first, where), (other, second, there) in combinations(written, 2):
        if where.intersects(there) and not (one is other and first == second):
            both = f"{called(one)} {first!r} and {called(other)} {second!r}"
            yield f"{both} are written over each other"


def _seen(widget: QWidget, top: QWidget) -> QRectF:
    """What of a widget is not hidden by the edges of what it lies in, in pixels of the window."""
    room = QRectF(QRect(widget.mapTo(top, QPoint(0, 0)), widget.size()))
    outer = widget
    while outer is not top and (parent := outer.parentWidget()) is not None:
        outer = parent
        room = room.intersected(QRectF(QRect(outer.mapTo(top, QPoint(0, 0)), outer.size())))
    return room


def _is_covered(widget: QWidget, place: QRectF, top: QWidget, over: list[QWidget]) -> bool:
    """Whether a banner or another page lies over a text, which is not read there."""
    for edge in over:
        covers = QRectF(QRect(edge.mapTo(top, QPoint(0, 0)), edge.size()))
        if covers.intersects(place) and not edge.isAncestorOf(widget):
            return True
    return False


def _size(size: QSize) -> str:
    return f"{size.width()}x{size.height()}"


def _place(place: QRect) -> str:
    return f"x {place.left()}..{place.right()} y {place.top()}..{place.bottom()}"

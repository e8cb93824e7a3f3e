"""The confusion matrix with what finds a place in it: the worst confusions, and a class by name."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.results.confusion_view import ConfusionView
from cnn_studio.gui.widgets.elided_chooser import ElidedChooser
from cnn_studio.models.scores import Scores
from cnn_studio.untrusted_text import shown

_SHORT = 10  # confusions
_SEVERAL = 12  # classes that are seen at a glance
_LEAST_FIELD_PX = 120
_BAR_FROM_PX = 140  # of height: with less the matrix has all of it
_MARGIN_PX = 40  # around a cell that is jumped to


class MatrixPage(QWidget):
    """Scrolls the matrix where it has no room; what finds a place stands above many classes.

    Signals:
        cell_chosen(int, int): The images of this (true, predicted) class shall be shown.
    """

    cell_chosen = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrixPage")
        self._scores: Scores | None = None
        self._is_roomy = False
        self._bar = QWidget(self)
        self._field = QLineEdit(self._bar)
        self._worst = ElidedChooser(self._bar)
        self._area = QScrollArea(self)
        self.view = ConfusionView(theme, self._area)
        self._make_bar()
        self._area.setWidgetResizable(True)
        self._area.setWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._bar)
        column.addWidget(self._area, 1)
        self.view.cell_chosen.connect(self.cell_chosen)
        self.view.reached.connect(self._on_view_reached)
        self._show_bar()

    def set_scores(self, scores: Scores | None) -> None:
        """Show another matrix, or none."""
        self._scores = scores
        self.view.set_scores(scores)
        self._worst.clear()
        if scores is not None:
            self._list_worst(scores)
        self._show_bar()

    def set_roomy(self) -> None:
        """Offer to find a place for few classes, too: there is room."""
        self._is_roomy = True
        self._show_bar()

    def key_hints(self) -> list[tuple[str, str]]:
        """What keys do here; those of the matrix itself are its own to say."""
        return [(self.tr("Enter"), self.tr("Go to the next class that is found · Matrix"))]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and watched is self._field and self._field.text():
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # it is for this field, and for no window that it would close
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._field.clear()
                self.view.mark_class(None)
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_bar()
        self.view.updateGeometry()  # where it is low its names take less

    def _make_bar(self) -> None:
        self._field.setObjectName("findClassField")
        self._field.setPlaceholderText(self.tr("Find a class"))
        self._field.setAccessibleName(self._field.placeholderText())
        self._field.setToolTip(self.tr("Part of its name; Enter goes on to the next, Esc clears"))
        self._field.setClearButtonEnabled(True)
        self._field.setMinimumWidth(_LEAST_FIELD_PX)
        self._field.installEventFilter(self)
        self._field.textEdited.connect(self._on_field_edited)
        self._field.returnPressed.connect(self._on_field_returned)
        self._worst.setObjectName("worstConfusions")
        self._worst.setAccessibleName(self.tr("Most confused"))
        self._worst.setToolTip(self.tr("The worst confusions: choose one to go there"))
        self._worst.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._worst.setMinimumContentsLength(10)
        self._worst.activated.connect(self._on_worst_activated)
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._field, 1)
        row.addWidget(self._worst, 2)

    def _list_worst(self, scores: Scores) -> None:
        names = scores.classes
        for true, said in scores.worst_confusions(_SHORT):
            count = whole(scores.confusion[true][said])
            text = self.tr("{true} → {said} {count}")
            text = text.format(true=names[true], said=names[said], count=count)
            if not self._worst.count():
                text = self.tr("Most confused: {confusion}").format(confusion=text)
            self._worst.addItem(shown(text), (true, said))
        if not self._worst.count():
            self._worst.addItem(self.tr("Nothing was confused"), None)

    def _show_bar(self) -> None:
        count = len(self._scores.classes) if self._scores else 0
        has_room = self.height() >= _BAR_FROM_PX and count > _SEVERAL
        self._bar.setVisible(has_room or (self._is_roomy and count > 0))

    def _find(self, after: int) -> None:
        """Go to the first class from a place on whose name has the text, around the end."""
        text, names = self._field.text().strip().casefold(), self.view.names
        places = [(after + step) % len(names) for step in range(len(names))] if text else []
        found = next((place for place in places if text in names[place].casefold()), None)
        self.view.mark_class(found)

    @Slot(str)
    def _on_field_edited(self, _text: str) -> None:
        self._find(0)

    @Slot()
    def _on_field_returned(self) -> None:
        marked = self.view.marked
        self._find(0 if marked is None else marked + 1)

    @Slot(int)
    def _on_worst_activated(self, row: int) -> None:
        cell = self._worst.itemData(row)
        if cell is not None:
            self.view.mark_class(None)
            self.view.go_to(*cell)
            self.view.setFocus()

    @Slot(QRect)
    def _on_view_reached(self, cell: QRect) -> None:
        """Bring a cell into sight, not under the names that stay at the edges."""
        names = self.view.name_size
        middle = cell.center()
        self._area.ensureVisible(
            middle.x() - names.width() // 2,
            middle.y() - names.height() // 2,
            names.width() // 2 + cell.width() + _MARGIN_PX,
            names.height() // 2 + cell.height() + _MARGIN_PX,
        )

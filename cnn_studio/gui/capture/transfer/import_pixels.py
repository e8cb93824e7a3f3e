"""How images of many bits or bands are read: a row of the import's preview says and changes it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from cnn_studio.data.import_plan import ImportPlan
from cnn_studio.data.pixel_survey import PixelSurvey, choice_of, span_text
from cnn_studio.errors import UsageError
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel

_FIELD_PX = 152
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PixelRow(QWidget):
    """Shows what is done with the pixels of a plan, and changes it. Hidden where all is plain.

    Args:
        plan: Its pixels were looked over.

    Signals:
        changed: The images are read in another way now.
    """

    changed = Signal()

    def __init__(self, plan: ImportPlan, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("importPixelRow")
        self._plan = plan
        self._survey = self._found = plan.pixels or PixelSurvey()
        self._said = WrappedLabel(self)
        self._said.setObjectName("importPixels")
        self._range = self._range_chooser()
        self._bands = self._bands_field()
        choices = QHBoxLayout()
        choices.setSpacing(8)
        for text, field in (
            (self.tr("&Black to white"), self._range),
            (self.tr("&Red, green, blue from bands"), self._bands),
        ):
            label = QLabel(text, self)
            label.setBuddy(field)
            label.setVisible(not field.isHidden())
            choices.addWidget(label)
            choices.addWidget(field)
        choices.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._said)
        layout.addLayout(choices)
        self.setVisible(bool(self._survey.families))
        self._say()

    def _range_chooser(self) -> QComboBox:
        chooser = QComboBox(self)
        chooser.setObjectName("importRangeChooser")
        chooser.setAccessibleName(self.tr("Black to white"))
        chooser.setToolTip(
            self.tr("Which values become black and white; type others, as in 0..4095 (Alt+B)")
        )
        chooser.setEditable(True)
        chooser.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        chooser.setFixedWidth(_FIELD_PX)
        chooser.addItem(self.tr("By the files"), "")
        for span in self._survey.spans:
            chooser.addItem(span_text(span), span_text(span))
        chooser.setVisible(chooser.count() > 1)
        chooser.activated.connect(self._on_changed)
        line = chooser.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._on_changed)
            line.installEventFilter(self)
        return chooser

    def _bands_field(self) -> QLineEdit:
        field = QLineEdit(self)
        field.setObjectName("importBandsField")
        field.setAccessibleName(self.tr("Red, green, blue from bands"))
        field.setToolTip(
            self.tr("The bands to show, as in 4,3,2; one number shows it as grey (Alt+R)")
        )
        field.setFixedWidth(_FIELD_PX)
        tiles = [facts for facts in self._survey.families.values() if facts.is_tile]
        if tiles:
            shown = self._survey.readings[tiles[0].family].bands
            field.setText(",".join(str(band + 1) for band in shown))
        self._bands_found = field.text()
        field.setVisible(bool(tiles))
        field.editingFinished.connect(self._on_changed)
        field.installEventFilter(self)
        return field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Enter ends the typing, and is not meant for the dialog's button.
        is_press = event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() in _ENTER:
            self._on_changed()
            return True
        return super().eventFilter(watched, event)

    @Slot()
    def _on_changed(self) -> None:
        place = self._range.findText(self._range.currentText())
        span = self._range.itemData(place) if place >= 0 else self._range.currentText()
        bands = self._bands.text()
        if self._bands.isHidden() or bands == self._bands_found:
            bands = ""  # nobody has decided them
        try:
            choice = choice_of(span, bands)
            if choice == self._survey.choice:
                self._say()
                return
            self._survey = self._found.chosen(choice)
        except UsageError as error:
            self._tell(str(error), "error")
            return
        self._plan.pixels = self._survey
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        doubts = [f"{doubt}." for doubt in self._survey.doubts]
        self._tell(" ".join([*doubts, *self._survey.sentences]), "warn" if doubts else "quiet")

    def _tell(self, text: str, role: str) -> None:
        self._said.setText(text)
        self._said.setProperty("role", role)
        self._said.style().unpolish(self._said)
        self._said.style().polish(self._said)

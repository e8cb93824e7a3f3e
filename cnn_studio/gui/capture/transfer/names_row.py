"""How the names in an archive are read that do not say it, with a choice of other ways."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from cnn_studio.data.archive_names import NamesReading
from cnn_studio.data.code_pages import label_of


class NamesRow(QWidget):
    """One line: which archive, and what its names are read as; hidden where there is no question.

    Args:
        readings: How the names were read in the archives where they do not say it.
        encoding: What was chosen for them before; empty if nothing was.

    Signals:
        chosen(str): They are to be read in this code page.
    """

    chosen = Signal(str)

    def __init__(
        self, readings: Mapping[Path, NamesReading], encoding: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("namesRow")
        asked = {
            path: reading
            for path, reading in readings.items()
            if (encoding or not reading.is_certain) and len(reading.choices) > 1
        }
        self._text = QLabel(self)
        self._choice = QComboBox(self)
        self._choice.setObjectName("namesEncodingChoice")
        label = QLabel(self.tr("Read &names as"), self)
        label.setBuddy(self._choice)
        self._choice.setAccessibleName(self.tr("How the names in the archive are written"))
        self._choice.setToolTip(
            self.tr("Choose what makes the names right; the classes follow (Alt+N)")
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(label)
        layout.addWidget(self._choice)
        layout.addWidget(self._text, 1)
        self._choice.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setVisible(bool(asked))
        if asked:
            self._fill(asked)
        self._choice.activated.connect(self._on_choice_activated)

    def _fill(self, readings: Mapping[Path, NamesReading]) -> None:
        (path, first), *others = readings.items()
        if first.is_doubtful:
            text = self.tr("Are these names right?")
            tip = self.tr("More than one way to read the names in {name} is likely.")
        else:
            text = self.tr("The archive does not say it.")
            tip = self.tr("The names in {name} do not say how they are written.")
        self._text.setText(text)
        self._text.setToolTip(tip.format(name=path.name))
        self._text.setProperty("role", "warn" if first.is_doubtful else "quiet")
        self._text.style().unpolish(self._text)
        self._text.style().polish(self._text)
        for encoding, example in zip(first.choices, first.examples, strict=True):
            if all(encoding in reading.choices for _path, reading in others):
                text = self.tr("{label}: {example}")
                text = text.format(label=label_of(encoding), example=_short(example))
                self._choice.addItem(text, encoding)
        self._choice.setCurrentIndex(self._choice.findData(first.encoding))

    @Slot(int)
    def _on_choice_activated(self, place: int) -> None:
        self.chosen.emit(self._choice.itemData(place))


def _short(name: str) -> str:
    return name if len(name) <= 16 else f"{name[:15]}…"

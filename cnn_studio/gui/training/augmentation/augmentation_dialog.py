"""Asks how strongly training images are varied, kind by kind, and shows what that looks like."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.cards import Orientation
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.augmentation.preview_panel import PreviewPanel
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.training.strengths import LARGEST, NAMED, Augmentation, Flip, Turns

_SENTENCE_LINES = 2
_STEPS = 100  # a slider counts in hundredths


class AugmentationDialog(QDialog):
    """One line a kind, samples beside them, and a sentence on what the strengths are good for.

    Args:
        strengths: Where to begin.
        orientation: Whether the images have an up; what has a name follows it.
        parent: The window.

    Signals:
        strengths_given(Augmentation): What shall be taken.
        strengths_changed: Others are set, and not yet taken.
    """

    strengths_given = Signal(object)
    strengths_changed = Signal()

    def __init__(
        self,
        strengths: Augmentation,
        orientation: Orientation,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("augmentationDialog")
        self.setWindowTitle(self.tr("Augmentation"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._orientation = orientation
        self._sliders: dict[str, QSlider] = {}
        self._figures: dict[str, QLabel] = {}
        self._flip = self._choice(
            "flipField",
            (Flip.OFF, self.tr("Off")),
            (Flip.SIDEWAYS, self.tr("Sideways")),
            (Flip.BOTH, self.tr("Sideways and upside down")),
        )
        self._turns = self._choice(
            "turnsField",
            (Turns.OFF, self.tr("Off")),
            (Turns.QUARTER, self.tr("Turned")),
            (Turns.ALL, self.tr("Turned and mirrored")),
        )
        self._sentence = QLabel(self)
        self._lay_out()
        self._show(strengths)

    @property
    def preview(self) -> PreviewPanel:
        """Where samples are shown."""
        return self._preview

    def strengths(self) -> Augmentation:
        """What is asked for."""
        shares = {kind: slider.value() / _STEPS for kind, slider in self._sliders.items()}
        chosen = {"flip": self._flip.currentData(), "turns": self._turns.currentData()}
        return Augmentation.from_plain({**chosen, **shares})

    def _choice(self, name: str, *entries: tuple[Flip | Turns, str]) -> QComboBox:
        field = QComboBox(self)
        field.setObjectName(name)
        for value, text in entries:
            field.addItem(text, str(value))
        field.currentIndexChanged.connect(self._show_figures)
        return field

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(24)  # as high as the samples beside it
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(1, 200)
        grid.setColumnMinimumWidth(2, 48)
        tip = self.tr("Every other image, at random; “Turned and mirrored” includes it")
        self._label(grid, 0, self.tr("Mirror"), tip, self._flip)
        grid.addWidget(self._flip, 0, 1, 1, 2)
        tip = self.tr("By 0, 90, 180 or 270 degrees, exactly; for what is seen from above")
        self._label(grid, 1, self.tr("Quarter turns"), tip, self._turns)
        grid.addWidget(self._turns, 1, 1, 1, 2)
        for row, (kind, name, tip) in enumerate(self._described(), 2):
            slider = QSlider(Qt.Orientation.Horizontal, self)
            slider.setObjectName(f"{kind}Slider")
            slider.setRange(0, round(LARGEST[kind] * _STEPS))
            slider.valueChanged.connect(self._show_figures)
            figure = QLabel(self)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._label(grid, row, name, tip, slider)
            grid.addWidget(slider, row, 1)
            grid.addWidget(figure, row, 2)
            self._sliders[kind], self._figures[kind] = slider, figure
        left = QVBoxLayout()
        left.addLayout(grid)
        left.addStretch(1)
        self._sentence.setObjectName("augmentationText")
        self._sentence.setProperty("role", "quiet")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        line = self._sentence.fontMetrics().lineSpacing()
        self._sentence.setMinimumHeight(_SENTENCE_LINES * line)  # so that nothing moves
        self._preview = PreviewPanel(self)  # after the sliders, as the Tab key goes
        halves = QHBoxLayout()
        halves.setSpacing(24)
        halves.addLayout(left, 1)
        halves.addWidget(self._preview)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for name in NAMED:
            foot.addWidget(self._named_button(name))
        take = dialog_button(
            self, "takeAugmentationButton", self.tr("Use"), self.tr("Take these (Enter)")
        )
        take.setProperty("kind", "primary")
        take.setDefault(True)
        cancel = dialog_button(
            self, "cancelAugmentationButton", self.tr("Cancel"), self.tr("Leave it as it was (Esc)")
        )
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(take)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(halves)
        column.addWidget(self._sentence)
        column.addLayout(foot)
        take.clicked.connect(self._on_take_clicked)
        cancel.clicked.connect(self.reject)

    def _named_button(self, name: str) -> QPushButton:
        title = self.tr("All off") if name == "off" else wording.augmentation_title(name)
        tip = wording.augmentation_summary(name, self._orientation)
        button = dialog_button(self, f"{name}AugmentationButton", title, tip)
        button.clicked.connect(partial(self._on_named_clicked, name))
        return button

    def _described(self) -> list[tuple[str, str, str]]:
        return [
            ("shift", self.tr("Shift"), self.tr("Moved by up to this share of its side")),
            ("rotate", self.tr("Rotate"), self.tr("Turned by up to this share of a full turn")),
            ("zoom", self.tr("Zoom"), self.tr("Made larger or smaller by up to this share")),
            ("brightness", self.tr("Brightness"), self.tr("Made lighter or darker by up to this")),
            ("contrast", self.tr("Contrast"), self.tr("Raised or lowered by up to this share")),
            ("erase", self.tr("Erase"), self.tr("A patch of up to this share is painted over")),
        ]

    def _label(self, grid: QGridLayout, row: int, name: str, tip: str, field: QWidget) -> None:
        label = QLabel(name, self)
        label.setProperty("role", "quiet")
        label.setBuddy(field)
        label.setToolTip(tip)
        field.setToolTip(tip)
        field.setAccessibleName(name)
        field.setAccessibleDescription(tip)
        grid.addWidget(label, row, 0)

    def _show(self, strengths: Augmentation) -> None:
        self._flip.setCurrentIndex(self._flip.findData(str(strengths.flip)))
        self._turns.setCurrentIndex(self._turns.findData(str(strengths.turns)))
        for kind, slider in self._sliders.items():
            slider.setValue(round(getattr(strengths, kind) * _STEPS))
        self._show_figures()

    @Slot()
    def _show_figures(self) -> None:
        for kind, slider in self._sliders.items():
            if slider.value() == 0:
                text = self.tr("off")
            elif kind == "rotate":
                text = f"{slider.value() * 360 / _STEPS:.0f}\N{DEGREE SIGN}"
            else:
                text = f"{slider.value()} %"
            self._figures[kind].setText(text)
        self._flip.setEnabled(self._turns.currentData() != Turns.ALL)
        self._sentence.setText(wording.augmentation_sentence(self.strengths(), self._orientation))
        self.strengths_changed.emit()

    def _on_named_clicked(self, name: str) -> None:
        self._show(Augmentation.suited(name, self._orientation))

    @Slot()
    def _on_take_clicked(self) -> None:
        self.strengths_given.emit(self.strengths())
        self.accept()

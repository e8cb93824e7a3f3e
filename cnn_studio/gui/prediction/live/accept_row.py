"""One slider between answering more and erring less, with what it does in numbers."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from cnn_studio.gui.figures import percent, whole
from cnn_studio.gui.prediction.live.fitted_label import FittedLabel
from cnn_studio.gui.prediction.live.live_settings import LEAST_ACCEPT
from cnn_studio.models.bundle import Bundle
from cnn_studio.models.unknown import LEAST_IMAGES

_LEAST_PX = 11
_STEPS = 100  # of the whole, so a step is a percent


class AcceptRow(QWidget):
    """Chooses which share of the images held back is answered.

    Signals:
        accept_chosen(float): The share, 0.80..1.00.
    """

    accept_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("acceptRow")
        self._bundle: Bundle | None = None
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setObjectName("acceptSlider")
        self._slider.setRange(0, round((1 - LEAST_ACCEPT) * _STEPS))
        self._slider.setPageStep(5)
        self._slider.setAccessibleName(self.tr("Answers more, or errs less"))
        self._slider.setToolTip(
            self.tr(
                "To the left the model names a class more often; to the right it says "
                "\N{LEFT DOUBLE QUOTATION MARK}unknown\N{RIGHT DOUBLE QUOTATION MARK} to what it "
                "knows little of."
            )
        )
        self._slider.valueChanged.connect(self._on_slider_value_changed)
        self._effect = FittedLabel(_LEAST_PX, self)
        self._effect.setObjectName("acceptEffect")
        self._effect.setProperty("role", "quiet")
        self._why_not = QLabel(self)
        self._why_not.setObjectName("acceptProblem")
        self._why_not.setProperty("role", "quiet")
        self._why_not.setWordWrap(True)
        self._why_not.setMinimumHeight(2 * self._why_not.fontMetrics().lineSpacing())
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(QLabel(self.tr("answers more"), self))
        row.addWidget(self._slider, 1)
        row.addWidget(QLabel(self.tr("errs less"), self))
        self._controls = QWidget(self)
        self._controls.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._controls)
        column.addWidget(self._effect)
        column.addWidget(self._why_not)
        self.show_model(None, 1.0)

    def show_model(self, bundle: Bundle | None, accept: float) -> None:
        """Show what is chosen for a model, or nothing for None."""
        self._bundle = bundle
        with QSignalBlocker(self._slider):
            self._slider.setValue(round((1 - accept) * _STEPS))
        self.setVisible(bundle is not None)
        self._show_effect()

    def _show_effect(self) -> None:
        if self._bundle is None:
            return
        rule = self._bundle.unknown
        for widget in (self._controls, self._effect):
            widget.setVisible(rule is not None)
        self._why_not.setVisible(rule is None)
        if rule is None:
            self._why_not.setText(self._reason(self._bundle))
            return
        effect = rule.effect(self._accept())
        text = self.tr("{count} validation images: {answered} answered, {right} of them right")
        text = text.format(
            count=whole(len(rule.levels)),
            answered=_in_short(effect.answered),
            right=_in_short(effect.right_of_answered),
        )
        self._effect.setText(text)
        margin = self.tr(
            "Some of them come from recordings that the model learned from, so new pictures are "
            "given a margin. With more recordings of each class, more is called unknown."
        )
        text = f"{text}\n{margin}" if rule.margin else text
        self._effect.setToolTip(text)
        self._slider.setAccessibleDescription(text)

    def _reason(self, bundle: Bundle) -> str:
        if not bundle.recipe:
            return self.tr(
                "Always names a class: this model was not made by CNN Studio and cannot tell what "
                "is unknown."
            )
        held_back = bundle.validation.count if bundle.validation is not None else 0
        if held_back < LEAST_IMAGES:
            return self.tr(
                "Always names a class: to tell what is unknown, {least} images must be held back "
                "in training. Here: {count}."
            ).format(least=LEAST_IMAGES, count=whole(held_back))
        return self.tr(
            "Always names a class: what is unknown was not measured in this training. Train again."
        )

    def _accept(self) -> float:
        return 1 - self._slider.value() / _STEPS

    @Slot()
    def _on_slider_value_changed(self) -> None:
        self._show_effect()
        self.accept_chosen.emit(self._accept())


def _in_short(share: float) -> str:
    """A whole percentage, but never 100 where something is missing."""
    return percent(share, 1 if 0.99 < share < 1 else 0)

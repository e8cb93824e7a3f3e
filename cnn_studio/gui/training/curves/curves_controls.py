"""How the curves are shown: smoothed, over what, on which scale."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from cnn_studio.gui.training.curves.plot_choices import MOST_SMOOTHING, PlotChoices, XAxis

_SMOOTH_KEY, _LOG_KEY, _X_KEY = "Ctrl+Shift+D", "Ctrl+Shift+L", "Ctrl+Shift+A"
_STEPS = (0.0, 0.6, 0.9, 0.97)  # what the key goes through
_SLIDER_PX = 84


class CurvesControls(QWidget):
    """A slider, a switch and a chooser.

    Signals:
        changed(PlotChoices): The person has chosen something else.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curvesControls")
        self._choices = PlotChoices()
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setObjectName("smoothingSlider")
        self._slider.setRange(0, round(100 * MOST_SMOOTHING))
        self._slider.setPageStep(10)
        self._slider.setFixedWidth(_SLIDER_PX)
        tip = self.tr(
            "Smooth the curves; the original ones stay visible, but faint ({key})"
        ).format(key=_SMOOTH_KEY)
        self._slider.setToolTip(tip)
        self._slider.setAccessibleName(self.tr("Smoothing"))
        self._slider.setAccessibleDescription(tip)
        self._figure = QLabel(self)
        self._figure.setObjectName("smoothingFigure")
        self._figure.setProperty("role", "quiet")
        self._figure.setToolTip(tip)
        self._figure.setMinimumWidth(self._figure.fontMetrics().horizontalAdvance("0.00") + 2)
        self._log = QToolButton(self)
        self._log.setObjectName("logLossButton")
        self._log.setProperty("kind", "segment")
        self._log.setCheckable(True)
        self._log.setText(self.tr("Log"))
        self._log.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._log.setToolTip(
            self.tr("Draw the loss on a logarithmic scale ({key})").format(key=_LOG_KEY)
        )
        self._log.setAccessibleName(self.tr("Logarithmic loss"))
        self._x = QComboBox(self)
        self._x.setObjectName("curvesAxisField")
        names = {
            XAxis.EPOCH: self.tr("by epoch"),
            XAxis.STEP: self.tr("by step"),
            XAxis.TIME: self.tr("by time"),
        }
        for axis, name in names.items():
            self._x.addItem(name, axis)
        self._x.setToolTip(
            self.tr("Choose what the curves are drawn over ({key})").format(key=_X_KEY)
        )
        self._x.setAccessibleName(self.tr("Choose what the curves are drawn over"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self._slider, self._figure, self._log, self._x):
            row.addWidget(widget)
        self._slider.valueChanged.connect(self._on_slider_changed)
        self._log.toggled.connect(self._on_log_toggled)
        self._x.activated.connect(self._on_x_activated)
        self.show_choices(self._choices)

    def add_shortcuts(self, window: QWidget) -> None:
        """Have the keys heard wherever the focus is in a widget, also while this is hidden."""
        smooth = self.tr("Smooth the curves more, and not at all after the most")
        log = self.tr("Draw the loss on a logarithmic scale, or a plain one")
        axis = self.tr("Draw the curves over epochs, steps or time")
        for key, slot, what in (
            (_SMOOTH_KEY, self._on_smooth_key, smooth),
            (_LOG_KEY, self._log.toggle, log),
            (_X_KEY, self._on_x_key, axis),
        ):
            shortcut = QShortcut(QKeySequence(key), window, autoRepeat=False)
            shortcut.setWhatsThis(what)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(slot)

    def show_choices(self, choices: PlotChoices) -> None:
        """Show what is chosen."""
        self._choices = choices
        with QSignalBlocker(self._slider), QSignalBlocker(self._log):
            self._slider.setValue(round(100 * choices.smoothing))
            self._log.setChecked(choices.is_log)
        self._x.setCurrentIndex(self._x.findData(choices.x))
        self._figure.setText(f"{choices.smoothing:.2f}")

    def _choose(self, choices: PlotChoices) -> None:
        self.show_choices(choices)
        self.changed.emit(choices)

    @Slot(int)
    def _on_slider_changed(self, value: int) -> None:
        self._choose(replace(self._choices, smoothing=value / 100))

    @Slot(bool)
    def _on_log_toggled(self, is_log: bool) -> None:
        self._choose(replace(self._choices, is_log=is_log))

    @Slot()
    def _on_x_activated(self) -> None:
        self._choose(replace(self._choices, x=XAxis(self._x.currentData())))

    @Slot()
    def _on_smooth_key(self) -> None:
        now = self._choices.smoothing
        self._choose(
            replace(self._choices, smoothing=next((s for s in _STEPS if s > now + 1e-6), 0.0))
        )

    @Slot()
    def _on_x_key(self) -> None:
        order = list(XAxis)
        after = order[(order.index(self._choices.x) + 1) % len(order)]
        self._choose(replace(self._choices, x=after))

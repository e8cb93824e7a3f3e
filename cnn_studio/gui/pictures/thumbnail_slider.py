"""How large thumbnails are: a slider, its keys, and the size that was used last."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QSlider, QWidget

from cnn_studio.gui.pictures.gallery_delegate import LEAST_SIDE

SIDES = (64, 80, 96, LEAST_SIDE, 136, 160, 192, 232, 280, 336, 400)
"""How wide a thumbnail is at least, step by step, in pixels of a screen of scale 1."""

_USUAL = SIDES.index(LEAST_SIDE)
_SETTING = "gallery/thumbnailSide"
_WIDTH_PX = 96


class ThumbnailSlider(QSlider):
    """Remembers what was chosen. Its keys are those of `panel`, wherever in it the focus is.

    Args:
        settings: Where the size is kept.
        panel: Where the thumbnails are.

    Signals:
        side_changed(int): Thumbnails of this width are wanted.
    """

    side_changed = Signal(int)

    def __init__(self, settings: QSettings, panel: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, panel)
        self.setObjectName("thumbnailSlider")
        self._settings = settings
        self.setRange(0, len(SIDES) - 1)
        self.setPageStep(1)
        self.setFixedWidth(_WIDTH_PX)
        self.setValue(_kept(settings))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Size of the thumbnails"))
        keys = [
            self._action(
                panel, "largerThumbnails", self.tr("Make the thumbnails larger"), "Ctrl++"
            ),
            self._action(
                panel, "smallerThumbnails", self.tr("Make the thumbnails smaller"), "Ctrl+-"
            ),
            self._action(
                panel, "usualThumbnails", self.tr("Show thumbnails in the usual size"), "Ctrl+0"
            ),
        ]
        larger, smaller, usual = keys
        larger.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])  # without Shift
        larger.triggered.connect(self._on_larger_triggered)
        smaller.triggered.connect(self._on_smaller_triggered)
        usual.triggered.connect(self._on_usual_triggered)
        usual.setAutoRepeat(False)
        native = [
            action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) for action in keys
        ]
        self.setToolTip(
            self.tr("Size of the thumbnails; the wheel with Ctrl too ({keys})").format(
                keys=", ".join(native)
            )
        )
        self.valueChanged.connect(self._on_value_changed)

    @property
    def side(self) -> int:
        """How wide a thumbnail is at least, in pixels of a screen of scale 1."""
        return SIDES[self.value()]

    @Slot(int)
    def step(self, steps: int) -> None:
        """Make the thumbnails larger by so many steps, or smaller."""
        self.setValue(self.value() + steps)

    def _action(self, panel: QWidget, name: str, text: str, keys: str) -> QAction:
        action = QAction(text, panel)
        action.setObjectName(name)
        action.setShortcut(QKeySequence(keys))
        native = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text} ({native})")
        panel.addAction(action)
        return action

    @Slot()
    def _on_larger_triggered(self) -> None:
        self.step(1)

    @Slot()
    def _on_smaller_triggered(self) -> None:
        self.step(-1)

    @Slot()
    def _on_usual_triggered(self) -> None:
        self.setValue(_USUAL)

    @Slot()
    def _on_value_changed(self) -> None:
        self._settings.setValue(_SETTING, self.side)
        self.side_changed.emit(self.side)


def _kept(settings: QSettings) -> int:
    """The place of the size that was used last, or of the nearest one that there is."""
    try:
        side = int(str(settings.value(_SETTING, LEAST_SIDE)))
    except ValueError:  # written by hand
        return _USUAL
    return min(range(len(SIDES)), key=lambda place: abs(SIDES[place] - side))

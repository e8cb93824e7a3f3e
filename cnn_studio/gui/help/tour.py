"""Three steps at the first start: record, train, predict."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from cnn_studio.gui.capture.transfer.broken_off_offer import BrokenOffOffer
from cnn_studio.gui.help.callout import Callout
from cnn_studio.gui.studio import Studio

_SEEN = "help/tour_seen"
_FIRST_AFTER_MS = 1500  # the camera's picture and a question about broken-off work come first
_MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


@dataclass(frozen=True)
class _Step:
    """What is said of which control; the second one is pointed at while the first is not seen."""

    title: str
    text: str
    target: str
    instead: str


class Tour(QObject):
    """Shows one callout after the other over the window, and remembers that it was shown.

    It takes no focus: Space goes on recording, and the window can be used meanwhile. It never
    comes by itself while a window asks something, or over a question about broken-off work.
    """

    def __init__(self, studio: Studio, window: QMainWindow) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self._callout: Callout | None = None
        self._target: QWidget | None = None
        self._place = 0
        self._steps = self._make_steps()
        self._first = QTimer(self, interval=_FIRST_AFTER_MS, singleShot=True)
        self._first.timeout.connect(self._on_first_timeout)

    @property
    def is_shown(self) -> bool:
        """Whether a step is on the screen."""
        return self._callout is not None

    def begin_at_first_start(self) -> None:
        """Begin soon, unless it was seen before."""
        if self._studio.settings.value(_SEEN, False, bool) is not True:
            self._first.start()

    @Slot()
    def begin(self) -> None:
        """Begin with the first step, whatever was seen before."""
        self.end()
        self._first.stop()
        self._studio.settings.setValue(_SEEN, True)
        self._studio.page_requested.emit("capture")
        self._callout = Callout(self._studio.theme, self._window)
        self._callout.next_requested.connect(self._on_next_requested)
        self._callout.skip_requested.connect(self.end)
        self._window.installEventFilter(self)
        handle = self._window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)
        self._show(0)

    @Slot()
    def end(self) -> None:
        """Take the callout away."""
        if self._callout is None:
            return
        self._window.removeEventFilter(self)
        handle = self._window.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
        self._follow(None)
        if self._callout.isAncestorOf(self._callout.focusWidget() or self._window):
            self._window.setFocus()
        self._callout.hide()
        self._callout.deleteLater()
        self._callout = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and watched is self._window.windowHandle():
            is_press = event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat()
            if is_press and event.key() == Qt.Key.Key_Escape:
                self.end()  # the key goes on to what it means below
        elif event.type() in _MOVES:
            QTimer.singleShot(0, self, self._point)
        return False

    def _make_steps(self) -> tuple[_Step, ...]:
        return (
            _Step(
                self.tr("Record"),
                self.tr(
                    "Add a class for each thing on the left. Choose one, show it "
                    "to the camera, and hold this button or Space."
                ),
                "recordButton",
                "capturePage",
            ),
            _Step(
                self.tr("Train"),
                self.tr(
                    "With about 40 images of each class, open Train (Ctrl+2) and start. "
                    "The network learns from them in a few minutes."
                ),
                "trainingPage",
                "trainingPage",
            ),
            _Step(
                self.tr("Predict"),
                self.tr(
                    "Open Predict (Ctrl+3), and the model names what the camera sees. "
                    "F1 shows all keys at any time."
                ),
                "predictionPage",
                "predictionPage",
            ),
        )

    def _show(self, place: int) -> None:
        if self._callout is None:
            return
        self._place = place
        step, count = self._steps[place], len(self._steps)
        progress = self.tr("{place} of {count}").format(place=place + 1, count=count)
        self._callout.set_texts(step.title, step.text, progress, is_last=place + 1 == count)
        self._point()
        self._callout.show()
        self._callout.raise_()

    @Slot()
    def _point(self) -> None:
        if self._callout is None:
            return
        step = self._steps[self._place]
        found = (self._window.findChild(QWidget, name) for name in (step.target, step.instead))
        target = next((each for each in found if each is not None and _is_seen(each)), None)
        self._follow(target)
        if target is not None:
            corner = target.mapTo(self._window, target.rect().topLeft())
            self._callout.point_at(QRect(corner, target.size()))

    def _follow(self, target: QWidget | None) -> None:
        if target is self._target:
            return
        if self._target is not None:
            self._target.removeEventFilter(self)
        self._target = target
        if target is not None:
            target.installEventFilter(self)

    @Slot()
    def _on_next_requested(self) -> None:
        if self._place + 1 < len(self._steps):
            self._show(self._place + 1)
        else:
            self.end()

    @Slot()
    def _on_first_timeout(self) -> None:
        asks = QApplication.activeModalWidget() or QApplication.activePopupWidget()
        offers = self._window.findChildren(BrokenOffOffer)
        if asks is None and not any(offer.isVisible() for offer in offers):
            self.begin()
            for offer in offers:
                offer.asked.connect(self._on_offer_asked)

    @Slot()
    def _on_offer_asked(self) -> None:
        if self._callout is not None and self._place == 0:  # it has hardly begun: next time
            self._studio.settings.setValue(_SEEN, False)
        self.end()


def _is_seen(widget: QWidget) -> bool:
    """Whether it is on the screen and not scrolled or squeezed away."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty()

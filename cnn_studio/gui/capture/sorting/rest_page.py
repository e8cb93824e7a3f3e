"""The photos that are not sure, one by one: large, with the classes as buttons and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.capture.checkup.answer_keys import MOST_NUMBERS, number_keys
from cnn_studio.gui.capture.sorting.rest_walk import OUT
from cnn_studio.gui.figures import images, percent, whole
from cnn_studio.gui.pictures.whole_picture import WholePicture
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.untrusted_text import shown

_CLASSES_WIDTH = 248
_SIDE, _AROUND_WORDS = 12, 56
_KEY = Qt.Key


class RestPage(QWidget):
    """Asks what a photo shows. It never answers by itself.

    Args:
        classes: All classes of the dataset, in order.

    Signals:
        answered(str): The photo shows this class, or none with `OUT`.
        skip_requested, back_requested: Show the next photo, or the one before.
        again_requested: Go through what was skipped.
        finish_requested: Bring in what was decided.
    """

    answered = Signal(str)
    skip_requested = Signal()
    back_requested = Signal()
    again_requested = Signal()
    finish_requested = Signal()

    def __init__(self, classes: Sequence[str], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("restPage")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._classes = tuple(classes)
        self._theme = theme
        self._proposed = ""
        self._keys: dict[str, int] = {}
        self._buttons: list[_ClassButton] = []
        self._title = QLabel(self.tr("What does it show?"), self)
        self._title.setProperty("role", "title")
        self._place = QLabel(self)
        self._place.setObjectName("restPlace")
        self._place.setProperty("role", "quiet")
        self._details = ElidedLabel(self)
        self._details.setObjectName("restDetails")
        self._details.setProperty("role", "quiet")
        self.picture = WholePicture(theme, self)
        self._hint = WrappedLabel(self)
        self._hint.setObjectName("restHint")
        self._hint.setProperty("role", "quiet")
        self._hint.setText(
            self.tr("Enter: it is the one in colour. Right skips, Left goes back, Esc ends.")
        )
        self._over = EmptyState(theme, self)
        self._over.setObjectName("restOver")
        self._asking = QWidget(self)
        self._pages = QStackedWidget(self)
        self._make_buttons()
        self._lay_out()
        self._over.action_requested.connect(self.finish_requested)
        self._over.second_requested.connect(self.again_requested)

    def show_photo(
        self,
        name: str,
        ranked: Sequence[tuple[str, float]],
        *,
        is_unknown: bool,
        answer: str | None,
        place: tuple[int, int],
    ) -> None:
        """Ask about a photo.

        Args:
            name: What its file is called.
            ranked: The classes that are told apart, each with its probability, likeliest first.
            is_unknown: Whether it looks like none of them.
            answer: What was decided of it before; None if nothing was.
            place: Which of all photos it is, from 1, and how many there are.
        """
        number, total = place
        text = self.tr("Photo {number} of {total}")
        self._place.setText(text.format(number=whole(number), total=whole(total)))
        details = [name]
        if is_unknown:
            details.append(self.tr("looks like none of the classes"))
        if answer is not None:
            said = self.tr("left out") if answer == OUT else answer
            details.append(self.tr("decided: {answer}").format(answer=said))
        self._details.setText(" · ".join(details))
        self._back.setEnabled(number > 1)
        self._proposed = ranked[0][0]
        self._show_classes(dict(ranked), [named for named, _share in ranked])
        self._skip.show()
        self._finish.show()
        self._pages.setCurrentWidget(self._asking)
        self.setFocus()

    def show_end(self, decided: int, skipped: int) -> None:
        """Say that all were gone through.

        Args:
            decided: How many go into a class.
            skipped: How many were skipped.
        """
        self._place.clear()
        self._details.setText("")
        self._back.setEnabled(True)
        self._skip.hide()
        self._finish.hide()
        if skipped:
            text = (
                self.tr("1 photo was skipped and stays where it is.")
                if skipped == 1
                else self.tr("{count} photos were skipped and stay where they are.")
            )
            text = text.format(count=whole(skipped))
        else:
            text = self.tr("The photos themselves stay where they are.")
        self._over.set_content(
            "check",
            self.tr("That was the last one"),
            text,
            self.tr("Import {images}").format(images=images(decided))
            if decided
            else self.tr("Close"),
            self.tr("Go through the skipped ones") if skipped else "",
        )
        self._pages.setCurrentWidget(self._over)
        self.setFocus()

    def set_decided(self, count: int) -> None:
        """Say how many go into a class so far."""
        text = self.tr("Import {images}").format(images=images(count))
        self._finish.setText(text if count else self.tr("Close"))
        self._finish.setAccessibleName(self._finish.text())

    def set_image(self, image: QImage | str) -> None:
        """Show the photo, or why it cannot be read."""
        self.picture.set_image(image)

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [
            (self.tr("1 to 9"), self.tr("Put the photo into the class of this number")),
            (self.tr("0"), self.tr("Leave the photo out")),
            (self.tr("Enter"), self.tr("Take what is suggested")),
            (self.tr("Right / S"), self.tr("Skip the photo")),
            (self.tr("Left / Backspace"), self.tr("Back to the photo before")),
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_asking = self._pages.currentWidget() is self._asking
        number = event.key() - _KEY.Key_0
        if event.isAutoRepeat() or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif event.key() in (_KEY.Key_Left, _KEY.Key_Backspace):
            self.back_requested.emit()
        elif event.key() in (_KEY.Key_Return, _KEY.Key_Enter):
            self._press_enter(is_asking)
        elif not is_asking:
            super().keyPressEvent(event)
        elif event.key() in (_KEY.Key_Right, _KEY.Key_S):
            self.skip_requested.emit()
        elif number == 0:
            self.answered.emit(OUT)
        elif 1 <= number <= MOST_NUMBERS:
            self._press_number(number)
        else:
            super().keyPressEvent(event)

    def _press_enter(self, is_asking: bool) -> None:
        """A button that has the focus is pressed by it."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        elif is_asking:
            self.answered.emit(self._proposed)
        else:
            self.finish_requested.emit()

    def _press_number(self, number: int) -> None:
        named = [name for name, key in self._keys.items() if key == number]
        if named:
            self.answered.emit(named[0])

    def _make_buttons(self) -> None:
        self._skip = dialog_button(
            self, "skipPhotoButton", self.tr("Skip"), self.tr("Go on to the next photo (Right)")
        )
        self._back = dialog_button(
            self, "previousPhotoButton", self.tr("Back"), self.tr("The photo before (Left)")
        )
        self._none = dialog_button(
            self,
            "noneOfThemButton",
            self.tr("None of them"),
            self.tr("It shows none of the classes: leave it out (0)"),
        )
        self._other = dialog_button(
            self, "otherClassOfPhotoButton", self.tr("Another class"), self.tr("Every other class")
        )
        self._other.setMenu(QMenu(self._other))
        self._finish = dialog_button(
            self,
            "finishSortButton",
            "",
            self.tr("Bring in what was decided, and leave the others where they are (Esc)"),
        )
        for button in (self._skip, self._back, self._none, self._other, self._finish):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys where they are
        self._skip.clicked.connect(self.skip_requested)
        self._back.clicked.connect(self.back_requested)
        self._none.clicked.connect(partial(self.answered.emit, OUT))
        self._finish.clicked.connect(self.finish_requested)
        self.set_decided(0)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._place)
        self._of_classes = QVBoxLayout()
        self._of_classes.setSpacing(8)
        side = QWidget(self)
        side.setFixedWidth(_CLASSES_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._of_classes)
        column.addWidget(self._other)
        column.addWidget(self._none)
        column.addStretch(1)
        column.addWidget(self._hint)
        row = QHBoxLayout(self._asking)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        row.addWidget(self.picture, 1)
        row.addWidget(side)
        self._pages.addWidget(self._asking)
        self._pages.addWidget(self._over)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._back)
        foot.addWidget(self._skip)
        foot.addStretch(1)
        foot.addWidget(self._finish)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._details)
        layout.addWidget(self._pages, 1)
        layout.addLayout(foot)

    def _show_classes(self, shares: Mapping[str, float], likely: Sequence[str]) -> None:
        """A button for each class; of more than nine the likeliest, in their usual order."""
        shown = set(self._classes)
        if len(self._classes) > MOST_NUMBERS:
            shown = set(likely[:MOST_NUMBERS])
        in_order = [name for name in self._classes if name in shown]
        self._keys = number_keys(self._classes, in_order)
        while len(self._buttons) < len(in_order):
            button = _ClassButton(self._theme, self)
            button.chosen.connect(self.answered)
            self._of_classes.addWidget(button)
            self._buttons.append(button)
        for button, name in zip(self._buttons, in_order, strict=False):
            is_proposed = name == self._proposed
            button.show_class(name, self._keys.get(name, 0), shares.get(name), is_proposed)
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(in_order))
        menu = self._other.menu()
        menu.clear()
        others = [name for name in self._classes if name not in shown]
        for name in others:
            menu.addAction(name.replace("&", "&&"), partial(self.answered.emit, name))
        self._other.setVisible(bool(others))


class _ClassButton(QPushButton):
    """A class that a photo may show, with its key and its probability.

    Signals:
        chosen(str): It is this class.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("photoClassButton")
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._name = ""
        self._before, self._share = "", ""
        self._is_proposed = False
        self.clicked.connect(self._on_clicked)

    def show_class(self, name: str, key: int, share: float | None, is_proposed: bool) -> None:
        """Say which class it is.

        Args:
            name: The class.
            key: Its number key; 0 for none.
            share: Its probability, 0..1; None where that is not known.
            is_proposed: Whether it is what the photo is taken for.
        """
        self._name = name
        self._before = f"{key}   " if key else ""
        self._share = "" if share is None else percent(share, 0)
        self._is_proposed = is_proposed
        keys = [str(key)] if key else []
        keys += [self.tr("Enter")] if is_proposed else []
        text = self.tr("It is {name}").format(name=name)
        tip = f"{text} ({', '.join(keys)})" if keys else text
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setAccessibleDescription(self._share)
        kind = "primary" if is_proposed else ""
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self._fit_text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_text()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self._theme.color("on_accent" if self._is_proposed else "text_quiet"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect().adjusted(0, 0, -_SIDE, 0), flags, self._share)

    def _fit_text(self) -> None:
        metrics = self.fontMetrics()
        around = metrics.horizontalAdvance(self._before + self._share) + _AROUND_WORDS
        elide = Qt.TextElideMode.ElideMiddle
        name = metrics.elidedText(shown(self._name), elide, self.width() - around)
        self.setText(f"{self._before}{name}".replace("&", "&&"))

    @Slot()
    def _on_clicked(self) -> None:
        self.chosen.emit(self._name)

"""A picture that stands in several classes, its files side by side: which is it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.contradictions import Fate, fates
from cnn_studio.data.findings import Finding
from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.checkup.asking_row import AskingRow
from cnn_studio.gui.capture.checkup.class_column import ClassColumn
from cnn_studio.gui.capture.checkup.wording import fate_text, outcome
from cnn_studio.gui.figures import whole
from cnn_studio.gui.pictures.thumbnail_view import PICTURE_SIDE
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.empty_state import EmptyState


class SetPage(QWidget):
    """Asks; it never answers by itself, and has no button that answers for several pictures.

    Args:
        classes: Those of the dataset.

    Signals:
        answered(str): The picture is of this class.
        skip_requested, back_requested: Show the next picture, or the one before.
        again_requested: Go through what was skipped again.
        columns_changed: Another picture is on show.
    """

    answered = Signal(str)
    skip_requested = Signal()
    back_requested = Signal()
    again_requested = Signal()
    columns_changed = Signal()

    def __init__(self, classes: Sequence[str], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("setPage")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._classes = tuple(classes)
        self._theme = theme
        self._finding: Finding | None = None
        self._keys: dict[str, int] = {}
        self._columns: list[ClassColumn] = []
        self._thumbnails = Thumbnails(PICTURE_SIDE, self)
        self._title = QLabel(self.tr("Which is it?"), self)
        self._place = QLabel(self)
        self._why = QLabel(self)
        self._area = QScrollArea(self)
        self._over = EmptyState(theme, self)
        self._pages = QStackedWidget(self)
        self._make_parts()
        self.row = AskingRow(self._buttons(), self)
        self._lay_out()

    @property
    def columns(self) -> Sequence[ClassColumn]:
        """The classes that the picture stands in."""
        return self._columns

    def show_set(
        self, finding: Finding, keys: Mapping[str, int], place: tuple[int, int], can_go_back: bool
    ) -> None:
        """Ask about a picture.

        Args:
            finding: Its files.
            keys: The number keys of its classes.
            place: Which of all pictures in question it is, and how many there are.
            can_go_back: Whether there is one before it.
        """
        number, total = (whole(count) for count in place)
        self._place.setText(
            self.tr("Picture {number} of {total}").format(number=number, total=total)
        )
        self._why.setText(finding.why)
        self._back.setEnabled(can_go_back)
        self._pages.setCurrentWidget(self._area)
        self.row.show()
        if finding != self._finding:
            self.row.dismiss()
            self._finding = finding
            self._keys = dict(keys)
            self._show_columns(finding)

    def show_end(self, skipped: int) -> None:
        """Say that all were gone through, and how many of them were skipped."""
        self.row.dismiss()
        self.row.hide()
        self._finding = None
        self._place.clear()
        self._why.clear()
        text = (
            self.tr("1 picture was skipped and stays in its classes.")
            if skipped == 1
            else self.tr("{count} pictures were skipped and stay in their classes.")
        )
        again = self.tr("Go through them again")
        self._over.set_content(
            "check",
            self.tr("That was the last one"),
            text.format(count=whole(skipped)) if skipped else "",
            again if skipped else "",
        )
        self._pages.setCurrentWidget(self._over)

    def set_image(self, path: Path, image: QImage | str) -> None:
        """An image has been read, or why it cannot be."""
        for column in self._columns:
            if column.samples[0].path == path:
                column.set_image(image)

    def press_number(self, number: int) -> None:
        """Answer with a number key; one that no class in question has does nothing."""
        names = [name for name, key in self._keys.items() if key == number]
        if names and self._finding is not None and not self.row.is_asking:
            self.answered.emit(names[0])

    def shutdown(self) -> None:
        """End the making of small pictures."""
        self._thumbnails.shutdown()

    def _make_parts(self) -> None:
        self._title.setProperty("role", "title")
        self._place.setObjectName("setPlace")
        self._place.setProperty("role", "quiet")
        self._why.setObjectName("setReason")
        self._why.setProperty("role", "quiet")
        self._why.setWordWrap(True)
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self._area.setObjectName("setColumns")
        self._area.setWidgetResizable(True)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._over.action_requested.connect(self.again_requested)

    def _buttons(self) -> QWidget:
        self._skip = dialog_button(
            self,
            "skipSetButton",
            self.tr("Skip, keep them all"),
            self.tr("Keep this picture in all of its classes and go on (S)"),
        )
        self._back = dialog_button(
            self, "previousSetButton", self.tr("Back"), self.tr("The picture before (Backspace)")
        )
        self._other = dialog_button(
            self,
            "otherClassButton",
            self.tr("Another class"),
            self.tr("It is none of these: move it to another class"),
        )
        self._other.setMenu(QMenu(self._other))
        for button in (self._skip, self._back, self._other):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._skip.clicked.connect(self.skip_requested)
        self._back.clicked.connect(self.back_requested)
        usual = QWidget(self)
        row = QHBoxLayout(usual)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._skip)
        row.addWidget(self._back)
        row.addStretch(1)
        row.addWidget(self._other)
        return usual

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._place)
        self._pages.addWidget(self._area)
        self._pages.addWidget(self._over)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._why)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.row)

    def _show_columns(self, finding: Finding) -> None:
        focused = self.focusWidget()
        if focused is not None and self._area.isAncestorOf(focused):
            self.setFocus()  # what has the keyboard goes
        content = QWidget(self)
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self._columns = []
        is_listed = len(finding.samples) > len(finding.classes)
        order = {name: place for place, name in enumerate(self._classes)}
        for name in sorted(finding.classes, key=lambda name: order.get(name, len(order))):
            samples = [sample for sample in finding.samples if sample.class_name == name]
            key = self._keys.get(name, 0)
            column = ClassColumn(
                name, key, samples, is_listed, self._thumbnails, self._theme, content
            )
            column.set_outcome(outcome(fates(finding, name).values()))
            column.chosen.connect(partial(self.answered.emit, name))
            column.pointed_at.connect(partial(self._on_column_pointed_at, name))
            row.addWidget(column, 1)
            self._columns.append(column)
        self._area.setWidget(content)  # deletes the one before
        self._put_in_order()
        self._show_fates("")
        self._fill_menu()
        self.columns_changed.emit()

    def _put_in_order(self) -> None:
        """Tab goes through the columns first, though they were made last."""
        before: QWidget = self
        for widget in (part for column in self._columns for part in (column.files, column.button)):
            self.setTabOrder(before, widget)
            before = widget
        self.setTabOrder(before, self._skip)

    def _fill_menu(self) -> None:
        finding, menu = self._finding, self._other.menu()
        menu.clear()
        others = [name for name in self._classes if finding and name not in finding.classes]
        for name in others:
            action = menu.addAction(name.replace("&", "&&"))
            action.triggered.connect(partial(self._on_other_chosen, name))
        self._other.setVisible(bool(others))

    def _show_fates(self, class_name: str) -> None:
        """Say on each file what becomes of it; without a class, when it stays."""
        finding = self._finding
        if finding is None:
            return
        if class_name:
            found = fates(finding, class_name)
            notes = {sample: self._noted(fate, class_name) for sample, fate in found.items()}
        else:
            notes = self._at_rest(finding)
        for column in self._columns:
            column.set_notes(lambda sample: notes.get(sample, ""))

    def _noted(self, fate: Fate, class_name: str) -> str:
        return fate_text(fate, class_name if fate is Fate.MOVES else "")

    def _at_rest(self, finding: Finding) -> dict[Sample, str]:
        notes = {}
        for name in finding.classes:
            for sample, fate in fates(finding, name).items():
                if sample.class_name == name:  # one that even then goes has a twin in its class
                    is_twin = fate is Fate.GOES
                    notes[sample] = (
                        fate_text(fate) if is_twin else self.tr("stays if {name}").format(name=name)
                    )
        return notes

    def _on_other_chosen(self, name: str, *_checked: bool) -> None:
        self.answered.emit(name)

    @Slot(str, bool)
    def _on_column_pointed_at(self, name: str, is_pointed_at: bool) -> None:
        self._show_fates(name if is_pointed_at else "")

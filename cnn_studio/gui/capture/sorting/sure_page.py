"""The photos that are sure: as many as may be, for what a person promises themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QStackedWidget, QVBoxLayout, QWidget

from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.sorting.sure_groups import SureGroups, SureModel
from cnn_studio.gui.endings import Until
from cnn_studio.gui.figures import images, percent, whole
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.instant.sorting import PROMISED_ERROR, Sorting, by_class

PROMISES = (0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1)
"""The positions of the slider: the share of wrong ones that is allowed."""

_PICTURE_SIDE = 128  # twice what is shown, for screens of scale 2
_SLIDER_WIDTH = 240


class SurePage(QWidget):
    """Shows what would be taken, and takes it.

    Args:
        sorting: The photos, each with the class that is proposed.

    Attributes:
        take: Takes them; Enter presses it.

    Signals:
        take_requested: The photos in `taken` shall be brought in.
        review_requested: None shall be taken; all shall be gone through one by one.
        cancel_requested: Nothing shall be done.
    """

    take_requested = Signal()
    review_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, sorting: Sorting, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("surePage")
        self._sorting = sorting
        self._thumbnails = Thumbnails(_PICTURE_SIDE, self)
        self._thumbnails.set_reader(sorting.read)
        self._model = SureModel(self)
        self._groups = SureGroups(self._model, self._thumbnails, theme, self)
        self._none = EmptyState(theme, self)
        self._parts = QStackedWidget(self)
        self._totals = QLabel(self)
        self._promise = QLabel(self)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._messages = Messages(theme, self)
        self._make_parts()
        self._make_buttons()
        self._lay_out()
        self._show_taken()
        self._tell_left_out()

    @property
    def taken(self) -> list[int]:
        """The photos that are taken, by their places in the sorting."""
        return [int(place) for place in self._sorting.sure(self._promised)]

    def shutdown(self) -> None:
        """End the making of small pictures."""
        self._thumbnails.shutdown()

    @property
    def _promised(self) -> float:
        return PROMISES[self._slider.value()]

    def _make_parts(self) -> None:
        self._totals.setObjectName("sortTotals")
        self._totals.setProperty("role", "title")
        self._promise.setObjectName("sortPromise")
        self._promise.setProperty("role", "quiet")
        self._slider.setObjectName("sortSlider")
        self._slider.setAccessibleName(self.tr("How many of those taken may be wrong"))
        self._slider.setToolTip(
            self.tr("The more may be wrong, the more are taken (Left and Right)")
        )
        self._slider.setRange(0, len(PROMISES) - 1)
        self._slider.setPageStep(1)
        self._slider.setFixedWidth(_SLIDER_WIDTH)
        self._slider.setValue(PROMISES.index(PROMISED_ERROR))
        self._slider.valueChanged.connect(self._on_slider_moved)
        self._none.set_content(
            "images",
            self.tr("None is sure enough"),
            self.tr("Allow more of them to be wrong, or go through them one by one."),
        )

    def _make_buttons(self) -> None:
        self._cancel = dialog_button(
            self, "cancelSortButton", self.tr("Cancel"), self.tr("Bring nothing in (Esc)")
        )
        self._review = dialog_button(
            self,
            "reviewAllButton",
            self.tr("Go through all"),
            self.tr("Take none of them yet; look at all, one by one (Alt+G)"),
        )
        self._review.setShortcut("Alt+G")
        self.take = dialog_button(
            self,
            "takeSureButton",
            "",
            self.tr("Copy them into their classes, and go through the others (Enter)"),
        )
        self.take.setProperty("kind", "primary")
        self.take.setAutoDefault(True)
        self._cancel.clicked.connect(self.cancel_requested)
        self._review.clicked.connect(self.review_requested)
        self.take.clicked.connect(self.take_requested)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._totals, 1)
        head.addWidget(self._promise)
        head.addWidget(self._slider)
        self._parts.addWidget(self._groups)
        self._parts.addWidget(self._none)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._review)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._parts, 1)
        layout.addWidget(self._messages)
        layout.addLayout(foot)

    def _show_taken(self) -> None:
        taking = self._sorting.taking(self._promised)
        places = 1 if self._promised * 100 % 1 else 0
        promised = percent(self._promised, places)
        self._promise.setText(self.tr("At most {share} wrong").format(share=promised))
        text = self.tr("Takes {count} of {total}, about {wrong} of them wrong")
        self._totals.setText(
            text.format(
                count=whole(taking.count),
                total=whole(len(self._sorting)),
                wrong=whole(round(taking.wrong)),
            )
        )
        self._slider.setAccessibleDescription(f"{self._promise.text()}. {self._totals.text()}")
        self.take.setText(self.tr("Take {images}").format(images=images(taking.count)))
        self.take.setAccessibleName(self.take.text())
        self.take.setEnabled(taking.count > 0)
        self.take.setDefault(taking.count > 0)
        self._review.setDefault(taking.count == 0)
        self._parts.setCurrentWidget(self._groups if taking.count else self._none)
        groups = by_class(self._sorting, self.taken)
        photos = self._sorting.photos
        self._model.set_groups(
            {name: [photos[place] for place in group] for name, group in groups.items()}
        )

    def _tell_left_out(self) -> None:
        held, unreadable = self._sorting.held, self._sorting.unreadable
        words = []
        if held:
            words.append(
                _counted(
                    held,
                    self.tr("1 photo is in the dataset already."),
                    self.tr("{count} photos are in the dataset already."),
                )
            )
        if unreadable:
            words.append(
                _counted(
                    unreadable,
                    self.tr("1 file cannot be read."),
                    self.tr("{count} files cannot be read."),
                )
            )
        if words:
            lines = [f"{path}: {reason}" for path, reason in (*unreadable, *held)]
            kind = Kind.WARN if unreadable else Kind.INFO
            self._messages.report(" ".join(words), kind, lines, until=Until.REPLACED)

    @Slot()
    def _on_slider_moved(self) -> None:
        self._show_taken()


def _counted(files: Sequence[tuple[Path, str]], one: str, many: str) -> str:
    return one if len(files) == 1 else many.format(count=whole(len(files)))

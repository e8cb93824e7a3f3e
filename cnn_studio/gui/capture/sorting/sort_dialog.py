"""Photos without classes in a window: the sure ones at once, and then the others one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from cnn_studio.gui.capture.sorting.rest_page import RestPage
from cnn_studio.gui.capture.sorting.rest_walk import RestWalk
from cnn_studio.gui.capture.sorting.sure_page import SurePage
from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.pictures.images_ahead import ImagesAhead
from cnn_studio.gui.theme import Theme
from cnn_studio.instant.sorting import Sorting

_LARGEST, _LEAST = QSize(960, 680), QSize(760, 520)
_AROUND_PX = 32  # of the window behind it


class SortDialog(QDialog):
    """Shows what was found; what is decided is given away, and nothing is changed here.

    Args:
        sorting: The photos, each with the class that is proposed.
        before: What was decided of some photos before it was opened: places to classes.
        title: What the dataset is called.
        classes: All of its classes, in order.
        jobs: What reads photos beside the window.

    Signals:
        taken(list): The photos at these places in the sorting go into the classes proposed.
        answered(int, str): What was decided of the photo at this place: a class, or `OUT`.
        decided(Mapping): The dialog ends, and these photos go into these classes: places to names.
    """

    taken = Signal(list)
    answered = Signal(int, str)
    decided = Signal(object)

    def __init__(
        self,
        sorting: Sorting,
        before: Mapping[int, str],
        title: str,
        classes: Sequence[str],
        jobs: Jobs,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("sortDialog")
        self.setWindowTitle(self.tr("Sort photos into {title}").format(title=title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        room = parent.window().size() - QSize(_AROUND_PX, _AROUND_PX)
        self.resize(room.boundedTo(_LARGEST).expandedTo(_LEAST))
        self._sorting = sorting
        self._before = before
        self._walk = RestWalk([])
        self._images = ImagesAhead(jobs, self)
        self._images.set_reader(sorting.read)
        self.sure = SurePage(sorting, theme, self)
        self.rest = RestPage(classes, theme, self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.sure)
        self._pages.addWidget(self.rest)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.addWidget(self._pages)
        self._connect()

    @property
    def decisions(self) -> dict[int, str]:
        """What was decided of single photos so far: places in the sorting to classes."""
        return self._walk.decided

    def done(self, result: int) -> None:
        """The dialog ends, however it does; what was decided is not lost."""
        decisions, self._walk = self._walk.decided, RestWalk([])
        self.sure.shutdown()
        self.decided.emit(decisions)
        super().done(result)

    def _connect(self) -> None:
        self.sure.take_requested.connect(self._on_sure_take_requested)
        self.sure.review_requested.connect(self._on_sure_review_requested)
        self.sure.cancel_requested.connect(self.reject)
        self.rest.answered.connect(self._on_rest_answered)
        self.rest.skip_requested.connect(self._on_rest_skip_requested)
        self.rest.back_requested.connect(self._on_rest_back_requested)
        self.rest.again_requested.connect(self._on_rest_again_requested)
        self.rest.finish_requested.connect(self.accept)
        self._images.read.connect(self._on_images_read)

    def _go_through(self, taken: Sequence[int]) -> None:
        rest = self._sorting.rest(np.array(taken, np.int64)).tolist()
        if not rest:
            self.accept()
            return
        self._walk = RestWalk(rest, self._before)
        self._pages.setCurrentWidget(self.rest)
        self._show()

    def _show(self) -> None:
        walk, place = self._walk, self._walk.current
        self.rest.set_decided(len(walk.decided))
        if place is None:
            self.rest.show_end(len(walk.decided), walk.skipped)
            return
        path = self._sorting.photos[place]
        self.rest.show_photo(
            path.name,
            self._sorting.ranked(place),
            is_unknown=bool(self._sorting.unknown[place]),
            answer=walk.answer,
            place=(walk.number, walk.total),
        )
        self._show_image(path)
        for one in (place, walk.following):
            if one is not None:
                self._images.ask(self._sorting.photos[one])

    def _show_image(self, path: Path) -> None:
        self.rest.set_image(self._images.at_hand(path) or "")

    @Slot()
    def _on_sure_take_requested(self) -> None:
        taken = self.sure.taken
        self.taken.emit(taken)
        self._go_through(taken)

    @Slot()
    def _on_sure_review_requested(self) -> None:
        self._go_through([])

    @Slot(str)
    def _on_rest_answered(self, name: str) -> None:
        place = self._walk.current
        self._walk.decide(name)
        if place is not None:
            self.answered.emit(place, name)
        self._show()

    @Slot()
    def _on_rest_skip_requested(self) -> None:
        self._walk.skip()
        self._show()

    @Slot()
    def _on_rest_back_requested(self) -> None:
        self._walk.back()
        self._show()

    @Slot()
    def _on_rest_again_requested(self) -> None:
        self._walk.begin_again()
        self._show()

    @Slot(object)
    def _on_images_read(self, path: Path) -> None:
        place = self._walk.current
        if place is not None and self._sorting.photos[place] == path:
            self._show_image(path)

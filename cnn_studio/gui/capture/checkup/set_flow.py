"""Asks about the pictures that stand in several classes, and has the answers carried out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from cnn_studio.data.contradictions import Fate, fates
from cnn_studio.data.findings import Finding
from cnn_studio.gui.capture.checkup.answer_keys import number_keys
from cnn_studio.gui.capture.checkup.finding_tree import FindingTree
from cnn_studio.gui.capture.checkup.fix_offers import MOST_UNASKED
from cnn_studio.gui.capture.checkup.set_page import SetPage
from cnn_studio.gui.capture.checkup.set_walk import SetWalk
from cnn_studio.gui.capture.checkup.wording import decision_question
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.pictures.images_ahead import ImagesAhead
from cnn_studio.vision.images import ImageArray, read_image, shrink_to_fit

_LEAST_PX, _MOST_PX = 400, 900  # of a picture's sides: what is shown of it is not larger


class SetFlow(QObject):
    """Decides which picture is in question; an answer leads on to the next at once."""

    def __init__(
        self,
        page: SetPage,
        tree: FindingTree,
        contents: Contents,
        edits: EditFlow,
        jobs: Jobs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._page = page
        self._tree = tree
        self._contents = contents
        self._edits = edits
        self._walk = SetWalk()
        self._key: object = None  # the kind of findings that are gone through
        self._images = ImagesAhead(jobs, self)
        self._images.set_reader(_read_small)
        self._images.read.connect(self._on_images_read)
        tree.chosen.connect(self._on_tree_chosen)
        page.answered.connect(self._on_page_answered)
        page.skip_requested.connect(self._on_page_skip_requested)
        page.back_requested.connect(self._on_page_back_requested)
        page.again_requested.connect(self._on_page_again_requested)

    def take_back(self, *, every: bool = False) -> None:
        """The last answer is being undone; or `every` answer under way has failed."""
        self._walk.take_back(every=every)
        if self._key is not None:
            self._show()

    @Slot(object)
    def _on_tree_chosen(self, finding: Finding | None) -> None:
        group = self._tree.group
        if finding is None or group is None or not finding.across_classes:
            self._key = None
            return
        one = None if finding is group.whole else finding
        if group.key != self._key:
            self._key = group.key
            self._walk.begin(group.findings, one)
        else:
            self._walk.update(group.findings)
            if one is not None:
                self._walk.go_to(one)
        self._show()

    def _show(self) -> None:
        finding = self._walk.current
        if finding is None:
            self._page.show_end(self._walk.skipped)
            return
        keys = number_keys(self._contents.classes, finding.classes)
        place = self._walk.number, self._walk.total
        self._page.show_set(finding, keys, place, self._walk.can_go_back)
        following = self._walk.following
        for one in (following, finding):  # what is requested last is read first
            for path in _best_of_each(one) if one is not None else ():
                self._images.ask(path)
                self._on_images_read(path)

    @Slot(object)
    def _on_images_read(self, path: Path) -> None:
        image = self._images.at_hand(path)
        if image is not None:
            self._page.set_image(path, image)

    @Slot(str)
    def _on_page_answered(self, class_name: str) -> None:
        finding = self._walk.current
        if finding is None:
            return
        found = list(fates(finding, class_name).values())
        decide = partial(self._decide, finding, class_name)
        if len(found) - found.count(Fate.STAYS) > MOST_UNASKED:
            self._page.row.ask(*decision_question(found, class_name), decide)
        else:
            decide()

    def _decide(self, finding: Finding, class_name: str) -> None:
        if finding is self._walk.current:
            self._walk.answer()
            self._edits.decide(finding, class_name)
            self._show()

    @Slot()
    def _on_page_skip_requested(self) -> None:
        self._walk.skip()
        self._show()

    @Slot()
    def _on_page_back_requested(self) -> None:
        self._walk.back()
        self._show()

    @Slot()
    def _on_page_again_requested(self) -> None:
        self._walk.begin_again()
        self._show()


def _best_of_each(finding: Finding) -> list[Path]:
    """The best file of each class."""
    best: dict[str, Path] = {}
    for sample in finding.samples:
        best.setdefault(sample.class_name, sample.path)
    return list(best.values())


def _read_small(path: Path) -> ImageArray:
    return shrink_to_fit(read_image(path, _LEAST_PX), _MOST_PX)

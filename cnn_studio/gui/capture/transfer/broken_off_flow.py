"""Work that a crash, a kill or a full disk broke off: finished, taken back, or kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from cnn_studio.data.cards import Storage
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.import_notes import broken_imports
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.transfer.broken_imports import ImportOffers
from cnn_studio.gui.capture.transfer.broken_off import BrokenOff
from cnn_studio.gui.capture.transfer.broken_off_offer import BrokenOffOffer
from cnn_studio.gui.capture.transfer.import_flow import ImportFlow
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio

if TYPE_CHECKING:
    from cnn_studio.exporting.export_notes import BrokenExport
    from cnn_studio.gui.capture.transfer.broken_work import WorkOffers
    from cnn_studio.prediction.copy_notes import BrokenCopy

_Found = Callable[[], BrokenOff]


class BrokenOffFlow(QObject):
    """Looks for it when the tab is made and when an import fails, and asks about one at a time.

    Args:
        studio: The state above the tabs.
        offer: Asks.
        imports: Tells what comes of imports, and does the work.
        messages: Tells what comes of all else.
    """

    def __init__(
        self, studio: Studio, offer: BrokenOffOffer, imports: ImportFlow, messages: Messages
    ) -> None:
        super().__init__(imports)
        self._studio = studio
        self._offer = offer
        self._errands = imports.errands
        self._messages = messages
        self._imports = ImportOffers(imports)
        self._work: WorkOffers | None = None
        self._waiting: deque[BrokenOff] = deque()
        self._open: BrokenOff | None = None
        self._answered: set[Path] = set()  # notes that are being seen to
        offer.finish_requested.connect(self._on_offer_finish_requested)
        offer.take_back_requested.connect(self._on_offer_take_back_requested)
        offer.keep_requested.connect(self._on_offer_keep_requested)
        imports.errands.failed.connect(self._on_errands_broke_off)
        imports.errands.cancelled.connect(self._on_errands_broke_off)
        studio.datasets_changed.connect(self.look)
        self.look()

    @Slot()
    def look(self) -> None:
        """Look beside the window what was broken off."""
        datasets = [d for d in self._studio.datasets if d.card.storage is Storage.FOLDERS]
        job = self._studio.jobs.create(partial(self._found, datasets, self._studio.work_notes))
        job.succeeded.connect(self._on_job_succeeded)
        job.start()

    def _found(self, datasets: Iterable[Dataset], notes: Path, task: Task) -> list[_Found]:
        """The job: what there is, each still to be put into words."""
        found: list[_Found] = []
        for dataset in datasets:
            if task.cancelled():
                break
            found += [partial(self._imports.of, broken) for broken in broken_imports(dataset)]
        if notes.is_dir():
            # The window's start need not wait for it.
            from cnn_studio.exporting.export_notes import broken_exports
            from cnn_studio.prediction.copy_notes import broken_copies

            found += [partial(self._of_copy, broken) for broken in broken_copies(notes)]
            found += [partial(self._of_export, broken) for broken in broken_exports(notes)]
        return found

    def _of_copy(self, broken: BrokenCopy) -> BrokenOff:
        return self._work_offers().of_copy(broken)

    def _of_export(self, broken: BrokenExport) -> BrokenOff:
        return self._work_offers().of_export(broken)

    def _work_offers(self) -> WorkOffers:
        if self._work is None:
            from cnn_studio.gui.capture.transfer.broken_work import WorkOffers

            self._work = WorkOffers(self._studio, self._errands, self._messages)
        return self._work

    def _ask_next(self) -> None:
        self._offer.hide()
        self._open = None
        while self._waiting and self._open is None:
            broken = self._waiting.popleft()
            if broken.is_worth_asking:
                self._open = broken
                self._offer.ask(broken)
            else:
                self._in_passing(broken.keep)

    def _take(self) -> BrokenOff | None:
        """What the question was about, which is answered now."""
        broken, self._open = self._open, None
        if broken is not None:
            self._answered.add(broken.note)
        self._ask_next()
        return broken

    def _in_passing(self, work: Callable[[], None]) -> None:
        self._studio.jobs.create(lambda _task: work()).start()

    @Slot()
    def _on_errands_broke_off(self) -> None:
        self._answered.clear()
        self.look()

    @Slot(object)
    def _on_job_succeeded(self, found: list[_Found]) -> None:
        every = [make() for make in found]
        self._waiting = deque(one for one in every if one.note not in self._answered)
        self._ask_next()

    @Slot()
    def _on_offer_finish_requested(self) -> None:
        broken = self._take()
        if broken is not None:
            broken.finish()

    @Slot()
    def _on_offer_take_back_requested(self) -> None:
        broken = self._take()
        if broken is not None:
            broken.take_back()

    @Slot()
    def _on_offer_keep_requested(self) -> None:
        broken = self._take()
        if broken is not None:
            self._in_passing(broken.keep)
            broken.kept()

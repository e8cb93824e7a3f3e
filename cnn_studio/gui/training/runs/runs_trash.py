"""Deletes runs, offers to undo it, and asks before anything is gone for good."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.gui.endings import Until
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.runs.run_edits import RunEdits
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.gui.widgets.undo_bar import UndoBar

_BACK, _REMOVE = "back", "remove"
_BEFORE_THE_NEXT = Until.PAGE | Until.TRAINING


class RunsTrash(QObject):
    """Says in a notice what was done, and offers to undo it in a place of its own.

    Attributes:
        edits: Makes the changes.

    Signals:
        back_requested: The person wants to see the other runs again.
        noted: Notes have been written, or could not be: the list is to be read again.
    """

    back_requested = Signal()
    noted = Signal()

    def __init__(self, studio: Studio, notice: Notice, undo_bar: UndoBar, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._notice = notice
        self._undo_bar = undo_bar
        self._offer = self._said = ""
        self._is_trash = False
        self._deleted: list[Path] = []
        self._to_remove: list[Path] = []
        self.edits = RunEdits(studio.workspace, studio.jobs, self)
        self.edits.noted.connect(self.noted)
        self.edits.trashed.connect(self._on_edits_trashed)
        self.edits.restored.connect(self._on_edits_restored)
        self.edits.removed.connect(self._on_edits_removed)
        self.edits.failed.connect(self._on_edits_failed)
        notice.action_requested.connect(self._on_notice_action_requested)
        notice.closed.connect(self._on_notice_closed)
        undo_bar.undo_requested.connect(self.undo)

    def show(self, is_trash: bool) -> None:
        """The deleted runs are on show, or the others again."""
        self._is_trash = is_trash
        if is_trash:
            self._say_where()
        else:
            self._notice.hide()

    def delete(self, folders: Sequence[Path]) -> None:
        """Move runs to the trash."""
        if folders:
            if self._notice.text == self._said and not self._is_trash:
                self._notice.hide()  # it was of the change before
            self.edits.trash(folders)

    def restore(self, trashed: Sequence[Path]) -> None:
        """Bring runs back."""
        if trashed:
            self.edits.restore(trashed)

    def ask_to_remove(self, trashed: Sequence[Path]) -> None:
        """Ask whether runs shall be gone for good."""
        if trashed:
            self._to_remove = list(trashed)
            text = self.tr("Delete {runs} for good?")
            self._say(
                text.format(runs=wording.runs(len(trashed))),
                Kind.WARN,
                _REMOVE,
                self.tr("Delete"),
                until=Until.RUN,  # others are selected than the question is about
            )

    @Slot()
    def undo(self) -> None:
        """Bring back what was deleted last."""
        deleted, self._deleted = self._deleted, []
        self._undo_bar.withdraw()
        if deleted:
            self.edits.restore(deleted)

    def _say_where(self) -> None:
        text = self.tr("These can be restored.")
        self._say(text, Kind.INFO, _BACK, self.tr("Back"), until=Until.REPLACED)

    def _say(
        self, text: str, kind: Kind, offer: str = "", button: str = "", *, until: Until
    ) -> None:
        self._offer, self._said = offer, text
        self._notice.show_message(text, kind, button, until=until)

    @Slot()
    def _on_notice_action_requested(self) -> None:
        if self._offer == _BACK:
            self.back_requested.emit()
        elif self._offer == _REMOVE:
            self.edits.remove(self._to_remove)

    @Slot()
    def _on_notice_closed(self) -> None:
        if self._is_trash and self._offer == _REMOVE:  # the question is over, not where one is
            self._say_where()

    @Slot(list)
    def _on_edits_trashed(self, trashed: list[Path]) -> None:
        self._deleted = trashed
        text = self.tr("{runs} deleted.").format(runs=wording.runs(len(trashed)))
        self._undo_bar.offer(text)
        self._studio.runs_changed.emit()

    @Slot(list)
    def _on_edits_restored(self, folders: list[Path]) -> None:
        self._deleted = []
        text = self.tr("{runs} restored.").format(runs=wording.runs(len(folders)))
        self._undo_bar.withdraw()
        if self._is_trash:
            self._say(text, Kind.GOOD, _BACK, self.tr("Back"), until=Until.REPLACED)
        else:
            self._say(text, Kind.GOOD, until=_BEFORE_THE_NEXT)
        self._studio.runs_changed.emit()

    @Slot(list)
    def _on_edits_removed(self, _trashed: list[Path]) -> None:
        self._to_remove = []
        self._deleted = []
        self._undo_bar.withdraw()
        self._say_where()
        self._studio.runs_changed.emit()

    @Slot(str)
    def _on_edits_failed(self, sentence: str) -> None:
        self._say(sentence, Kind.ERROR, until=_BEFORE_THE_NEXT)
        self._studio.runs_changed.emit()  # some of it may have been done

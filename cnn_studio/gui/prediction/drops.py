"""Whether what is dragged over the tab is a model or pictures, found out beside the window."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.gui.jobs import Jobs, OneJob, Task
from cnn_studio.models.opening.kinds import MODEL_SUFFIXES, is_model


class Drops(QObject):
    """Looks into a zip or a folder while it is dragged; a drop waits for what is found.

    Signals:
        model_dragged: What is held over the tab is a model.
        model_dropped(Path): A model was dropped.
        pictures_dropped(list): Anything else was.
    """

    model_dragged = Signal()
    model_dropped = Signal(object)
    pictures_dropped = Signal(list)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths: list[Path] = []
        self._is_model: bool | None = None
        self._is_dropped = False
        self._looked_at = Path()
        self._looking = OneJob(jobs, self)
        self._looking.succeeded.connect(self._on_looking_succeeded)
        self._looking.failed.connect(self._on_looking_failed)
        self._looking.finished.connect(self._on_looking_finished)

    @property
    def is_model(self) -> bool:
        """Whether what was dragged in last is known to be a model."""
        return self._is_model is True

    @property
    def may_be_model(self) -> bool:
        """Whether what was dragged in last is a model, or may yet turn out to be one."""
        return self._is_model is not False

    def drag(self, paths: Sequence[Path]) -> None:
        """These are held over the tab."""
        self._paths, self._is_dropped = list(paths), False
        self._is_model = _by_name(self._paths)
        self._look()

    def drop(self) -> None:
        """They are let go of."""
        self._is_dropped = True
        self._hand_on()

    def _look(self) -> None:
        if self._is_model is None and not self._looking.is_running:
            self._looked_at = self._paths[0]
            self._looking.start(partial(_looked_into, self._looked_at))

    def _hand_on(self) -> None:
        if self._is_model is None or not self._is_dropped:
            return
        self._is_dropped = False
        if self._is_model:
            self.model_dropped.emit(self._paths[0])
        else:
            self.pictures_dropped.emit(self._paths)

    @Slot(object)
    def _on_looking_succeeded(self, found: bool) -> None:
        if self._is_model is not None or self._paths != [self._looked_at]:
            return  # about something that was dragged before
        self._is_model = found
        if found and not self._is_dropped:
            self.model_dragged.emit()
        self._hand_on()

    @Slot(str)
    def _on_looking_failed(self, _sentence: str) -> None:
        self._on_looking_succeeded(False)  # whoever classifies it says what is wrong with it

    @Slot()
    def _on_looking_finished(self) -> None:
        self._look()


def _by_name(paths: Sequence[Path]) -> bool | None:
    """Whether that is a model; None where one must look into it."""
    if len(paths) != 1:
        return False
    suffix = paths[0].suffix.lower()
    if suffix == ".zip" or paths[0].is_dir():
        return None
    return suffix in MODEL_SUFFIXES


def _looked_into(path: Path, _task: Task) -> bool:
    return is_model(path)

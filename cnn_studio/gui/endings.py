"""What ends a message. Each is given that when it is shown, so that none outlives its cause."""

from __future__ import annotations

from enum import Flag, auto

from PySide6.QtCore import QObject, Signal


class Until(Flag):
    """What a message stays for; whichever of several comes first ends it.

    The next message in its place ends it in any case, and so do its cross and the end of its
    window. Where nothing else does, it is `REPLACED`.
    """

    REPLACED = 0
    DATASET = auto()
    """Another dataset is chosen."""
    CHANGE = auto()
    """The next change of the dataset begins: an edit, a recording, an import."""
    SHOWN = auto()
    """Other images are on show: of another class, or by another filter."""
    READ = auto()
    """The dataset's folder can be read again."""
    PAGE = auto()
    """Another tab is opened."""
    CAMERA_WORKS = auto()
    """The camera gives pictures."""
    CAMERA_CHOSEN = auto()
    """Another camera is chosen, or the list of them is another one."""
    TRAINING = auto()
    """A training begins or ends."""
    RUN = auto()
    """Another run is selected."""
    MODEL = auto()
    """Another model is opened."""
    WORK = auto()
    """The work that it speaks of is over."""


AFTER_A_CHANGE = Until.CHANGE | Until.DATASET
"""For what is said of the last change of a dataset."""


class Endings(QObject):
    """Tells all messages what has come about.

    Signals:
        came(Until): Messages that stay until this are over.
    """

    came = Signal(object)

    def end(self, until: Until) -> None:
        """Say that something has come about, before anything is said about it."""
        self.came.emit(until)

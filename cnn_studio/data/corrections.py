"""Corrections: frames that a model got wrong, kept in the class that they show."""

from __future__ import annotations

import threading

from cnn_studio.data.class_changes import deletion
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import DatasetError
from cnn_studio.vision.images import ImageArray

SESSION_GAP_S = 30.0


class Corrections:
    """Saves corrected frames into a dataset and takes them back. Safe to use from several threads.

    They are sessions of a kind of their own, which a split never holds back. Frames of one class
    that follow each other within `SESSION_GAP_S` are one session, as they look alike.

    Args:
        folders: The dataset.
    """

    def __init__(self, folders: ClassFolders) -> None:
        self.folders = folders
        self._working = threading.Lock()
        self._samples: list[Sample] = []
        self._session = Session.new(SessionKind.CORRECTION)
        self._sequence = 0
        self._class_name = ""
        self._captured_s = 0.0

    @property
    def count(self) -> int:
        """How many there are that were not taken back."""
        return len(self._samples)

    def add(self, class_name: str, image_rgb: ImageArray, captured_s: float) -> Sample:
        """Save a frame.

        Args:
            class_name: The class that it shows.
            image_rgb: The frame as the camera gave it: (height, width, 3), uint8, RGB.
            captured_s: When it was taken, by time.monotonic().

        Raises:
            DatasetError: The dataset cannot be changed or written to, has no such class, or this
                frame was just saved there.
            ImageError: The pixels cannot be encoded.
        """
        with self._working:
            self.folders.check_changeable()
            if class_name not in self.folders.classes():
                title = self.folders.dataset.title
                raise DatasetError(
                    f"{title} has no class {class_name} any more. Add it in the capture tab first."
                )
            if (class_name, captured_s) == (self._class_name, self._captured_s):
                raise DatasetError(f"This picture is saved as {class_name} already.")
            if class_name != self._class_name or captured_s - self._captured_s > SESSION_GAP_S:
                self._session, self._sequence = Session.new(SessionKind.CORRECTION), 0
            self._class_name, self._captured_s = class_name, captured_s
            self._sequence += 1
            sample = self.folders.add_image(class_name, image_rgb, self._session, self._sequence)
            self._samples.append(sample)
            return sample

    def undo(self) -> Sample | None:
        """Move the newest one to the dataset's trash; None if there is none.

        Raises:
            DatasetError: The system does not allow it, and everything is as it was.
        """
        with self._working:
            if not self._samples:
                return None
            sample = self._samples[-1]
            self.folders.carry_out(deletion(self.folders, [sample]))
            self._class_name = ""
            return self._samples.pop()

"""Corrections: pictures that a model got wrong, kept in the class that they show."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.class_changes import deletion
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.dataset_hold import Use, dataset_hold
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import DatasetError
from cnn_studio.vision.images import ImageArray

SESSION_GAP_S = 30.0


_Store = Callable[[Session, int], Sample]


@dataclass(frozen=True)
class _Correction:
    """A picture that was saved, and what it was: a frame by its time, a file by its place."""

    sample: Sample
    origin: float | tuple[Path, float | None]


class Corrections:
    """Saves corrected pictures into a dataset, takes them back. Safe to use from several threads.

    They are sessions of a kind of their own, which a split never holds back. Pictures of one class
    that follow each other within `SESSION_GAP_S` are one session, as they look alike.

    A picture shows one thing: what was saved into another class before is taken back first.

    Args:
        folders: The dataset.
    """

    def __init__(self, folders: ClassFolders) -> None:
        self.folders = folders
        self._working = threading.Lock()
        self._kept: list[_Correction] = []
        self._session = Session.new(SessionKind.CORRECTION)
        self._sequence = 0
        self._class_name = ""
        self._captured_s = 0.0

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Those that were neither taken back nor settled, the newest last."""
        return tuple(each.sample for each in self._kept)

    @property
    def count(self) -> int:
        """How many those are."""
        return len(self._kept)

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

        def store(session: Session, sequence: int) -> Sample:
            return self.folders.add_image(class_name, image_rgb, session, sequence)

        return self._add(class_name, captured_s, captured_s, store)

    def add_file(
        self, class_name: str, data: bytes, suffix: str, path: Path, time_s: float | None = None
    ) -> Sample:
        """Save a picture that lies in a file.

        Args:
            class_name: The class that it shows.
            data: An image file's bytes, which are kept as they are.
            suffix: How its name ends, as in ".png".
            path: Where it lies; within a zip, the zip's path and then the entry's.
            time_s: When it is shown, where it is a frame of a video.

        Raises:
            DatasetError: As for `add`, or the file is one of the dataset's own images.
        """
        dataset = self.folders.dataset
        if path.resolve().is_relative_to(dataset.folder.resolve()):
            raise DatasetError(
                f"{path.name} is an image of {dataset.title} already, in the class "
                f"{path.parent.name}. If it shows something else, move it in the capture tab."
            )

        def store(session: Session, sequence: int) -> Sample:
            return self.folders.add_encoded(class_name, data, suffix, session, sequence)

        return self._add(class_name, (path, time_s), time.monotonic(), store)

    def _add(
        self,
        class_name: str,
        origin: float | tuple[Path, float | None],
        captured_s: float,
        store: _Store,
    ) -> Sample:
        with self._working, dataset_hold(self.folders.dataset.folder, Use.RECORDING):
            self.folders.check_changeable()
            if class_name not in self.folders.classes():
                title = self.folders.dataset.title
                raise DatasetError(
                    f"{title} has no class {class_name} any more. Add it in the capture tab first."
                )
            self._forget_lost()
            before = next((each for each in self._kept if each.origin == origin), None)
            if before is not None and before.sample.class_name == class_name:
                raise DatasetError(f"This picture is saved as {class_name} already.")
            if before is not None:
                self._take_back(before)
            if class_name != self._class_name or captured_s - self._captured_s > SESSION_GAP_S:
                self._session, self._sequence = Session.new(SessionKind.CORRECTION), 0
            self._class_name, self._captured_s = class_name, captured_s
            self._sequence += 1
            sample = store(self._session, self._sequence)
            self._kept.append(_Correction(sample, origin))
            return sample

    def undo(self) -> Sample | None:
        """Move the newest one to the dataset's trash; None if there is none.

        Raises:
            DatasetError: The system does not allow it, and everything is as it was.
        """
        with self._working:
            self._forget_lost()
            return self._take_back(self._kept[-1]) if self._kept else None

    def settle(self, samples: Collection[Sample]) -> None:
        """Count these no more: they were learned. They can be taken back in the capture tab."""
        with self._working:
            self._kept = [each for each in self._kept if each.sample not in samples]

    def _forget_lost(self) -> None:
        """What was deleted or moved elsewhere meanwhile is nothing to take back."""
        self._kept = [each for each in self._kept if each.sample.path.is_file()]

    def _take_back(self, correction: _Correction) -> Sample:
        self.folders.carry_out(deletion(self.folders, [correction.sample]))
        self._class_name = ""
        self._kept.remove(correction)
        return correction.sample

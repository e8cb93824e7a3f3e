"""Which size of picture a webcam is asked for, and which ones there are to choose from."""

from __future__ import annotations

from urllib.parse import quote

from PySide6.QtCore import QSettings

from cnn_studio.camera.frame_size import SIZES, FrameSize, parse_size
from cnn_studio.camera.webcam import SizeAnswer
from cnn_studio.errors import UsageError

_SIZE = "camera/size/{camera}"


class CameraSizes:
    """Remembers the choice for each webcam, and learns what it does not have.

    Only Linux can ask a webcam for its sizes. Elsewhere all usual ones are offered, and one that
    was asked for and not given is offered no more until the program is started again.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._refused: set[tuple[str, FrameSize]] = set()

    def wanted(self, camera: str) -> FrameSize | None:
        """The size chosen for a webcam before; None if there is none."""
        text = self._settings.value(_key(camera))
        try:
            return parse_size(str(text)) if text else None
        except UsageError:  # edited by hand
            return None

    def choose(self, camera: str, size: FrameSize) -> None:
        """Remember a choice."""
        self._settings.setValue(_key(camera), str(size))

    def learn(self, camera: str, answer: SizeAnswer) -> bool:
        """Take in what a webcam gives; whether it is what it was asked for.

        What it gives instead is remembered as the choice.
        """
        if answer.asked is None or answer.asked == answer.given:
            return True
        self._refused.add((camera, answer.asked))
        self.choose(camera, answer.given)
        return False

    def choices(self, camera: str, answer: SizeAnswer) -> list[FrameSize]:
        """The sizes to choose from, smallest first; what it gives now is always among them."""
        offered = answer.offered or SIZES
        kept = {size for size in offered if (camera, size) not in self._refused}
        return sorted(kept | {answer.given})


def _key(camera: str) -> str:
    return _SIZE.format(camera=quote(camera, safe=""))

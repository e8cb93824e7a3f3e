"""What the preview of augmentation shows, and what it asks the engine for."""

from __future__ import annotations

import itertools
from enum import StrEnum

from cnn_studio.training.events import Previewed
from cnn_studio.training.request import PreviewRequest
from cnn_studio.training.samples import Samples
from cnn_studio.training.strengths import Augmentation
from cnn_studio.vision.images import ImageArray

_NUMBERS = itertools.count(1)  # of all that is asked, whoever asks


class PreviewPhase(StrEnum):
    """What is on show, and why."""

    READING = "reading"
    EMPTY = "empty"
    UNVARIED = "unvaried"
    WARMING = "warming"
    ENGINELESS = "engineless"
    BUSY = "busy"
    VARYING = "varying"
    VARIED = "varied"
    FAILED = "failed"


class PreviewState:
    """Numbers the requests, and takes no answer but that to the newest."""

    def __init__(self) -> None:
        self._number = next(_NUMBERS)
        self.begin(Augmentation.OFF)

    @property
    def pictures(self) -> ImageArray | None:
        """What to show: (n, size, size, channels), uint8; None as long as there is nothing."""
        if self._samples is None:
            return None
        shows_varied = self.phase in (PreviewPhase.VARYING, PreviewPhase.VARIED)
        if shows_varied and self._varied is not None:
            return self._varied
        return self._samples.pixels

    @property
    def varied(self) -> ImageArray | None:
        """The newest answer, (n, size, size, channels), uint8; None as long as there is none."""
        return self._varied

    @property
    def phase(self) -> PreviewPhase:
        """What is on show, and why."""
        if self._samples is None:
            return PreviewPhase.READING
        if len(self._samples.pixels) == 0:
            return PreviewPhase.EMPTY
        if self._strengths == Augmentation.OFF:
            return PreviewPhase.UNVARIED
        if self._is_training:
            return PreviewPhase.BUSY
        if not self._is_ready:
            return PreviewPhase.ENGINELESS if self._problem else PreviewPhase.WARMING
        if self._waits:
            return PreviewPhase.VARYING
        return PreviewPhase.FAILED if self._varied is None else PreviewPhase.VARIED

    def begin(self, strengths: Augmentation) -> None:
        """Start again, with samples that are yet to come."""
        self._samples: Samples | None = None
        self._varied: ImageArray | None = None
        self._strengths = strengths
        self._seed = 1
        self._ask_again()
        self._is_ready = self._is_training = False
        self._problem = ""

    def set_samples(self, samples: Samples) -> None:
        """These were read."""
        self._samples = samples

    def set_strengths(self, strengths: Augmentation) -> None:
        """Others are to be shown; the same draw with another strength."""
        if strengths != self._strengths:
            self._strengths = strengths
            self._ask_again()

    def shuffle(self) -> None:
        """Show another draw."""
        self._seed += 1
        self._ask_again()

    def ask_again(self) -> None:
        """Nobody answered, since somebody else has asked since."""
        self._ask_again()

    def set_engine(self, *, is_ready: bool, is_training: bool, problem: str = "") -> None:
        """Whether TensorFlow is loaded, has a training in hand, or why it does not run."""
        self._problem = problem
        if (is_ready, is_training) != (self._is_ready, self._is_training):
            self._is_ready, self._is_training = is_ready, is_training
            self._ask_again()  # an engine that was lost answers no more

    def request(self) -> PreviewRequest | None:
        """What to ask the engine now; None if there is nothing to ask, or it could not answer."""
        if self.phase is not PreviewPhase.VARYING or self._samples is None:
            return None
        return PreviewRequest(
            self._number, self._samples.pixels, self._samples.input, self._strengths, self._seed
        )

    def take(self, told: Previewed) -> bool:
        """Take an answer; False if it is one to an older question."""
        if told.number != self._number:
            return False
        self._varied = told.pixels
        self._waits = False
        return True

    def _ask_again(self) -> None:
        self._number = next(_NUMBERS)  # what is still on its way belongs to nobody
        self._waits = True

"""A process of its own in which model files of other people are tried before the window has them.

What a file can do to native code, it does there: a crash, a hang or a lack of memory ends that
process, and here becomes a sentence. Only JSON comes back from it, which cannot carry a program.
"""

from __future__ import annotations

import base64
import json
import multiprocessing
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.bundle import Bundle
from cnn_studio.models.fields import Fields
from cnn_studio.models.opening.labels import Labels
from cnn_studio.models.opening.pixel_signs import PixelSign
from cnn_studio.models.opening.trial_process import serve
from cnn_studio.models.output_kinds import OutputKind
from cnn_studio.models.pixel_values import PixelRange, Quantisation
from cnn_studio.untrusted_files import json_in
from cnn_studio.vision.images import ImageArray

LITE_LIMIT_S = 20.0
KERAS_LIMIT_S = 120.0
"""TensorFlow alone takes 5 s to import, and more on a busy machine."""

_ANSWER = "The trial's answer"
_START_LIMIT_S = 60.0
_EXIT_S = 5.0
_POLL_S = 0.1
_MOST_ANSWER_BYTES = 16 << 20


class TrialDiedError(ModelError):
    """The process that tried a file has crashed or was ended by the system."""


class TrialSlowError(ModelError):
    """A file took too long."""


class TrialEndedError(ModelError):
    """It was cancelled before the file was known."""


@dataclass(frozen=True)
class Tried:
    """What a network that was tried takes and gives.

    Attributes:
        shape: Of the image, (height, width, channels).
        num_classes: How many probabilities it gives.
        input_kind: How its input stores numbers.
        described: What the file itself says of the model; None where it says nothing.
        outputs: What its numbers are.
        pixels: What in the file tells its pixels; None where nothing does.
        labels: Class names in the file.
        is_free: Whether it takes images of any size.
        is_usual_size: Whether `shape` is then only what is usual, because nothing says more.
    """

    shape: tuple[int, ...]
    num_classes: int
    input_kind: Quantisation
    described: Bundle | None = None
    outputs: OutputKind = OutputKind.PROBABILITIES
    pixels: PixelSign | None = None
    labels: tuple[Labels, ...] = ()
    is_free: bool = False
    is_usual_size: bool = False


class Trial:
    """The process, started when it is first needed, and again when a file has ended it.

    A context manager; used by one thread.

    Args:
        cancelled: Called ten times a second while a file is tried; once it returns True, that ends.
    """

    def __init__(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        self._cancelled = cancelled
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Trial:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def network(self, path: Path, known: Bundle | None = None, size: int | None = None) -> Tried:
        """Open a .tflite or .onnx file and run it on a few images.

        Args:
            path: The file.
            known: How it is used, unless the file itself says so; None where that is to be found.
            size: Height and width of its images, where it takes any; None finds one.

        Raises:
            ModelError: It cannot be used, or ended the process.
        """
        request = {
            "form": path.suffix,
            "path": str(path),
            "known": None if known is None else known.to_dict(),
            "size": size,
        }
        answer = self._ask(request, LITE_LIMIT_S)
        kind = Quantisation(
            np.dtype(answer.text("dtype")), answer.number("scale"), int(answer.number("zero_point"))
        )
        described = (
            Bundle.from_dict(answer.mapping("described")) if answer.has("described") else None
        )
        labels = (Fields(one, _ANSWER) for one in answer.items("labels"))
        return Tried(
            shape=tuple(int(side) for side in answer.items("shape")),
            num_classes=answer.whole("classes"),
            input_kind=kind,
            described=described,
            outputs=OutputKind(answer.text("outputs")),
            pixels=answer.part("pixels", PixelSign.from_dict),
            labels=tuple(Labels(one.text("source"), one.texts("names")) for one in labels),
            is_free=answer.value("is_free") is True,
            is_usual_size=answer.value("is_usual_size") is True,
        )

    def answers(
        self, path: Path, prepared: ImageArray, ranges: Sequence[PixelRange], outputs: OutputKind
    ) -> list[NDArray[np.float32]]:
        """What a network says of one image, should its pixels be of each of several ranges.

        Args:
            path: A .tflite or .onnx file.
            prepared: Pixels (size, size, channels), uint8, as `prepare` gives them.
            ranges: What a black and a white pixel may be for it.
            outputs: What it gives.

        Returns:
            The probability of each class for each range, (classes,), float32.

        Raises:
            ModelError: It cannot be run, or ended the process.
        """
        request = {
            "form": path.suffix,
            "path": str(path),
            "image": base64.b64encode(prepared.tobytes()).decode("ascii"),
            "ranges": [pixels.to_value() for pixels in ranges],
            "size": prepared.shape[0],
            "outputs": str(outputs),
        }
        answer = self._ask(request, LITE_LIMIT_S)
        return [np.array(row, np.float32) for row in answer.items("answers")]

    def convert_keras(
        self, path: Path, target: Path, architecture: Path | None = None
    ) -> PixelSign | None:
        """Load a Keras network of allowed layers and write its LiteRT form.

        Args:
            path: A .keras file that `checked_keras` made, or an .h5 file of anyone's.
            target: Where the LiteRT form shall stand.
            architecture: A JSON file with the config of a network whose weights an .h5 file has.

        Returns:
            What a black and a white pixel are, where the layers of an .h5 file tell; else None.

        Raises:
            ModelError: It cannot be loaded or converted, or ended the process.
        """
        request = {
            "form": path.suffix,
            "path": str(path),
            "target": str(target),
            "architecture": None if architecture is None else str(architecture),
        }
        try:
            answer = self._ask(request, KERAS_LIMIT_S)
        except TrialDiedError as error:
            raise TrialDiedError(
                f"{error} It may be too large to be converted here: ask for it as .tflite or .onnx."
            ) from error
        return answer.part("pixels", PixelSign.from_dict)

    @property
    def process_id(self) -> int | None:
        """The process's number with the system, or None if there is none."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """End the process."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join(_EXIT_S)
            self._process.close()
        self._process = self._connection = None

    def _ask(self, request: dict[str, Any], limit_s: float) -> Fields:
        connection = self._connection or self._start()
        try:
            connection.send_bytes(json.dumps(request).encode("utf-8"))
            if not self._has_answer(connection, limit_s):
                self.close()
                raise TrialSlowError(
                    f"The model took more than {limit_s:.0f} seconds to open, so it was given up."
                )
            data = connection.recv_bytes(_MOST_ANSWER_BYTES)
        except (OSError, EOFError) as error:
            code = self._code()
            raise TrialDiedError(
                f"The model crashes a program that opens it, so it is not opened (code {code})."
            ) from error
        # A file may have made the process say anything.
        answer = Fields(json_in(data, _ANSWER, ModelError), _ANSWER)
        if answer.has("refused"):
            raise ModelError(answer.text("refused"))
        return answer

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=serve, args=(theirs,), name="cnn-studio-trial", daemon=True
        )
        try:
            process.start()
        except OSError as error:
            ours.close()
            raise ModelError(
                f"The model cannot be tried out first ({error.strerror or error}), so it is not "
                "opened. Close other programs and try again."
            ) from error
        finally:
            theirs.close()
        self._process, self._connection = process, ours
        if not self._has_answer(ours, _START_LIMIT_S):
            self.close()
            raise TrialSlowError("The process that tries models did not start in time.")
        try:
            ours.recv_bytes(_MOST_ANSWER_BYTES)
        except (OSError, EOFError) as error:
            raise TrialDiedError(
                f"The process that tries models ended (code {self._code()})."
            ) from error
        return ours

    def _has_answer(self, connection: Connection, limit_s: float) -> bool:
        """Wait for an answer.

        Raises:
            TrialEndedError: It was cancelled.
        """
        latest_s = time.monotonic() + limit_s
        while not connection.poll(min(_POLL_S, max(0.0, latest_s - time.monotonic()))):
            if self._cancelled():
                self.close()
                raise TrialEndedError("It was ended before the model was open.")
            if time.monotonic() >= latest_s:
                return False
        return True

    def _code(self) -> int | None:
        if self._process is None:
            return None
        self._process.join(_EXIT_S)
        code = self._process.exitcode
        self.close()
        return code

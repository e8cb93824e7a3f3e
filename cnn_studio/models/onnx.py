"""A model as an ONNX file, run by ONNX Runtime where that is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.image_layout import ImageLayout, SizeError
from cnn_studio.models.lite import LiteOutputs
from cnn_studio.models.model_files import read_model
from cnn_studio.models.opening.network_content import refusal_of_content
from cnn_studio.models.output_kinds import OutputKind
from cnn_studio.models.pixel_values import OUR_RANGE, PixelFeed, PixelRange, Quantisation
from cnn_studio.vision.images import ImageArray

_KINDS = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(uint8)": np.uint8,
}
_BY_NAME = "seq(map(string,tensor(float)))"
_NOT_KNOWN = ("nsupported", "NOT_IMPLEMENTED", "not a registered function", "under development")


def load_runtime() -> Any:
    """ONNX Runtime.

    Raises:
        ModelError: It is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(
            "ONNX files need ONNX Runtime, which is not installed. Install it with: "
            "pip install onnxruntime"
        ) from error
    return onnxruntime


class OnnxModel:
    """A loaded model.onnx; see LiteModel, whose place it takes.

    Args:
        path: The file. It takes one image, (batch, height, width, channels) or, as PyTorch writes
            it, (batch, channels, height, width).
        threads: How many threads compute.
        pixel_range: What a black and a white pixel are for the network.
        outputs: What it gives.
        size: Height and width of its images, where it takes any.

    Attributes:
        is_free: Whether it takes images of any size.
        class_names: Those that it gives with its numbers, as Custom Vision's do; else empty.

    Raises:
        ModelError: The file is missing or damaged, takes and gives what cannot be used, or ONNX
            Runtime is not installed.
    """

    def __init__(
        self,
        path: Path,
        *,
        threads: int = 2,
        pixel_range: PixelRange = OUR_RANGE,
        outputs: OutputKind = OutputKind.PROBABILITIES,
        size: int | None = None,
    ) -> None:
        runtime = load_runtime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4  # its errors are raised as well
        content = read_model(path)
        try:
            # From bytes, so that it cannot lead to other files. Where there is something to fall
            # back to, ONNX Runtime prints on stdout whatever an error says, and tries again.
            self._session: Any = runtime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"], enable_fallback=0
            )
        except Exception as error:  # ONNX Runtime's own errors have no common class
            raise ModelError(f"{path} {_refusal(content, error)}") from error
        inputs, given = self._session.get_inputs(), self._session.get_outputs()
        layout = _layout(path, inputs)
        self.is_free = layout.is_free
        try:
            self._name = inputs[0].name
            self._stored = np.dtype(_KINDS[inputs[0].type])
            self._answer = _answer_among(path, given)
        except UnicodeDecodeError as error:
            raise ModelError(f"{path} is damaged: a name in it is no text.") from error
        self._outputs = outputs
        is_bytes = self._stored == np.uint8
        self.input_kind = Quantisation(np.dtype(np.uint8 if is_bytes else np.float32))
        self._feed = PixelFeed(
            pixel_range,
            self.input_kind,
            layout.channels,
            is_channels_first=layout.is_channels_first,
        )
        self.input_shape: tuple[int, ...] = layout.shape(size)
        self.class_names: tuple[str, ...] = ()
        try:
            first = self._told(np.zeros(self.input_shape, np.uint8))
        except Exception as error:
            side = self.input_shape[0]
            if layout.is_free:
                sentence = f"{path} does not work for images of {side} x {side} pixels."
                raise SizeError(sentence) from error
            raise ModelError(f"{path} cannot be run ({type(error).__name__}).") from error
        answer = first[self._answer]
        if given[self._answer].type == _BY_NAME:
            self.class_names = tuple(map(str, answer[0]))
        elif max(answer.shape, default=0) != answer.size:
            raise ModelError(f"{path} must give one number a class, not {list(answer.shape)}.")
        self.num_classes = 2 if outputs.is_single else len(self._numbers(answer))

    def probabilities(self, prepared: ImageArray) -> NDArray[np.float32]:
        """Run the model on one image; see LiteModel."""
        return self.run(prepared).probabilities

    def run(self, prepared: ImageArray) -> LiteOutputs:
        """Run the model on one image, and ask for all that it tells; see LiteModel."""
        told = self._told(prepared)
        numbers = self._numbers(told[self._answer])
        others = [np.asarray(part) for place, part in enumerate(told) if place != self._answer]
        inner = {part.ndim: part[0] for part in others if part.dtype == np.float32 and part.ndim}
        return LiteOutputs(self._outputs.probabilities(numbers), inner.get(2), inner.get(4))

    def given(self, prepared: ImageArray) -> NDArray[np.float32]:
        """What the network itself gives for one image, (outputs,), float32, whatever it is."""
        return self._numbers(self._told(prepared)[self._answer])

    def _told(self, prepared: ImageArray) -> list[Any]:
        values = self._feed(prepared)[np.newaxis].astype(self._stored)
        told: list[Any] = self._session.run(None, {self._name: np.ascontiguousarray(values)})
        return told

    def _numbers(self, answer: Any) -> NDArray[np.float32]:
        if self.class_names:
            return np.array([answer[0][name] for name in self.class_names], np.float32)
        return np.asarray(answer, np.float32).reshape(-1)


def _layout(path: Path, inputs: Any) -> ImageLayout:
    if len(inputs) != 1:
        names = ", ".join(item.name for item in inputs[:4]) or "none"
        raise ModelError(f"{path} must take one image, not {names}.")
    if inputs[0].type not in _KINDS:
        raise ModelError(
            f"{path} must take an image in float32, float16 or uint8, not {inputs[0].type}."
        )
    sides = [side if isinstance(side, int) and side > 0 else None for side in inputs[0].shape]
    try:
        return ImageLayout.of(sides)
    except ModelError as error:
        raise ModelError(f"{path} cannot be used. {error}") from error


def _answer_among(path: Path, outputs: Any) -> int:
    """Which of the outputs has the classes: the first of numbers that can be a row of them.

    Raises:
        ModelError: None has.
    """
    for place, output in enumerate(outputs):
        if output.type == _BY_NAME:
            return place
        sides = [side for side in output.shape[1:] if side != 1]
        if output.type in _KINDS and len(sides) <= 1:
            return place
    shapes = [list(output.shape) for output in outputs]
    what = "boxes or pictures" if any(len(shape) > 2 for shape in shapes) else "other things"
    raise ModelError(f"{path} must give one number a class; it seems to give {what}: {shapes}.")


def _refusal(content: bytes, error: Exception) -> str:
    """Why ONNX Runtime does not load a file, to follow its name."""
    if any(words in str(error) for words in _NOT_KNOWN):
        return (
            "has what this ONNX Runtime does not know. Export it for an older opset, such as 17, "
            "with ONNX's own operators alone."
        )
    return refusal_of_content(content, ".onnx")

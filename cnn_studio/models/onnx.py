"""A model as an ONNX file, run by ONNX Runtime where that is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.lite import LiteOutputs
from cnn_studio.models.opening.network_content import refusal_of_content
from cnn_studio.models.pixel_values import OUR_RANGE, Quantisation, pixel_table
from cnn_studio.vision.images import ImageArray

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
        path: The file. It takes one image (batch, height, width, channels) as float32.
        threads: How many threads compute.
        pixel_range: What a black and a white pixel are for the network.

    Raises:
        ModelError: The file is missing or damaged, takes and gives other shapes, or ONNX Runtime is
            not installed.
    """

    def __init__(
        self, path: Path, *, threads: int = 2, pixel_range: tuple[float, float] = OUR_RANGE
    ) -> None:
        runtime = load_runtime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4  # its errors are raised as well
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(f"{path} cannot be read ({error.strerror or error}).") from error
        try:
            # From bytes, so that it cannot lead to other files.
            self._session: Any = runtime.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's own errors have no common class
            raise ModelError(f"{path} {_refusal(content, error)}") from error
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        self._check(path, inputs, outputs)
        self._name = inputs[0].name
        self.input_kind = Quantisation(np.dtype(np.float32))
        self._table = pixel_table(pixel_range, self.input_kind)
        self.input_shape: tuple[int, ...] = tuple(inputs[0].shape[1:])
        self.num_classes = len(self.probabilities(np.zeros(self.input_shape, np.uint8)))

    def probabilities(self, prepared: ImageArray) -> NDArray[np.float32]:
        """Run the model on one image; see LiteModel."""
        return self.run(prepared).probabilities

    def run(self, prepared: ImageArray) -> LiteOutputs:
        """Run the model on one image, and ask for all that it tells; see LiteModel."""
        values = prepared if self._table is None else self._table[prepared]
        told = self._session.run(None, {self._name: values[np.newaxis].astype(np.float32)})
        inner = {answer.ndim: np.asarray(answer[0], np.float32) for answer in told[1:]}
        probabilities = np.asarray(told[0][0], np.float32)
        return LiteOutputs(probabilities, inner.get(2), inner.get(4))

    @staticmethod
    def _check(path: Path, inputs: Any, outputs: Any) -> None:
        shapes = [list(item.shape) for item in (*inputs, *outputs)]
        is_image = len(inputs) == 1 and len(shapes[0]) == 4
        is_image = is_image and all(isinstance(side, int) for side in shapes[0][1:])
        kinds = {item.type for item in (*inputs, *outputs)}
        if not is_image or len(shapes[1]) != 2 or kinds != {"tensor(float)"}:
            raise ModelError(
                f"{path} must take one image (height, width, channels) and first give one "
                f"probability a class, in float32. Received: {shapes}."
            )


def _refusal(content: bytes, error: Exception) -> str:
    """Why ONNX Runtime does not load a file, to follow its name."""
    if any(words in str(error) for words in _NOT_KNOWN):
        return (
            "has what this ONNX Runtime does not know. Export it for an older opset, such as 17, "
            "with ONNX's own operators alone."
        )
    return refusal_of_content(content, ".onnx")

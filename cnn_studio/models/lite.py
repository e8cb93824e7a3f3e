"""model.tflite, run by LiteRT with XNNPACK. No TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.quiet import silenced_stderr
from cnn_studio.vision.images import ImageArray


@dataclass(frozen=True, eq=False)
class LiteOutputs:
    """What a model gives for one image.

    Attributes:
        probabilities: The probability of each class, (classes,), float32, 0..1, not calibrated.
        features: What the network makes of the image just before it decides, (units,), float32;
            None in a model that does not tell.
        activations: Its last picture, (height, width, filters), float32; None likewise.
    """

    probabilities: NDArray[np.float32]
    features: NDArray[np.float32] | None
    activations: NDArray[np.float32] | None


@dataclass(frozen=True, eq=False)
class DenseWeights:
    """What leads from a model's activations to its classes.

    Attributes:
        into_units: (units, height, width, filters), float32.
        into_classes: (classes, units), float32.
    """

    into_units: NDArray[np.float32]
    into_classes: NDArray[np.float32]


class LiteModel:
    """A loaded model.tflite. Used by one thread at a time; any thread may have opened it.

    Args:
        path: The file.
        threads: How many threads compute.

    Raises:
        ModelError: The file is missing, damaged, or takes and gives other shapes than ours do.
    """

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        # Imported here because it takes half a second and 50 MB.
        from ai_edge_litert.interpreter import Interpreter

        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(f"{path} cannot be read ({error.strerror or error}).") from error
        try:
            self._interpreter: Any = Interpreter(model_content=content, num_threads=threads)
            with silenced_stderr():
                self._interpreter.allocate_tensors()
                self._interpreter.invoke()  # the first time takes longer, and shows more damage
            inputs = self._interpreter.get_input_details()
            outputs = self._interpreter.get_output_details()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path} is damaged or not a LiteRT model.") from error
        self._check(path, inputs, outputs)
        inner = {len(output["shape"]): output["index"] for output in outputs[1:]}
        # Views on LiteRT's own memory: nothing is allocated for an image. They are made anew for
        # each use, because LiteRT refuses to run while one is held.
        self._input = self._interpreter.tensor(inputs[0]["index"])
        self._output = self._interpreter.tensor(outputs[0]["index"])
        self._features = self._tensor(inner.get(2))
        self._activations = self._tensor(inner.get(4))
        self.input_shape: tuple[int, ...] = tuple(int(side) for side in inputs[0]["shape"][1:])
        self.num_classes = int(outputs[0]["shape"][1])

    def probabilities(self, prepared: ImageArray) -> NDArray[np.float32]:
        """Run the model on one image.

        Args:
            prepared: Pixels (size, size, channels), uint8, as `prepare` gives them.

        Returns:
            The probability of each class, (classes,), float32, 0..1.
        """
        self._invoke(prepared)
        return np.array(self._output()[0], np.float32)

    def run(self, prepared: ImageArray) -> LiteOutputs:
        """Run the model on one image, and ask for all that it tells.

        Args:
            prepared: Pixels (size, size, channels), uint8, as `prepare` gives them.
        """
        self._invoke(prepared)
        return LiteOutputs(
            np.array(self._output()[0], np.float32),
            np.array(self._features()[0], np.float32) if self._features else None,
            np.array(self._activations()[0], np.float32) if self._activations else None,
        )

    def dense_weights(self) -> DenseWeights | None:
        """The weights from the activations to the classes; None in a model of another make.

        They are copied, and large: 29 MB at 64x64 pixels.
        """
        if self._features is None or self._activations is None:
            return None
        units = self._features().shape[1]
        pooled = self._activations().shape[1:]
        into_units = self._constant((units, int(np.prod(pooled))))
        into_classes = self._constant((self.num_classes, units))
        if into_units is None or into_classes is None:
            return None
        return DenseWeights(into_units.reshape(units, *pooled), into_classes)

    def _constant(self, shape: tuple[int, int]) -> NDArray[np.float32] | None:
        """The only weights of a shape, and None if there are none or several."""
        found = [
            detail["index"]
            for detail in self._interpreter.get_tensor_details()
            if tuple(detail["shape"]) == shape and detail["dtype"] is np.float32
        ]
        if len(found) != 1:
            return None
        return np.asarray(self._interpreter.get_tensor(found[0]), np.float32)

    def _invoke(self, prepared: ImageArray) -> None:
        self._input()[0] = prepared
        self._interpreter.invoke()

    def _tensor(self, index: int | None) -> Any:
        return None if index is None else self._interpreter.tensor(index)

    @staticmethod
    def _check(path: Path, inputs: Any, outputs: Any) -> None:
        shapes = [tuple(int(side) for side in item["shape"]) for item in (*inputs, *outputs)]
        kinds = {item["dtype"] for item in (*inputs, *outputs)}
        if [len(shape) for shape in shapes[:2]] != [4, 2] or kinds != {np.float32}:
            raise ModelError(
                f"{path} must take one image and first give one probability a class, in float32. "
                f"Received: {shapes}."
            )

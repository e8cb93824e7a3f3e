"""model.tflite, run by LiteRT with XNNPACK. No TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.image_layout import ImageLayout, SizeError
from cnn_studio.models.model_files import read_model
from cnn_studio.models.opening.network_content import refusal_of_content
from cnn_studio.models.output_kinds import OutputKind
from cnn_studio.models.pixel_values import OUR_RANGE, PixelFeed, PixelRange, Quantisation
from cnn_studio.models.quiet import silenced_stderr
from cnn_studio.vision.images import ImageArray

_KINDS = frozenset(map(np.dtype, (np.float32, np.uint8, np.int8)))
_SEED = 7
_ROUNDING = 1e-4


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
        into_units: (units, height, width, filters), float32; None where each unit is the mean of
            one filter, as in a network with global average pooling.
        into_classes: (classes, units), float32.
    """

    into_units: NDArray[np.float32] | None
    into_classes: NDArray[np.float32]


class LiteModel:
    """A loaded model.tflite. Used by one thread at a time; any thread may have opened it.

    Quantised inputs and outputs are converted; ours are not and cost nothing.

    Args:
        path: The file.
        threads: How many threads compute.
        pixel_range: What a black and a white pixel are for the network.
        outputs: What it gives.
        size: Height and width of its images, where it takes any.

    Attributes:
        is_free: Whether it takes images of any size.

    Raises:
        ModelError: The file is missing, damaged, or takes and gives what cannot be used.
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
        # Imported here because it takes half a second and 50 MB.
        from ai_edge_litert.interpreter import Interpreter

        content = read_model(path)
        try:
            self._interpreter: Any = Interpreter(model_content=content, num_threads=threads)
            with silenced_stderr():
                layout = self._allocate(path, size)
                self._interpreter.invoke()  # the first time takes longer, and shows more damage
            inputs = self._interpreter.get_input_details()
            given = self._interpreter.get_output_details()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path} {refusal_of_content(content, '.tflite')}") from error
        self._check(path, inputs, given)
        self.input_kind = Quantisation.of(inputs[0])
        self.input_shape: tuple[int, ...] = layout.shape(size)
        self._feed = PixelFeed(
            pixel_range,
            self.input_kind,
            layout.channels,
            is_channels_first=layout.is_channels_first,
        )
        inner = {len(output["shape"]): output for output in given[1:]}
        # Views on LiteRT's own memory: nothing is allocated for an image. They are made again for
        # each use, because LiteRT refuses to run while one is held.
        self._input = self._interpreter.tensor(inputs[0]["index"])
        self._output = _Output(self._interpreter, given[0])
        self._outputs = outputs
        self._features = _Output(self._interpreter, inner[2]) if 2 in inner else None
        self._activations = _Output(self._interpreter, inner[4]) if 4 in inner else None
        self.num_classes = 2 if outputs.is_single else int(np.prod(self._output.shape))

    def probabilities(self, prepared: ImageArray) -> NDArray[np.float32]:
        """Run the model on one image.

        Args:
            prepared: Pixels (size, size, channels), uint8, as `prepare` gives them.

        Returns:
            The probability of each class, (classes,), float32, 0..1.
        """
        return self._outputs.probabilities(self.given(prepared))

    def given(self, prepared: ImageArray) -> NDArray[np.float32]:
        """What the network itself gives for one image, (outputs,), float32, whatever it is."""
        self._invoke(prepared)
        return self._output.read().reshape(-1)

    def run(self, prepared: ImageArray) -> LiteOutputs:
        """Run the model on one image, and ask for all that it tells.

        Args:
            prepared: Pixels (size, size, channels), uint8, as `prepare` gives them.
        """
        return LiteOutputs(
            self.probabilities(prepared),
            self._features.read() if self._features else None,
            self._activations.read() if self._activations else None,
        )

    def dense_weights(self) -> DenseWeights | None:
        """The weights from the activations to the classes; None in a model of another make.

        They are copied, and large where units are no means: 29 MB at 64x64 pixels.
        """
        if self._features is None or self._activations is None:
            return None
        (units,), pooled = self._features.shape, self._activations.shape
        into_classes = self._constant((self.num_classes, units))
        if into_classes is None:
            return None
        if self._features_are_means():
            return DenseWeights(None, into_classes)
        into_units = self._constant((units, int(np.prod(pooled))))
        if into_units is None:
            return None
        return DenseWeights(into_units.reshape(units, *pooled), into_classes)

    def weights(self, name: str) -> NDArray[np.float32] | None:
        """Weights by their name in the file; None if there are none of this name, or several.

        They are copied, and may have any shape.
        """
        return self._read_only([d for d in self._constants() if d["name"] == name])

    def _features_are_means(self) -> bool:
        """Whether each feature is the mean of one filter, by what the model gives for an image."""
        if self._features is None or self._activations is None:
            return False
        if self._features.shape != self._activations.shape[-1:]:
            return False
        random = np.random.default_rng(_SEED)
        told = self.run(random.integers(0, 256, self.input_shape, np.uint8))
        if told.features is None or told.activations is None:
            return False
        means = told.activations.mean(axis=(0, 1))
        return np.allclose(told.features, means, rtol=_ROUNDING, atol=_ROUNDING)

    def _constant(self, shape: tuple[int, int]) -> NDArray[np.float32] | None:
        """The only weights of a shape, and None if there are none or several."""
        return self._read_only([d for d in self._constants() if tuple(d["shape"]) == shape])

    def _constants(self) -> list[dict[str, Any]]:
        """What the file tells of its numbers in float32, those computed for an image among them."""
        details = self._interpreter.get_tensor_details()
        return [detail for detail in details if detail["dtype"] is np.float32]

    def _read_only(self, found: list[dict[str, Any]]) -> NDArray[np.float32] | None:
        if len(found) != 1:
            return None
        try:
            return np.asarray(self._interpreter.get_tensor(found[0]["index"]), np.float32)
        except ValueError:  # it is computed for each image, and has no memory of its own
            return None

    def _invoke(self, prepared: ImageArray) -> None:
        self._input()[0] = self._feed(prepared)
        self._interpreter.invoke()

    def _allocate(self, path: Path, size: int | None) -> ImageLayout:
        """Take memory for one image, and say how it lies.

        Raises:
            ModelError: The network takes something else.
        """
        inputs = self._interpreter.get_input_details()
        if len(inputs) != 1:
            raise ModelError(f"{path} must take one image, not {len(inputs)} inputs.")
        fixed = [int(side) for side in inputs[0]["shape"]]
        signed = [int(side) for side in inputs[0].get("shape_signature", ())]
        is_signed = len(signed) == len(fixed)
        layout = _layout(path, [None if s < 0 else s for s in signed] if is_signed else fixed)
        self.is_free = layout.is_free
        sides = layout.sides(size)
        if sides == fixed:
            self._interpreter.allocate_tensors()
            return layout
        try:
            self._interpreter.resize_tensor_input(inputs[0]["index"], sides)
            self._interpreter.allocate_tensors()
            self._interpreter.invoke()
        except (ValueError, RuntimeError) as error:
            height, width, _channels = layout.shape(size)
            sentence = f"{path} does not work for images of {height} x {width} pixels."
            raise SizeError(sentence) from error
        return layout

    @staticmethod
    def _check(path: Path, inputs: Any, outputs: Any) -> None:
        kinds = {np.dtype(item["dtype"]) for item in (*inputs, *outputs)}
        if not kinds <= _KINDS:
            others = ", ".join(sorted(map(str, kinds - _KINDS)))
            raise ModelError(f"{path} must take and give float32, uint8 or int8, not {others}.")
        shape = [int(side) for side in outputs[0]["shape"]] if outputs else []
        if not shape or max(shape) != np.prod(shape):
            raise ModelError(
                f"{path} must first give one number a class, not {shape or 'no output'}."
            )


def _layout(path: Path, sides: list[int | None] | list[int]) -> ImageLayout:
    try:
        return ImageLayout.of(sides)
    except ModelError as error:
        raise ModelError(f"{path} cannot be used. {error}") from error


class _Output:
    """One of a model's outputs, read for the one image of the batch."""

    def __init__(self, interpreter: Any, detail: dict[str, Any]) -> None:
        self.shape = tuple(int(side) for side in detail["shape"][1:])
        self._view = interpreter.tensor(detail["index"])
        self._kind = Quantisation.of(detail)

    def read(self) -> NDArray[np.float32]:
        return self._kind.real(self._view()[0])

"""The backbone in use: from a prepared image to its features, by LiteRT."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.quiet import silenced_stderr
from cnn_studio.pretrained.efficientnet_lite import lite_file
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec

Features = NDArray[np.float32]


class Backbone:
    """Computes features. Used by one thread at a time; each thread has one of its own.

    Args:
        input_spec: Size and channels of the prepared images.
        threads: How many threads compute.
        content: What `lite_file` gives for them, if it is at hand: several can share it.

    Raises:
        ModelError: The weights are missing or damaged, or LiteRT cannot use them.
    """

    def __init__(
        self, input_spec: InputSpec, *, threads: int = 1, content: bytes | None = None
    ) -> None:
        from ai_edge_litert.interpreter import Interpreter  # takes half a second

        content = content or lite_file(input_spec.size, input_spec.channels)
        try:
            self._interpreter: Any = Interpreter(model_content=content, num_threads=threads)
            with silenced_stderr():
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"The pretrained network cannot be run: {error}.") from error
        self._input = self._interpreter.tensor(self._interpreter.get_input_details()[0]["index"])
        self._features = self._interpreter.tensor(
            self._interpreter.get_output_details()[0]["index"]
        )

    def features(self, prepared: ImageArray) -> Features:
        """The features of one image.

        Args:
            prepared: Pixels (size, size, channels), uint8, as `prepare` gives them.

        Returns:
            (1280,), float32, 0 or more.
        """
        self._input()[0] = prepared
        self._interpreter.invoke()
        return np.array(self._features()[0], np.float32)

"""The forms that a model can be exported in. Nothing heavy is imported here."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from cnn_studio.errors import UsageError

OUTPUTS = ("probabilities", "features", "activations")
"""What a form tells of an image, in this order and by these names; see `LiteOutputs`."""


class ExportFormat(StrEnum):
    """A form of a model. Its value is its name on the command line."""

    KERAS = "keras"
    SAVED_MODEL = "savedmodel"
    TFLITE = "tflite"
    TFLITE_DYNAMIC = "tflite-dynamic"
    TFLITE_INT8 = "tflite-int8"
    ONNX = "onnx"

    @property
    def file_name(self) -> str:
        """What the model is called in the export's folder; a SavedModel is a folder itself."""
        if self is ExportFormat.SAVED_MODEL:
            return "saved_model"
        return f"model.{self.value.split('-')[0]}"

    @property
    def runtime(self) -> str:
        """What runs it: "keras", "savedmodel", "tflite" or "onnx"."""
        return self.value.split("-")[0]

    @property
    def is_rounded(self) -> bool:
        """Whether its weights are whole numbers of 8 bits, so that answers differ a little."""
        return self in (ExportFormat.TFLITE_DYNAMIC, ExportFormat.TFLITE_INT8)


def formats_named(names: Iterable[str]) -> tuple[ExportFormat, ...]:
    """The formats of these names, each once, in the order in which they were named.

    Raises:
        UsageError: There is none, or a name is unknown.
    """
    known = {str(one): one for one in ExportFormat}
    named = list(names)
    unknown = [name for name in named if name not in known]
    if unknown or not named:
        received = ", ".join(unknown) or "none"
        raise UsageError(f"A format must be one of {', '.join(known)}, not {received}.")
    return tuple(dict.fromkeys(known[name] for name in named))

"""A .keras file loaded by Keras, in the trial's process alone. Needs TensorFlow."""

from __future__ import annotations

from pathlib import Path

from cnn_studio.errors import ModelError
from cnn_studio.models.export import INNER_LAYERS, LiteForm
from cnn_studio.models.tensorflow import keras


def convert_keras(path: Path, target: Path) -> None:
    """Load a checked .keras file in safe mode, and write its LiteRT form.

    Raises:
        ModelError: Keras cannot load it, or it does not take one image.
    """
    keras.backend.clear_session()
    try:
        network = keras.saving.load_model(path, compile=False, safe_mode=True)
    except MemoryError:
        raise
    except Exception as error:
        raise ModelError(f"Keras cannot open it ({type(error).__name__}).") from error
    inputs, (_answer, *others) = network.inputs, network.outputs
    # The studio's own exports give what is in between as well.
    inner = [id(layer.output) for layer in network.layers if layer.name in INNER_LAYERS]
    is_one_answer = all(id(other) in inner for other in others)
    if len(inputs) != 1 or not is_one_answer or None in inputs[0].shape[1:]:
        raise ModelError("It must take one image of a fixed size, and give one answer.")
    target.write_bytes(LiteForm(network).filled(network))

"""TensorFlow and Keras, imported once and kept quiet.

Everything that needs them takes them from here, because the switches below are read when
TensorFlow is loaded. Only the engine's process and `cnn-studio train` may import this module.
"""

from __future__ import annotations

import os

from cnn_studio.models.quiet import silenced_stderr

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# Keeps the memory of a step for the next one. Else each step asks the system for hundreds of
# megabytes again, which measured up to a fifth of the processor time at 64x64 pixels.
os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "true")

with silenced_stderr():
    import keras
    import tensorflow as tf
    from absl import logging as _absl_logging

_absl_logging.set_verbosity(_absl_logging.ERROR)

__all__ = ["keras", "tf"]

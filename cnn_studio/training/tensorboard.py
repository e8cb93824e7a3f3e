"""Event files for TensorBoard beside the run, for those who use it."""

from __future__ import annotations

from pathlib import Path

from cnn_studio.models.tensorflow import tf
from cnn_studio.training.events import EpochDone
from cnn_studio.training.records import TENSORBOARD_FOLDER


class EventFiles:
    """Writes the figures of each epoch, as `tensorboard --logdir RUN/tensorboard` shows them.

    tf.summary.scalar would ask for TensorBoard itself to be installed; writing needs TensorFlow
    alone.

    Args:
        run_folder: The run's folder.
    """

    def __init__(self, run_folder: Path) -> None:
        self._folder = run_folder / TENSORBOARD_FOLDER
        kind = tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
        self._scalar = tf.compat.v1.SummaryMetadata(plugin_data=kind)

    def add(self, done: EpochDone, learning_rate: float) -> None:
        """Write an epoch's figures.

        Args:
            done: The epoch.
            learning_rate: That of the step after it.

        Raises:
            OSError: The folder cannot be written to.
        """
        train = {
            "epoch_loss": done.loss,
            "epoch_accuracy": done.accuracy,
            "epoch_learning_rate": learning_rate,
            "images_per_second": done.images_per_second,
        }
        self._write("train", done.epoch, train)
        if done.val_loss is not None and done.val_accuracy is not None:
            validation = {"epoch_loss": done.val_loss, "epoch_accuracy": done.val_accuracy}
            self._write("validation", done.epoch, validation)

    def _write(self, part: str, epoch: int, figures: dict[str, float]) -> None:
        # One file an epoch: what was written is whole even if the training is killed.
        writer = tf.summary.create_file_writer(str(self._folder / part))
        with writer.as_default():
            for name, value in figures.items():
                tf.summary.write(name, tf.constant(value), step=epoch, metadata=self._scalar)
        writer.close()

"""From images in memory or on disk to the batches of an epoch, without copying all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.models.tensorflow import tf
from cnn_studio.training.disk_images import DiskImages
from cnn_studio.training.prepared_images import ALIGNMENT_BYTES, PreparedImages

_BATCHES_AHEAD = 2


def as_tensors(images: PreparedImages) -> tuple[Any, Any]:
    """Give TensorFlow the pixels where they are, and the labels.

    Returns:
        Pixels (n, size, size, channels) uint8, on the very memory of `images.pixels` if that is
        aligned as TensorFlow wants it, and labels (n,) int64. Images on disk stay there: their
        pixels are `DiskImages`, which `gather` takes as well.
    """
    pixels, labels = images.pixels, tf.constant(images.labels)
    if images.disk is not None:
        return images.disk, labels
    if pixels.ctypes.data % ALIGNMENT_BYTES:  # TensorFlow aborts the process on such memory
        return tf.constant(pixels), labels
    # DLPack shares memory where tf.constant would copy all images of a dataset.
    return tf.experimental.dlpack.from_dlpack(pixels.__dlpack__()), labels


def gather(pixels: Any, chosen: Any) -> Any:
    """Some images as a tensor (m, size, size, channels), uint8.

    Args:
        pixels: All images, as `as_tensors` gives them.
        chosen: Which of them, (m,), int64.
    """
    if not isinstance(pixels, DiskImages):
        return tf.gather(pixels, chosen)
    images = tf.numpy_function(pixels.read, [chosen], tf.uint8, stateful=False)
    return tf.ensure_shape(images, (None, *pixels.pixels.shape[1:]))


class BatchSource:
    """The batches of one epoch after another.

    The order of an epoch depends on seed and epoch alone, so that a training can be taken up
    again at any epoch and goes on as if it had never stopped.

    Args:
        pixels: All images, as `as_tensors` gives them.
        labels: Their classes, (n,), int64 tensor.
        members: Which of them are trained on, (m,), int64.
        batch_size: Images a batch; the last one of an epoch may have fewer.
        seed: Of the order.
        workers: How many workers share each batch, and `place` which of them this one is.
    """

    def __init__(
        self,
        pixels: Any,
        labels: Any,
        members: NDArray[np.int64],
        batch_size: int,
        seed: int,
        workers: int = 1,
        place: int = 0,
    ) -> None:
        self._batch_size = batch_size
        self.steps = -(-len(members) // batch_size)
        self._members = members
        self._seed = seed
        # A variable, so that one dataset, traced once, serves every epoch.
        self._order = tf.Variable(members, trainable=False, dtype=tf.int64)

        def batch(step: Any) -> tuple[Any, Any]:
            start = step * batch_size
            chosen = self._order[start : start + batch_size][place::workers]
            return gather(pixels, chosen), tf.gather(labels, chosen)

        self._batch = batch
        self.dataset = self._from_step(0)

    def images_in(self, step: int) -> int:
        """How many images all workers together learn from in a step (0 for the first)."""
        return min(self._batch_size, len(self._members) - step * self._batch_size)

    def remaining(self, steps_taken: int) -> Any:
        """The epoch's batches after so many of them, a tf.data.Dataset."""
        return self._from_step(steps_taken) if steps_taken else self.dataset

    def _from_step(self, step: int) -> Any:
        return tf.data.Dataset.range(step, self.steps).map(self._batch).prefetch(_BATCHES_AHEAD)

    def shuffle(self, epoch: int) -> None:
        """Set the order of an epoch (1 for the first); it holds from the next iteration on."""
        random = np.random.default_rng((self._seed, epoch))
        self._order.assign(random.permutation(self._members))

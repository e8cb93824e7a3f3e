"""What TensorFlow computes: a step of training, and the probabilities of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import TrainingError
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.training.augmentation import build_augmentation
from cnn_studio.training.objective import Objective
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.selection import balanced_weights
from cnn_studio.training.team import Team
from cnn_studio.vision.preparation import InputSpec


def build_steps(
    network: Any,
    input_spec: InputSpec,
    recipe: Recipe,
    labels: NDArray[np.int64],
    rate: Any,
    team: Team,
    ema_momentum: float = 0.0,
) -> Steps:
    """The steps of a recipe.

    Args:
        network: What learns; it must have been built under the strategy's scope.
        input_spec: How images are prepared for it.
        recipe: How it learns.
        labels: The classes of the images that it learns from, (n,), int64.
        rate: The learning rate, as Keras's optimizers take it.
        team: Who trains together.
        ema_momentum: The share of the average of the weights that a step keeps; 0 averages nothing.
    """
    num_classes = int(network.output_shape[-1])
    weights = balanced_weights(labels, num_classes) if recipe.class_weights else None
    with team.strategy.scope():
        augmentation = build_augmentation(recipe.augmentation, input_spec)
        optimizer = keras.optimizers.Adam(
            rate,
            weight_decay=recipe.weight_decay or None,
            use_ema=ema_momentum > 0,
            ema_momentum=ema_momentum,
        )
    objective = Objective(num_classes, recipe.label_smoothing, weights)
    return Steps(network, augmentation, objective, optimizer, team)


class Steps:
    """Compiled steps on one network, under a distribution strategy.

    Args:
        network: The model; it must have been built under the strategy's scope.
        augmentation: Varies a batch before it is learned from, or None.
        objective: What is to become smaller.
        optimizer: How; made under the strategy's scope and not yet built.
        team: Who trains together.
    """

    def __init__(
        self,
        network: Any,
        augmentation: Any | None,
        objective: Objective,
        optimizer: Any,
        team: Team,
    ) -> None:
        self._network = network
        self._augmentation = augmentation
        self._objective = objective
        self._optimizer = optimizer
        self._strategy = team.strategy
        self._replicas = team.replicas
        with team.strategy.scope():
            optimizer.build(network.trainable_variables)
        # Keras gives the batch no fixed size, so that the last, smaller one needs no second graph.
        image_shape = network.input_shape
        self.train = tf.function(
            self._train,
            input_signature=[
                tf.TensorSpec(image_shape, tf.uint8),
                tf.TensorSpec((None,), tf.int64),
            ],
        )
        self.predict = tf.function(
            self._predict, input_signature=[tf.TensorSpec(image_shape, tf.uint8)]
        )

    @property
    def variables(self) -> list[Any]:
        """All that a step changes: weights, optimizer, and the states of random generators."""
        augmented = [] if self._augmentation is None else self._augmentation.variables
        return [*self._network.variables, *self._optimizer.variables, *augmented]

    def values(self) -> tuple[NDArray[Any], ...]:
        """What the variables hold now."""
        return tuple(keras.ops.convert_to_numpy(variable) for variable in self.variables)

    def restore(self, values: Sequence[NDArray[Any]]) -> None:
        """Give the variables what they held before.

        Raises:
            TrainingError: The values are of another network or recipe.
        """
        variables = self.variables
        if [tuple(v.shape) for v in variables] != [value.shape for value in values]:
            raise TrainingError(
                "The saved state does not fit this training: its recipe or the program has "
                "changed since. Start a new training with the same recipe."
            )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Within it the network has the averaged weights, if the recipe averages them."""
        if not self._optimizer.use_ema:
            yield
            return
        weights = self._network.trainable_variables
        own = [keras.ops.convert_to_numpy(weight) for weight in weights]
        self.take_average()
        try:
            yield
        finally:
            for weight, value in zip(weights, own, strict=True):
                weight.assign(value)

    def take_average(self) -> None:
        """Give the network the averaged weights for good, if the recipe averages them."""
        if int(self._optimizer.iterations) > 0:  # before the first step there is no average
            self._optimizer.finalize_variable_values(self._network.trainable_variables)

    @property
    def learning_rate(self) -> float:
        """That of the next step."""
        return float(self._optimizer.learning_rate)

    def _train(self, pixels: Any, labels: Any) -> tuple[Any, Any]:
        """Learn from a batch.

        Args:
            pixels: (batch, size, size, channels), uint8.
            labels: (batch,), int64.

        Returns:
            The batch's mean loss and its accuracy 0..1, with dropout, float32 scalars.
        """
        losses, accuracies = self._strategy.run(self._train_replica, args=(pixels, labels))
        total = tf.distribute.ReduceOp.SUM
        return (
            self._strategy.reduce(total, losses, axis=None),
            self._strategy.reduce(total, accuracies, axis=None),
        )

    def _train_replica(self, pixels: Any, labels: Any) -> tuple[Any, Any]:
        """Learn from this replica's part; its share of the whole batch's means comes back."""
        replica = tf.distribute.get_replica_context()
        if self._replicas > 1:
            place = replica.replica_id_in_sync_group % self._replicas
            pixels, labels = pixels[place :: self._replicas], labels[place :: self._replicas]
        here = tf.cast(tf.shape(labels)[0], tf.float32)
        batch_size = replica.all_reduce(tf.distribute.ReduceOp.SUM, here)
        images = tf.cast(pixels, tf.float32)
        if self._augmentation is not None:
            images = self._augmentation(images, training=True)
        variables = self._network.trainable_variables
        with tf.GradientTape() as tape:
            probabilities = self._network(images, training=True)
            losses, objectives = self._objective(labels, probabilities)
            objective = tf.reduce_sum(objectives) / batch_size
        self._optimizer.apply(tape.gradient(objective, variables), variables)
        hits = keras.metrics.sparse_categorical_accuracy(labels, probabilities)
        return tf.reduce_sum(losses) / batch_size, tf.reduce_sum(hits) / batch_size

    def _predict(self, pixels: Any) -> Any:
        """Probabilities (batch, classes), float32, of pixels (batch, size, size, channels)."""
        return self._network(tf.cast(pixels, tf.float32), training=False)

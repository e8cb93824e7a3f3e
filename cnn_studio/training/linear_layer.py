"""The linear layer on a pretrained network's features, and its cross-validation.

Multinomial logistic regression with weight decay, which has one best solution, found by L-BFGS
(Liu and Nocedal 1989) as SciPy has it. Several layers are learned at once, each from some of the
images: one a fold, which is then judged on the images that it has not learned from, and the one
that is handed over, from all. Since none depends on another, the sum of their losses is smallest
where each of them is, and an iteration costs two products of matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_studio.pretrained.efficientnet_lite import LinearLayer

Array = NDArray[np.float32]
Indices = NDArray[np.int64]

WEIGHT_DECAYS = (0.003, 0.03, 0.3)
"""Those that are tried."""

FEATURE_SPREAD = 0.5
"""About how much features vary; they are divided by it, so that a weight decay means the same."""

_ROWS_AT_ONCE = 8192
_SETTLED = 1e-5  # of the loss, between two iterations


@dataclass(frozen=True, eq=False)
class Regression:
    """What one of the layers learns from.

    Attributes:
        weights: How much each image counts, (n,), float32, 0 for those that it does not learn from.
        weight_decay: How strongly large weights are held against it.
    """

    weights: Array
    weight_decay: float


@dataclass(frozen=True, eq=False)
class Pass:
    """The layers after an iteration.

    Attributes:
        number: Of the iteration, from 1.
        losses: Mean cross-entropy of each layer on what it learns from, (layers,), float64.
        logits: Of each layer for every image, (n, layers, classes), float32; what they are after
            the next iteration once that is done.
    """

    number: int
    losses: NDArray[np.float64]
    logits: Array


class LinearLayers:
    """Layers that learn side by side.

    Args:
        features: (n, width), float32.
        labels: The class of each image, (n,), int64.
        num_classes: How many classes there are.
        regressions: What each layer learns from.
    """

    def __init__(
        self,
        features: Array,
        labels: Indices,
        num_classes: int,
        regressions: Sequence[Regression],
    ) -> None:
        count, width = features.shape
        self._centre = features.mean(axis=0)  # changes no solution, but how soon it is found
        self._x = features - self._centre
        self._x /= np.float32(FEATURE_SPREAD)
        self._labels = labels
        sums = [max(float(regression.weights.sum()), 1e-12) for regression in regressions]
        self._shares = np.stack(
            [
                regression.weights / total
                for regression, total in zip(regressions, sums, strict=True)
            ],
            axis=1,
        ).astype(np.float32)
        self._decays = np.array([regression.weight_decay for regression in regressions], np.float32)
        self._shape = (width + 1, len(regressions), num_classes)
        self._logits = np.zeros((count, len(regressions), num_classes), np.float32)
        self._losses = np.zeros(len(regressions))
        self._numbers = np.zeros(int(np.prod(self._shape)))
        self._evaluated: NDArray[np.float64] | None = None

    def learn(self, iterations: int, after: Callable[[Pass], bool]) -> bool:
        """Learn until it has settled.

        Args:
            iterations: How many at most.
            after: Gets each iteration, one at least; False ends the learning.

        Returns:
            Whether it came to its end, and was not ended by `after`.
        """
        from scipy.optimize import minimize  # takes a third of a second

        done, goes_on = 0, True

        def callback(intermediate_result: object) -> None:
            nonlocal done, goes_on
            done += 1
            self._numbers = np.array(getattr(intermediate_result, "x"))  # noqa: B009
            goes_on = after(self._now(done))
            if not goes_on:
                raise StopIteration

        minimize(
            self._loss_and_slope,
            self._numbers,
            jac=True,
            method="L-BFGS-B",
            callback=callback,
            options={"maxiter": iterations, "ftol": _SETTLED, "gtol": 0.0, "maxcor": 10},
        )
        last = self._now(done or 1)  # a search that found nothing better has gone astray
        if not done:  # nothing can be learned from images that are all alike
            goes_on = after(last)
        return goes_on

    def layer(self, place: int) -> LinearLayer:
        """One of the layers as it takes features as they are."""
        numbers = self._numbers.reshape(self._shape)[:, place]
        weights = (numbers[:-1] / FEATURE_SPREAD).T
        bias = numbers[-1] - weights @ self._centre
        return LinearLayer(weights.astype(np.float32), bias.astype(np.float32))

    def _now(self, number: int) -> Pass:
        if self._evaluated is None or not np.array_equal(self._evaluated, self._numbers):
            self._loss_and_slope(self._numbers)  # the search has gone beyond what it took
        return Pass(number, self._losses.copy(), self._logits)

    def _loss_and_slope(self, numbers: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        width, layers, classes = self._shape
        parameters = numbers.reshape(self._shape).astype(np.float32)
        weights, bias = parameters[:-1].reshape(width - 1, -1), parameters[-1]
        slope = np.zeros((width, layers * classes), np.float32)
        self._losses[:] = 0
        for start in range(0, len(self._x), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            x, labels = self._x[rows], self._labels[rows]
            places = np.arange(len(x))
            logits = self._logits[rows]
            np.matmul(x, weights, out=logits.reshape(len(x), -1))
            logits += bias
            errors = logits - logits.max(axis=2, keepdims=True)
            of_label = errors[places, :, labels]
            np.exp(errors, out=errors)
            sums = errors.sum(axis=2, keepdims=True)
            shares = self._shares[rows]
            self._losses += ((np.log(sums[:, :, 0]) - of_label) * shares).sum(axis=0)
            errors /= sums
            errors[places, :, labels] -= 1
            errors *= shares[:, :, np.newaxis]
            flat = errors.reshape(len(x), -1)
            slope[:-1] += x.T @ flat
            slope[-1] += flat.sum(axis=0)
        decays = np.repeat(self._decays, classes)
        slope[:-1] += decays * weights
        self._evaluated = numbers.copy()
        penalty = 0.5 * float((decays * (weights.astype(np.float64) ** 2).sum(axis=0)).sum())
        return float(self._losses.sum()) + penalty, slope.ravel().astype(np.float64)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let matrices be multiplied by one thread meanwhile.

    Beside other programs several threads wait for each other most of the time: measured on two
    busy processors, two took six times as long as one.
    """
    # What is loaded later is not held back, and SciPy has a library of its own.
    import scipy.linalg
    import scipy.optimize  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        yield


def probabilities_of(logits: Array) -> Array:
    """Softmax over the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)

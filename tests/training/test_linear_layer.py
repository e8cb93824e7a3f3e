"""Linear layers that learn side by side find what scikit-learn finds for each by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from cnn_studio.training.linear_layer import (
    FEATURE_SPREAD,
    LinearLayers,
    Pass,
    Regression,
    one_thread,
    probabilities_of,
)
from tests.training.described_images import described

IMAGES = described((30, 25, 20), width=12)
COUNT, CLASSES = len(IMAGES.labels), 3
EVERYTHING = np.ones(COUNT, np.float32)
HALF = (np.arange(COUNT) % 2).astype(np.float32)
WEIGHED = np.array([0.5, 1.0, 2.0], np.float32)[IMAGES.labels]
REGRESSIONS = [
    Regression(EVERYTHING, 0.03),
    Regression(HALF, 0.003),
    Regression(WEIGHED, 0.3),
    Regression(HALF * WEIGHED, 0.03),
]


def _learned(
    regressions: list[Regression],
    iterations: int = 500,
    features: NDArray[np.float32] = IMAGES.features,
) -> tuple[LinearLayers, list[Pass]]:
    layers, passes = LinearLayers(features, IMAGES.labels, CLASSES, regressions), list[Pass]()

    def after(done: Pass) -> bool:
        passes.append(Pass(done.number, done.losses, done.logits.copy()))
        return True

    assert layers.learn(iterations, after)
    return layers, passes


def _by_scikit_learn(regression: Regression) -> NDArray[np.float64]:
    """The probabilities of all images by a layer that has learned the regression by itself."""
    # Ours: the weighed mean of the losses, plus half of the decay times the squared weights, of
    # features divided by their spread; theirs: C times the sum, plus half of the squared weights.
    total = float(regression.weights.sum())
    model = LogisticRegression(C=1 / (regression.weight_decay * total), tol=1e-10, max_iter=10_000)
    x = IMAGES.features.astype(np.float64) / FEATURE_SPREAD
    taken = regression.weights > 0
    model.fit(x[taken], IMAGES.labels[taken], sample_weight=regression.weights[taken])
    return np.asarray(model.predict_proba(x))


@pytest.fixture(autouse=True)
def as_in_a_training() -> Iterator[None]:
    with one_thread():
        yield


@pytest.fixture
def to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learning goes on until nothing changes any more."""
    monkeypatch.setattr("cnn_studio.training.linear_layer._SETTLED", 1e-10)


@pytest.mark.parametrize("place", range(len(REGRESSIONS)))
def test_each_layer_is_what_scikit_learn_finds_by_itself(to_the_end: None, place: int) -> None:
    layers, passes = _learned(REGRESSIONS)
    expected = _by_scikit_learn(REGRESSIONS[place])
    found = layers.layer(place)
    given = probabilities_of(IMAGES.features @ found.weights.T + found.bias)
    assert np.abs(given - expected).max() < 0.01
    assert np.abs(probabilities_of(passes[-1].logits[:, place]) - expected).max() < 0.01
    assert np.abs(expected - 1 / CLASSES).max() > 0.3  # it has learned something


def test_it_settles_next_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = _learned(REGRESSIONS)[1][-1]
    monkeypatch.setattr("cnn_studio.training.linear_layer._SETTLED", 1e-10)
    last = _learned(REGRESSIONS)[1][-1]
    assert last.number > settled.number
    assert np.abs(settled.losses - last.losses).max() < 2e-3


def test_a_layer_takes_features_as_they_are() -> None:
    layers, passes = _learned(REGRESSIONS, 20)
    for place in range(len(REGRESSIONS)):
        found = layers.layer(place)
        assert found.weights.shape == (CLASSES, 12)
        assert (found.weights.dtype, found.bias.dtype) == (np.float32, np.float32)
        logits = IMAGES.features @ found.weights.T + found.bias
        assert np.abs(logits - passes[-1].logits[:, place]).max() < 1e-4


def test_losses_fall_and_are_those_of_the_logits() -> None:
    _layers, passes = _learned(REGRESSIONS)
    assert [done.number for done in passes] == list(range(1, len(passes) + 1))
    assert len(passes) > 5
    for done in (passes[0], passes[-1]):
        for place, regression in enumerate(REGRESSIONS):
            of_label = probabilities_of(done.logits[:, place])[np.arange(COUNT), IMAGES.labels]
            mean = float((-np.log(of_label) * regression.weights).sum() / regression.weights.sum())
            assert done.losses[place] == pytest.approx(mean, abs=1e-4)
    assert passes[-1].losses.sum() < passes[0].losses.sum()


def test_images_that_do_not_count_change_nothing(to_the_end: None) -> None:
    """Whatever those are that a layer does not learn from, it finds the same."""
    changed = IMAGES.features.copy()
    changed[HALF == 0] = np.random.default_rng(5).uniform(0, 6, changed[HALF == 0].shape)
    (plain, _), (other, _) = (
        _learned([REGRESSIONS[1]], features=f) for f in (IMAGES.features, changed)
    )
    logits = [
        IMAGES.features @ each.layer(0).weights.T + each.layer(0).bias for each in (plain, other)
    ]
    assert np.abs(probabilities_of(logits[0]) - probabilities_of(logits[1])).max() < 0.02


def test_class_weights_move_the_layer_towards_the_heavy_class() -> None:
    heavy = np.where(IMAGES.labels == 2, np.float32(50), np.float32(1))
    layers, _passes = _learned([Regression(EVERYTHING, 0.3), Regression(heavy, 0.3)])
    means = []
    for place in range(2):
        found = layers.layer(place)
        logits = IMAGES.features @ found.weights.T + found.bias
        means.append(float(probabilities_of(logits)[:, 2].mean()))
    assert means[1] > means[0] + 0.1


@pytest.mark.parametrize("stop_at", [1, 3])
def test_it_ends_when_that_is_wanted(stop_at: int) -> None:
    layers, passes = LinearLayers(IMAGES.features, IMAGES.labels, CLASSES, REGRESSIONS), list[int]()

    def after(done: Pass) -> bool:
        passes.append(done.number)
        return done.number < stop_at

    assert not layers.learn(100, after)
    assert passes == list(range(1, stop_at + 1))
    assert np.abs(layers.layer(0).weights).max() > 0


def test_it_makes_no_more_iterations_than_it_may_and_fewer_once_it_has_settled() -> None:
    assert len(_learned(REGRESSIONS, 4)[1]) == 4
    assert 4 < len(_learned(REGRESSIONS, 10_000)[1]) < 1000


@pytest.mark.parametrize("value", [0.0, 1.5])
def test_images_that_are_all_alike_give_one_iteration_and_even_odds(value: float) -> None:
    features = np.full((40, 12), value, np.float32)
    layers = LinearLayers(
        features, np.arange(40) % 2, 2, [Regression(np.ones(40, np.float32), 0.03)]
    )
    passes = list[Pass]()
    assert layers.learn(30, lambda done: bool(passes.append(done)) or True)
    assert [done.number for done in passes] == [1]
    assert passes[0].losses[0] == pytest.approx(np.log(2), abs=1e-4)
    again = LinearLayers(
        features, np.arange(40) % 2, 2, [Regression(np.ones(40, np.float32), 0.03)]
    )
    assert not again.learn(30, lambda _done: False)


def test_a_lesson_without_images_learns_nothing_and_disturbs_no_other() -> None:
    layers, passes = _learned([REGRESSIONS[0], Regression(np.zeros(COUNT, np.float32), 0.03)])
    alone, _passes = _learned([REGRESSIONS[0]])
    assert np.abs(passes[-1].logits[:, 1]).max() == 0
    assert np.abs(layers.layer(0).weights - alone.layer(0).weights).max() < 0.02


def test_one_lesson_gives_the_same_bytes_each_time() -> None:
    with one_thread():
        first, second = _learned(REGRESSIONS)[0], _learned(REGRESSIONS)[0]
    assert first.layer(2).weights.tobytes() == second.layer(2).weights.tobytes()
    assert first.layer(2).bias.tobytes() == second.layer(2).bias.tobytes()


def test_rows_are_taken_some_at_a_time_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _passes = _learned(REGRESSIONS, 10)
    monkeypatch.setattr("cnn_studio.training.linear_layer._ROWS_AT_ONCE", 7)
    parts, _passes = _learned(REGRESSIONS, 10)
    assert np.abs(whole.layer(0).weights - parts.layer(0).weights).max() < 1e-3


def test_a_thousand_sure_logits_are_no_error() -> None:
    sure = probabilities_of(np.array([[1000.0, 0.0], [-1000.0, 0.0]], np.float32))
    assert sure.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_every_library_multiplies_with_one_thread_meanwhile() -> None:
    """SciPy's own too, which may not be loaded before."""
    code = (
        "from threadpoolctl import threadpool_info\n"
        "from cnn_studio.training.linear_layer import one_thread\n"
        "with one_thread():\n"
        "    from scipy.linalg import cholesky\n"
        "    from scipy.optimize import minimize\n"
        "    blas = [each for each in threadpool_info() if each['user_api'] == 'blas']\n"
        "    print(len(blas), {each['num_threads'] for each in blas})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(" ", 1)[1] == "{1}\n"

"""What a preview shows and asks, decided without a screen or an engine."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.gui.training.augmentation.preview_state import PreviewPhase, PreviewState
from cnn_studio.training.events import Previewed
from cnn_studio.training.request import PreviewRequest
from cnn_studio.training.samples import Samples
from cnn_studio.training.strengths import Augmentation
from cnn_studio.vision.preparation import InputSpec

PLAIN = np.zeros((16, 20, 20, 3), np.uint8)
ANSWER = np.full_like(PLAIN, 9)


@pytest.fixture
def state() -> PreviewState:
    """Samples are read, and the engine is ready."""
    state = PreviewState()
    state.begin(Augmentation.LIGHT)
    state.set_samples(Samples(PLAIN, InputSpec(20)))
    state.set_engine(is_ready=True, is_training=False)
    return state


def asked(state: PreviewState) -> PreviewRequest:
    request = state.request()
    assert request is not None
    return request


def test_plain_samples_are_shown_until_the_engine_is_ready() -> None:
    state = PreviewState()
    state.begin(Augmentation.LIGHT)
    assert (state.phase, state.pictures) == (PreviewPhase.READING, None)
    state.set_samples(Samples(PLAIN, InputSpec(20)))
    assert state.phase is PreviewPhase.WARMING
    assert state.pictures is PLAIN
    assert state.request() is None
    state.set_engine(is_ready=True, is_training=False)
    request = asked(state)
    assert request.pixels is PLAIN
    assert request.strengths == Augmentation.LIGHT
    assert state.pictures is PLAIN
    assert state.take(Previewed(request.number, ANSWER))
    assert state.phase is PreviewPhase.VARIED
    assert state.pictures is ANSWER
    assert state.request() is None


def test_the_newest_request_wins(state: PreviewState) -> None:
    older = asked(state)
    state.set_strengths(Augmentation.STRONG)  # not asked for yet, and the older one answers
    assert not state.take(Previewed(older.number, ANSWER))
    newer = asked(state)
    assert newer.number > older.number
    assert newer.strengths == Augmentation.STRONG
    assert newer.seed == older.seed  # the same draw, so that only the strength is another
    assert state.take(Previewed(newer.number, ANSWER))


def test_a_shuffle_is_another_draw_and_the_last_one_stays_until_then(state: PreviewState) -> None:
    first = asked(state)
    state.take(Previewed(first.number, ANSWER))
    state.shuffle()
    assert state.pictures is ANSWER
    assert asked(state).seed != first.seed


def test_without_strengths_nothing_is_asked(state: PreviewState) -> None:
    state.set_strengths(Augmentation.OFF)
    assert state.phase is PreviewPhase.UNVARIED
    assert state.pictures is PLAIN
    assert state.request() is None


def test_a_training_that_is_under_way_and_a_lost_engine_are_waited_for(
    state: PreviewState,
) -> None:
    lost = asked(state)
    state.set_engine(is_ready=True, is_training=True)
    assert state.phase is PreviewPhase.BUSY
    assert state.request() is None
    state.set_engine(is_ready=False, is_training=False)
    assert state.phase is PreviewPhase.WARMING
    state.set_engine(is_ready=True, is_training=False)
    assert asked(state).number > lost.number


def test_an_engine_that_cannot_be_had_is_not_waited_for(state: PreviewState) -> None:
    state.set_engine(is_ready=False, is_training=False, problem="Memory ran out.")
    assert state.phase is PreviewPhase.ENGINELESS
    assert state.pictures is PLAIN
    assert state.request() is None
    state.set_engine(is_ready=False, is_training=False)
    assert state.phase is PreviewPhase.WARMING


def test_an_engine_that_could_not_vary_leaves_the_plain_samples(state: PreviewState) -> None:
    assert state.take(Previewed(asked(state).number, None))
    assert state.phase is PreviewPhase.FAILED
    assert state.pictures is PLAIN
    state.set_strengths(Augmentation.STRONG)
    assert state.phase is PreviewPhase.VARYING


def test_no_images_and_an_answer_to_a_dialog_that_is_closed(state: PreviewState) -> None:
    old = asked(state)
    state.begin(Augmentation.LIGHT)
    assert not state.take(Previewed(old.number, ANSWER))
    state.set_samples(Samples(PLAIN[:0], InputSpec(20)))
    state.set_engine(is_ready=True, is_training=False)
    assert state.phase is PreviewPhase.EMPTY
    assert state.request() is None

"""What the tab shows follows from the events alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.gui.training import progress_wording, wording
from cnn_studio.gui.training.progress import Phase, TrainingProgress
from cnn_studio.models.batch_history import BatchHistory
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.remarks import remarks
from cnn_studio.models.runs import EpochRecord
from cnn_studio.training.events import (
    Batches,
    Continued,
    EpochDone,
    Failed,
    FinalStep,
    Finished,
    Paused,
    Preparing,
    Ready,
    Started,
)

STARTED = Started("/runs/one", 1000, 80, 20, 0, 2, 4, 20, ("red has one recording only.",))


def batches(epoch: int, first: int, losses: tuple[float, ...]) -> Batches:
    step = first + len(losses) - 1
    return Batches(epoch, first, losses, (0.5,) * len(losses), step, 4, 800.0, 12.0)


def epoch_done(epoch: int) -> EpochDone:
    return EpochDone(epoch, 0.8, 0.75, 0.9, 0.7, 800.0, 2.0, best=True)


@pytest.fixture
def running() -> TrainingProgress:
    progress = TrainingProgress("Colours", 2, engine_ready=False)
    progress.feed(Ready())
    progress.feed(Preparing(100, 100))
    progress.feed(STARTED)
    return progress


def test_a_training_goes_through_its_phases() -> None:
    progress = TrainingProgress("Colours", 2, engine_ready=False)
    phases = [progress.phase]
    for event in (
        Ready(),
        Preparing(50, 100),
        STARTED,
        batches(1, 1, (1.0,)),
        epoch_done(1),
        epoch_done(2),
        Finished("/runs/one", "finished", 0.9, 0.8, None, 4.0),
    ):
        progress.feed(event)
        phases.append(progress.phase)
    assert phases == [
        Phase.WARMING,
        Phase.PREPARING,
        Phase.PREPARING,
        Phase.TRAINING,
        Phase.TRAINING,
        Phase.TRAINING,
        Phase.MEASURING,
        Phase.FINISHED,
    ]
    assert not progress.is_under_way
    assert progress.fraction == 1.0
    assert progress.run == Path("/runs/one")


def test_a_warm_engine_is_not_waited_for() -> None:
    assert TrainingProgress("Colours", 2).phase is Phase.PREPARING
    assert TrainingProgress().phase is Phase.IDLE


def test_every_batch_stands_at_its_part_of_the_epoch(running: TrainingProgress) -> None:
    running.feed(batches(1, 1, (2.0, 1.5)))
    running.feed(batches(1, 3, (1.2, 1.0)))
    running.feed(batches(2, 1, (0.9,)))
    curve = running.curves().loss.batches
    assert curve.x.tolist() == [0.25, 0.5, 0.75, 1.0, 1.25]
    assert curve.y.tolist() == [2.0, 1.5, 1.2, 1.0, 0.9]
    assert running.fraction == pytest.approx(5 / 8)


def test_epochs_without_validation_leave_that_curve_empty(running: TrainingProgress) -> None:
    running.feed(EpochDone(1, 0.8, 0.75, None, None, 800.0, 2.0, best=True))
    assert running.curves().accuracy.training.y.tolist() == [0.75]
    assert running.curves().accuracy.validation.is_empty


def test_the_final_fit_is_followed_and_can_be_paused(running: TrainingProgress) -> None:
    running.feed(epoch_done(1))
    running.feed(epoch_done(2))
    running.feed(FinalStep(1, 4, 100, 9.0))
    assert running.phase is Phase.FINAL_FIT
    assert running.fraction == pytest.approx((2 * 4 + 1) / (2 * 4 + 4))
    assert progress_wording.headline(running) == "Learning from all 100 images"
    running.feed(Paused(3, 0))
    assert progress_wording.headline(running) == "Paused while learning from all images"
    running.feed(Continued())
    assert running.phase is Phase.FINAL_FIT
    running.feed(FinalStep(4, 4, 100, 0.0))
    assert running.phase is Phase.MEASURING


def test_stopping_is_said_until_the_end_whatever_still_arrives(running: TrainingProgress) -> None:
    running.stop_requested()
    running.feed(batches(1, 1, (1.0,)))
    running.feed(epoch_done(2))
    assert running.phase is Phase.STOPPING
    assert "Stopping" in progress_wording.headline(running)
    assert progress_wording.details(running) == ""
    running.feed(Finished("/runs/one", "stopped", None, 0.7, None, 4.0))
    assert running.phase is Phase.STOPPED


def test_a_failure_is_kept_as_its_sentence(running: TrainingProgress) -> None:
    running.feed(Failed("The disk is full."))
    assert running.phase is Phase.FAILED
    assert running.failure == "The disk is full."
    running.stop_requested()
    assert running.phase is Phase.FAILED


def test_the_texts_say_what_is_going_on(running: TrainingProgress) -> None:
    running.feed(batches(2, 1, (1.0,)))
    assert progress_wording.headline(running) == "Round 2 of 2"
    assert progress_wording.details(running) == "12 s left · 800 images/s"
    assert progress_wording.status(running) == "Training Colours: round 2 of 2"
    running.feed(Finished("/runs/one", "finished", 0.95, 0.9, None, 130.0))
    said = "Colours is trained. It named 18 of 20 pictures rightly that were held back: too few to"
    assert progress_wording.status(running).startswith(said)


def test_the_end_of_a_training_without_new_pictures_says_so() -> None:
    finished = Finished("/runs/one", "finished", 0.95, None, None, 130.0)
    progress = TrainingProgress("Colours", 2)
    progress.feed(replace(STARTED, validation_count=0))
    progress.feed(finished)
    assert progress_wording.status(progress) == (
        "Colours is trained. It was not tried on new pictures: none were held back."
    )
    progress = TrainingProgress("Colours", 2)
    progress.feed(replace(STARTED, validation_count=0, test_count=1000))
    progress.feed(replace(finished, test_accuracy=0.93))
    assert progress_wording.status(progress) == (
        "Colours is trained. It names 93 of 100 test pictures rightly."
    )
    progress = TrainingProgress("Colours", 2)
    progress.feed(replace(STARTED, train_count=72, validation_count=72, folds=5))
    progress.feed(replace(finished, val_accuracy=68 / 72))
    assert progress_wording.status(progress) == (
        "Colours is trained. It names 68 of 72 pictures rightly that it had not learned from."
    )


def test_only_a_training_that_went_through_all_of_its_epochs_has_a_whole_time(
    running: TrainingProgress,
) -> None:
    assert running.whole_seconds is None
    running.feed(epoch_done(1))
    finished = Finished("/runs/one", "finished", 0.9, 0.9, None, 9.0)
    running.feed(finished)  # by early stopping
    assert running.whole_seconds is None
    running.feed(epoch_done(2))
    running.feed(finished)
    assert running.whole_seconds == 9.0
    settled = TrainingProgress("Colours", 30, network=NetworkKind.PRETRAINED)
    settled.feed(STARTED)
    settled.feed(epoch_done(2))
    settled.feed(finished)  # more epochs would have found nothing
    assert settled.whole_seconds == 9.0


def test_the_log_tells_the_events_in_words() -> None:
    assert progress_wording.log_line(epoch_done(3)) == (
        "Epoch 3: accuracy 75.0 %, validation 70.0 %, best so far"
    )
    assert progress_wording.log_line(batches(1, 1, (1.0,))) == ""
    assert progress_wording.log_line(STARTED).splitlines() == [
        "80 images to learn from, 20 to validate on, 4 steps an epoch.",
        "red has one recording only.",
    ]
    finished = Finished("/runs/one", "finished", 0.95, 0.9, None, 130.0)
    assert progress_wording.log_line(finished) == (
        "Finished in 2 min: training 95.0 %, validation 90.0 %."
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (42, "42 s"), (130, "2 min"), (3600 * 2.5, "2 h 30 min")],
)
def test_a_duration_is_as_exact_as_matters(seconds: float, text: str) -> None:
    assert wording.duration(seconds) == text


def test_weights_tell_of_memory_only_where_it_may_be_a_worry() -> None:
    assert wording.weights(1_199_882, 10_000_000) == "1.2 M weights"
    assert wording.weights(87_000, 0) == "87 k weights"
    assert "9.5 GB" in wording.weights(528_000_000, 9_500_000_000)


def test_the_hint_says_why_a_batch_size_is_suggested() -> None:
    assert wording.batch_hint(160, None, 16, 128) == (
        "About 160 images to learn from. "
        "Batches of 16 give at least 10 steps an epoch; 128 is usual."
    )
    assert wording.batch_hint(60_000, (48_000, 12_000), 128, 128) == (
        "48,000 images to learn from, 12,000 held back."
    )


def test_many_notes_are_told_in_short() -> None:
    names = ("red", "green", "blue")
    one = remarks(("One recording only.",), names)
    assert wording.notes_in_short(one) == "One recording only."
    assert wording.notes_in_full(one) == []
    three = remarks(("One recording only.", "Two.", "Three."), names)
    text = wording.notes_in_short(three)
    assert text == "One recording only. There are 2 more notes on this run."
    assert wording.notes_in_full(three) == ["One recording only.", "Two.", "Three."]
    same = [f"{name} has one image only: it is used for training." for name in names]
    joined = remarks(same, names)
    text = wording.notes_in_short(joined)
    assert text == "All 3 classes have one image each, which is used for training."
    assert wording.notes_in_full(joined) == [text, *same]


def test_a_run_that_goes_on_keeps_its_earlier_batches() -> None:
    past = [EpochRecord(1, 0.9, 0.6, 1.0, 0.5, 800.0, 3.0, best=True)]
    x = np.array([0.25, 0.5, 0.75, 1.0, 1.25, 1.5])
    kept = BatchHistory(x, x + 1, x / 2, 4)
    progress = TrainingProgress("Colours", 3, past=past, past_batches=kept)
    progress.feed(Started("/runs/one", 1000, 80, 20, 0, 3, 4, 20, (), 1, 1))
    # What was learned after the last saved step is learned again.
    assert progress.curves().loss.batches.x.tolist() == x[:5].tolist()
    progress.feed(batches(2, 2, (0.7, 0.6)))
    curves = progress.curves()
    assert curves.loss.batches.x.tolist() == [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75]
    assert curves.loss.batches.y.tolist()[-2:] == [0.7, 0.6]
    assert curves.steps_per_epoch == 4
    assert curves.times.y.tolist() == [3.0]


def test_before_the_first_epoch_has_ended_its_time_is_what_the_speed_says(
    running: TrainingProgress,
) -> None:
    assert running.curves().times.is_empty
    running.feed(batches(1, 1, (1.0,)))
    assert running.curves().times.y.tolist() == [4 * 20 / 800]
    running.feed(epoch_done(1))
    running.feed(epoch_done(2))
    assert running.curves().times.y.tolist() == [2.0, 4.0]

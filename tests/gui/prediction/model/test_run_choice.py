"""Which run is used when the tab is opened, and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cnn_studio.gui.prediction.model.run_choice import RunChoice
from cnn_studio.models.bundle import Bundle, ClassScores, RunStatus, Scores
from cnn_studio.models.runs import Run
from cnn_studio.vision.preparation import InputSpec

CREATED = datetime(2026, 11, 22, tzinfo=UTC)


def _scores(share: float | None) -> Scores | None:
    if share is None:
        return None
    each = ClassScores(share, share, share, 1)
    return Scores(share, 2, ("a", "b"), ((1, 0), (0, 1)), (each, each))


def _run(
    name: str, dataset: str, validation: float | None = None, test: float | None = None
) -> Run:
    bundle = Bundle(
        classes=("a", "b"),
        input=InputSpec(32),
        dataset=dataset,
        dataset_title=dataset,
        recipe={},
        weights=1,
        status=RunStatus.FINISHED,
        epochs_done=1,
        best_epoch=1,
        created=CREATED,
        seconds=1.0,
        validation=_scores(validation),
        test=_scores(test),
    )
    return Run(Path(name), RunStatus.FINISHED, dataset, CREATED, bundle)


NEWEST = _run("newest", "satellite", 0.99)
BEST = _run("best", "objects", 0.9)
WORSE = _run("worse", "objects", 0.7)
UNMEASURED = _run("unmeasured", "objects")


def _choice(*runs: Run, dataset: str | None = "objects") -> RunChoice:
    choice = RunChoice()
    choice.set_dataset(dataset)
    choice.set_runs(runs)
    return choice


def test_the_best_run_of_the_dataset_is_suggested() -> None:
    assert _choice(NEWEST, UNMEASURED, WORSE, BEST).chosen is BEST


def test_without_a_run_of_the_dataset_the_newest_is_suggested() -> None:
    assert _choice(NEWEST, BEST, dataset="leaves").chosen is NEWEST
    assert _choice(NEWEST, BEST, dataset=None).chosen is NEWEST


def test_a_run_stopped_within_its_first_epoch_is_picked_or_not_taken_at_all() -> None:
    assert UNMEASURED.bundle is not None
    stopped = replace(UNMEASURED.bundle, status=RunStatus.STOPPED, best_epoch=0)
    barely = replace(UNMEASURED, folder=Path("barely"), bundle=stopped)
    assert _choice(barely).chosen is None
    assert _choice(barely, NEWEST).chosen is NEWEST
    assert _choice(barely, NEWEST, dataset=None).chosen is NEWEST
    choice = _choice(barely, WORSE)
    assert choice.runs == (barely, WORSE)
    assert choice.chosen is WORSE
    choice.pick(barely.folder)
    assert choice.chosen is barely


def test_no_run_is_chosen_where_none_has_a_model() -> None:
    interrupted = Run(Path("x"), RunStatus.INTERRUPTED, "objects", CREATED, problem="No model.")
    choice = _choice(interrupted)
    assert choice.chosen is None
    assert choice.runs == ()


def test_a_picked_run_stays_when_a_better_one_comes() -> None:
    choice = _choice(WORSE)
    choice.pick(WORSE.folder)
    choice.set_runs([BEST, WORSE])
    assert choice.chosen is WORSE


def test_a_picked_run_that_is_gone_gives_way_to_the_suggestion() -> None:
    choice = _choice(WORSE, BEST)
    choice.pick(WORSE.folder)
    choice.set_runs([BEST])
    assert choice.chosen is BEST


def test_another_dataset_brings_its_own_suggestion() -> None:
    choice = _choice(NEWEST, WORSE, BEST)
    choice.pick(WORSE.folder)
    choice.set_dataset("satellite")
    assert choice.chosen is NEWEST
    choice.set_dataset("objects")
    assert choice.chosen is BEST


def test_where_nothing_was_held_back_the_test_part_counts() -> None:
    assert _run("tested", "objects", None, 0.8).accuracy == 0.8
    assert _run("both", "objects", 0.6, 0.8).accuracy == 0.6
    assert UNMEASURED.accuracy is None


def test_what_is_looked_at_stays_when_a_better_one_comes() -> None:
    choice = _choice(WORSE)
    choice.hold()
    choice.set_runs([BEST, WORSE])
    assert choice.chosen is WORSE
    choice.release()
    assert choice.chosen is BEST
    choice.hold()
    choice.set_dataset("satellite")
    choice.set_runs([NEWEST, BEST, WORSE])
    assert choice.chosen is NEWEST


def test_a_run_that_learned_on_has_another_model() -> None:
    choice = _choice(BEST)
    before = choice.used
    assert before is not None
    assert before.folder == BEST.folder
    choice.set_runs([replace(BEST, created=CREATED + timedelta(minutes=5))])
    assert choice.used != before
    assert _choice().used is None

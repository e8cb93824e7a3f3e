"""What the training tab says of a dataset."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cnn_studio.data.cards import DatasetCard
from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.start.counts import DatasetCounts
from tests.models.small_run import bundle, some_scores

CARD = DatasetCard("things", "Things", ("pen", "cup", "key"))


def counts(*disabled: str) -> DatasetCounts:
    card = replace(CARD, disabled=disabled)
    trained = [name for name in card.classes if name not in disabled]
    return DatasetCounts(Dataset(Path("things"), card), dict.fromkeys(trained, 10))


@pytest.mark.parametrize(
    ("disabled", "line"),
    [
        ((), "30 images of 3 classes"),
        (("cup",), "20 images of 2 of its 3 classes"),
        (("cup", "gone"), "20 images of 2 of its 3 classes"),
    ],
)
def test_the_line_says_how_many_classes_are_trained(disabled: tuple[str, ...], line: str) -> None:
    assert wording.dataset_line(counts(*disabled)) == line
    assert wording.nothing_to_train_on(counts(*disabled)) == ""


def test_too_few_classes_are_told_apart_from_too_few_that_are_trained() -> None:
    assert "Switch more of them on" in wording.nothing_to_train_on(counts("cup", "key"))
    single = DatasetCounts(
        Dataset(Path("things"), DatasetCard("things", "Things", ("pen",))), {"pen": 3}
    )
    assert "Add them" in wording.nothing_to_train_on(single)


def test_a_run_that_learned_on_says_what_its_figures_rest_on() -> None:
    measured = bundle(train=some_scores(4, 0), validation=some_scores(2, 1))
    assert wording.basis(measured) == ""
    text = wording.basis(replace(measured, final_epochs=1))
    assert text == "Measured on 3 images held back, then learned from all 7."

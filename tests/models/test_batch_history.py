"""Some of a training's batches are kept, evenly, and read back however it was taken up again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cnn_studio.models.batch_history import BATCHES_FILE, BatchHistory, read_batches, read_steps
from cnn_studio.models.runs import Run, RunStatus
from cnn_studio.training.records import BatchRecords


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path, RunStatus.FINISHED, "colours", datetime(2026, 1, 1, tzinfo=UTC))


def test_what_was_written_is_read_back(run: Run) -> None:
    records = BatchRecords(run.folder, 2, 4)
    for epoch in (1, 2):
        for step in range(1, 5):
            records.add(epoch, step, 1 / step, step / 4)
        records.write()
    found = read_batches(run)
    assert found.x.tolist() == [n / 4 for n in range(1, 9)]
    assert found.losses[:2].tolist() == [1, 0.5]
    assert found.accuracies[3] == 1
    assert found.steps_per_epoch == 4
    assert found.until(1.5).x.tolist() == [n / 4 for n in range(1, 7)]


def test_of_a_long_training_evenly_chosen_ones_are_kept(run: Run) -> None:
    records = BatchRecords(run.folder, 2000, 100)  # 10 of each epoch
    for epoch in (1, 2):
        for step in range(1, 101):
            records.add(epoch, step, 1.0, 0.5)
    records.write()
    found = read_batches(run)
    assert found.x[:10] == pytest.approx([n / 10 for n in range(1, 11)])
    assert len(found.x) == 20


def test_steps_that_were_taken_again_stand_instead_of_those_before(run: Run) -> None:
    for loss, steps in ((1.0, (1, 2, 3, 4)), (2.0, (3, 4))):  # taken up after the second
        records = BatchRecords(run.folder, 1, 4)
        for step in steps:
            records.add(1, step, loss, 0.5)
        records.write()
    assert read_batches(run).losses.tolist() == [1, 1, 2, 2]


@pytest.mark.parametrize(
    "text", ["", "nonsense", "a,b,c,d,e\n1,2\n", "a,b,c,d,e\n1,1,0,1,1\n", "a\n1,1,4,nan,inf\n"]
)
def test_a_damaged_file_tells_nothing(run: Run, text: str) -> None:
    (run.folder / BATCHES_FILE).write_text(text, encoding="utf-8")
    assert read_batches(run).x.size == 0


HEAD = "epoch,step,steps_per_epoch,loss,accuracy\n"


@pytest.mark.parametrize(
    "bad",
    [
        "2,1,2,.",  # cut by a kill
        "2,1,2,2,1,2,.4,.5",  # and joined with the next
        "-1000000000,1,2,9,9",
        "-1e9,1,2,9,9",
        "0,1,2,9,9",
        "1000000000000000000000000000000,1,2,9,9",
        "2,0,2,9,9",
        "2,3,2,9,9",
        "2,1,1e308,9,9",
        f"2,1,{10**30},9,9",
        "2,1,1.5,9,9",
        "2,1,2,nan,9",
        "2,1,2,9,inf",
        '\0,"',
    ],
)
def test_a_bad_row_takes_no_good_ones_along(run: Run, bad: str) -> None:
    rows = ["1,1,2,1,.5", "1,2,2,2,.5", bad, "2,1,2,3,.5", "2,2,2,4,.5"]
    (run.folder / BATCHES_FILE).write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    found = read_batches(run)
    assert found.losses.tolist() == [1, 2, 3, 4]
    assert found.x.tolist() == [0.5, 1, 1.5, 2]
    assert found.steps_per_epoch == read_steps(run) == 2


@pytest.mark.parametrize("left", ["", "epoch,st", HEAD, HEAD + "1,1,4,.5,.5\n1,2,4,.", HEAD + "1"])
def test_what_is_added_after_a_kill_begins_on_a_line_of_its_own(run: Run, left: str) -> None:
    (run.folder / BATCHES_FILE).write_text(left, encoding="utf-8")
    records = BatchRecords(run.folder, 2, 4)
    for step in (3, 4):
        records.add(1, step, 1.0, 0.5)
        records.write()
    assert read_batches(run).x.tolist()[-2:] == [0.75, 1.0]
    assert (run.folder / BATCHES_FILE).read_text("utf-8").endswith("1,3,4,1,0.5\n1,4,4,1,0.5\n")


def test_the_steps_of_a_long_file_are_found_at_its_end(run: Run) -> None:
    rows = "".join(f"{epoch},1,4,.5,.5\n" for epoch in range(1, 5000))
    (run.folder / BATCHES_FILE).write_text(HEAD + rows + "5000,1,9,.5,.5\n5001,", encoding="utf-8")
    assert read_steps(run) == read_batches(run).steps_per_epoch == 9
    (run.folder / BATCHES_FILE).unlink()
    assert read_steps(run) == 0


def test_an_older_run_has_none_and_a_full_disk_ends_no_training(run: Run, tmp_path: Path) -> None:
    assert read_batches(run).x.tolist() == BatchHistory().x.tolist() == []
    records = BatchRecords(tmp_path / "gone", 1, 4)
    records.add(1, 1, 1.0, 0.5)
    records.write()
    nobody = BatchRecords(None, 1, 4)  # a worker that writes no run
    nobody.add(1, 1, 1.0, 0.5)
    nobody.write()

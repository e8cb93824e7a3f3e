"""The report: one file, everything in it, and nothing that a name could break."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.errors import ImageError, ModelError
from cnn_studio.models.answers import Answers
from cnn_studio.models.bundle import LITE_FILE, Calibration, RunStatus, write_bundle
from cnn_studio.models.runs import HISTORY_FILE, Run, open_run
from cnn_studio.models.scores import score
from cnn_studio.report.page import report, write_report
from cnn_studio.vision.images import ImageArray, decode_image
from tests.models.small_run import bundle, some_scores

EVIL = '<script>alert("x")</script> & "quotes"'
CLASSES = ("cap", EVIL, "shoe")
_VOID = {"meta", "img", "br", "link"}


class _Balance(HTMLParser):
    """Fails where a tag is closed that is not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def answers() -> Answers:
    probabilities = np.array(
        [[0.9, 0.1, 0], [0.2, 0.8, 0], [0.1, 0.9, 0], [0, 0.3, 0.7]], np.float32
    )
    names = ("cap/1.jpg", "cap/gone.jpg", f"{EVIL}/1.jpg", "shoe/1.jpg")
    return Answers(names, np.array([0, 0, 1, 2]), probabilities, CLASSES)


def picture(name: str) -> ImageArray:
    if "gone" in name:
        raise ImageError(f"The file is not there: {name}.")
    return np.full((300, 200), 90, np.uint8)  # grey, and larger than it is shown


@pytest.fixture
def run(tmp_path: Path) -> Run:
    folder = tmp_path / "runs" / "one"
    folder.mkdir(parents=True)
    told = answers()
    scores = score(told.labels, told.probabilities, CLASSES)
    write_bundle(
        folder,
        bundle(
            classes=CLASSES,
            dataset_title=EVIL,
            train=scores,
            validation=scores,
            notes=(f"{EVIL} has one recording only.",),
            recipe={"epochs": 3, "class_weights": True, "note": EVIL, "parts": {"a": [1, None]}},
            calibration=Calibration(1.5, 0.1, 0.05, 40),
        ),
    )
    (folder / LITE_FILE).write_bytes(b"weights")
    (folder / HISTORY_FILE).write_text(
        "epoch,loss,accuracy,val_loss,val_accuracy,images_per_second,seconds,best\n"
        "1,1.5,0.4,1.2,0.5,100,1,1\n2,0.9,0.6,nan,0.6,100,1,0\n3,0.5,0.8,0.7,0.7,100,1,1\n"
    )
    return open_run(folder)


def test_the_report_has_everything_in_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(path, run, answers(), picture)
    text = path.read_text(encoding="utf-8")
    for title in ("Curves", "Confusion matrix", "Classes", "Reliability", "Mistakes", "Recipe"):
        assert f"<h2>{title}</h2>" in text
    assert "75.0 %" in text
    assert "95 % interval" in text
    assert "temperature of 1.50" in text
    assert "keras" in text
    assert text.count("<svg") == 4
    assert not re.search(r'(src|href)="(?!data:)', text)
    assert "nan" not in re.sub(r"base64,[^\"]+", "", text).lower()


def test_the_report_says_what_its_figures_rest_on(run: Run) -> None:
    assert run.bundle is not None
    assert "learned from all" not in report(run, None, None)
    train, validation = some_scores(4, 0), some_scores(2, 1)
    bundle = replace(run.bundle, final_epochs=2, train=train, validation=validation)
    page = report(replace(run, bundle=bundle), None, None)
    assert "Measured on 3 images held back, then learned from all 7." in page


def test_no_name_breaks_out_of_the_page(run: Run) -> None:
    text = report(run, answers(), picture)
    assert "<script" not in text
    assert EVIL not in text
    assert "&lt;script&gt;" in text
    balance = _Balance()
    balance.feed(text)
    assert balance.open == []
    assert "script" not in balance.tags


def test_mistakes_show_small_pictures_or_say_that_they_are_gone(run: Run) -> None:
    all_wrong = Answers(
        ("cap/1.jpg", "cap/gone.jpg"),
        np.array([0, 0]),
        np.array([[0, 1, 0], [0, 1, 0]], np.float32),
        CLASSES,
    )
    text = report(run, all_wrong, picture)
    (encoded,) = re.findall(r"base64,([^\"]+)", text)
    assert max(decode_image(base64.b64decode(encoded), "it").shape) <= 128
    assert text.count("not there any more") == 1


def test_without_answers_the_rest_is_told(run: Run) -> None:
    text = report(run, None, None)
    assert "<h2>Mistakes</h2>" not in text
    assert "<h2>Confusion matrix</h2>" in text
    right = Answers(("cap/1.jpg",), np.array([0]), np.array([[1, 0, 0]], np.float32), CLASSES)
    assert "every image was recognised" in report(run, right, None)


def test_a_run_without_a_model_has_no_report(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    with pytest.raises(ModelError, match="did not reach its end"):
        report(open_run(folder), None, None)


def test_thirty_classes_are_drawn(run: Run) -> None:
    names = tuple(f"a class with a name of forty letters, {n:02d}" for n in range(30))
    labels = np.repeat(np.arange(30), 3)
    told = Answers(
        tuple(f"{n}" for n in range(90)), labels, np.eye(30, dtype=np.float32)[labels], names
    )
    text = report(run, told, None)
    assert text.count("taken for") >= 900


def test_what_a_figure_hides_stands_beside_it(run: Run) -> None:
    text = report(run, None, None)
    assert "Validation: " in text
    assert "shoe: 1 of 1 right, too few to tell" in text
    assert "has learned from" not in text
    marked = replace(answers(), learned=np.array([True, False, False, True]))
    text = report(run, marked, None)
    words = "The model has learned from 2 of these 4 images, so the figures are optimistic. Without"
    assert words in text
    assert "accuracy 50.0 %" in text


def test_a_run_stopped_within_its_first_epoch_says_that_it_was_not_measured(run: Run) -> None:
    assert run.bundle is not None
    barely = {"status": RunStatus.STOPPED, "best_epoch": 0, "train": None, "validation": None}
    text = report(replace(run, bundle=replace(run.bundle, **barely)), None, None)
    assert "before its first epoch ended, so it was not measured" in text
    assert "Confusion matrix" not in text

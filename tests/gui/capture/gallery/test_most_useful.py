"""What to label next: the gallery's order, and the order of the review."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.gallery.arrangement import Order
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.capture.gallery.most_useful import Usefulness
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.studio import Studio
from cnn_studio.instant.learner import learn_dataset
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.gui.capture.conftest import OpenTab
from tests.gui.capture.test_capture_tab import part
from tests.training.drawn_shapes import CLASSES, COUNT, draw, shapes

TOTAL = len(CLASSES) * COUNT
WRONG = "stripes-in-ball.jpg"


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    """The drawings, and one that stands in the wrong class; it is the oldest."""
    found = shapes(workspace)
    (found.folder / "ball" / WRONG).write_bytes(encode_jpeg(draw("stripes", 400)))
    old_s = time.time() - 10_000
    os.utime(found.folder / "ball" / WRONG, (old_s, old_s))
    return found


def gallery(qtbot: QtBot, tab: CaptureTab, count: int) -> GalleryPanel:
    tab._contents.show_everything(True)
    panel = part(tab, GalleryPanel)
    qtbot.waitUntil(lambda: len(panel.samples) == count)
    return panel


def order_by_use(panel: GalleryPanel) -> None:
    panel.set_filter_visible(True)
    chooser = panel.findChild(QComboBox, "orderChooser")
    assert chooser is not None
    chooser.setCurrentIndex(chooser.findData(str(Order.MOST_USEFUL)))
    assert chooser.currentText() == "Most useful first"


def said(panel: GalleryPanel) -> str:
    label = panel.findChild(QLabel, "insightProgress")
    assert label is not None
    return label.text()


def test_the_most_useful_come_first(
    qtbot: QtBot, studio: Studio, dataset: Dataset, open_tab: OpenTab
) -> None:
    panel = gallery(qtbot, open_tab("shapes", camera=""), TOTAL + 1)
    assert panel.samples[0].path.name != WRONG
    order_by_use(panel)
    qtbot.waitUntil(lambda: studio.instant.model is not None)
    qtbot.waitUntil(lambda: panel.samples[0].path.name == WRONG)
    assert len(panel.samples) == TOTAL + 1
    qtbot.waitUntil(lambda: said(panel) == "")


def test_without_a_model_it_says_so_and_shows_the_newest_first(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    """One class of three images, and one of one."""
    panel = gallery(qtbot, open_tab(camera=""), 4)
    before = list(panel.samples)
    order_by_use(panel)
    qtbot.waitUntil(lambda: said(panel) == "Not known yet")
    label = panel.findChild(QLabel, "insightProgress")
    assert label is not None
    assert "two classes have three images each" in label.toolTip()
    assert list(panel.samples) == before
    panel.set_filter_visible(False)
    assert said(panel) == ""


def test_the_review_begins_with_the_most_useful_that_nobody_has_reviewed(
    qtbot: QtBot, studio: Studio, dataset: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab("shapes", camera="")
    panel = gallery(qtbot, tab, TOTAL + 1)
    qtbot.waitUntil(lambda: studio.instant.model is not None)
    panel.review_requested.emit()
    view = part(tab, LargeView)
    qtbot.waitUntil(view.isVisible)
    details = view.findChild(QLabel, "largeDetails")
    assert details is not None
    assert details.text().startswith(WRONG)
    view.class_requested.emit(1 + CLASSES.index("stripes"))
    qtbot.waitUntil(lambda: not details.text().startswith(WRONG))
    view.close_view()
    qtbot.waitUntil(lambda: f"stripes/{WRONG}" in tab._arranging._insights.reviewed)
    panel.review_requested.emit()
    qtbot.waitUntil(view.isVisible)
    qtbot.waitUntil(lambda: details.text() != "")
    assert not details.text().startswith(WRONG)
    view.close_view()


def test_an_order_that_was_chosen_is_kept_in_the_review(
    qtbot: QtBot, studio: Studio, dataset: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab("shapes", camera="")
    panel = gallery(qtbot, tab, TOTAL + 1)
    qtbot.waitUntil(lambda: studio.instant.model is not None)
    newest = panel.samples[0]
    panel.set_filter_visible(True)
    chooser = panel.findChild(QComboBox, "orderChooser")
    assert chooser is not None
    chooser.setCurrentIndex(chooser.findData(str(Order.OLDEST)))
    qtbot.waitUntil(lambda: panel.samples[-1] == newest)
    panel.review_requested.emit()
    view = part(tab, LargeView)
    details = view.findChild(QLabel, "largeDetails")
    assert details is not None
    assert view.isVisible()
    assert details.text().startswith(panel.samples[0].path.name)
    assert panel.samples[0].path.name != WRONG
    view.close_view()


def test_what_nobody_has_looked_at_yet_comes_after_the_others(
    dataset: Dataset, tmp_path: Path
) -> None:
    model, table = learn_dataset(dataset)
    assert model is not None
    new = [Sample(tmp_path / f"{number}.jpg", "ball") for number in range(2)]
    known = [Sample(dataset.folder / name, name.split("/")[0]) for name in table.view().names]
    ordered = Usefulness(table, model).ordered([*new, *known])
    assert ordered[-2:] == new
    assert ordered[0].path.name == WRONG
    assert len(ordered) == len(known) + 2
    assert Usefulness(table, model).ordered(new) == new
    assert Usefulness(table, model).ordered([]) == []


def test_a_class_that_the_model_does_not_know_is_as_uncertain_as_can_be(dataset: Dataset) -> None:
    model, table = learn_dataset(dataset)
    assert model is not None
    names = [name for name in table.view().names if not name.endswith(WRONG)]
    table.keep(["new/1.jpg"], [(0, 0)], table.view().features[:1].astype(np.float32))
    samples = [Sample(Path(name), name.split("/")[0]) for name in (*names, "new/1.jpg")]
    assert Usefulness(table, model).ordered(samples)[0].class_name == "new"

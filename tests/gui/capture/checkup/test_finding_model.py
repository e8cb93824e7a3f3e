"""The list of findings: rows that stay where they are while others come and go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication

from cnn_studio.data.finding_groups import grouped
from cnn_studio.data.findings import Finding
from cnn_studio.gui.capture.checkup.finding_model import DETAIL_ROLE, FindingModel
from cnn_studio.gui.capture.checkup.finding_tree import FindingTree
from cnn_studio.gui.studio import Studio
from tests.data.test_finding_groups import copies

PAIRS = [copies(f"pen/{n}", f"pen/{n}-copy") for n in range(6)]
ACROSS = [copies(f"pen/{n}", f"cup/{n}", across=True) for n in range(10, 13)]


def show(model: FindingModel, findings: Sequence[Finding]) -> None:
    model.set_groups(grouped(findings, model.groups))


def rows(model: FindingModel, place: int) -> list[str]:
    parent = model.index(place, 0)
    below = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]
    return [model.finding(index).paths[0].stem for index in below]


def test_what_stays_keeps_its_row(qapp: QApplication) -> None:
    model = FindingModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    show(model, [*ACROSS, *PAIRS])
    assert [model.title(place) for place in range(2)] == [
        "Same picture in two classes",
        "Nearly the same",
    ]
    resets, removals = QSignalSpy(model.modelReset), QSignalSpy(model.rowsRemoved)
    show(model, [*ACROSS, *PAIRS[:2], *PAIRS[3:]])
    assert rows(model, 1) == ["0", "1", "3", "4", "5"]
    assert removals.count() == 1
    show(model, [*ACROSS, *PAIRS])  # undone
    assert rows(model, 1) == ["0", "1", "2", "3", "4", "5"]
    show(model, [*ACROSS[:1], *PAIRS])
    assert rows(model, 0) == []  # one alone has no row below its kind
    assert model.data(model.index(0, 0), DETAIL_ROLE) == "2 images · pen, cup"
    assert resets.count() == 0
    show(model, PAIRS)
    assert resets.count() == 1
    show(model, [])
    assert model.rowCount() == 0


def test_pictures_in_more_than_two_classes_are_not_said_to_be_in_two(qapp: QApplication) -> None:
    model = FindingModel()
    show(model, [*ACROSS, copies("pen/a", "cup/b", "key/c", across=True)])
    assert model.title(0) == "Same picture across classes"


def test_the_chosen_row_stays_or_gives_way_to_the_next(qapp: QApplication, studio: Studio) -> None:
    tree = FindingTree(studio.theme)
    tree.set_groups(grouped([*ACROSS, *PAIRS]))
    assert tree.finding is not None
    assert tree.finding.across_classes
    second = tree.model().index(1, 0)
    tree.expand(second)
    tree.setCurrentIndex(tree.model().index(2, 0, second))
    chosen = tree.finding
    shown = tree.group
    assert shown is not None
    tree.set_groups(grouped([*ACROSS, *PAIRS[1:]], tree._findings.groups))
    assert tree.finding is chosen
    tree.set_groups(grouped([*ACROSS, PAIRS[1], *PAIRS[3:]], tree._findings.groups))
    assert tree.finding == PAIRS[3]
    tree.set_groups(grouped([PAIRS[1], *PAIRS[3:]], tree._findings.groups))
    assert tree.finding == PAIRS[3]  # a kind above it has gone
    assert tree.isExpanded(tree.model().index(0, 0))
    tree.set_groups(())
    assert tree.finding is None
    assert tree.currentIndex() == QModelIndex()
    tree.deleteLater()

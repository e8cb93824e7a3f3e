"""Archives whose names do not say how they are written, and tars, in a real tab."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import create_dataset
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.transfer.import_dialog import ImportDialog
from cnn_studio.gui.capture.transfer.names_row import NamesRow
from cnn_studio.gui.studio import Studio
from tests.data.archives import class_zip, tar
from tests.data.pictures import jpeg
from tests.gui.capture.conftest import OpenTab
from tests.gui.capture.test_capture_tab import Part, files, message
from tests.gui.capture.transfer.test_import_preview import drop_beside, preview


def part(parent: QWidget, kind: type[Part], name: str = "") -> Part:
    found = parent.findChild(kind, name) if name else parent.findChild(kind)
    assert found is not None
    return found


def _classes(dialog: ImportDialog) -> list[str]:
    model = dialog.view.model()
    return [str(model.index(row, 2).data()) for row in range(model.rowCount())]


def _choose(dialog: ImportDialog, encoding: str) -> None:
    choice = part(dialog, QComboBox)
    place = choice.findData(encoding)
    assert place >= 0
    choice.setCurrentIndex(place)
    choice.activated.emit(place)


def _next(qtbot: QtBot, tab: CaptureTab, before: ImportDialog) -> ImportDialog:
    """The preview that comes instead of another one."""

    def others() -> list[ImportDialog]:
        return [each for each in tab.findChildren(ImportDialog) if each is not before]

    qtbot.waitUntil(lambda: len(others()) == 1)
    return others()[0]


def test_names_are_shown_as_they_were_read_and_follow_the_choice(
    studio: Studio, open_tab: OpenTab, tmp_path: Path, qtbot: QtBot
) -> None:
    dataset = create_dataset(studio.workspace, "Things", ["Pen"])
    tab = open_tab(dataset.name, camera="")
    path = class_zip(tmp_path / "kana.zip", ["表", "ソ"], "cp932")
    drop_beside(tab, files(path))
    dialog = preview(qtbot, tab)
    row = part(dialog, NamesRow)
    assert row.isVisibleTo(dialog)
    first = _classes(dialog)
    choice = part(dialog, QComboBox)
    other = "cp437" if choice.currentData() != "cp437" else "cp866"
    _choose(dialog, other)
    dialog = _next(qtbot, tab, dialog)
    assert _classes(dialog) != first
    assert part(dialog, QComboBox).currentData() == other
    _choose(dialog, "cp932")
    dialog = _next(qtbot, tab, dialog)
    assert sorted(_classes(dialog)) == ["ソ", "表"]
    part(dialog, QPushButton, "startImportButton").click()
    qtbot.waitUntil(lambda: message(tab) == "4 images imported into 2 classes.")
    assert (dataset.folder / "表").is_dir()


def test_names_that_say_how_they_are_written_bring_no_question(
    studio: Studio, open_tab: OpenTab, tmp_path: Path, qtbot: QtBot
) -> None:
    dataset = create_dataset(studio.workspace, "Things", ["Pen"])
    tab = open_tab(dataset.name, camera="")
    path = tar(
        tmp_path / "flowers.tgz", {"a/Äpfel/1.jpg": jpeg(1), "a/b/2.jpg": jpeg(2)}, mode="w:gz"
    )
    drop_beside(tab, files(path))
    dialog = preview(qtbot, tab)
    assert not part(dialog, NamesRow).isVisibleTo(dialog)
    assert sorted(_classes(dialog)) == ["b", "Äpfel"]
    dialog.reject()


@pytest.mark.parametrize("names", [["Äpfel", "Größe", "été"]])
def test_a_zip_that_macos_made_brings_no_question(
    studio: Studio, open_tab: OpenTab, tmp_path: Path, qtbot: QtBot, names: list[str]
) -> None:
    dataset = create_dataset(studio.workspace, "Things", ["Pen"])
    tab = open_tab(dataset.name, camera="")
    drop_beside(tab, files(class_zip(tmp_path / "mac.zip", names, "utf-8", system=3)))
    dialog = preview(qtbot, tab)
    assert sorted(_classes(dialog)) == sorted(names)
    assert not part(dialog, NamesRow).isVisibleTo(dialog)
    dialog.reject()

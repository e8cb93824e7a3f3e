"""What the demo camera shows is chosen by a row of buttons."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.camera.spec import parse_spec
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.demo_objects import DemoObjects


def _buttons(objects: DemoObjects) -> dict[str, QAbstractButton]:
    return {b.objectName(): b for b in objects.findChildren(QAbstractButton)}


def test_nothing_and_something_strange_are_chosen_like_the_objects(
    qtbot: QtBot, studio: Studio
) -> None:
    objects = DemoObjects(studio.camera)
    qtbot.addWidget(objects)
    objects.resize(1000, 40)
    studio.camera.open(parse_spec("demo"))
    buttons = _buttons(objects)
    assert [b.text() for b in buttons.values()] == [
        *DemoCamera.OBJECTS,
        "nothing",
        "something strange",
    ]
    for name in ("strange", "nothing", "book"):
        buttons[f"demo-{name}"].click()
        assert studio.camera.demo_object == name
        assert [b.isChecked() for b in buttons.values()].count(True) == 1
        assert buttons[f"demo-{name}"].isChecked()
    studio.camera.open(parse_spec("demo:strange"))
    assert buttons["demo-strange"].isChecked()
    assert "unknown" in buttons["demo-strange"].toolTip()


@pytest.mark.parametrize(
    ("width", "strange", "has_label"),
    [(900, "something strange", True), (640, "something strange", False), (480, "strange", False)],
)
def test_no_name_is_cut_in_a_narrow_window(
    qtbot: QtBot, studio: Studio, width: int, strange: str, has_label: bool
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).setContentsMargins(0, 0, 0, 0)
    objects = DemoObjects(studio.camera, window)
    layout = window.layout()
    assert layout is not None
    layout.addWidget(objects)
    studio.camera.open(parse_spec("demo"))
    window.show()
    window.resize(width, 60)
    assert window.width() == width
    buttons = _buttons(objects)
    assert buttons["demo-strange"].text() == strange
    qtbot.waitUntil(lambda: all(b.width() >= b.sizeHint().width() for b in buttons.values()))
    assert buttons["demo-strange"].geometry().right() < width
    label = objects.findChild(QLabel)
    assert label is not None
    assert label.isVisible() == has_label
    window.resize(900, 60)
    assert buttons["demo-strange"].text() == "something strange"

"""What the demo camera shows is chosen by a row of buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton
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

"""The plots: drawn beside the window, sharp, and only the newest curves."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from cnn_studio.gui.theme import Mode, Theme
from cnn_studio.gui.training.curves import Curve, Curves, Measure
from cnn_studio.gui.training.curves_view import CurvesView
from cnn_studio.gui.training.plot_drawing import PlotDrawing, epoch_limit, loss_limit
from cnn_studio.gui.training.plot_look import PlotLook

LOOK = PlotLook(
    width=640, height=200, pixel_ratio=2.0, font_family="No such font", surface="#ffffff",
    line="#dde1e7", text="#1b1f24", text_quiet="#5b6470", training="#2563eb",
    validation="#d97706", loss="Loss", accuracy="Accuracy", epoch="epoch",
    of_training="training", of_validation="validation", of_batches="each batch",
)  # fmt: skip


def curves(epochs: int = 5) -> Curves:
    x = np.arange(1.0, epochs + 1)
    steps = np.linspace(0.1, epochs, 10 * epochs)
    return Curves(
        epochs,
        Measure(Curve(steps, 1 / (1 + steps)), Curve(x, 1 / x), Curve(x, 1.2 / x)),
        Measure(Curve(steps, steps / 9), Curve(x, x / 6), Curve(x, x / 7)),
    )


def pixels(image: QImage) -> np.ndarray:
    """RGB (height, width, 3), uint8."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    # A copy, for the bytes go when the image does.
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def has_colour(image: QImage, colour: str) -> bool:
    rgb = QColor(colour).getRgb()[:3]
    return bool((pixels(image) == rgb).all(axis=2).any())


def test_a_picture_has_the_screens_pixels_and_both_curves() -> None:
    picture = PlotDrawing().draw(curves(), LOOK)
    assert (picture.image.width(), picture.image.height()) == (1280, 400)
    assert picture.image.devicePixelRatio() == 2.0
    for colour in (LOOK.surface, LOOK.line, LOOK.training, LOOK.validation):
        assert has_colour(picture.image, colour), colour
    assert len(picture.axes) == 2
    assert picture.epochs == 5


def test_an_update_on_the_kept_ground_is_what_a_new_drawing_would_be() -> None:
    few = Curves(5, *(
        Measure(
            m.batches,
            Curve(m.training.x[:3], m.training.y[:3]),
            Curve(m.validation.x[:3], m.validation.y[:3]),
        )
        for m in (curves().loss, curves().accuracy)
    ))  # fmt: skip
    drawing = PlotDrawing()
    drawing.draw(few, LOOK)
    updated = pixels(drawing.draw(curves(), LOOK).image)
    assert np.array_equal(updated, pixels(PlotDrawing().draw(curves(), LOOK).image))


def test_curves_that_left_the_numbers_are_drawn_as_far_as_they_go() -> None:
    x = np.arange(1.0, 4.0)
    broken = Measure(training=Curve(x, np.array([1.0, np.inf, np.nan])))
    picture = PlotDrawing().draw(Curves(3, broken, broken), LOOK)
    assert has_colour(picture.image, LOOK.training)
    nowhere = Measure(training=Curve(x, np.full(3, np.nan)))
    PlotDrawing().draw(Curves(3, nowhere, nowhere), LOOK)


@pytest.mark.parametrize("size", [(1, 1), (60, 40), (200, 60)])
def test_a_view_that_is_hardly_there_can_be_drawn(size: tuple[int, int]) -> None:
    look = PlotLook(**{**LOOK.__dict__, "width": size[0], "height": size[1]})
    assert PlotDrawing().draw(curves(), look).image.width() == 2 * size[0]


def test_the_loss_axis_ignores_a_few_wild_batches_but_no_epoch() -> None:
    batches = np.full(1000, 0.5)
    batches[:3] = 80.0
    x = np.linspace(0, 5, 1000)
    assert loss_limit(Measure(Curve(x, batches))) < 1
    wild_epoch = Measure(Curve(x, batches), Curve(np.array([1.0]), np.array([7.0])))
    assert loss_limit(wild_epoch) == 8.0
    assert loss_limit(Measure()) > 0


def test_the_axis_of_a_long_training_grows_with_it() -> None:
    def at(epoch: float, epochs: int) -> Curves:
        measure = Measure(Curve(np.array([epoch]), np.array([1.0])))
        return Curves(epochs, measure, measure)

    assert epoch_limit(at(0.1, 10)) == 10
    assert epoch_limit(at(0.1, 10_000)) == 30
    assert 100 < epoch_limit(at(100, 10_000)) <= 200
    assert epoch_limit(at(9_999, 10_000)) == 10_000


@pytest.fixture
def theme(qtbot: QtBot, tmp_path) -> Theme:
    theme = Theme(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    theme.set_mode(Mode.LIGHT)
    return theme


def test_the_view_follows_curves_size_and_theme(qtbot: QtBot, theme: Theme) -> None:
    view = CurvesView(theme)
    qtbot.addWidget(view)
    view.resize(640, 200)
    view.show()
    view.set_curves(curves())
    qtbot.waitUntil(lambda: view._picture is not None, timeout=20_000)

    def shows(width: int, colour: str) -> bool:
        picture = view._picture
        ratio = view.devicePixelRatioF()
        return (
            picture is not None
            and picture.image.width() == round(width * ratio)
            and has_colour(picture.image, colour)
        )

    view.resize(800, 240)
    qtbot.waitUntil(lambda: shows(800, theme.tokens.training), timeout=20_000)
    theme.set_mode(Mode.DARK)
    qtbot.waitUntil(lambda: shows(800, theme.tokens.surface), timeout=20_000)
    assert has_colour(view.grab().toImage(), theme.tokens.validation)
    view.set_curves(Curves(0))
    assert view._picture is None
    view.shutdown()


def test_a_view_that_was_never_shown_imports_and_starts_nothing(qtbot: QtBot, theme: Theme) -> None:
    view = CurvesView(theme)
    qtbot.addWidget(view)
    view.set_curves(curves())
    assert not view._thread.isRunning()
    view.shutdown()


def test_the_epoch_under_the_mouse_is_told_in_figures(qtbot: QtBot, theme: Theme) -> None:
    view = CurvesView(theme)
    qtbot.addWidget(view)
    view.resize(640, 200)
    view.show()
    view.set_curves(curves())
    qtbot.waitUntil(lambda: view._picture is not None, timeout=20_000)
    assert view._picture is not None
    left, _, width, _ = view._picture.axes[1]
    place = view.rect().center()
    place.setX(round((left + width * 3 / 5) * 640))
    assert view._tip_at(place.toPointF()).splitlines() == [
        "Accuracy, epoch 3",
        "training 0.500",
        "validation 0.429",
    ]
    view.shutdown()

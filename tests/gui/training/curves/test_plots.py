"""The plots: drawn beside the window, sharp, and only the newest curves."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnn_studio.gui.theme import Mode, Theme
from cnn_studio.gui.training.curves.curves import Curve, Curves, Measure, NamedCurves, Overlay
from cnn_studio.gui.training.curves.curves_reading import nearest_first, readings
from cnn_studio.gui.training.curves.curves_view import CurvesView
from cnn_studio.gui.training.curves.plot_choices import Line, PlotChoices, XAxis
from cnn_studio.gui.training.curves.plot_drawing import PlotDrawing
from cnn_studio.gui.training.curves.plot_limits import Limits, epoch_limit, full_limits, loss_limit
from cnn_studio.gui.training.curves.plot_look import PlotLook
from cnn_studio.gui.training.curves.plot_strokes import plotted
from tests.gui.drawn_text import drawn_texts

LOOK = PlotLook(
    width=640, height=200, pixel_ratio=2.0, font_family="No such font", surface="#ffffff",
    line="#dde1e7", text="#1b1f24", text_quiet="#5b6470", training="#2563eb",
    validation="#d97706", loss="Loss", accuracy="Accuracy", epoch="epoch",
    of_training="training", of_validation="validation", of_batches="each batch",
    of_best="best epoch",
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
    assert picture.limits.epochs == (0, 5)


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
def view(qtbot: QtBot, theme: Theme) -> Iterator[CurvesView]:
    """A view of 640x200 on the screen."""
    view = CurvesView(theme)
    qtbot.addWidget(view)
    view.resize(640, 200)
    view.show()
    yield view
    view.shutdown()


@pytest.fixture
def theme(qtbot: QtBot, tmp_path: Path) -> Theme:
    theme = Theme(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    theme.set_mode(Mode.LIGHT)
    return theme


def test_the_view_follows_curves_size_and_theme(
    qtbot: QtBot, theme: Theme, view: CurvesView
) -> None:
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


def test_a_view_that_was_never_shown_imports_and_starts_nothing(qtbot: QtBot, theme: Theme) -> None:
    view = CurvesView(theme)
    qtbot.addWidget(view)
    view.set_curves(curves())
    assert not view._thread.isRunning()
    view.shutdown()


def place_of(view: CurvesView, plot: int, epoch: float, up: float) -> QPoint:
    """A place on the view: an epoch, and how far up the plot, 0..1."""
    picture = view._picture
    assert picture is not None
    left, bottom, width, height = picture.axes[plot]
    first, last = picture.limits.epochs
    return QPoint(
        round((left + width * (epoch - first) / (last - first)) * view.width()),
        round((1 - bottom - height * up) * view.height()),
    )


def show(qtbot: QtBot, view: CurvesView, shown: Curves | Overlay) -> None:
    view.set_curves(shown)
    qtbot.waitUntil(lambda: view._picture is not None, timeout=20_000)


def test_the_epoch_under_the_mouse_is_told_in_figures_and_painted(
    qtbot: QtBot, view: CurvesView
) -> None:
    show(qtbot, view, curves())
    plain = pixels(view.grab().toImage())
    qtbot.mouseMove(view, place_of(view, 1, 3.1, 0.5))
    qtbot.waitUntil(lambda: view.accessibleDescription() != "")
    assert view.accessibleDescription().splitlines() == [
        "Loss, epoch 3: training 0.333, validation 0.400",
        "Accuracy, epoch 3: training 0.500, validation 0.429",
    ]
    assert (pixels(view.grab().toImage()) != plain).any()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert "epoch 4" in view.accessibleDescription()


def test_a_drag_zooms_in_and_a_double_click_shows_all_again(qtbot: QtBot, view: CurvesView) -> None:
    show(qtbot, view, curves())
    start, end = place_of(view, 0, 2, 0.25), place_of(view, 0, 4, 0.75)
    with qtbot.waitSignal(view.zoom_changed) as told:
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(view, end)
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    assert told.args == [True]
    qtbot.waitUntil(lambda: view._picture is not None and view._picture.limits == view._zoom)
    assert view._zoom is not None
    assert view._zoom.epochs == pytest.approx((2, 4), abs=0.05)
    assert view._zoom.values[0] == pytest.approx((0.375, 1.125), abs=0.05)
    assert view._zoom.values[1] == (0, 1)
    with qtbot.waitSignal(view.zoom_changed) as told:
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=start)
    assert told.args == [False]


def test_a_drag_along_an_axis_keeps_all_of_the_other(qtbot: QtBot, view: CurvesView) -> None:
    show(qtbot, view, curves())
    for start, end in (
        (place_of(view, 0, 2, 0.5), place_of(view, 0, 4, 0.5)),
        (place_of(view, 0, 2, 0.5), place_of(view, 0, 2, 0.5) + QPoint(2, 2)),  # a slipped click
    ):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(view, end)
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
        assert view._zoom is not None
        assert view._zoom.epochs == pytest.approx((2, 4), abs=0.05)
        assert view._zoom.values == ((0, 1.5), (0, 1))


def test_the_wheel_zooms_about_the_mouse_and_out_to_the_whole_again(
    qtbot: QtBot, view: CurvesView
) -> None:
    show(qtbot, view, curves())

    def turn(notches: int) -> None:
        place = QPointF(place_of(view, 1, 2.5, 0.5))
        QApplication.sendEvent(view, QWheelEvent(
            place, view.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        ))  # fmt: skip

    turn(3)
    assert view._zoom is not None
    first, last = view._zoom.epochs
    assert last - first == pytest.approx(5 * 0.8**3)
    assert (first + last) / 2 == pytest.approx(2.5, abs=0.05)
    turn(100)
    first, last = view._zoom.epochs
    assert last - first == pytest.approx(5 * 0.002)
    view.set_curves(curves(), keep_zoom=True)
    assert view._zoom is not None
    turn(-200)
    assert view._zoom is None


def test_runs_over_each_other_have_their_colours_and_one_scale() -> None:
    colours = ("#e69f00", "#56b4e9", "#009e73")
    overlay = Overlay(tuple(
        NamedCurves(f"run {n}" * 9, colour, n, curves(3 + n)) for n, colour in enumerate(colours)
    ))  # fmt: skip
    picture = PlotDrawing().draw(overlay, LOOK)
    for colour in colours:
        assert has_colour(picture.image, colour), colour
    assert not has_colour(picture.image, LOOK.training)
    assert picture.limits.epochs == (0, 5)
    assert full_limits(Overlay(())).values == ((0, 1.5), (0, 1))


@pytest.mark.parametrize(
    "name", [r"$\frac{$", "a $b$ c", "$", "_hidden", "caf\udce9", "<b>x</b>", "\x1b[31m\n"]
)
def test_a_run_may_have_any_name(name: str) -> None:
    overlay = Overlay((NamedCurves(name, "#e69f00", 0, curves()),))
    picture = PlotDrawing().draw(overlay, replace(LOOK, width=900))
    nameless = PlotDrawing().draw(
        Overlay((NamedCurves("", "#e69f00", 0, curves()),)), replace(LOOK, width=900)
    )
    assert has_colour(picture.image, "#e69f00")
    assert (pixels(picture.image) != pixels(nameless.image)).any()  # its name stands there


def test_the_best_epoch_is_marked_and_the_gap_shaded() -> None:
    plain = pixels(PlotDrawing().draw(curves(), LOOK).image)
    marked = pixels(PlotDrawing().draw(replace(curves(), best_epoch=4), LOOK).image)
    assert (plain != marked).any()
    shade = QColor(LOOK.validation)
    white = 255
    tint = [round(white - 0.1 * (white - part)) for part in shade.getRgb()[:3]]
    assert (np.abs(plain.astype(int) - tint).max(axis=2) <= 1).sum() > 500


def test_a_picture_to_keep_is_sharp_and_leaves_the_view_alone(
    qtbot: QtBot, view: CurvesView
) -> None:
    show(qtbot, view, curves())
    before = view._picture
    with qtbot.waitSignal(view.picture_drawn, timeout=20_000) as drawn:
        view.draw_to_keep()
    assert drawn.args is not None
    assert drawn.args[0].width() == 1280
    assert view._picture is before


def noisy(seed: int = 1) -> Curves:
    """A training whose batches jump far out of what is drawn."""
    rng = np.random.default_rng(seed)
    made = curves(10)
    steps = np.linspace(0.01, 10, 1000)
    wild = np.abs(rng.normal(0.2, 0.2, 1000))
    wild[::100] = 40.0
    return replace(
        made,
        loss=replace(made.loss, batches=Curve(steps, wild)),
        accuracy=replace(made.accuracy, batches=Curve(steps, rng.uniform(-1, 2, 1000))),
    )


@pytest.mark.parametrize("size", [(590, 104), (590, 130), (920, 200), (1900, 500)])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("legend", [True, False])
def test_no_line_runs_over_the_words(size: tuple[int, int], ratio: float, legend: bool) -> None:
    look = replace(LOOK, width=size[0], height=size[1], pixel_ratio=ratio, has_legend=legend)
    hidden = PlotChoices(hidden=frozenset({Line.BATCHES}))
    wild = noisy()
    drawing = PlotDrawing()
    picture = drawing.draw(wild, look)
    # The same axes without the batches.
    calm = drawing.draw(wild, replace(look, choices=hidden), picture.limits)
    outside = np.ones(pixels(picture.image).shape[:2], np.bool_)
    for left, bottom, width, height in picture.axes:
        rows, columns = outside.shape
        top = round((1 - bottom - height) * rows) - 7 * round(ratio)
        below = round((1 - bottom) * rows) + 7 * round(ratio)
        start, end = round(left * columns), round((left + width) * columns)
        outside[top:below, start - 7 * round(ratio) : end + 7 * round(ratio)] = False
    if not legend:  # with one, its entry is another
        same = (pixels(picture.image) == pixels(calm.image)).all(axis=2)
        assert same[outside].all()
    line = QColor(look.training).getRgb()[:3]
    strips = pixels(picture.image)[: round(8 * ratio)]
    assert legend or not (strips == line).all(axis=2).any()


def test_a_logarithmic_loss_has_its_values_where_the_axis_says() -> None:
    look = replace(LOOK, choices=PlotChoices(is_log=True))
    drawn = plotted(curves(), look)
    training = drawn.plots[0].strokes[1]
    assert training.curve.y == pytest.approx(np.log10(1 / training.curve.x))
    low, high = drawn.full.values[0]
    assert low < np.log10(0.2)
    assert high > np.log10(1.2)
    assert drawn.full.values[1] == (0, 1)
    assert drawn.plots[1].strokes[1].curve.y[0] == pytest.approx(1 / 6)  # accuracies stay
    assert readings(drawn, 0, 2.0)[0].value == pytest.approx(0.5)
    PlotDrawing().draw(curves(), look)
    nothing = Curves(1, Measure(training=Curve(np.array([1.0]), np.array([0.0]))))
    PlotDrawing().draw(nothing, look)


def test_smoothed_lines_have_themselves_faint_behind() -> None:
    look = replace(LOOK, choices=PlotChoices(smoothing=0.6))
    strokes = plotted(curves(), look).plots[0].strokes
    behind = [stroke for stroke in strokes if stroke.is_behind]
    assert {stroke.kind for stroke in behind} == {Line.BATCHES, Line.TRAINING, Line.VALIDATION}
    assert all(stroke.alpha < 0.5 and not stroke.name for stroke in behind)
    (first, *_) = readings(plotted(curves(), look), 0, 3.0)
    assert first.raw == pytest.approx(1 / 3)
    assert first.value > first.raw
    assert first.figure == "0.507 (0.333)"


def many(count: int, epochs: int = 5) -> Overlay:
    def one(number: int) -> NamedCurves:
        shift = number / count
        x = np.arange(1.0, epochs + 1)
        line = Measure(training=Curve(x, 1 / x + shift), validation=Curve(x, 1.2 / x + shift))
        times = Curve(x, x * (number + 1))
        made = Curves(epochs, line, line, 0, 10 * (number + 1), times)
        return NamedCurves(f"run {number}", "#0072b2", number, made, str(number))

    return Overlay(tuple(map(one, range(count))))


@pytest.mark.parametrize("count", [2, 12, 61, 500])
@pytest.mark.parametrize("axis", list(XAxis))
def test_however_many_runs_are_all_drawn_and_read_at_once(count: int, axis: XAxis) -> None:
    look = replace(LOOK, choices=PlotChoices(x=axis), width=900)
    picture = PlotDrawing().draw(many(count), look)
    assert has_colour(picture.image, "#0072b2")
    last = {XAxis.EPOCH: 5, XAxis.STEP: 50 * count, XAxis.TIME: 5 * count}[axis]
    assert picture.limits.epochs == (0, last)
    if axis is XAxis.EPOCH:
        found = readings(picture.plotted, 0, 3.0)
        assert len(found) == count
        assert [one.value for one in found] == sorted(one.value for one in found)  # best first
        assert nearest_first(found, found[-1].y)[0] is found[-1]
        assert readings(picture.plotted, 1, 3.0)[0].value == max(one.value for one in found)
    else:  # a run is read as far as it goes
        assert [one.stroke.key for one in readings(picture.plotted, 0, last)][-1] == str(count - 1)
    assert readings(picture.plotted, 0, last * 3) == []


def test_a_hidden_run_is_neither_drawn_nor_read_nor_on_the_axis() -> None:
    runs = many(3, 5)
    look = replace(LOOK, choices=PlotChoices(x=XAxis.STEP, hidden_runs=frozenset({"2"})))
    drawn = plotted(runs, look)
    assert {stroke.key for stroke in drawn.plots[0].strokes} == {"0", "1"}
    assert drawn.full.epochs == (0, 100)


def test_the_card_lists_each_run_where_the_mouse_is(qtbot: QtBot, view: CurvesView) -> None:
    show(qtbot, view, many(3))
    plain = pixels(view.grab().toImage())
    qtbot.mouseMove(view, place_of(view, 0, 2.0, 0.4))
    qtbot.waitUntil(lambda: view.accessibleDescription() != "")
    assert view.accessibleDescription().splitlines()[0] == (
        "Loss, epoch 2: run 0 0.600, run 1 0.933, run 2 1.267"
    )
    assert (pixels(view.grab().toImage()) != plain).any()
    show(qtbot, view, many(200))

    def is_drawn() -> bool:
        return view._picture is not None and len(view._picture.plotted.plots[0].strokes) == 200

    qtbot.waitUntil(is_drawn, timeout=20_000)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert "and 190 more" in view.accessibleDescription()
    view.grab()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_0])
def test_keys_zoom_in_and_show_all_again(qtbot: QtBot, view: CurvesView, key: Qt.Key) -> None:
    view.set_choices(PlotChoices(is_log=True, x=XAxis.STEP))
    show(qtbot, view, many(3))
    with qtbot.waitSignal(view.zoom_changed) as told:
        qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert told.args == [True]
    with qtbot.waitSignal(view.zoom_changed) as told:
        qtbot.keyClick(view, key)
    assert told.args == [False]
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    view.set_choices(PlotChoices())  # other axes: what was zoomed in on is nowhere on them
    assert view._zoom is None


def test_a_picture_has_nothing_of_those_drawn_before_it() -> None:
    dark = replace(LOOK, surface="#1b1f24", line="#3a414a", text="#f2f4f7", text_quiet="#9aa4b1")
    drawn = [
        (curves(), replace(LOOK, heading="Objects 5 Jan 17:19", width=1200)),
        (many(9), replace(dark, width=900, height=420, pixel_ratio=1.0, has_legend=False)),
        (many(3), replace(LOOK, choices=PlotChoices(x=XAxis.TIME))),
        (many(70), replace(dark, choices=PlotChoices(x=XAxis.STEP, is_log=True), height=300)),
        (curves(), replace(LOOK, width=260, height=300)),  # has its legend within the plot
    ]
    alone = [pixels(PlotDrawing().draw(*one).image) for one in drawn]
    drawing = PlotDrawing()
    for before, after in permutations(range(len(drawn)), 2):
        drawing.draw(*drawn[before])
        again = pixels(drawing.draw(*drawn[after]).image)
        assert np.array_equal(again, alone[after]), (before, after)


def test_pictures_leave_hardly_anything_to_be_collected() -> None:
    drawing = PlotDrawing()
    drawing.draw(curves(), LOOK)
    gc.collect()
    for width in range(600, 640):
        drawing.draw(curves(), replace(LOOK, width=width))
    assert gc.collect() < 40 * 1000  # a figure of its own for each would leave 5,000


def test_a_picture_that_is_kept_names_its_run_and_its_lines() -> None:
    bare = PlotDrawing().draw(curves(), replace(LOOK, has_legend=False))
    named = PlotDrawing().draw(curves(), replace(LOOK, heading="Objects 5 Jan 17:19"))
    assert named.axes[0][3] < bare.axes[0][3]  # the words take their room above the plots
    rows = pixels(named.image)[:40]
    assert (rows != 255).any()


def test_a_loss_that_left_the_numbers_counts_as_far_as_it_was_one() -> None:
    x = np.arange(1.0, 4)
    left = Curve(x, np.array([2.0, 300.0, np.inf]))
    other = Curve(x, np.array([2.0, 2.0, np.nan]))
    assert loss_limit(Measure(training=left, validation=other)) > 300
    overlay = Overlay((NamedCurves("a", "#0072b2", 0, Curves(3, Measure(Curve(), other, left))),))
    assert full_limits(overlay).values[0][1] > 300


@pytest.mark.parametrize("value", [0.0, 5e-324, 1e-310, 1e308, 1.7e308, -1.0, np.nan, np.inf])
@pytest.mark.parametrize("is_log", [False, True])
def test_any_loss_can_be_drawn(value: float, is_log: bool) -> None:
    x = np.arange(1.0, 4)
    measure = Measure(training=Curve(x, np.array([1.0, value, value])))
    look = replace(LOOK, choices=PlotChoices(is_log=is_log, smoothing=0.5))
    for shown in (measure, Measure(training=Curve(x, np.full(3, value)))):
        assert PlotDrawing().draw(Curves(3, shown, shown), look).image.width() == 1280


@pytest.mark.parametrize("count", [1, 61])
def test_zoomed_in_all_that_there_is_is_drawn(count: int) -> None:
    """Up and down at every step: nothing of it is left out where there is room for it."""
    x = np.linspace(0.005, 100, 20_000)
    wave = Measure(validation=Curve(x, 0.5 + 0.4 * np.cos(np.pi * np.arange(x.size))))
    one = Curves(100, wave, wave)
    shown = Overlay(tuple(NamedCurves(str(n), "#0072b2", 0, one, str(n)) for n in range(count)))
    look = replace(LOOK, pixel_ratio=1.0, choices=PlotChoices())
    picture = PlotDrawing().draw(shown, look, Limits((50.0, 50.2), ((0.0, 1.0), (0.0, 1.0))))
    left, bottom, width, height = picture.axes[0]
    middle = round(200 * (1 - bottom - height / 2))
    first = round(640 * left)
    row = pixels(picture.image)[middle, first : first + round(640 * width)].astype(int)
    is_line = row[:, 0] < 128  # the blue line goes through the middle at each of the 40 steps
    assert 36 <= (np.diff(is_line.astype(int)) == 1).sum() <= 42


def test_what_cannot_be_drawn_leaves_no_other_runs_picture(qtbot: QtBot, view: CurvesView) -> None:
    show(qtbot, view, curves())
    view.set_choices(PlotChoices(x=XAxis.STEP))
    view.set_curves(replace(curves(), steps_per_epoch=10**400))  # no reader gives so many
    qtbot.waitUntil(lambda: "could not be drawn" in view.accessibleDescription(), timeout=20_000)
    assert view._picture is None
    said = " ".join(text.text for text in drawn_texts(view))
    assert "could not be drawn" in said
    with qtbot.waitSignal(view.picture_failed, timeout=20_000):
        view.draw_to_keep()
    view.set_curves(replace(curves(), steps_per_epoch=10))
    qtbot.waitUntil(lambda: view._picture is not None, timeout=20_000)
    qtbot.waitUntil(lambda: view.accessibleDescription() == "")
    assert "could not be drawn" not in " ".join(text.text for text in drawn_texts(view))

"""Which samples the gallery shows, in which order, where some were chosen. No window."""

from __future__ import annotations

from pathlib import Path

from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.gallery.arrangement import (
    Arrangement,
    Insights,
    Order,
    Show,
    arranged,
)
from cnn_studio.gui.capture.gallery.chosen_line import Chosen

SAMPLES = [
    Sample(Path(f"/data/{name}"), name.partition("/")[0])
    for name in ("pen/1.jpg", "pen/2.jpg", "cup/1.jpg", "cup/2.jpg")
]


def _names(arrangement: Arrangement, insights: Insights | None = None) -> list[str]:
    shown = arranged(SAMPLES, arrangement, insights or Insights())
    return [sample.mark_name for sample in shown]


def test_only_the_chosen_ones_as_they_are_given_or_in_the_usual_order() -> None:
    among = ("cup/2.jpg", "gone/9.jpg", "pen/1.jpg")
    assert _names(Arrangement(among=among, order=Order.GIVEN)) == ["cup/2.jpg", "pen/1.jpg"]
    assert _names(Arrangement(among=among)) == ["pen/1.jpg", "cup/2.jpg"]
    assert _names(Arrangement(among=among, order=Order.OLDEST)) == ["cup/2.jpg", "pen/1.jpg"]


def test_a_filter_goes_on_among_them() -> None:
    excluded = Insights(excluded=frozenset({"pen/1.jpg", "pen/2.jpg"}))
    among = Arrangement(among=("cup/2.jpg", "pen/1.jpg"), show=Show.EXCLUDED)
    assert _names(among, excluded) == ["pen/1.jpg"]


def test_none_chosen_is_not_all() -> None:
    assert _names(Arrangement(among=())) == []
    assert not Arrangement(among=()).is_plain
    assert len(_names(Arrangement())) == 4


def test_the_chosen_ones_are_followed_through_moves() -> None:
    chosen = Chosen("some", ("pen/1.jpg", "cup/2.jpg"), notes={"cup/2.jpg": "90 %"})
    moved = chosen.moved({"cup/2.jpg": "pen/2.jpg"}).moved({"pen": "pencil"})
    assert moved.names == ("pencil/1.jpg", "pencil/2.jpg")
    assert moved.notes == {"pencil/2.jpg": "90 %"}
    assert moved.text == "some"

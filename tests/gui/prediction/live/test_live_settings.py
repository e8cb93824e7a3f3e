"""What is kept of the live answer's choices, and what is made of nonsense in the file."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from cnn_studio.gui.prediction.live.live_settings import ALL_ROWS, LiveSettings


def test_what_is_chosen_is_there_the_next_time(settings: QSettings) -> None:
    chosen = LiveSettings(settings)
    chosen.half_life_s, chosen.rows, chosen.is_large = 0.0, 3, True
    chosen.set_accept_of("one", 0.85)
    settings.sync()
    again = LiveSettings(QSettings(settings.fileName(), QSettings.Format.IniFormat))
    assert (again.half_life_s, again.rows, again.is_large) == (0.0, 3, True)
    assert again.accept_of("one") == 0.85
    assert again.accept_of("two") == 0.95


def test_nonsense_counts_as_not_chosen(settings: QSettings) -> None:
    for key, value in (("half_life_s", "nan"), ("rows", "many"), ("accept/one", "7")):
        settings.setValue(f"prediction/{key}", value)
    kept = LiveSettings(settings)
    assert (kept.half_life_s, kept.rows, kept.accept_of("one")) == (0.25, ALL_ROWS, 0.95)
    assert not kept.sounds
    assert not kept.speaks

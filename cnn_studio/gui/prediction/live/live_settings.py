"""How the live answer is shown, kept for the next time."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from cnn_studio.models.unknown import ACCEPT
from cnn_studio.prediction.smoothing import LONGEST_HALF_LIFE_S, USUAL_HALF_LIFE_S

LEAST_ACCEPT = 0.8

_HALF_LIFE = "prediction/half_life_s"
_ROWS = "prediction/rows"
_LARGE = "prediction/large_text"
_SOUND = "prediction/sound"
_SPEECH = "prediction/speech"
_HEAT = "prediction/heat_map"
_ACCEPT = "prediction/accept/{run}"

ALL_ROWS = 0
ROW_CHOICES = (3, 5, ALL_ROWS)


class LiveSettings:
    """What a person has chosen; what was edited by hand and makes no sense counts as not chosen."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def half_life_s(self) -> float:
        """How calm the answer is: the half-life of its average, 0..1 seconds."""
        return self._number(_HALF_LIFE, USUAL_HALF_LIFE_S, 0.0, LONGEST_HALF_LIFE_S)

    @half_life_s.setter
    def half_life_s(self, half_life_s: float) -> None:
        self._settings.setValue(_HALF_LIFE, half_life_s)

    @property
    def rows(self) -> int:
        """How many classes are shown with a bar; `ALL_ROWS` for all."""
        chosen = int(self._number(_ROWS, ALL_ROWS, 0, 99))
        return chosen if chosen in ROW_CHOICES else ALL_ROWS

    @rows.setter
    def rows(self, rows: int) -> None:
        self._settings.setValue(_ROWS, rows)

    @property
    def is_large(self) -> bool:
        """Whether the answer is written large."""
        return bool(self._settings.value(_LARGE, False, bool))

    @is_large.setter
    def is_large(self, is_large: bool) -> None:
        self._settings.setValue(_LARGE, is_large)

    @property
    def sounds(self) -> bool:
        """Whether a new answer is told by a sound."""
        return bool(self._settings.value(_SOUND, False, bool))

    @sounds.setter
    def sounds(self, sounds: bool) -> None:
        self._settings.setValue(_SOUND, sounds)

    @property
    def speaks(self) -> bool:
        """Whether a new answer is spoken."""
        return bool(self._settings.value(_SPEECH, False, bool))

    @speaks.setter
    def speaks(self, speaks: bool) -> None:
        self._settings.setValue(_SPEECH, speaks)

    @property
    def shows_heat(self) -> bool:
        """Whether the picture shows where the network looks."""
        return bool(self._settings.value(_HEAT, False, bool))

    @shows_heat.setter
    def shows_heat(self, shows_heat: bool) -> None:
        self._settings.setValue(_HEAT, shows_heat)

    def accept_of(self, run_name: str) -> float:
        """The share of the images held back that the model of a run answers."""
        return self._number(_ACCEPT.format(run=run_name), ACCEPT, LEAST_ACCEPT, 1.0)

    def set_accept_of(self, run_name: str, accept: float) -> None:
        """Remember it for this run."""
        self._settings.setValue(_ACCEPT.format(run=run_name), accept)

    def _number(self, key: str, usual: float, low: float, high: float) -> float:
        try:
            number = float(str(self._settings.value(key, usual)))
        except ValueError:
            return usual
        return number if low <= number <= high else usual

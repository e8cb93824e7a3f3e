"""What is known of how long trainings take on this machine, kept between starts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from PySide6.QtCore import QSettings

from cnn_studio.errors import StudioError
from cnn_studio.models.networks import NetworkKind
from cnn_studio.training.estimates import DatasetFacts, StepTimes
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.speed import Speed

_KEY = "training/speed"


class RecipeTimes:
    """Reckons any recipe's time from what was measured of one with the same network.

    A whole training tells more than a few steps, so it is not overruled by these.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._speeds: dict[NetworkKind, Speed] = {}
        for network in NetworkKind:
            with suppress(ValueError, TypeError):  # nothing is kept, or what is no speed
                kept = settings.value(f"{_KEY}/{network}")
                learning, asking, around, basis = str(kept).split()
                speed = Speed(float(learning), float(asking), float(around), basis == "run")
                self._speeds[network] = speed

    def knows(self, network: NetworkKind) -> bool:
        """Whether anything is known of a network."""
        return network in self._speeds

    def is_borne_out(self, network: NetworkKind) -> bool:
        """Whether a whole training with it was timed, so that nothing need be measured."""
        return network in self._speeds and self._speeds[network].of_a_run

    def seconds(self, recipe: Recipe, facts: DatasetFacts) -> float | None:
        """About how long a training will take; None where that is not known."""
        speed = self._speeds.get(recipe.network)
        if speed is None:
            return None
        with suppress(StudioError):
            return speed.seconds(recipe, facts)
        return None

    def take_steps(self, recipe: Recipe, facts: DatasetFacts, times: StepTimes) -> None:
        """A few steps of a recipe were timed."""
        if not self.is_borne_out(recipe.network):
            with suppress(StudioError, ValueError):
                known = self._speeds.get(recipe.network)
                speed = Speed.measured(recipe, facts, times)
                around = 1.0 if known is None else known.around
                self._keep(recipe.network, replace(speed, around=around))

    def take_run(self, recipe: Recipe, facts: DatasetFacts, taken_s: float) -> None:
        """A training has gone through its recipe from the beginning to the end."""
        speed = self._speeds.get(recipe.network)
        if speed is not None:
            with suppress(StudioError, ValueError):
                self._keep(recipe.network, speed.borne_out(recipe, facts, taken_s))

    def _keep(self, network: NetworkKind, speed: Speed) -> None:
        self._speeds[network] = speed
        basis = "run" if speed.of_a_run else "steps"
        self._settings.setValue(
            f"{_KEY}/{network}", f"{speed.learning} {speed.asking} {speed.around} {basis}"
        )

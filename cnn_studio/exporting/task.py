"""An export as work for the engine's process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cnn_studio.errors import TrainingError
from cnn_studio.exporting.export import ExportOrder, Stage, Step, export_run
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.training.engine_task import EngineTask
from cnn_studio.training.events import Done, Event, Noted, Working

_STEP, _REPORT = "step", "report"


@dataclass(frozen=True)
class ExportTask(EngineTask):
    """Export a run's model; see `export_run`."""

    order: ExportOrder

    def run(self, emit: Callable[[Event], None], stop: threading.Event) -> None:
        """Tell each step and report as `Noted`, which `step_or_report` reads."""

        def tell(told: Step | ExportReport) -> None:
            if isinstance(told, Step):
                emit(Working(told.done, told.total))
                emit(Noted({_STEP: asdict(told)}))
            else:
                emit(Noted({_REPORT: told.to_dict()}))

        try:
            reports = export_run(self.order, tell, stop.is_set)
        except OSError as error:
            raise TrainingError(
                f"The export cannot be written to {self.order.out} ({error.strerror or error})."
            ) from error
        accepted = sum(report.accepted for report in reports)
        emit(Done(f"{accepted} of {len(reports)} exports agree with the studio."))


def step_or_report(values: Mapping[str, Any]) -> Step | ExportReport:
    """What `ExportTask` has told."""
    if _REPORT in values:
        return ExportReport.from_dict(values[_REPORT])
    step = values[_STEP]
    return Step(ExportFormat(step["format"]), Stage(step["stage"]), step["done"], step["total"])

"""A small run that was really trained, once for all tests of exports."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from cnn_studio.data.catalog import Dataset
from cnn_studio.models.runs import Run, open_run
from cnn_studio.paths import Workspace
from cnn_studio.training.loop import train
from tests.training.class_pictures import QUICK, colours, request_for


@dataclass(frozen=True)
class Trained:
    """A workspace with a dataset and a run of it."""

    workspace: Workspace
    dataset: Dataset
    run: Run


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Three colours, 100 pictures of each; tests only read it."""
    workspace = Workspace(tmp_path_factory.mktemp("exports") / "workspace")
    dataset = colours(workspace, 100)
    folder = train(request_for(dataset, workspace, QUICK), lambda _event: None, threading.Event())
    return Trained(workspace, dataset, open_run(folder))


@pytest.fixture(scope="session")
def exports(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of an export in each format."""
    from cnn_studio.exporting.export import ExportOrder, export_run
    from cnn_studio.exporting.formats import ExportFormat

    out = tmp_path_factory.mktemp("exported")
    order = ExportOrder(trained.run.folder, trained.dataset, tuple(ExportFormat), out)
    reports = export_run(order, lambda _told: None, lambda: False)
    assert [report.why for report in reports] == [""] * len(reports)
    return {str(form): order.target(form) for form in order.formats}

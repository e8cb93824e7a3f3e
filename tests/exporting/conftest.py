"""Small runs of both networks that were really trained, once for all tests of exports."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from cnn_studio.data.catalog import Dataset
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import Run, open_run
from cnn_studio.paths import Workspace
from cnn_studio.training.loop import train
from cnn_studio.training.networks import network_of
from cnn_studio.training.recipe import Recipe
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
def pretrained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The same colours, 24 pictures of each, and the pretrained network; tests only read it."""
    workspace = Workspace(tmp_path_factory.mktemp("pretrained") / "workspace")
    dataset = colours(workspace, 24)
    recipe = Recipe(network=NetworkKind.PRETRAINED, image_size=128, epochs=20)
    request = request_for(dataset, workspace, recipe)
    folder = network_of(recipe.network).trainer(request, lambda _event: None, threading.Event())
    return Trained(workspace, dataset, open_run(folder))


@pytest.fixture(scope="session")
def exports(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of an export in each format."""
    return _exported(trained, tmp_path_factory)


@pytest.fixture(scope="session")
def pretrained_exports(
    pretrained: Trained, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The same of the pretrained network."""
    return _exported(pretrained, tmp_path_factory)


def _exported(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    from cnn_studio.exporting.export import ExportOrder, export_run
    from cnn_studio.exporting.formats import ExportFormat

    out = tmp_path_factory.mktemp("exported")
    order = ExportOrder(trained.run.folder, trained.dataset, tuple(ExportFormat), out)
    reports = export_run(order, lambda _told: None, lambda: False)
    assert [report.why for report in reports] == [""] * len(reports)
    return {str(form): order.target(form) for form in order.formats}

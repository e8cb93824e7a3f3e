"""Several devices of one machine train one network together."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_studio.models.runs import RunStatus, open_run
from cnn_studio.paths import Workspace
from tests.training.class_pictures import colours

PATIENCE_S = 120


@pytest.mark.slow
def test_two_devices_share_each_batch_and_keep_the_same_weights(workspace: Workspace) -> None:
    colours(workspace)
    done = subprocess.run(
        [sys.executable, "-m", "tests.training.two_devices", str(workspace.root)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["replicas"] == 2
    assert told["are_alike"]
    assert told["losses"][-1] < told["losses"][0]
    run = open_run(Path(told["run"]))
    assert run.status is RunStatus.FINISHED
    assert run.is_usable

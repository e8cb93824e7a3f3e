"""A second studio on a workspace is told of the first, and not of one that has ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from cnn_studio.paths import Workspace
from cnn_studio.workspace_claim import WorkspaceClaim

_HOLD = """
import sys, time
from pathlib import Path
from cnn_studio.paths import Workspace
from cnn_studio.workspace_claim import WorkspaceClaim
claim = WorkspaceClaim(Workspace(Path(sys.argv[1])))
print("held", flush=True)
time.sleep(60)
"""


def test_the_second_of_two_is_told_who_was_first(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "new")
    with WorkspaceClaim(workspace) as first:
        assert first.owner is None
        with WorkspaceClaim(workspace) as second:
            assert second.owner is not None
            assert second.owner.process == os.getpid()
            assert second.owner.since.count(":") == 1
    with WorkspaceClaim(workspace) as third:
        assert third.owner is None


def test_a_killed_studio_is_in_nobodys_way(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with WorkspaceClaim(workspace) as claim:
            assert claim.owner is not None
            assert claim.owner.process == holder.pid
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with WorkspaceClaim(workspace) as claim:
        assert claim.owner is None


def test_a_workspace_that_cannot_be_written_to_is_opened_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with WorkspaceClaim(Workspace(tmp_path / "file")) as claim:
        assert claim.owner is None

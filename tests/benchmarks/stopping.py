"""How long a training goes on after Stop: from the call to the model on disk.

    .venv/bin/python tests/benchmarks/stopping.py [--stops 3] [--batch-size 32]

The engine is warm and trains on 64x64 RGB; it is stopped in its third epoch.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from cnn_studio.data.catalog import Dataset
from cnn_studio.paths import Workspace
from cnn_studio.training.engine import Engine
from cnn_studio.training.events import Batches, Finished, Message, Ready
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from tests.training.class_pictures import colours

PATIENCE_S = 600.0


def main() -> None:
    """Train, stop and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stops", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=32)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        dataset = colours(workspace, count=100)
        engine = Engine()
        begun = time.monotonic()
        engine.start()
        while not isinstance(engine.poll_event(PATIENCE_S), Ready):
            pass
        print(f"engine warm after {time.monotonic() - begun:.1f} s")
        for _ in range(options.stops):
            _stop_once(engine, dataset, workspace, options.batch_size)
        engine.close()


def _stop_once(engine: Engine, dataset: Dataset, workspace: Workspace, batch_size: int) -> None:
    recipe = Recipe(epochs=100, batch_size=batch_size, image_size=64)
    engine.train(TrainingRequest(dataset, recipe, workspace.runs))
    stopped_s = noticed_s = 0.0
    for event in engine.events(PATIENCE_S):
        now_s = time.monotonic()
        if isinstance(event, Batches) and event.epoch == 3 and not stopped_s:
            stopped_s = now_s
            engine.stop()
        elif isinstance(event, Message) and event.text.startswith("Stopped."):
            noticed_s = now_s
        elif isinstance(event, Finished):
            print(
                f"stop to finished: {now_s - stopped_s:.2f} s (aim under 1), of which "
                f"{noticed_s - stopped_s:.2f} s was the step under way",
                flush=True,
            )


if __name__ == "__main__":
    main()

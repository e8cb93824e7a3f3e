"""Work for the engine's process other than a training, and how the window has it done."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from cnn_studio.errors import TrainingError
from cnn_studio.training.events import Event

_POLL_S = 0.1


class EngineTask(ABC):
    """Something that takes long or needs TensorFlow. It travels to the engine's process.

    Attributes:
        needs_tensorflow: Whether it is loaded before.
    """

    needs_tensorflow: ClassVar[bool] = True

    @abstractmethod
    def run(self, emit: Callable[[Event], None], stop: threading.Event) -> None:
        """Do it, telling `Working` on the way and `Done` at the end.

        Args:
            emit: Told every event.
            stop: Once it is set, the work ends soon, as an error that says so.

        Raises:
            StudioError: It cannot be done, or was stopped.
        """


def work_in_engine(
    task: EngineTask,
    *,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
    noted: Callable[[Mapping[str, Any]], None] = lambda _values: None,
) -> str:
    """Start an engine of its own, have it do a task, and end it. No TensorFlow is imported here.

    Args:
        task: What to do. It writes what it finds whole or not at all, so a cancel is a kill.
        progress: Told how far it is: steps done, and steps in all.
        cancelled: Asked ten times a second.
        noted: Told what the task says in `Noted`.

    Returns:
        What it came to, as a sentence; empty if it was cancelled.

    Raises:
        TrainingError: It could not be done; the sentence says why.
    """
    from cnn_studio.training.engine import Engine
    from cnn_studio.training.events import Done, Failed, Noted, Working

    engine = Engine()
    try:
        engine.train(task)
        while not cancelled():
            match engine.poll_event(_POLL_S):
                case Working() as event:
                    progress(event.done, event.total)
                case Noted() as event:
                    noted(event.values)
                case Done() as event:
                    return event.message
                case Failed() as event:
                    raise TrainingError(event.message)
        return ""
    finally:
        engine.kill()
        engine.close()

"""What can go wrong that a person can put right.

Every text is one plain sentence, two at most: what is wrong, what was expected and what came.
The window shows it inline, the command line prints it on stderr.
"""

NOT_UNDERSTOOD = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What reading plain values raises that are not as expected: of a newer studio, or of anybody."""


class StudioError(Exception):
    """A problem that a person can understand and put right."""


class UsageError(StudioError):
    """A value that was asked for cannot be used (command line: exit code 2)."""


class ImageError(StudioError):
    """An image cannot be read or written."""


class CameraError(StudioError):
    """A camera, video or stream gives no frames."""


class DatasetError(StudioError):
    """A dataset, its card or one of its files is not as expected."""


class TrainingError(StudioError):
    """A training cannot start or go on."""


class ModelError(StudioError):
    """A run or a model file cannot be used."""

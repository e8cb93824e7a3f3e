"""What a CNN Studio model needs around it: from a picture to what the model takes, and from what
the model gives to an answer. Needs numpy and OpenCV only.

The numbers come out as in CNN Studio itself, because every step is done in the same way.
"""

import base64
import contextlib
import json
import sys
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
ACCEPT = 0.95  # the share of familiar pictures that get an answer; less answers less and errs less


class SampleError(Exception):
    """Something that a person can put right; its text says what."""


@contextlib.contextmanager
def in_a_sentence():
    """Say in a sentence what a person can put right, and end with exit code 1."""
    try:
        yield
    except SampleError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def pictures_named():
    """The files named on the command line; without any, how to use the program (exit code 2)."""
    if len(sys.argv) < 2:
        print(f"Usage: python {Path(sys.argv[0]).name} photo.jpg another.png", file=sys.stderr)
        sys.exit(2)
    return sys.argv[1:]


def load(name, how):
    """The model beside this program: what `how` makes of its path, as text."""
    path = HERE / name
    if not path.exists():
        raise SampleError(f"The model {name} is missing. It belongs beside this program: {HERE}.")
    try:
        return how(str(path))
    except Exception as error:  # each library has errors of its own
        reason = str(error).strip().split("\n")[0]
        raise SampleError(f"The model {name} cannot be read: {reason}") from error


def say(predict):
    """Say what each picture shows; one that cannot be read is named, and the others still come."""
    failed = False
    for path in pictures_named():
        try:
            print(f"{path}: {in_words(*predict(read_image(path)))}")
        except SampleError as error:
            print(error, file=sys.stderr)
            failed = True
    if failed:
        sys.exit(1)


def read_description(path=HERE / "studio.json"):
    """Classes, size, temperature and more. The same text is inside the model file."""
    name = Path(path).name
    try:
        description = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SampleError(f"{name} is missing. It belongs beside the model.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise SampleError(f"{name} cannot be read: {error}") from error
    try:
        check(description)
        rule = description.get("unknown")
        if rule is not None:
            decode_rule(rule)
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise SampleError(f"{name} is not a description of a model: {reason}.") from error
    description["classes"] = read_labels(Path(path).with_name("labels.txt"), description["classes"])
    return description


def check(description):
    """See that there is what every program takes from a description."""
    if not isinstance(description, dict):
        raise TypeError("it must be an object in braces")
    classes, spec = description["classes"], description["input"]
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        raise TypeError("classes must be a list of names")
    size, channels, _fit, _polarity = (spec[key] for key in ("size", "channels", "fit", "polarity"))
    if type(size) is not int or size < 1 or channels not in (1, 3):
        raise ValueError("size must be a number of pixels, and channels 1 or 3")
    temperature = (description.get("calibration") or {}).get("temperature", 1.0)
    if type(temperature) not in (int, float) or not temperature > 0:
        raise ValueError("temperature must be a number above 0")


def decode_rule(rule):
    """Make arrays of those of the rule for the unknown: float32 in base64, row by row."""
    decode(rule, "levels", "means", "precision")
    rule["precision"] = rule["precision"].reshape(int(len(rule["precision"]) ** 0.5), -1)
    rule["means"] = rule["means"].reshape(-1, len(rule["precision"]))
    rule["entropy_weight"] = float(rule["entropy_weight"])
    directions = rule.get("discriminants")
    if directions is not None:
        decode(directions, "projection", "centre", "variances")
        directions["projection"] = directions["projection"].reshape(-1, len(rule["precision"]))


def read_labels(path, classes):
    """The classes as labels.txt calls them, one a line, in the order of the model's output."""
    if not path.is_file():
        return classes
    try:
        names = path.read_text(encoding="utf-8-sig").rstrip("\n").split("\n")
    except (OSError, ValueError) as error:
        raise SampleError(f"{path.name} cannot be read: {error}") from error
    if len(names) != len(classes):
        raise SampleError(f"{path.name} must have {len(classes)} lines, not {len(names)}.")
    return names


def decode(values, *names):
    for name in names:
        values[name] = np.frombuffer(base64.b64decode(values[name]), "<f4")


def read_image(path):
    """Read a picture file: pixels (height, width, 3), uint8, RGB, turned as the camera was held."""
    if Path(path).is_dir():
        raise SampleError(f"{path} is a folder. Name the pictures in it, one after the other.")
    try:
        data = np.fromfile(path, np.uint8)
    except FileNotFoundError:
        raise SampleError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SampleError(f"{path} cannot be read: {reason}.") from error
    try:
        return pixels(data, path)
    except (cv2.error, MemoryError) as error:  # OpenCV has a limit of its own, and memory has one
        raise SampleError(f"{path} is too large a picture, or a damaged one.") from error


def pixels(data, path):
    image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    if image is None:
        raise SampleError(f"{path} is not a picture, or a damaged one.")
    if image.ndim == 3 and image.shape[2] == 4:  # what is see-through becomes white
        scaled = image[..., [2, 1, 0, 3]].astype(np.float32) / (
            255 if image.dtype == np.uint8 else 65535
        )
        colour, alpha = scaled[..., :3], scaled[..., 3:]
        return np.clip((colour * alpha + 1 - alpha) * 255 + 0.5, 0, 255).astype(np.uint8)
    return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def prepare(image, spec):
    """Make what the model takes: float32 (1, size, size, channels), values 0 to 255.

    `image` is RGB, uint8; `spec` is the description's "input".
    """
    size = spec["size"]
    if spec["channels"] == 1:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if spec["polarity"] == "light-on-dark" and np.median(border(image)) >= 128:
        image = trimmed(255 - image)
    square = make_square(image, size, spec["fit"])
    return square.reshape(1, size, size, spec["channels"]).astype(np.float32)


def make_square(image, size, fit):
    height, width = image.shape[:2]
    if (height, width) == (size, size):
        return image
    if fit == "crop":  # the square in the middle
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        return resized(image[top : top + side, left : left + side], size, size)
    if fit == "stretch":
        return resized(image, size, size)
    scale = size / max(height, width)  # "letterbox": all of it, on black
    inner = resized(image, max(1, round(height * scale)), max(1, round(width * scale)))
    top, left = (size - inner.shape[0]) // 2, (size - inner.shape[1]) // 2
    square = np.zeros((size, size, *image.shape[2:]), np.uint8)
    square[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return square


def resized(image, height, width):
    shrinks = height * width < image.shape[0] * image.shape[1]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(image, (width, height), interpolation=how)


def border(image):
    return np.concatenate((image[0], image[-1], image[1:-1, 0], image[1:-1, -1]))


def trimmed(image):
    """Cut away the even ground around an object."""
    grey = image if image.ndim == 2 else image.max(axis=2)
    mask = np.abs(grey.astype(np.int16) - np.median(border(grey))) > 24
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if rows.size == 0:
        return image
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def answer(outputs, description, accept=ACCEPT):
    """Make an answer of what the model gives for one picture.

    `outputs` are what the model tells of it: probabilities (classes,), features (units,) and
    activations (height, width, filters).
    Returns the class, its probability from 0 to 1, and whether the picture is likely none of the
    classes.
    """
    probabilities = calibrated(outputs[0], description)
    top = int(probabilities.argmax())
    name = description["classes"][top]
    unknown = name == description.get("background") or is_unknown(outputs, description, accept)
    return name, float(probabilities[top]), unknown


def calibrated(probabilities, description):
    """Probabilities that say how often the model is right: its logits over a temperature."""
    temperature = (description.get("calibration") or {}).get("temperature", 1.0)
    if temperature == 1.0:
        return probabilities
    smallest = np.finfo(np.float32).tiny
    logits = np.log(np.maximum(probabilities.astype(np.float64), smallest)) / temperature
    powers = np.exp(logits - logits.max())
    return (powers / powers.sum()).astype(np.float32)


def is_unknown(outputs, description, accept):
    """Whether a picture is less familiar than all but a few of those held back in the training."""
    rule = description.get("unknown")
    if rule is None or len(outputs) < 3:
        return False
    score = np.count_nonzero(rule["levels"] < familiarity(outputs, rule)) / len(rule["levels"])
    return score < 1 - accept - 1e-9


def familiarity(outputs, rule):
    """How familiar a picture is to the model; the higher the more.

    It is when it lies close to a class, by the distance of Mahalanobis, and when the model is not
    undecided between classes, by the entropy of its probabilities. Where it lies is told by its
    features and by how strongly each filter is moved on average. Of a pretrained network it is told
    by the features alone, in the few directions in which the classes differ, and the distance from
    all the pictures of its training taken as one class is taken off.
    """
    probabilities, features, activations = outputs
    smallest = np.finfo(np.float32).tiny
    directions = rule.get("discriminants")
    if directions is None:
        place = np.concatenate([unit(features), unit(activations.mean(axis=(0, 1)))])
    else:
        place = unit(features) @ directions["projection"]
    gaps = (place - rule["means"]).astype(np.float64)
    distance = ((gaps @ rule["precision"]) * gaps).sum(axis=1).min()
    if directions is not None:
        gap = (place - directions["centre"]).astype(np.float64)
        distance -= (gap**2 / directions["variances"]).sum()
    logarithms = np.log(np.maximum(probabilities, smallest, dtype=np.float64))
    entropy = -(probabilities * logarithms).sum()
    return np.float32(-distance - rule["entropy_weight"] * entropy)


def unit(numbers):
    """Numbers of length one."""
    return numbers / max(np.linalg.norm(numbers), np.finfo(np.float32).tiny)


def in_words(name, probability, unknown):
    """An answer as a person reads it."""
    if unknown:
        return f"unknown (most like {name}, {probability:.4f})"
    return f"{name} {probability:.4f}"

"""What the training tab says, as sentences in the person's language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from cnn_studio.data.cards import Orientation
from cnn_studio.gui.figures import NONE, duration, images, percent, whole
from cnn_studio.gui.training.runs.runs_order import dataset_title
from cnn_studio.gui.training.start.counts import LEAST_CLASSES, DatasetCounts
from cnn_studio.models.bundle import Bundle, Calibration, RunStatus
from cnn_studio.models.flattering import Flattering
from cnn_studio.models.intervals import Interval
from cnn_studio.models.reliability import Reliability
from cnn_studio.models.remarks import Remark
from cnn_studio.models.runs import Run
from cnn_studio.models.scores import Scores
from cnn_studio.training.networks import network_of
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.strengths import Augmentation, Turns

_tr = partial(QCoreApplication.translate, "Training")
DAY = "d MMM"
"""How the day of a run is written, for QLocale."""

_GIGABYTE = 1e9
_NAMES_SHOWN = 4


def share(value: float | None) -> str:
    """A score, 0..1, or a loss, with three places; a dash where there is none."""
    return NONE if value is None else QLocale().toString(value, "f", 3)


def weights(count: int, memory_bytes: int, frozen: int = 0) -> str:
    """How large a network is; its memory only where that may be a worry.

    Args:
        count: How many numbers are learned.
        memory_bytes: What the training needs.
        frozen: How many numbers the network brings along.
    """
    if frozen:
        return _tr("{count} weights on {millions} M that it brings along").format(
            count=whole(count), millions=_places(frozen / 1e6, 1)
        )
    if count >= 1e6:
        size = _tr("{millions} M weights").format(millions=_places(count / 1e6, 1))
    else:
        size = _tr("{thousands} k weights").format(thousands=round(count / 1e3))
    if memory_bytes < _GIGABYTE:
        return size
    memory = _places(memory_bytes / _GIGABYTE, 1)
    return _tr("{size}, at least {memory} GB of memory").format(size=size, memory=memory)


def about_time(seconds: float) -> str:
    """About how long something takes, no more exactly than it can be known beforehand."""
    if seconds >= 10:
        seconds = max(seconds, 100) if seconds >= 97.5 else 5 * round(seconds / 5)
    return _tr("about {time}").format(time=duration(seconds))


def recipe_about(purpose: str, seconds: float | None) -> str:
    """What a recipe is for and how long it will take, as far as either is known."""
    return ", ".join(filter(None, (purpose, "" if seconds is None else about_time(seconds))))


def runs(count: int) -> str:
    """A number of runs in words."""
    if count == 1:
        return _tr("1 run")
    return _tr("{count} runs").format(count=whole(count))


def run_name(run: Run) -> str:
    """What a run is called: its title, or else its dataset and when it was."""
    if run.notes.title:
        return run.notes.title
    return " ".join(part for part in (dataset_title(run), moment(run)) if part)


def moment(run: Run) -> str:
    """When a run was; years and seconds stand in its folder's name."""
    when = run.created.astimezone()
    day = QLocale().toString(QDate(when.year, when.month, when.day), DAY)
    return f"{day} {when:%H:%M}"


def dataset_line(counts: DatasetCounts) -> str:
    """How many images of how many classes there are, in words."""
    trained, disabled = len(counts.by_class), counts.disabled_count
    if disabled:
        text = _tr("{images} of {count} of its {all} classes")
    elif trained == 1:
        text = _tr("{images} of 1 class")
    else:
        text = _tr("{images} of {count} classes")
    said = text.format(images=images(counts.total), count=trained, all=trained + disabled)
    if not counts.test_count:
        return said
    more = _tr("{sentence}, and {count} more to test it on")
    return more.format(sentence=said, count=whole(counts.test_count))


def nothing_to_train_on(counts: DatasetCounts) -> str:
    """Why no training can begin and what to do; "" if one can."""
    title = counts.dataset.title
    if counts.is_to_fetch:
        text = _tr("{title} is not on this computer yet. It can be fetched in the Capture tab.")
    elif len(counts.by_class) < LEAST_CLASSES <= len(counts.by_class) + counts.disabled_count:
        text = _tr(
            "{title} needs at least two classes that are trained. "
            "Switch more of them on in the Capture tab."
        )
    elif len(counts.by_class) < LEAST_CLASSES:
        text = _tr("{title} needs at least two classes. Add them in the Capture tab.")
    elif counts.total == 0:
        text = _tr("{title} has no images yet. Capture some of each class first.")
    else:
        return ""
    return text.format(title=title)


def missing(counts: DatasetCounts) -> str:
    """What a dataset lacks, as a sentence; "" if nothing stands in a training's way."""
    return nothing_to_train_on(counts) or warning(counts)


def warning(counts: DatasetCounts) -> str:
    """Which classes lack images, in one sentence; "" if none does."""
    short = counts.short_classes
    if len(short) == 1:
        ((name, count),) = short.items()
        if count:
            return _tr("{name} has one image: at least two are needed.").format(name=name)
        return _tr("{name} has no images: at least two are needed.").format(name=name)
    names = ", ".join(list(short)[:_NAMES_SHOWN])
    if len(short) > _NAMES_SHOWN:
        names = _tr("{names} and {count} more").format(names=names, count=len(short) - _NAMES_SHOWN)
    text = _tr("These classes have fewer than two images: {names}.")
    return text.format(names=names) if short else ""


def batch_hint(about: int, split: tuple[int, int] | None, suggested: int, usual: int) -> str:
    """What is learned from and held back, and why a batch size is suggested.

    Args:
        about: About how many images are learned from.
        split: How many are, and how many are held back; None until that is known.
        suggested: The batch size that suits them, and `usual` the one that suits most.
    """
    if split is None:
        counts = _tr("About {images} to learn from.").format(images=images(about))
    else:
        learned, held_back = split
        counts = _tr("{images} to learn from, {held_back} held back.").format(
            images=images(learned), held_back=whole(held_back)
        )
    if suggested == usual:
        return counts
    reason = _tr("Batches of {suggested} give at least 10 steps an epoch; {usual} is usual.")
    return f"{counts} {reason.format(suggested=whole(suggested), usual=whole(usual))}"


def outcome(bundle: Bundle) -> str:
    """How a run came to its end, for beside its figures."""
    if bundle.stopped_in_first_epoch:
        text = _tr("Stopped after {time}, before the first epoch ended: it was not measured")
        return text.format(time=duration(bundle.seconds))
    if bundle.status is RunStatus.STOPPED:
        begin = _tr("Stopped after {epochs} epochs, {time}")
    else:
        begin = _tr("{epochs} epochs in {time}")
    text = begin.format(epochs=whole(bundle.epochs_done), time=duration(bundle.seconds))
    if bundle.best_epoch:
        text += " · " + _tr("best: epoch {epoch}").format(epoch=whole(bundle.best_epoch))
    return text


def basis(bundle: Bundle) -> str:
    """What the figures rest on where the model has learned on since; "" elsewhere."""
    if not bundle.final_epochs or bundle.train is None or bundle.validation is None:
        return ""
    if bundle.folds:
        text = _tr("Cross-validated in {folds} parts, and learned from all {count}.")
        return text.format(folds=whole(bundle.folds), count=images(bundle.train.count))
    held_back = bundle.validation.count
    text = _tr("Measured on {images} held back, then learned from all {count}.")
    return text.format(images=images(held_back), count=whole(bundle.train.count + held_back))


def beginning(title: str, recipe: Recipe) -> str:
    """That a training of a dataset begins, for the log."""
    if network_of(recipe.network).keeps_pixels:
        text = _tr("Training {title}: {epochs} epochs, batches of {size}.")
    else:
        text = _tr("Training {title} on the features of a pretrained network.")
    return text.format(title=title, epochs=whole(recipe.epochs), size=whole(recipe.batch_size))


def notes_in_short(found: Sequence[Remark]) -> str:
    """What matters most about a run, and how much more there is to read."""
    first, more = found[0].sentence, len(found) - 1
    if not more:
        return first
    text = _tr("{note} There is 1 more note on this run.")
    if more > 1:
        text = _tr("{note} There are {count} more notes on this run.")
    return text.format(note=first, count=whole(more))


def notes_in_full(found: Sequence[Remark]) -> list[str]:
    """Every note on a run, those that are joined below what joins them; none if one says it all."""
    if len(found) == 1 and len(found[0].notes) == 1:
        return []
    lines: list[str] = []
    for remark in found:
        lines += [remark.sentence] if len(remark.notes) == 1 else [remark.sentence, *remark.notes]
    return lines


def with_interval(share: float, interval: Interval) -> str:
    """A share with its 95 % interval: 80.0 % (67.0 to 88.8 %)."""
    return _tr("{share} ({low} to {high})").format(
        share=percent(share), low=_places(100 * interval.low, 1), high=percent(interval.high)
    )


def flattering(found: Flattering) -> str:
    """The honest figure and that of a random split, what changed since, and which one to trust."""
    figures = _tr("Honest split {honest}, random split {random}.").format(
        honest=with_interval(found.honest, found.honest_interval),
        random=with_interval(found.random, found.random_interval),
    )
    return " ".join(filter(None, (figures, found.about_changes, found.why)))


def summary(scores: Scores) -> str:
    """The accuracy with its interval, and how many of how many images were wrong."""
    return _tr("{accuracy} · {images}, {wrong} wrong").format(
        accuracy=with_interval(scores.accuracy, scores.interval),
        images=images(scores.count),
        wrong=whole(scores.count - scores.hits),
    )


def reliability(measured: Reliability, calibration: Calibration | None) -> str:
    """How far probabilities are from the truth."""
    text = _tr("Calibration error {ece}").format(ece=percent(measured.ece))
    if calibration is None:
        return text + " · " + _tr("not calibrated")
    if not calibration.is_applied:
        return text + " · " + _tr("no temperature: none was of use")
    temperature = _places(calibration.temperature, 2)
    return text + " · " + _tr("temperature {value}").format(value=temperature)


def _places(value: float, places: int) -> str:
    return QLocale().toString(value, "f", places)


def augmentation_title(name: str) -> str:
    """What an augmentation that has a name is called."""
    titles = {
        "off": _tr("Off"),
        "symmetries": _tr("Symmetries"),
        "light": _tr("Light"),
        "strong": _tr("Strong"),
    }
    return titles[name]


def augmentation_summary(name: str, orientation: Orientation) -> str:
    """What an augmentation that has a name does to images of an orientation, costs and brings.

    The figures are those of docs/decisions/0024-symmetries.md.
    """
    summaries = {
        "off": _tr("Images as they are."),
        "symmetries": _tr(
            "Mirrored every other time. Takes no longer, changes little in ten epochs and pays in "
            "longer trainings."
        ),
        "light": _tr(
            "Symmetries, and moved by up to 4 %. Takes no longer; in ten epochs about as good as "
            "without, for things that stand elsewhere each time."
        ),
        "strong": _tr(
            "Symmetries, moved by up to 6 % and zoomed by up to 10 %. Takes no longer, but in ten "
            "epochs it costs 2 points; for 30 epochs and more."
        ),
    }
    if orientation is Orientation.ANY:
        summaries["symmetries"] = _tr(
            "Turned by quarter turns and mirrored, exactly. Takes no longer, changes little in ten "
            "epochs and pays in 30, as in Thorough."
        )
        summaries["light"] = _tr(
            "Symmetries, and moved by up to 4 %. Takes no longer; in ten epochs it costs about a "
            "point or two."
        )
        summaries["strong"] = _tr(
            "Symmetries, moved by up to 6 % and zoomed by up to 10 %. Takes no longer, but in ten "
            "epochs it costs 5 points: too much for photos from above."
        )
    return summaries[name]


def augmentation_sentence(strengths: Augmentation, orientation: Orientation) -> str:
    """What strengths are good for, with images of an orientation."""
    name = strengths.name_for(orientation)
    if name is not None:
        title, summary = augmentation_title(name), augmentation_summary(name, orientation)
        return _tr("{title}: {summary}").format(title=title, summary=summary)
    if strengths.turns is not Turns.OFF and orientation is Orientation.UP:
        return _tr(
            "The dataset's card says that its images have an up: turned ones are like none that "
            "the network will meet."
        )
    if strengths.turns is not Turns.ALL and orientation is Orientation.ANY:
        return _tr(
            "The dataset's card says that its images have no up: turned and mirrored ones are as "
            "good as those that were taken."
        )
    return _tr("Strengths of your own: train once without them and compare the two runs.")

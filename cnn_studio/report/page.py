"""The report on a run: recipe, curves, matrix, reliability, mistakes and versions in one HTML file.

Nothing in it is loaded from elsewhere, and every text is escaped.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.errors import ModelError, StudioError
from cnn_studio.models.answers import Answers, learned_in_words
from cnn_studio.models.bundle import Bundle, RunStatus
from cnn_studio.models.intervals import Interval
from cnn_studio.models.runs import Run, read_history
from cnn_studio.models.scores import Scores
from cnn_studio.models.weak_classes import weak_classes, weak_in_words
from cnn_studio.report import charts
from cnn_studio.report.style import STYLE
from cnn_studio.untrusted_text import html_text
from cnn_studio.vision.images import ImageArray, encode_jpeg, shrink_to_fit
from cnn_studio.whole_files import write_atomically

_MISTAKES = 24
_WEAK = 10  # classes named beside the figures
_PICTURE_PX = 128
_NONE = "\N{EN DASH}"

Reader = Callable[[str], ImageArray]


def write_report(
    path: Path,
    run: Run,
    answers: Answers | None,
    read: Reader | None,
    recipe_fields: Collection[str] | None = None,
) -> None:
    """Write the report on a run, whole or not at all.

    Args:
        path: The HTML file.
        run: A run that has a model.
        answers: What the model said of each image of the test part, or of those held back, with
            calibrated probabilities; None leaves the diagram and the mistakes out.
        read: Reads an image by its name in `answers`; None leaves the pictures out.
        recipe_fields: The fields of the recipe that mean something for the run's network; None
            shows all.

    Raises:
        ModelError: The run has no model.
        OSError: The file cannot be written.
    """
    write_atomically(path, report(run, answers, read, recipe_fields).encode("utf-8"))


def report(
    run: Run,
    answers: Answers | None,
    read: Reader | None,
    recipe_fields: Collection[str] | None = None,
) -> str:
    """The report as one text; see `write_report`."""
    bundle = run.bundle
    if bundle is None:
        raise ModelError(run.problem or f"There is no model in {run.folder}.")
    title = f"{bundle.dataset_title}: report on {run.name}"
    scores = answers.scores() if answers is not None else bundle.test or bundle.validation
    sections = [
        _head(run, bundle),
        _figures(bundle, answers),
        _cautions(bundle, answers),
        _notes(bundle.notes),
        _curves(run, bundle),
        _matrix(scores),
        _classes(scores),
        _reliability(bundle, answers),
        _mistakes(answers, read),
        _section("Recipe", _table(_recipe(bundle, recipe_fields))),
        _section("Versions", _table(bundle.versions.items())),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html_text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(filter(None, sections))
        + "\n</main>\n</body>\n</html>\n"
    )


def _head(run: Run, bundle: Bundle) -> str:
    how = "stopped by hand" if bundle.status is RunStatus.STOPPED else "finished"
    best = f", the best is epoch {bundle.best_epoch}" if bundle.best_epoch else ""
    line = (
        f"{bundle.created:%d %B %Y %H:%M} UTC · {how} after {bundle.epochs_done:,} epochs in "
        f"{_duration(bundle.seconds)}{best} · network: {bundle.network.label} · "
        f"{bundle.weights:,} weights"
    )
    return (
        f"<header><h1>{html_text(bundle.dataset_title)}</h1>"
        f'<p class="quiet">{html_text(run.name)}<br>{html_text(line)}</p></header>'
    )


def _figures(bundle: Bundle, answers: Answers | None) -> str:
    tiles = [
        _tile(name, _percent(scores.accuracy), _range(scores.interval), f"{scores.count:,} images")
        for name, scores in (
            ("Test", bundle.test),
            (_held_back(bundle), bundle.validation),
            ("Training", bundle.train),
        )
        if scores is not None
    ]
    if answers is not None:
        ece = answers.reliability().ece
        tiles.append(_tile("Calibration error", _percent(ece), "", f"{len(answers):,} images"))
    basis = f"<p>{html_text(bundle.basis)}</p>" if bundle.basis else ""
    return f'<div class="tiles">{"".join(tiles)}</div>{basis}' if tiles else ""


def _held_back(bundle: Bundle) -> str:
    """What the figure on images held back is called."""
    return "Cross-validation" if bundle.folds else "Validation"


def _cautions(bundle: Bundle, answers: Answers | None) -> str:
    """What the figures over all hide, and where they are no measure."""
    sentences = []
    if bundle.stopped_in_first_epoch and bundle.validation is None:
        sentences.append("Stopped before its first epoch ended, so it was not measured.")
    for name, scores in (("Test", bundle.test), (_held_back(bundle), bundle.validation)):
        words = weak_in_words(weak_classes(scores), _WEAK) if scores is not None else ""
        if words:
            sentences.append(f"{name}: {words}")
    if answers is not None:
        sentences.append(learned_in_words(answers))
    return "".join(f'<p class="caution">{html_text(text)}</p>' for text in sentences if text)


def _tile(name: str, value: str, below: str, last: str) -> str:
    lines = "".join(f'<div class="quiet">{html_text(text)}</div>' for text in (below, last) if text)
    return (
        f'<div class="tile"><div class="quiet">{html_text(name)}</div>'
        f'<div class="answer">{html_text(value)}</div>{lines}</div>'
    )


def _notes(notes: Iterable[str]) -> str:
    items = "".join(f"<li>{html_text(note)}</li>" for note in notes)
    return _section("To be known", f"<ul>{items}</ul>") if items else ""


def _curves(run: Run, bundle: Bundle) -> str:
    records = read_history(run)
    if not records:
        return ""
    loss = charts.curves(records, "loss", None, "Loss over the epochs", bundle.best_epoch)
    accuracy = charts.curves(records, "accuracy", 1.0, "Accuracy", bundle.best_epoch)
    legend = (
        f'<p class="quiet"><i style="background:{charts.TRAINING}"></i>training '
        f'<i style="background:{charts.VALIDATION}"></i>validation · dotted: best epoch</p>'
    )
    both = (
        f'<div class="pair"><figure><figcaption>Loss</figcaption>{loss}</figure>'
        f"<figure><figcaption>Accuracy</figcaption>{accuracy}</figure></div>"
    )
    return _section("Curves", legend + both)


def _matrix(scores: Scores | None) -> str:
    if scores is None:
        return ""
    words = f"{scores.count:,} images, {scores.count - scores.hits:,} of them not recognised."
    return _section("Confusion matrix", f'<p class="quiet">{words}</p>{charts.matrix(scores)}')


def _classes(scores: Scores | None) -> str:
    if scores is None:
        return ""
    rows = "".join(
        f"<tr><th>{html_text(name)}</th><td>{own.count:,}</td>"
        f"<td>{_with_range(own.precision, each.precision)}</td>"
        f"<td>{_with_range(own.recall, each.recall)}</td>"
        f"<td>{_with_range(own.f1, each.f1)}</td></tr>"
        for name, own, each in zip(
            scores.classes, scores.per_class, scores.class_intervals, strict=True
        )
    )
    head = "<tr><th>Class</th><td>Images</td><td>Precision</td><td>Recall</td><td>F1</td></tr>"
    hint = '<p class="quiet">Beside each figure its 95 % interval, in percent.</p>'
    return _section(
        "Classes",
        f'{hint}<table class="numbers"><thead>{head}</thead><tbody>{rows}</tbody></table>',
    )


def _reliability(bundle: Bundle, answers: Answers | None) -> str:
    if answers is None:
        return ""
    measured = answers.reliability()
    words = (
        f"Of the answers given with a probability of 80 %, 80 % should be right: then the bars "
        f"reach the dashed line. They miss it by {_percent(measured.ece)} on average."
    )
    if bundle.calibration is not None and not bundle.calibration.is_applied:
        words += (
            " The probabilities are as the network gives them: a temperature would not have made "
            "them truer on images that it was not fitted on."
        )
    elif bundle.calibration is not None:
        words += (
            f" The probabilities are calibrated with a temperature of "
            f"{bundle.calibration.temperature:.2f}; without it they would have been off by "
            f"{_percent(bundle.calibration.ece_before)} on {bundle.calibration.count:,} images "
            f"held back{' in turn' if bundle.folds else ''}."
        )
    return _section("Reliability", f"<p>{html_text(words)}</p>{charts.diagram(measured)}")


def _mistakes(answers: Answers | None, read: Reader | None) -> str:
    if answers is None:
        return ""
    places = answers.mistakes()
    if not len(places):
        return _section("Mistakes", "<p>None: every image was recognised.</p>")
    cards = []
    for place in places[:_MISTAKES]:
        each = answers.answer(int(place))
        words = f"{each.label} taken for {each.said}, {_percent(each.confidence)}"
        cards.append(
            f'<figure class="mistake">{_picture(each.name, read)}'
            f"<figcaption>{html_text(words)}<br><small>{html_text(each.name)}</small></figcaption></figure>"
        )
    told = f"The {min(len(places), _MISTAKES)} of {len(places):,} that it was surest of."
    return _section(
        "Mistakes", f'<p class="quiet">{told}</p><div class="mistakes">{"".join(cards)}</div>'
    )


def _picture(name: str, read: Reader | None) -> str:
    """A small JPEG inside the page; a blank where the image is no longer there."""
    if read is not None:
        try:
            small = shrink_to_fit(read(name), _PICTURE_PX)
            coloured = np.repeat(small[..., None], 3, axis=2) if small.ndim == 2 else small
            data = base64.b64encode(encode_jpeg(np.ascontiguousarray(coloured))).decode("ascii")
        except StudioError:
            pass  # it was deleted or moved since: its name still tells something
        else:
            return f'<img alt="" src="data:image/jpeg;base64,{data}">'
    return '<div class="gone">not there any more</div>'


def _recipe(bundle: Bundle, fields: Collection[str] | None) -> list[tuple[str, str]]:
    input_spec = bundle.input
    size = f"{input_spec.size} x {input_spec.size} pixels, {input_spec.channels} "
    size += "channel" if input_spec.channels == 1 else "channels"
    rows = [("classes", ", ".join(bundle.classes)), ("input", f"{size}, {input_spec.fit}")]
    shown = {key: value for key, value in bundle.recipe.items() if fields is None or key in fields}
    return rows + [(key.replace("_", " "), _value(value)) for key, value in shown.items()]


def _value(value: Any) -> str:
    if value is None:
        return _NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_value(entry)}" for key, entry in value.items()) or _NONE
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value)) or _NONE
    return str(value)


def _table(rows: Iterable[tuple[str, str]]) -> str:
    body = "".join(
        f"<tr><th>{html_text(str(key))}</th><td>{html_text(str(value))}</td></tr>"
        for key, value in rows
    )
    return f'<table class="pairs"><tbody>{body}</tbody></table>'


def _section(title: str, inside: str) -> str:
    return f"<section><h2>{html_text(title)}</h2>{inside}</section>"


def _with_range(share: float, interval: Interval) -> str:
    ends = f"{interval.low * 100:.0f} to {interval.high * 100:.0f}"
    return f'{_percent(share)} <span class="quiet">{ends}</span>'


def _range(interval: Interval) -> str:
    return f"95 % interval {interval.low * 100:.1f} to {interval.high * 100:.1f} %"


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"

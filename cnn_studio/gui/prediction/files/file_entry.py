"""A file in the table of files, and what the model in use says of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from pathlib import Path

from cnn_studio.gui.prediction.model.run_choice import UsedModel
from cnn_studio.models.unknown import is_unknown
from cnn_studio.prediction.batch import FilePrediction
from cnn_studio.prediction.classifier import Prediction

_UNASKED = "The chosen model has not been asked about it yet."

_keys = itertools.count(1)


@dataclass(frozen=True, eq=False)
class FileEntry:
    """A picture that was classified, or could not be read, with what a table sorts it by.

    Attributes:
        answer: What the model says.
        model: The model that was asked.
        name: What the picture is called.
        said: The most probable class, and `probability` its probability; "" and 0 if unreadable.
        second: The class that comes after it, and `second_probability`; "" and 0 if there is none.
        words: What can be searched for, in small letters.
        is_readable, is_unknown, is_wrong: Whether it is that; unknown is likely none of the
            classes, and wrong another one than its folder is called after.
        true: The class that its folder is called after; "" for none.
        score: How familiar it is, see Prediction; 1 where that is not known, 0 for background.
        is_background: Whether it is unknown because the class for what is none was said.
        key: A number of its own, whichever model is asked.
        before: What another model said, where the one in use has not been asked yet; else None.
    """

    answer: FilePrediction
    model: UsedModel
    name: str
    said: str = ""
    probability: float = 0.0
    second: str = ""
    second_probability: float = 0.0
    words: str = ""
    is_readable: bool = False
    is_unknown: bool = False
    is_wrong: bool = False
    true: str = ""
    score: float = 1.0
    is_background: bool = False
    key: int = field(default_factory=lambda: next(_keys))
    before: FileEntry | None = None

    @classmethod
    def of(cls, answer: FilePrediction, model: UsedModel, accept: float) -> FileEntry:
        """The entry of an answer that was given with this share to be answered."""
        name, true, prediction = answer.picture.name, answer.true_class or "", answer.prediction
        if prediction is None:
            words = "\n".join((name, true, answer.picture.folder)).casefold()
            return cls(answer, model, name, words=words, true=true)
        (said, probability), *others = prediction.ranked[:2]
        second, second_probability = others[0] if others else ("", 0.0)
        is_background = prediction.unknown and not is_unknown(prediction.score, accept)
        known_score = 1.0 if prediction.score is None else prediction.score
        return cls(
            answer,
            model,
            name,
            said,
            probability,
            second,
            second_probability,
            words="\n".join((name, said, true, answer.picture.folder)).casefold(),
            is_readable=True,
            is_unknown=prediction.unknown,
            is_wrong=answer.is_wrong,
            true=true,
            score=0.0 if is_background else known_score,
            is_background=is_background,
        )

    @property
    def path(self) -> Path:
        """The file."""
        return self.answer.path

    @property
    def prediction(self) -> Prediction | None:
        """What the model says; None if the file could not be read."""
        return self.answer.prediction

    @property
    def error(self) -> str | None:
        """Why it could not be read, as a sentence; None if it could."""
        return self.answer.error

    @property
    def is_unasked(self) -> bool:
        """Whether the model in use has not been asked about it yet."""
        return self.before is not None

    @property
    def is_unreadable(self) -> bool:
        """Whether it was looked at and cannot be read."""
        return not self.is_readable and self.before is None

    @property
    def is_measured(self) -> bool:
        """Whether anything is known of how familiar it is."""
        prediction = self.answer.prediction
        return prediction is not None and (prediction.score is not None or prediction.unknown)

    @property
    def reason(self) -> str:
        """The error without the file's name, for where the name stands beside it."""
        return (self.error or "").replace(f": {self.path.name}", "")

    def for_model(self, model: UsedModel) -> FileEntry:
        """The same as far as this model has been asked: what another one said is put aside.

        It is not forgotten, so that going back to that model brings it back.
        """
        said = self if self.before is None else self.before
        if said.model == model or said.is_unreadable:
            return said
        if self.before is not None:
            return self
        picture, thumbnail = self.answer.picture, self.answer.thumbnail
        unasked = FilePrediction(picture, None, _UNASKED, None, thumbnail)
        words = "\n".join((self.name, picture.folder)).casefold()
        return FileEntry(unasked, model, self.name, words=words, key=self.key, before=self)

    def with_accept(self, accept: float) -> FileEntry:
        """The same where another share of known images is to be answered; itself if all stays."""
        unknown = self.is_background or is_unknown(self.score, accept)
        prediction = self.answer.prediction
        if prediction is None or unknown == self.is_unknown:
            return self
        answer = replace(self.answer, prediction=replace(prediction, unknown=unknown))
        return replace(self, answer=answer, is_unknown=unknown)

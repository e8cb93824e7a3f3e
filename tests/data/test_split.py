"""The honest split: what belongs together stays together, and every class is on both sides."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from cnn_studio.data.sessions import SessionKind
from cnn_studio.data.split import Split, split_by_group
from cnn_studio.errors import UsageError


class Collection:
    """Images that are only names, labels and groups."""

    def __init__(self) -> None:
        self.labels: list[int] = []
        self.groups: list[str] = []
        self.names: list[str] = []

    def add(
        self,
        label: int,
        group: str,
        count: int,
        kind: SessionKind = SessionKind.RECORDING,
    ) -> Collection:
        """Add the frames of one recording; its group is its session's number."""
        session = f"{kind}20261122T21{int(group) // 60:02d}{int(group) % 60:02d}-3f9a"
        for place in range(1, count + 1):
            self.labels.append(label)
            self.groups.append(session)
            self.names.append(f"class{label}/{session}-{place:05d}.jpg")
        return self

    def add_corrections(self, label: int, group: str, count: int) -> Collection:
        """Add frames that a model was corrected with."""
        return self.add(label, group, count, SessionKind.CORRECTION)

    def add_singles(self, label: int, count: int) -> Collection:
        """Add images that have nothing to do with each other."""
        for _ in range(count):
            number = len(self.names)
            self.labels.append(label)
            self.groups.append(f"hash{number}")
            self.names.append(f"class{label}/photo{number}.jpg")
        return self

    def add_series(self, label: int, count: int) -> Collection:
        """Add photos of one origin that nobody recorded."""
        series = f"series{len(self.names)}"
        for _ in range(count):
            self.labels.append(label)
            self.groups.append(series)
            self.names.append(f"class{label}/photo{len(self.names)}.jpg")
        return self

    def split(self, share: float = 0.2, seed: int = 1) -> Split:
        """Split them, and check what holds for every split."""
        labels = np.array(self.labels, np.int64)
        split = split_by_group(labels, self.groups, self.names, share, seed)
        both = np.concatenate([split.train, split.validation])
        assert np.array_equal(np.sort(both), np.arange(len(labels)))
        assert split.train.dtype == split.validation.dtype == np.int64
        return split

    def validating(self, split: Split) -> Mapping[str, int]:
        """How many images of each group validate."""
        counts: dict[str, int] = {}
        for index in split.validation:
            counts[self.groups[index]] = counts.get(self.groups[index], 0) + 1
        return counts

    def counts(self, split: Split, label: int) -> tuple[int, int]:
        """How many images of a class train, and how many validate."""
        labels = np.array(self.labels)
        return int((labels[split.train] == label).sum()), int(
            (labels[split.validation] == label).sum()
        )


def _recordings(sizes: Sequence[Sequence[int]]) -> Collection:
    collection = Collection()
    number = 0
    for label, class_sizes in enumerate(sizes):
        for size in class_sizes:
            collection.add(label, str(number), size)
            number += 1
    return collection


def _assert_recordings_are_whole(collection: Collection, split: Split) -> None:
    for group, count in collection.validating(split).items():
        assert count == collection.groups.count(group), f"{group} stands on both sides"


@pytest.mark.parametrize("share", [0.1, 0.2, 1 / 3, 0.5])
def test_single_images_are_drawn_in_the_share_of_each_class(share: float) -> None:
    collection = Collection().add_singles(0, 300).add_singles(1, 60).add_singles(2, 10)
    split = collection.split(share)
    for label, count in enumerate((300, 60, 10)):
        assert collection.counts(split, label)[1] == round(share * count)
    assert split.notes == ()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "sizes",
    [
        [[40] * 5] * 3,
        [[400, 100], [100, 400], [250, 250]],
        [[30, 31, 32], [5] * 40, [100, 1000, 10]],
        [[2, 2]] * 10,
        [[10] * 30, [300, 3]],
    ],
)
def test_recordings_stay_whole_and_every_class_validates(sizes: list[list[int]], seed: int) -> None:
    collection = _recordings(sizes)
    split = collection.split(seed=seed)
    _assert_recordings_are_whole(collection, split)
    for label in range(len(sizes)):
        assert min(collection.counts(split, label)) > 0


@pytest.mark.parametrize("seed", range(5))
def test_the_share_is_met_as_nearly_as_whole_recordings_can(seed: int) -> None:
    collection = _recordings([[400, 100], [40] * 10, [20] * 100])
    split = collection.split(seed=seed)
    assert collection.counts(split, 0) == (400, 100)
    assert collection.counts(split, 1) == (320, 80)
    assert collection.counts(split, 2) == (1600, 400)
    assert split.notes == ()


@pytest.mark.parametrize("seed", range(5))
def test_more_than_half_of_a_class_always_trains(seed: int) -> None:
    collection = _recordings([[400, 100], [9] * 3]).add(2, "50", 10).add_singles(2, 1)
    split = collection.split(share=0.5, seed=seed)
    _assert_recordings_are_whole(collection, split)
    assert collection.counts(split, 0) == (400, 100)
    assert collection.counts(split, 1) == (18, 9)
    assert collection.counts(split, 2) == (10, 1)


def test_a_recording_of_its_own_validates_where_the_other_one_is_shared() -> None:
    collection = Collection().add(0, "1", 100).add(0, "2", 10).add(1, "1", 10).add(1, "3", 100)
    split = collection.split()
    _assert_recordings_are_whole(collection, split)
    assert collection.counts(split, 0) == (100, 10)
    assert collection.counts(split, 1) == (10, 100)
    assert "class1: 100 of 110 images" in split.notes[1]


def test_single_images_make_up_what_recordings_leave_open() -> None:
    collection = Collection().add(0, "1", 100).add(0, "2", 7).add_singles(0, 93)
    split = collection.split()
    _assert_recordings_are_whole(collection, split)
    assert collection.counts(split, 0) == (160, 40)


@pytest.mark.parametrize("seed", range(5))
def test_series_and_single_photos_are_held_back_in_one_share(seed: int) -> None:
    collection = Collection()
    for _ in range(10):
        collection.add_series(0, 6)
    collection.add_singles(0, 90).add_series(1, 46).add_singles(1, 104)
    split = collection.split(seed=seed)
    _assert_recordings_are_whole(collection, split)
    assert collection.counts(split, 0) == collection.counts(split, 1) == (120, 30)
    held_back = collection.validating(split)
    assert sum(count for group, count in held_back.items() if group.startswith("series")) == 12


@pytest.mark.parametrize("seed", range(5))
def test_recordings_are_held_back_before_series_are(seed: int) -> None:
    collection = Collection().add(0, "1", 20).add(0, "2", 20).add_series(0, 20).add_singles(0, 40)
    held_back = collection.validating(collection.split(seed=seed))
    assert list(held_back.values()) == [20]


@pytest.mark.parametrize("photos", [5, 10, 30])
@pytest.mark.parametrize("share_of_series", [0.4, 0.5])
def test_a_class_of_few_photos_and_long_series_stands_on_both_sides(
    photos: int, share_of_series: float
) -> None:
    longest = int(photos * share_of_series)
    collection = Collection()
    for label in range(3):
        collection.add_series(label, longest).add_series(label, longest)
        collection.add_singles(label, photos - 2 * longest)
    split = collection.split()
    _assert_recordings_are_whole(collection, split)
    for label in range(3):
        assert 0 < collection.counts(split, label)[1] <= photos / 2


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("recordings", [1, 2, 3, 5])
@pytest.mark.parametrize("corrections", [[1], [2], [1, 2, 3], [60]])
def test_corrections_are_always_learned_from(
    recordings: int, corrections: list[int], seed: int
) -> None:
    collection = _recordings([[43] * recordings, [43] * recordings])
    for number, count in enumerate(corrections):
        collection.add_corrections(0, str(30 + number), count)
    split = collection.split(seed=seed)
    corrected = {name for name in collection.names if "/c2026" in name}
    assert len(corrected) == sum(corrections)
    assert corrected <= {collection.names[place] for place in split.train}
    for label in (0, 1):
        assert min(collection.counts(split, label)) > 0
    if recordings > 1:
        _assert_recordings_are_whole(collection, split)
    else:
        assert "class0 and class1 have one recording only" in split.notes[0]


def test_a_recording_that_looks_like_a_correction_is_learned_from_with_it() -> None:
    collection = _recordings([[40, 40]]).add_corrections(0, "30", 2)
    collection.groups[-2:] = [collection.groups[0]] * 2
    for seed in range(5):
        assert collection.validating(collection.split(seed=seed)) == {collection.groups[40]: 40}


def test_photos_beside_corrections_are_held_back_in_the_share_asked_for() -> None:
    collection = Collection().add_singles(0, 30).add_corrections(0, "30", 1)
    split = collection.split()
    assert collection.counts(split, 0) == (25, 6)
    assert 30 in split.train


def test_a_class_of_corrections_only_is_not_measured_and_told() -> None:
    collection = Collection().add_corrections(0, "30", 4).add_singles(1, 10)
    split = collection.split()
    assert collection.counts(split, 0) == (4, 0)
    assert "class0 has corrections only" in split.notes[0]


@pytest.mark.parametrize("seed", range(5))
def test_the_smallest_set_near_the_share_is_held_back(seed: int) -> None:
    collection = _recordings([[43, 43, 2], [90, 30, 60], [250, 250], [7, 30, 8, 55]])
    split = collection.split(seed=seed)
    _assert_recordings_are_whole(collection, split)
    # 2 of 88 would measure nothing, and 7 and 8 of 100 come nearer to 20 than 30 does.
    assert [collection.counts(split, label)[1] for label in range(4)] == [43, 30, 250, 15]


@pytest.mark.parametrize("seed", range(5))
def test_half_of_the_recordings_are_learned_from_however_short_they_are(seed: int) -> None:
    collection = _recordings([[100, 5, 5, 5, 5], [400, *[3] * 60]])
    split = collection.split(seed=seed)
    held_back = collection.validating(split)
    assert sum(count == 5 for count in held_back.values()) == 2
    assert sum(count == 3 for count in held_back.values()) == 30


@pytest.mark.parametrize("seed", range(3))
def test_many_recordings_of_uneven_length_meet_the_share_exactly(seed: int) -> None:
    sizes = np.random.default_rng(seed).integers(3, 60, 300).tolist()
    collection = _recordings([sizes[:20], sizes[20:]])
    split = collection.split(seed=seed)
    for label, own in enumerate((sizes[:20], sizes[20:])):
        assert collection.counts(split, label)[1] == pytest.approx(0.2 * sum(own), abs=1)


def test_a_share_that_cannot_be_met_is_told() -> None:
    collection = _recordings([[100, 100, 100, 5], [100, 100]])
    split = collection.split()
    _assert_recordings_are_whole(collection, split)
    assert collection.counts(split, 1) == (100, 100)
    [note] = [note for note in split.notes if "class1" in note]
    assert "100 of 200 images" in note
    assert "where 40 were asked for" in note


def test_one_recording_is_cut_in_time_and_told() -> None:
    collection = Collection().add(0, "1", 50).add_singles(1, 50)
    split = collection.split()
    validation = [index for index in split.validation if collection.labels[index] == 0]
    assert validation == list(range(40, 50))
    assert len(split.notes) == 1
    assert "class0 has one recording only: the last images" in split.notes[0]


def test_classes_of_one_recording_each_are_told_in_one_sentence() -> None:
    collection = Collection().add(0, "1", 20).add(1, "2", 20).add(2, "3", 20)
    [note] = collection.split().notes
    assert note.startswith("class0, class1 and class2 have one recording only:")


def test_time_is_told_by_the_place_in_the_recording_and_not_by_the_order_of_files() -> None:
    collection = Collection().add(0, "1", 20)
    collection.names.reverse()
    assert collection.split().validation.tolist() == [0, 1, 2, 3]


def test_copies_of_one_picture_are_told() -> None:
    labels = np.zeros(10, np.int64)
    names = [f"shoe/copy{n}.jpg" for n in range(10)]
    split = split_by_group(labels, ["same"] * 10, names, 0.2, 1)
    assert len(split.validation) == 2
    assert "shoe has copies of one picture only" in split.notes[0]


def test_copies_of_a_picture_stay_on_one_side() -> None:
    groups = [f"hash{n // 2}" for n in range(100)]
    names = [f"shoe/{n}.jpg" for n in range(100)]
    split = split_by_group(np.zeros(100, np.int64), groups, names, 0.2, 1)
    sides = [{groups[index] for index in side} for side in (split.train, split.validation)]
    assert not sides[0] & sides[1]
    assert len(split.validation) == 20


@pytest.mark.parametrize("seed", range(5))
def test_a_recording_that_two_classes_share_stays_on_one_side(seed: int) -> None:
    collection = Collection()
    for label in (0, 1):
        for recording in range(6):
            collection.add(label, str(recording), 10)
    split = collection.split(seed=seed)
    _assert_recordings_are_whole(collection, split)
    for label in (0, 1):
        assert min(collection.counts(split, label)) > 0


def test_an_image_without_company_is_used_for_training() -> None:
    collection = Collection().add_singles(0, 1).add_singles(1, 2)
    split = collection.split()
    assert collection.counts(split, 0) == (1, 0)
    assert collection.counts(split, 1) == (1, 1)
    assert split.notes == ("class0 has one image only: it is used for training.",)


def test_classes_are_called_by_their_names_in_notes() -> None:
    split = split_by_group(
        np.array([1], np.int64), ["x"], ["train/00000"], 0.2, 1, classes=("Bag", "Boot")
    )
    assert split.notes == ("Boot has one image only: it is used for training.",)


def test_one_seed_draws_one_split_and_another_seed_another() -> None:
    collection = _recordings([[20] * 20, [7] * 9]).add_singles(2, 50)
    first, again, other = (collection.split(seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.validation, again.validation)
    assert not np.array_equal(first.validation, other.validation)
    groups = collection.validating(first), collection.validating(other)
    assert {g for g in groups[0] if g[0] == "r"} != {g for g in groups[1] if g[0] == "r"}


def test_without_a_share_nothing_validates() -> None:
    split = Collection().add(0, "1", 5).split(share=0)
    assert split.train.tolist() == [0, 1, 2, 3, 4]
    assert split.validation.size == 0
    assert split.notes == ()


@pytest.mark.parametrize("share", [-0.1, 0.51, float("nan")])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match=f"0 to 0.5, not {share}"):
        Collection().add_singles(0, 4).split(share)


def test_no_images_are_no_error() -> None:
    split = Collection().split()
    assert split.train.size == split.validation.size == 0


def test_a_split_is_written_by_the_images_names() -> None:
    collection = Collection().add(0, "1", 5)
    split = collection.split()
    written = json.loads(json.dumps(split.to_dict(collection.names)))
    assert written["train"] == collection.names[:4]
    assert written["validation"] == collection.names[4:]
    assert written["notes"] == list(split.notes)

"""Names in archives that do not say how they are written: found out, said, chosen."""
# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

import zipfile
from itertools import combinations
from pathlib import Path

import pytest

from cnn_studio.data.archive_names import NamesReading, read_names
from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.code_pages import check_encoding
from cnn_studio.data.import_plan import ImportPlan, plan_import
from cnn_studio.data.incoming_zip import IncomingZip
from cnn_studio.data.intake import import_class_tree, plan_again, run_import
from cnn_studio.data.packing import pack_dataset
from cnn_studio.data.unpacking import unpack_dataset
from cnn_studio.errors import DatasetError, UsageError
from cnn_studio.models.opening.archive import ModelZip
from cnn_studio.paths import Workspace
from tests.data.archives import class_zip, raw_zip, unicode_path
from tests.data.pictures import jpeg, put_photo

SAMPLES = {
    "cp932": [
        ["りんご", "バナナ"], ["表", "ソ", "能力"], ["正常", "不良"], ["ﾊﾞﾅﾅ", "りんご"],
        ["予定", "貼付"],
    ],
    "euc_jp": [["りんご", "正常"]],
    "gbk": [["猫", "狗"], ["苹果", "香蕉"], ["正常", "缺陷"], ["玫瑰", "郁金香", "向日葵"]],
    "cp950": [["蘋果", "香蕉"], ["貓", "狗"]],
    "cp949": [["사과", "바나나"], ["고양이", "강아지"], ["정상", "불량"]],
    "cp437": [["Äpfel", "Birnen"], ["Müll", "Grün", "Straße"], ["café"]],
    "cp850": [["maçã", "limão"], ["PIÑA", "ÁRBOL"], ["Ärger", "Übung"]],
    "cp1252": [["Äpfel", "Birnen"], ["café", "thé"], ["Señal – rota", "Niño"]],
    "cp866": [["яблоко", "груша"], ["Кошка", "Собака"]],
    "cp1251": [["Кошка", "Собака"], ["Норма", "Дефект"]],
    "utf-8": [["Äpfel"], ["猫", "犬"], ["сова", "ёж"]],
}  # fmt: skip


def _reading(names: list[str], encoding: str, *, is_of_unix: bool = False) -> NamesReading:
    raw = [f"{name}/1.jpg".encode(encoding) for name in names]
    found = read_names(raw, "x.zip", is_of_unix=is_of_unix)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("encoding", "names"),
    [(encoding, names) for encoding, all_ in SAMPLES.items() for names in all_],
)
@pytest.mark.parametrize("is_of_unix", [False, True])
def test_names_are_read_in_the_code_page_that_makes_words_of_them(
    encoding: str, names: list[str], is_of_unix: bool
) -> None:
    found = _reading(names, encoding, is_of_unix=is_of_unix)
    assert [name.encode(encoding).decode(found.encoding) for name in names] == names
    texts = [[name.encode(encoding).decode(other) for name in names] for other in found.choices]
    assert names in texts


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp852", ["jabłko", "gruszka"]),
        ("cp852", ["hruška", "třešeň"]),
        ("cp1250", ["jabłko", "żółty"]),
        ("cp737", ["μήλο", "αχλάδι"]),
        ("cp862", ["תפוח", "אגס"]),
        ("cp1255", ["תפוח", "אגס"]),
        ("cp1256", ["تفاح", "موز"]),
        ("cp874", ["แอปเปิล", "กล้วย"]),
        ("koi8_r", ["яблоко", "груша"]),
        ("cp932", ["犬", "猫"]),
    ],
)
def test_where_another_reading_is_as_likely_it_is_in_doubt_and_the_right_one_is_offered(
    encoding: str, names: list[str]
) -> None:
    found = _reading(names, encoding)
    right = [name.encode(encoding).decode(found.encoding) for name in names] == names
    assert right or found.is_doubtful
    texts = [[name.encode(encoding).decode(other) for name in names] for other in found.choices]
    assert names in texts


GREEK = ["μήλο", "κόκκινο", "πράσινο", "σκύλος", "ήλιος", "φύλλο", "γυαλί", "χαρτί", "Ρωγμή"]
RUSSIAN = ["яблоко", "груша", "собака", "кошка", "красный", "стекло", "металл", "Норма", "Брак"]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("cp737", GREEK), ("cp1253", GREEK), ("cp866", RUSSIAN), ("cp1251", RUSSIAN)],
)
@pytest.mark.parametrize("is_of_unix", [False, True])
def test_greek_and_cyrillic_are_never_taken_for_each_other_in_silence(
    encoding: str, words: list[str], is_of_unix: bool
) -> None:
    pairs = [list(pair) for pair in combinations(words, 2)]
    asked = 0
    for names in pairs:
        found = _reading(names, encoding, is_of_unix=is_of_unix)
        right = [name.encode(encoding).decode(found.encoding) for name in names] == names
        assert right or found.is_doubtful, (names, found)
        asked += found.is_doubtful
    assert asked <= len(pairs) / 2  # nor is everything asked


def test_a_short_name_that_happens_to_be_utf_8_is_not_passed_over_in_silence() -> None:
    found = _reading(["猫"], "gbk")  # in UTF-8 it is è
    assert not found.is_certain
    assert "gbk" in found.choices
    assert _reading(["猫", "狗"], "gbk").encoding == "gbk"  # all names are of one code page
    assert _reading(["Äpfel", "Größe", "été"], "utf-8").is_certain


@pytest.mark.parametrize(
    ("name", "found"), [("Shift_JIS", "cp932"), ("latin-1", "cp1252"), ("big5", "cp950")]
)
def test_a_code_page_is_known_by_its_usual_names(name: str, found: str) -> None:
    assert check_encoding(name) == found


@pytest.mark.parametrize("name", ["klingon", "utf-16", "rot13", "base64", "", "cp037", "a\0b"])
def test_what_is_no_code_page_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="must be one like utf-8, cp932"):
        check_encoding(name)


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things"))


def _groups(plan: ImportPlan) -> dict[str, int]:
    return {group.class_name: len(group.files) for group in plan.groups}


@pytest.mark.parametrize("names", [["表", "ソ"], ["能力", "申請"]])
def test_a_backslash_within_a_letter_cuts_nothing(
    folders: ClassFolders, tmp_path: Path, names: list[str]
) -> None:
    path = class_zip(tmp_path / "kana.zip", names, "cp932")
    assert any(b"\\" in name.encode("cp932") for name in names)
    with plan_import(folders, [path], names_encoding="cp932") as plan:
        assert _groups(plan) == dict.fromkeys(names, 2)
        assert {group.folders for group in plan.groups} == {(name,) for name in names}
        assert len(run_import(plan).imported) == 4


def test_what_was_chosen_holds_also_after_an_import_was_broken_off(
    folders: ClassFolders, tmp_path: Path
) -> None:
    from cnn_studio.data.import_notes import broken_imports
    from cnn_studio.work_notes import Halt

    path = class_zip(tmp_path / "kana.zip", ["表", "ソ"], "cp932")
    with plan_import(folders, [path], names_encoding="cp932") as plan:
        run_import(plan, cancelled=lambda: True, halted=lambda: Halt.LATER)
    (broken,) = broken_imports(folders.dataset)
    again, note = plan_again(broken)
    with again:
        assert _groups(again) == {"表": 2, "ソ": 2}
        run_import(again, note=note)
    assert {name: len(folders.samples(name)) for name in folders.classes()} == {"ソ": 2, "表": 2}


def test_a_doubtful_archive_is_left_out_with_the_option_that_decides_it(
    folders: ClassFolders, tmp_path: Path
) -> None:
    path = class_zip(tmp_path / "fruit.zip", ["jabłko", "gruszka"], "cp852")
    with plan_import(folders, [path]) as plan:
        plan.leave_out_doubtful()
        assert plan.files == []
        ((_path, sentence),) = plan.skipped
    assert "jabłko" in sentence
    assert "--names-encoding" in sentence
    with pytest.raises(DatasetError, match="--names-encoding"):
        import_class_tree(folders, path)
    done = import_class_tree(folders, path, names_encoding="cp852")
    assert {sample.class_name for sample in done.imported} == {"jabłko", "gruszka"}


def test_a_doubtful_zip_within_a_zip_is_left_out_with_the_option_that_decides_it(
    folders: ClassFolders, tmp_path: Path
) -> None:
    inner = class_zip(tmp_path / "fruit-samples.zip", ["jabłko", "gruszka"], "cp852")
    flat = raw_zip(tmp_path / "nut-samples.zip", {"łupina.jpg".encode("cp852"): jpeg(1)})
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inner, inner.name)
        archive.write(flat, flat.name)
    with plan_import(folders, [path]) as plan:
        assert _groups(plan) == {"nut": 1}  # where a file's name decides nothing, no doubt matters
        ((left_out, sentence),) = plan.skipped
    assert left_out.name == "fruit-samples.zip"
    assert "jabłko" in sentence
    assert "--names-encoding" in sentence
    with plan_import(folders, [path], names_encoding="cp852") as plan:
        assert _groups(plan) == {"jabłko": 2, "gruszka": 2, "nut": 1}


def test_a_code_page_that_the_names_are_not_written_in_is_refused(
    folders: ClassFolders, tmp_path: Path
) -> None:
    path = class_zip(tmp_path / "fruit.zip", ["café"], "cp1252")
    with pytest.raises(DatasetError, match=r"not written in cp949\. They can be read as: .*cp1252"):
        plan_import(folders, [path], names_encoding="cp949")


def test_the_unicode_path_is_taken_only_if_it_belongs_to_the_name(tmp_path: Path) -> None:
    raw = "表/1.jpg".encode("cp932")
    right = {raw: unicode_path(raw, "表/1.jpg")}
    with IncomingZip(raw_zip(tmp_path / "a.zip", {raw: jpeg(1)}, extra=right)) as archive:
        assert archive.names is None
        assert [entry.folders for entry in archive] == [("表",)]
    stale = {raw: unicode_path(raw, "elsewhere/1.jpg", crc=1)}
    with IncomingZip(raw_zip(tmp_path / "b.zip", {raw: jpeg(1)}, extra=stale)) as archive:
        assert archive.names is not None
        assert [entry.folders for entry in archive] != [("elsewhere",)]


@pytest.mark.parametrize("extra", [b"\x75\x70", b"\x75\x70\xff\xff\1", b"\x75\x70\5\0\1aaaa"])
def test_a_unicode_path_that_is_cut_short_does_no_harm(tmp_path: Path, extra: bytes) -> None:
    raw = "Äpfel/1.jpg".encode("cp437")
    path = raw_zip(tmp_path / "a.zip", {raw: jpeg(1)}, extra={raw: extra})
    try:
        with IncomingZip(path) as archive:
            assert [entry.folders for entry in archive] == [("Äpfel",)]
    except DatasetError:  # where Python itself does not open it
        pass


@pytest.mark.parametrize("name", ["../表/1.jpg", "/表/1.jpg", "表/../../ソ.jpg", "C:\\表\\1.jpg"])
def test_names_that_lead_out_are_refused_as_they_are_read(
    folders: ClassFolders, tmp_path: Path, name: str
) -> None:
    path = raw_zip(tmp_path / "a.zip", {name.encode("cp932"): jpeg(1)})
    with plan_import(folders, [path], names_encoding="cp932") as plan:
        assert plan.files == []
        assert "leads out of the zip" in plan.skipped[0][1]


def test_reserved_and_colliding_names_are_refused_or_told_apart(
    folders: ClassFolders, tmp_path: Path
) -> None:
    files = {
        "CON/1.jpg".encode("cp932"): jpeg(1),
        "ＣＯＮ/1.jpg".encode("cp932"): jpeg(2),
        "表/1.jpg".encode("cp932"): jpeg(3),
        "表\\1.jpg".encode("cp932"): jpeg(4),
    }
    path = raw_zip(tmp_path / "a.zip", files)
    with plan_import(folders, [path], names_encoding="cp932") as plan:
        done = run_import(plan)
        assert {entry.path.name for name, entry in plan.files if name == "表"} == {
            "1.jpg",
            "1 (2).jpg",
        }
    assert sum(sample.class_name == "表" for sample in done.imported) == 2
    assert all(sample.class_name.upper() != "CON" for sample in done.imported)


def test_a_zip_that_macos_made_is_read_without_a_word(
    folders: ClassFolders, tmp_path: Path
) -> None:
    path = class_zip(tmp_path / "a.zip", ["Äpfel", "Größe", "été"], "utf-8", system=3)
    with plan_import(folders, [path]) as plan:
        assert set(_groups(plan)) == {"Äpfel", "Größe", "été"}
        assert all(reading.is_certain for reading in plan.readings.values())


def test_a_packed_dataset_that_was_packed_again_is_read_by_its_manifest(
    workspace: Workspace, tmp_path: Path
) -> None:
    import zipfile

    packed = ClassFolders(create_dataset(workspace, "Fruit", ["jabłko", "gruszka"]))
    for seed, name in enumerate(("jabłko", "gruszka")):
        put_photo(packed.folder_of(name) / f"{name}.jpg", seed)
    pack_dataset(packed.dataset, tmp_path / "first.zip")
    with zipfile.ZipFile(tmp_path / "first.zip") as archive:
        files = {info.filename.encode("cp852"): archive.read(info) for info in archive.infolist()}
    path = raw_zip(tmp_path / "again.zip", files)
    other = create_dataset(workspace, "Other")
    report = unpack_dataset(other, path)
    assert report.skipped == ()
    assert {sample.class_name for sample in report.samples} == {"jabłko", "gruszka"}


def test_a_model_in_a_folder_of_such_a_name_is_found(tmp_path: Path) -> None:
    raw = "モデル表/model.tflite".encode("cp932")
    with ModelZip(raw_zip(tmp_path / "a.zip", {raw: b"TFL3"})) as archive:
        assert archive.names == ["モデル表/model.tflite"]
        assert archive.read("モデル表/model.tflite") == b"TFL3"


def test_a_project_of_teachable_machine_is_read_alike(
    folders: ClassFolders, tmp_path: Path
) -> None:
    path = class_zip(tmp_path / "project.tm", ["Äpfel", "Größe"], "cp437")
    with plan_import(folders, [path]) as plan:
        assert set(_groups(plan)) == {"Äpfel", "Größe"}
        assert list(plan.readings) == [path]


def test_names_that_claim_to_be_unicode_and_are_not_are_no_damage(tmp_path: Path) -> None:
    raw = "表/1.jpg".encode("cp932")
    path = raw_zip(tmp_path / "a.zip", {raw: jpeg(1)}, flags=1 << 11)
    with pytest.raises(DatasetError, match=r"says that its names are Unicode.*: a\.zip"):
        IncomingZip(path)

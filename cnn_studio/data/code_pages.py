# ruff: noqa: RUF001 - signs of other scripts are what this is about
"""The code pages that names were written in before Unicode, and how plausible a reading is.

A plausible reading is one of letters that stand together in words: no frames and formulas, no
capitals within words, no two alphabets in one, in Greek, Cyrillic and Hebrew a spelling that there
is, and of Chinese, Japanese and Korean the characters that are in use. The costs are in about the
unit of a natural logarithm of likelihood.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cnn_studio.errors import UsageError

UTF_8 = "utf-8"


@dataclass(frozen=True)
class CodePage:
    """One way to read bytes as names.

    Attributes:
        encoding: What Python calls it.
        label: What a person knows it by.
        on_windows: What it costs that an archive made on DOS or Windows has it.
        on_unix: The same for one made elsewhere.
    """

    encoding: str
    label: str
    on_windows: float
    on_unix: float


CODE_PAGES = (
    CodePage("cp932", "Japanese (Shift-JIS)", 0, 0.5),
    CodePage("euc_jp", "Japanese (EUC)", 3, 1),
    CodePage("gbk", "Chinese, simplified (GBK)", 0, 0),
    CodePage("cp950", "Chinese, traditional (Big5)", 0.6, 0.6),
    CodePage("cp949", "Korean (EUC-KR)", 0.3, 0.3),
    CodePage("cp437", "Western (DOS 437)", 0, 1.5),
    CodePage("cp850", "Western (DOS 850)", 0, 1.5),
    CodePage("cp1252", "Western (Windows 1252)", 1, 0),
    CodePage("cp852", "Central European (DOS 852)", 2, 3),
    CodePage("cp1250", "Central European (Windows 1250)", 3, 2),
    CodePage("cp866", "Cyrillic (DOS 866)", 0, 0.5),
    CodePage("cp1251", "Cyrillic (Windows 1251)", 0.5, 0.3),
    CodePage("koi8_r", "Cyrillic (KOI8-R)", 3, 1.5),
    CodePage("cp737", "Greek (DOS 737)", 1.5, 2),
    CodePage("cp1253", "Greek (Windows 1253)", 1.5, 1),
    CodePage("cp857", "Turkish (DOS 857)", 2.5, 3),
    CodePage("cp1254", "Turkish (Windows 1254)", 3, 2.5),
    CodePage("cp862", "Hebrew (DOS 862)", 1.5, 2),
    CodePage("cp1255", "Hebrew (Windows 1255)", 1.5, 1),
    CodePage("cp1256", "Arabic (Windows 1256)", 2, 1.5),
    CodePage("cp874", "Thai (Windows 874)", 1, 1),
    CodePage("mac_roman", "Western (old Mac)", 4, 3),
)
_SUPERSETS = {
    "shift_jis": "cp932",
    "gb2312": "gbk",
    "gb18030": "gbk",
    "big5": "cp950",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "windows-1252": "cp1252",
}

_USUAL_LATIN = frozenset("äöüÄÖÜßéÉñÑçÇåÅøØèàêáóíúâôãõæÆ")
_WESTERN = frozenset("îïûùëìòœŒÈÀÊÂÎÔÛÁÍÓÚÃÕÜÙËÏ")
_EASTERN = frozenset("ąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůýžČĎĚŇŘŠŤŮÝŽőűŐŰăĂșțşţŞŢđĐğĞıİ")
_USUAL_CYRILLIC = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяёієїґ")
_CYRILLIC_VOWELS = frozenset("аеёиоуыэюяіїєьъ")  # and signs that belong to a consonant
_GREEK_ACCENTS = frozenset("άέήίόύώΐΰ")
_GREEK_VOWELS = frozenset("αεηιουωϊϋ") | _GREEK_ACCENTS
_LETTERS = re.compile(r"[^\W\d_]+")
_USUAL_SIGNS = frozenset("°ºª·’‘–—“”„«»…©®™¿¡½¼²³€£、。・ー「」『』（）【】～〜！？＿－　")
_USUAL_HAN = frozenset(
    "的一是不了人在有我他这中大来上个国和地到时要就出会可也你对生能而子那得着下自之年过发后作里用道行"
    "所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军"
    "者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政"
    "美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及"
    "比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做"
    "接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像"
    "难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带"
    "导争运笔红黄蓝绿黑猫狗鸟鱼花草树木叶苹梨桃橙蕉瓜豆米面包杯瓶盘刀叉车船飞鸡鸭牛羊猪兔鼠虎龙蛇图片"
    "照像素材数据集训练测试验证分类样本好坏合格缺陷划痕正常异常健康病斑纸塑料玻璃属垃圾衣服鞋帽子裤裙"
)  # the most frequent ones, and words of image classes
_USUAL_HANGUL = frozenset(
    "이다는을가에의로하고은를한지사기도나리어서자시대인그수아정일보라부오제구주전장스것해조마성만동원상"
    "비여공생세거소유신물경치국선관우화면문분안용무적들람때말내요니러데위중과바방개계산식음모미회발저방"
    "연간학실명진반단차재터노군트르크드포강영교금결당통업표집속손심천남여배합감귤양새꽃병컵책북차빨간노란파란"
    "돌길눈불밤달별강아지물고기토끼말소돼지닭오리쥐뱀곰호랑자동차배행기사진그림자료이미지학습검증정상불량"
)


def check_encoding(name: str) -> str:
    """What a person calls a code page, as Python calls it.

    Raises:
        UsageError: Python does not know it, or names in paths cannot be written in it.
    """
    try:
        found = codecs.lookup(name.strip()).name
        found = _SUPERSETS.get(found, found)
        is_usable = b"a/b.jpg".decode(found) == "a/b.jpg"
    except (LookupError, ValueError, UnicodeError):
        is_usable = False
    if not is_usable:
        known = ", ".join(page.encoding for page in CODE_PAGES)
        raise UsageError(f"The encoding of names must be one like utf-8, {known}, not {name}.")
    return found


def label_of(encoding: str) -> str:
    """What a person knows an encoding by."""
    if encoding == UTF_8:
        return "Unicode (UTF-8)"
    return next((page.label for page in CODE_PAGES if page.encoding == encoding), encoding)


def decoded(names: Iterable[bytes], encoding: str) -> tuple[str, ...] | None:
    """The names in an encoding; None if that cannot be what they are written in."""
    try:
        texts = tuple(name.decode(encoding) for name in names)
    except UnicodeError:
        return None
    is_text = all(_is_possible(letter) for text in texts for letter in text)
    return texts if is_text else None


def cost(texts: Sequence[str], encoding: str) -> float:
    """How little plausible names are, if they are read in an encoding; see the module."""
    words: set[str] = set()
    for text in texts:
        # One program writes one kind of separator: the other one is half of a letter misread.
        words.update(text.split("/" if "/" in text else "\\"))
    return sum(_cost_of_word(word, encoding) for word in words if not word.isascii())


def _is_possible(letter: str) -> bool:
    return letter.isascii() or unicodedata.category(letter) not in ("Cc", "Cn", "Co", "Cs")


def _cost_of_word(word: str, encoding: str) -> float:
    letters = sum(_cost_of_letter(letter, encoding) for letter in word if not letter.isascii())
    letters += 4.0 * word.count("\\")
    spelling = sum(_cost_of_spelling(part) for part in _LETTERS.findall(word))
    return letters + spelling + sum(_cost_of_pair(*pair) for pair in pairwise(word))


def _cost_of_spelling(word: str) -> float:
    """What it costs that letters of scripts which swap so easily are spelt like that."""
    script, word = _script(word[0]), word.lower()
    if script == "hebrew":
        return 5.0 * sum(letter in "ךםןףץ" for letter in word[:-1]) + 3.0 * (word[-1] in "כמנצ")
    if script == "greek":
        price = 6.0 * word[:-1].count("ς") + (4.0 if word.endswith("σ") else 0.0)
        price += 4.0 * max(0, sum(letter in _GREEK_ACCENTS for letter in word) - 1)
        vowels = _GREEK_VOWELS
    elif script == "cyrillic":
        price, vowels = (6.0 if word[0] in "ъьы" else 0.0), _CYRILLIC_VOWELS
    else:
        return 0.0
    runs = _runs_of_consonants(word, vowels)
    return price + 1.5 * sum(max(0, length - 2) for length in runs)


def _runs_of_consonants(word: str, vowels: frozenset[str]) -> list[int]:
    signs = "".join(" " if letter in vowels else "x" for letter in word)
    return [len(run) for run in signs.split()]


def _cost_of_letter(letter: str, encoding: str) -> float:
    script = _script(letter)
    if letter in _USUAL_SIGNS:
        return 4.0
    if script == "latin" and letter in _EASTERN and encoding in ("cp1252", "mac_roman"):
        return 5.0
    if script == "latin":
        usual = ((_USUAL_LATIN, 1.0), (_WESTERN, 2.0), (_EASTERN, 2.5))
        return next((price for letters, price in usual if letter in letters), 5.0)
    if script == "cyrillic":
        return 1.2 if letter.lower() in _USUAL_CYRILLIC else 4.0
    if script == "greek":
        return 1.2
    if script == "kana":
        return 1.0 if encoding in ("cp932", "euc_jp") else 5.0
    if script == "han":
        return _cost_of_han(letter, encoding)
    if script == "hangul":
        return 1.0 if letter in _USUAL_HANGUL else 3.5 if _encoded(letter, "euc_kr") else 8.0
    if script == "half-width":
        return 4.0
    return 1.5 if script in ("hebrew", "arabic", "thai") else 10.0


def _cost_of_han(letter: str, encoding: str) -> float:
    """By how common the character is where the encoding is at home."""
    if encoding in ("cp932", "euc_jp"):
        code = _encoded(letter, "shift_jis")
        return 2.5 if b"\x88\x9f" <= code <= b"\x98\x72" else 7.0 if code else 9.0
    if encoding == "cp950":
        code = _encoded(letter, "big5")
        common = b"\xa4\x40" <= code <= b"\xc6\x7e"
        return (1.5 if letter in _USUAL_HAN else 3.0) if common else 8.0
    if encoding == "gbk":
        code = _encoded(letter, "gb2312")
        common = b"\xb0\xa1" <= code <= b"\xd7\xfe"
        return (1.0 if letter in _USUAL_HAN else 3.0) if common else 7.0 if code else 9.0
    return 8.0


def _encoded(letter: str, encoding: str) -> bytes:
    try:
        return letter.encode(encoding)
    except UnicodeError:
        return b""


def _cost_of_pair(first: str, second: str) -> float:
    """What it costs that two letters stand beside each other."""
    one, other = _script(first), _script(second)
    if (first.isascii() and second.isascii()) or not (one and other):
        return 0.0
    if one != other:
        asian = {"han", "kana", "hangul", "half-width"}
        if {one, other} <= asian:
            return 0.0 if {one, other} == {"han", "kana"} else 4.0
        return 3.0 if {one, other} & asian else 6.0
    price = 4.0 if first.islower() and second.isupper() else 0.0
    if first.isupper() and second.isupper():
        price += 0.5 if one in ("greek", "cyrillic") else 1.0
    if one == "latin" and not first.isascii() and not second.isascii():
        price += 3.0
    return price


_RANGES = (
    (0x0370, 0x03FF, "greek"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x06FF, "arabic"),
    (0x0E00, 0x0E7F, "thai"),
    (0x3040, 0x30FF, "kana"),
    (0x3400, 0x9FFF, "han"),
    (0xAC00, 0xD7A3, "hangul"),
    (0xF900, 0xFAFF, "han"),
    (0xFF61, 0xFF9F, "half-width"),
)


def _script(letter: str) -> str:
    """The alphabet of a letter; empty for a sign or a digit."""
    code = ord(letter)
    if code < 0x250:
        return "latin" if letter.isalpha() and letter not in "ªºµ" else ""
    for first, last, script in _RANGES:
        if first <= code <= last:
            return script if letter.isalpha() or unicodedata.category(letter)[0] == "M" else ""
    return ""

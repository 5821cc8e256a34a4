"""Regions of China: by code, by names as people and files write them, down to a level."""

import pytest

from callcenter.objects.errors import BadValue
from callcenter.objects.regions import above, parent_of, path_of, regions, within
from callcenter.objects.rules import ANYWHERE
from callcenter.objects.types import TYPES
from callcenter.objects.types.base import Field, Named

REGION = TYPES["region"]
NOBODY = Named({}, {}, {})


def field(level: str = "county") -> Field:
    return Field(key="place", type="region", label={}, group="main", settings={"level": level})


def test_every_region_lies_in_one_that_there_is() -> None:
    alone = [code for code in regions() if parent_of(code) is None]
    assert len(alone) == 34
    assert all(code.endswith("0000") for code in alone)
    assert len(regions()) > 3_200
    assert above() <= regions().keys()


@pytest.mark.parametrize(
    ("code", "there", "elsewhere"),
    [
        ("330000", "330106", "110101"),
        ("330100", "330106", "330200"),
        ("330106", "330106", "330105"),
    ],
)
def test_a_region_is_all_that_lies_in_it(code: str, there: str, elsewhere: str) -> None:
    assert {code, there} <= {*within(code)}
    assert elsewhere not in within(code)


def test_steps_without_a_name_are_not_told() -> None:
    assert path_of("110101") == ["北京市", "东城区"]
    assert path_of("330106") == ["浙江省", "杭州市", "西湖区"]
    assert path_of("429004") == ["湖北省", "仙桃市"]
    assert path_of("999999") == []


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("310115", ["Shanghai", "Pudong New Area"]),
        ("330106", ["Zhejiang", "Hangzhou", "Xihu District"]),
        ("610102", ["Shaanxi", "Xi'an", "Xincheng District"]),
        ("140406", ["Shanxi", "Changzhi", "Lucheng District"]),
        ("150100", ["Inner Mongolia", "Hohhot"]),
        ("222401", ["Jilin", "Yanbian Prefecture", "Yanji"]),
        ("653101", ["Xinjiang", "Kashgar Prefecture", "Kashgar"]),
        ("450323", ["Guangxi", "Guilin", "Lingchuan County"]),
        ("640100", ["Ningxia", "Yinchuan"]),
        ("540100", ["Tibet (Xizang)", "Lhasa"]),
        ("810000", ["Hong Kong"]),
        ("820000", ["Macao"]),
        ("429004", ["Hubei", "Xiantao"]),
    ],
)
def test_each_has_a_name_in_english(code: str, path: list[str]) -> None:
    assert path_of(code, "en") == path


def test_no_name_in_english_is_missing_or_of_two_that_lie_together() -> None:
    named = [each for each in regions().values() if not each.is_step]
    assert all(each.english.replace("ü", "u").isascii() and each.english for each in named)
    assert len({(parent_of(each.code), each.english) for each in named}) == len(named)


def test_sounds_are_those_of_the_place_and_not_of_the_character() -> None:
    sounds = {regions()[code].name: regions()[code].pinyin for code in ("140400", "411100")}
    assert sounds == {"长治市": "changzhishi", "漯河市": "luoheshi"}


@pytest.mark.parametrize(
    "said",
    [
        "Zhejiang / Hangzhou / Xihu District",
        "330106",
        "浙江省杭州市西湖区",
        "浙江/杭州/西湖",
        "浙江 杭州市 西湖区",
        "浙江省 > 杭州市 > 西湖区",
    ],
)
def test_a_file_names_it_in_many_ways(said: str) -> None:
    assert REGION.take(field(), said, NOBODY) == "330106"


@pytest.mark.parametrize(
    ("said", "level", "code"),
    [
        ("北京东城区", "county", "110101"), ("广东东莞", "county", "441900"),
        ("杭州", "city", "330100"), ("内蒙古", "province", "150000"), ("香港", "county", "810000"),
    ],
)  # fmt: skip
def test_where_there_is_nothing_within_a_region_it_is_the_last(
    said: str, level: str, code: str
) -> None:
    assert REGION.take(field(level), said, NOBODY) == code
    assert REGION.read(field(level), code, ANYWHERE) == code


def test_a_name_of_several_is_not_guessed() -> None:
    with pytest.raises(BadValue, match="ambiguous"):
        REGION.take(field(), "朝阳区", NOBODY)


@pytest.mark.parametrize("given", ["330000", "330100", "999999", "杭州", 330106, ["330106"]])
def test_what_is_no_county_is_refused(given: object) -> None:
    with pytest.raises(BadValue):
        REGION.read(field(), given, ANYWHERE)

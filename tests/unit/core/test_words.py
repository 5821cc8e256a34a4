"""Texts that PostgreSQL takes."""

from callcenter.core.ids import new_id
from callcenter.core.words import kept, kept_deeply


def test_what_postgresql_does_not_take_is_left_out_and_the_rest_stays() -> None:
    assert kept("a\x00b\ud800c 泵\n") == "ab?c 泵\n"


def test_it_is_left_out_however_deep_it_lies_and_the_rest_is_json() -> None:
    one = new_id()
    given = {"k\x00": ["\x00", ("x\udfff", {"n": 1, "f": float("nan")}), None, True, one]}
    assert kept_deeply(given) == {"k": ["", ["x?", {"n": 1, "f": "nan"}], None, True, str(one)]}

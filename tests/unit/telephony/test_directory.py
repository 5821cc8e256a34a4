"""What the bridge knows of a number that is called."""

from dataclasses import replace
from uuid import UUID

from callcenter.routing.service import RoutingPlan
from callcenter.telephony.directory import Directory
from callcenter.tenancy.service import NumberPlan

NUMBER = "02160000001"


def test_callers_are_spoken_to_in_the_language_of_the_number_called() -> None:
    plain = NumberPlan(UUID(int=1), NUMBER, UUID(int=2), UUID(int=3), None, None, True)
    for number, language in ((plain, "zh-CN"), (replace(plain, language="en"), "en")):
        directory = Directory({}, RoutingPlan({}, {}, {NUMBER: number}, {}))
        assert directory.language(NUMBER) == language
        assert directory.language("02169999999") == "zh-CN"
    assert Directory().language(NUMBER) == "zh-CN"

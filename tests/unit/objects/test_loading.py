"""What a line of a file may need of the lines before it."""

from typing import Any

import pytest

from callcenter.objects.service.transfer.loading import looks_back
from callcenter.objects.service.transfer.mapping import Wish
from tests.unit.objects.test_triggers import REFUSE, a_trigger, loaded

CREATES = a_trigger(REFUSE, on=["create"])


@pytest.mark.parametrize(
    ("triggers", "wish", "needs"),
    [
        ((), Wish(["name", None]), False),
        ((), Wish(["name"], mode="update", match="name"), True),
        ((), Wish(["name", "parent"]), True),
        ((CREATES,), Wish(["name"]), True),
        ((a_trigger(REFUSE, on=["update"]),), Wish(["name"]), False),
        (({**CREATES, "active": False},), Wish(["name"]), False),
    ],
    ids=["new", "changes", "of its own", "before a create", "before an update", "idle"],
)
def test_a_line_may_need_those_before_it(
    triggers: tuple[dict[str, Any], ...], wish: Wish, needs: bool
) -> None:
    assert looks_back(loaded(*triggers), wish) is needs

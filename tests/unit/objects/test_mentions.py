"""Colleagues named in a comment."""

from uuid import UUID

import pytest

from callcenter.objects.service.mentions import mentioned

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (f"请 @{{{ONE}}} 看", [ONE]),
        (f"@{{{OTHER}}}@{{{ONE}}} @{{{OTHER}}}", [OTHER, ONE]),
        ("@王伟 @{} @{x} {00000000-0000-0000-0000-000000000001}", []),
        (f"@{{{str(ONE)[:-1]}}}", []),
    ],
)
def test_whom_a_text_names(text: str, people: list[UUID]) -> None:
    assert mentioned(text) == people

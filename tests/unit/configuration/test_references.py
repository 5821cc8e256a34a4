"""What a file points at by name is by id here, and the other way round."""

from uuid import UUID

import pytest

from callcenter.configuration.service.details import deep
from callcenter.configuration.service.references import Reference, identified, named, references
from callcenter.core.errors import Invalid

DAY, NIGHT = UUID(int=1), UUID(int=2)
NAMES = {DAY: Reference("schedule", "白班"), NIGHT: Reference("agent_service", "白班")}
DOCUMENT = {"rules": [{"tests": [{"id": str(DAY)}], "say": {"en": "x"}}], "id": str(NIGHT), "n": 3}
FILE = {
    "rules": [{"tests": [{"id": {"ref": "schedule", "name": "白班"}}], "say": {"en": "x"}}],
    "id": {"ref": "agent_service", "name": "白班"}, "n": 3,
}  # fmt: skip


def test_ids_become_names_and_names_ids_wherever_they_stand() -> None:
    assert named(DOCUMENT, NAMES) == FILE
    assert identified(FILE, NAMES) == DOCUMENT
    assert [path for path, _ in references(FILE)] == ["rules.0.tests.0.id", "id"]


def test_an_id_of_what_is_gone_stays_an_id() -> None:
    assert named({"id": str(UUID(int=9))}, NAMES) == {"id": str(UUID(int=9))}


def test_a_name_is_one_of_its_kind() -> None:
    with pytest.raises(Invalid) as refused:
        identified({"at": {"ref": "caller_list", "name": "白班"}}, NAMES)
    assert [*refused.value.fields] == ["at.白班"]


@pytest.mark.parametrize(
    "part", [{"ref": "schedule"}, {"ref": 1, "name": "x"}, {"ref": "a", "name": "b", "c": 1}]
)
def test_what_only_looks_like_a_reference_is_none(part: dict[str, object]) -> None:
    assert identified(part, NAMES) == part


def test_a_difference_is_told_where_it_is() -> None:
    old = {"waiting": {"offers": {"callback": None}, "texts": ["a"]}, "id": FILE["id"], "same": 1}
    new = {"waiting": {"offers": {"callback": "1"}, "texts": ["a", "b"]}, "id": None, "same": 1}
    found = {one["attribute"]: one["after"] for one in deep(old, new, [*old])}
    assert found == {"waiting.offers.callback": "1", "waiting.texts": ["a", "b"], "id": None}

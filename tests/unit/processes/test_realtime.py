"""Which rooms a socket is in: the walls of everything live."""

from uuid import UUID

import pytest

from callcenter.core.ids import new_id
from callcenter.core.permissions import GRANTS, Role
from callcenter.core.tenant import Actor
from callcenter.processes.realtime import may_watch, rooms_of
from callcenter.telephony.outlet import (
    PLATFORM_ROOM,
    agent_room,
    callers_room,
    flow_room,
    queues_room,
    wall_room,
)

TEAMS = [new_id(), new_id()]
"""Of the enterprise; a leader leads the first."""


def someone(role: Role) -> Actor:
    return Actor(
        new_id(), new_id(), "8001", "王芳", role, team_ids=(TEAMS[0],), permissions=GRANTS[role]
    )


def rooms(actor: Actor) -> set[str]:
    def teams(enterprise_id: UUID) -> list[UUID]:
        assert enterprise_id == actor.enterprise_id
        return TEAMS

    return set(rooms_of(actor, teams))


def walls(actor: Actor) -> set[str]:
    return {room for room in rooms(actor) if room.startswith("wall:")}


def test_an_agent_is_in_rooms_of_their_own_and_sees_no_wall() -> None:
    agent = someone(Role.AGENT)
    wanted = {agent_room(agent.user_id), queues_room(agent.enterprise_id), f"user:{agent.user_id}"}
    assert rooms(agent) == wanted


def test_a_leader_sees_the_own_teams_wall_and_an_administrator_all() -> None:
    leader, admin = someone(Role.LEADER), someone(Role.ADMIN)
    assert walls(leader) == {wall_room(leader.enterprise_id, TEAMS[0])}
    assert walls(admin) == {wall_room(admin.enterprise_id, team) for team in [*TEAMS, None]}


def test_the_operator_is_in_no_enterprises_room() -> None:
    assert rooms(someone(Role.OPERATOR)) == {PLATFORM_ROOM}


@pytest.mark.parametrize("role", Role)
def test_whole_numbers_leave_to_nobody(role: Role) -> None:
    actor = someone(role)
    assert callers_room(actor.user_id) not in rooms(actor)


@pytest.mark.parametrize("role", Role)
def test_flows_are_watched_by_who_manages_them_and_nobody_is_there_unasked(role: Role) -> None:
    actor = someone(role)
    own, other = flow_room(actor.enterprise_id, new_id()), flow_room(new_id(), new_id())
    assert may_watch(actor, own) is (role is Role.ADMIN)
    assert not may_watch(actor, other)
    assert not any(room.startswith("ivr:") for room in rooms(actor))


def test_no_other_room_is_entered_by_asking() -> None:
    admin = someone(Role.ADMIN)
    for room in (callers_room(admin.user_id), wall_room(admin.enterprise_id, None), PLATFORM_ROOM):
        assert not may_watch(admin, room)

"""Versions of flows in a real database: draft, publish, roll back, and what calls get."""

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.bus import OutboxEvent
from callcenter.core.errors import Invalid, NotFound, Stale, Unavailable
from callcenter.core.speech import SpeechFailed
from callcenter.core.tenant import Scope
from ivr.demo import demo_definition, load_demo
from ivr.errors import FlowInvalid, NoDraft
from ivr.model import ProblemCode
from ivr.models import IvrFlowVersion, IvrService, VersionState
from ivr.service import load_published, record_prompts
from ivr.validation import clips_of
from tests.integration.ivr.conftest import NOW

pytestmark = pytest.mark.integration


def changed(house, text="Hello again."):
    """The demo flow with another first prompt."""
    definition = demo_definition(house.agent_service_id)
    definition["nodes"][0]["settings"]["prompts"][1]["text"]["en"] = text
    return definition


def version_of(database, house):
    with database.begin(house.scope) as session:
        return session.get_one(IvrService, house.service_id).version


def save(database, ivr_services, house, definition):
    with database.begin(house.scope) as session:
        return ivr_services.save_draft(
            session,
            house.service_id,
            session.get_one(IvrService, house.service_id).version,
            definition,
        )


def flow_of(database, house):
    with database.begin(Scope.platform()) as session:
        return load_published(session)[house.service_id]


def test_the_demo_is_loaded_once_and_published(database, house, clock):
    with database.begin(house.scope) as session:
        enterprise_id = house.scope.enterprise_id
        assert load_demo(session, enterprise_id, house.agent_service_id, clock) == house.service_id
    flow = flow_of(database, house)
    assert flow.version == 1
    assert flow.owner == str(house.scope.enterprise_id)


def test_a_draft_changes_nothing_for_callers(database, ivr_services, house):
    view = save(database, ivr_services, house, changed(house))
    assert view.in_state(VersionState.DRAFT).number == 2
    assert view.problems == ()
    assert flow_of(database, house).version == 1


def test_publishing_records_the_prompts_and_serves_new_calls(
    database, ivr_services, house, library
):
    under_way = flow_of(database, house)
    save(database, ivr_services, house, changed(house))
    view = ivr_services.publish(house.scope, house.service_id, version_of(database, house))
    assert [(v.number, v.state) for v in view.versions] == [(2, "published"), (1, "retired")]
    assert view.versions[0].published_at == NOW
    assert view.versions[0].published_by == house.scope.actor.user_id
    flow = flow_of(database, house)
    assert flow.version == 2
    assert under_way.version == 1
    assert all(library.file(clip, flow.owner).exists() for clip in clips_of(flow))


def test_rolling_back_serves_the_earlier_version_again(database, ivr_services, house):
    save(database, ivr_services, house, changed(house))
    ivr_services.publish(house.scope, house.service_id, version_of(database, house))
    view = ivr_services.roll_back(house.scope, house.service_id, version_of(database, house), 1)
    assert [(v.number, v.state) for v in view.versions] == [(2, "retired"), (1, "published")]
    assert flow_of(database, house).version == 1


def test_each_act_is_in_the_audit_log_and_told_to_telephony(database, ivr_services, house):
    save(database, ivr_services, house, changed(house))
    ivr_services.publish(house.scope, house.service_id, version_of(database, house))
    with database.begin(house.scope) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        events = session.scalars(select(OutboxEvent)).all()
    assert [entry.action for entry in entries] == ["ivr.draft", "ivr.publish"]
    assert (entries[1].before, entries[1].after) == ({"published": 1}, {"published": 2})
    assert {event.type for event in events} == {"service.changed"}
    assert {event.data["entity_id"] for event in events} == {str(house.service_id)}


def test_an_unfinished_draft_is_kept_but_not_published(database, ivr_services, house):
    definition = changed(house)
    definition["nodes"][0]["exits"].pop("1")
    view = save(database, ivr_services, house, definition)
    assert [(p.node, p.code) for p in view.problems] == [("language", ProblemCode.MISSING_EXIT)] + [
        (p.node, p.code) for p in view.problems[1:]
    ]
    with pytest.raises(FlowInvalid) as refused:
        ivr_services.publish(house.scope, house.service_id, version_of(database, house))
    assert refused.value.details["problems"][0] == {
        "node": "language",
        "code": "missing-exit",
        "detail": "1",
    }
    assert flow_of(database, house).version == 1


def test_a_transfer_to_another_enterprises_service_is_refused(
    database, ivr_services, house, neighbour
):
    save(database, ivr_services, house, demo_definition(neighbour.agent_service_id))
    with pytest.raises(FlowInvalid) as refused:
        ivr_services.publish(house.scope, house.service_id, version_of(database, house))
    assert [p["code"] for p in refused.value.details["problems"]] == ["unknown-target"]


UNKNOWN = "0192f0c1-0000-7000-8000-0000000000ff"


@pytest.mark.parametrize(
    ("kind", "settings", "ways"),
    [
        ("schedule", {"schedule": UNKNOWN}, ("open", "closed", "unknown")),
        ("transfer", {"kind": "routing", "target": UNKNOWN}, ()),
    ],
)
def test_a_schedule_or_a_routing_service_that_is_not_there_is_refused(
    database, ivr_services, house, kind, settings, ways
):
    definition = demo_definition(house.agent_service_id)
    first = definition["start"]
    exits = dict.fromkeys(ways, first)
    new = {"id": "new", "kind": kind, "settings": settings, "exits": exits}
    definition |= {"start": "new", "nodes": [new, *definition["nodes"]] if ways else [new]}
    save(database, ivr_services, house, definition)
    with pytest.raises(FlowInvalid) as refused:
        ivr_services.publish(house.scope, house.service_id, version_of(database, house))
    assert [p["code"] for p in refused.value.details["problems"]] == ["unknown-target"]


def asking(house, when):
    """The demo flow behind a question about the customer."""
    definition = demo_definition(house.agent_service_id)
    first = definition["start"]
    ways = {"vip": first, "otherwise": first}
    cases = [{"when": when, "exit": "vip"}]
    node = {"id": "who", "kind": "condition", "settings": {"cases": cases}, "exits": ways}
    return definition | {"start": "who", "nodes": [node, *definition["nodes"]]}


def test_a_flow_may_ask_for_a_field_that_customers_have(database, ivr_services, house):
    save(database, ivr_services, house, asking(house, "customers == 1 and customer_level == 'vip'"))
    ivr_services.publish(house.scope, house.service_id, version_of(database, house))
    assert flow_of(database, house).start == "who"


def test_a_field_that_no_customer_has_is_refused(database, ivr_services, house):
    save(database, ivr_services, house, asking(house, "customer_income > 5 or customer_level == 1"))
    with pytest.raises(FlowInvalid) as refused:
        ivr_services.publish(house.scope, house.service_id, version_of(database, house))
    assert refused.value.details["problems"] == [
        {"node": "who", "code": "unknown-field", "detail": "income"}
    ]
    assert flow_of(database, house).version == 1


def test_a_lost_update_is_refused(database, ivr_services, house):
    read = version_of(database, house)
    save(database, ivr_services, house, changed(house))
    with pytest.raises(Stale), database.begin(house.scope) as session:
        ivr_services.save_draft(session, house.service_id, read, changed(house, "Mine."))
    with pytest.raises(Stale):
        ivr_services.publish(house.scope, house.service_id, read)


def test_there_must_be_a_draft_to_publish_and_a_version_to_go_back_to(
    database, ivr_services, house
):
    version = version_of(database, house)
    with pytest.raises(NoDraft):
        ivr_services.publish(house.scope, house.service_id, version)
    for number in (1, 9):
        with pytest.raises(NotFound):
            ivr_services.roll_back(house.scope, house.service_id, version, number)


def test_another_enterprises_service_does_not_exist(database, ivr_services, house, neighbour):
    with database.begin(house.scope) as session:
        with pytest.raises(NotFound):
            ivr_services.view(session, neighbour.service_id)
        with pytest.raises(NotFound):
            ivr_services.save_draft(session, neighbour.service_id, 1, changed(house))
    with pytest.raises(NotFound):
        ivr_services.publish(house.scope, neighbour.service_id, 1)
    with pytest.raises(NotFound):
        ivr_services.roll_back(house.scope, neighbour.service_id, 1, 1)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", float("nan")])
def test_what_postgresql_cannot_keep_is_refused(database, ivr_services, house, text):
    with pytest.raises(Invalid):
        save(database, ivr_services, house, {"nodes": [text]})


def test_without_a_speech_engine_nothing_is_published(
    database, ivr_services, house, library, monkeypatch
):
    def fail(text, language, target):
        raise SpeechFailed("mute")

    monkeypatch.setattr(library._speech, "synthesise", fail)
    save(database, ivr_services, house, changed(house))
    with pytest.raises(Unavailable):
        ivr_services.publish(house.scope, house.service_id, version_of(database, house))
    assert flow_of(database, house).version == 1


def test_a_paused_service_and_an_unreadable_flow_are_not_served(database, house, neighbour):
    with database.begin(neighbour.scope) as session:
        session.get_one(IvrService, neighbour.service_id).status = "paused"
    with database.begin(Scope.platform()) as session:
        assert set(load_published(session)) == {house.service_id}
    with database.begin(house.scope) as session:
        session.scalars(select(IvrFlowVersion)).one().definition = {"start": "nowhere"}
    with database.begin(Scope.platform()) as session:
        assert load_published(session) == {}


def test_a_flow_published_before_ends_were_asked_for_serves_on_but_no_new_one_does(
    database, ivr_services, house
):
    definition = demo_definition(house.agent_service_id)
    ids = {node["id"] for node in definition["nodes"] if node["exits"]}
    definition["nodes"] = [node for node in definition["nodes"] if node["id"] in ids]
    for node in definition["nodes"]:
        ways = node["exits"].items()
        node["exits"] = {name: to if to in ids else definition["start"] for name, to in ways}
    with database.begin(house.scope) as session:
        session.scalars(select(IvrFlowVersion)).one().definition = definition
    assert set(flow_of(database, house).nodes) == ids
    view = save(database, ivr_services, house, definition)
    assert ProblemCode.NO_END in {problem.code for problem in view.problems}
    with pytest.raises(FlowInvalid):
        ivr_services.publish(house.scope, house.service_id, version_of(database, house))


def test_at_start_all_prompts_of_published_flows_are_made(database, house, library):
    with database.begin(Scope.platform()) as session:
        flows = load_published(session)
    assert record_prompts(library, flows.values()) > 20
    assert record_prompts(library, flows.values()) == 0

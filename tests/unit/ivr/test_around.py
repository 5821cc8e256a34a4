"""A flow names nothing that its enterprise does not have, and leads into no endless ring of flows."""

from dataclasses import replace

import pytest

from callcenter.objects.service import Fields
from ivr.around import Around, problems_around, whole
from ivr.validation import read
from tests.unit.ivr.conftest import BYE, SERVICE, definition, node, say

OTHER = "0192f0c1-0000-7000-8000-0000000000b1"
PHONE, ROOM = (f"0192f0c1-0000-7000-8000-0000000000d{end}" for end in (1, 2))
AROUND = Around(
    services=frozenset({SERVICE}),
    people=frozenset({SERVICE}),
    teams=frozenset({SERVICE}),
    routes=frozenset({SERVICE}),
    extensions=frozenset({PHONE}),
    conferences=frozenset({ROOM}),
    schedules=frozenset({SERVICE}),
    customer_fields=frozenset({"level"}),
    objects={
        "order": Fields(
            told=frozenset({"due"}), sought=frozenset({"code"}), sorted=frozenset({"created_at"}),
            written=frozenset({"note"}),
        ),
        "client": Fields(of_customers=True, compared=frozenset({"pin"}), written=frozenset({"note"})),
    },
    hosts=frozenset({"erp.example.com", "10.0.0.5:8080"}),
    prompts=frozenset({SERVICE}),
    credentials={"erp": "erp.example.com", "crm": "crm.example.com", "inner": "10.0.0.5:8080"},
)  # fmt: skip


def found(kind, settings, *ways):
    only = node("n", kind, settings) | {"exits": dict.fromkeys(ways, "bye")}
    flow = read(definition(*([only, BYE] if ways else [only])))
    return {(p.node, p.code.value, p.detail) for p in problems_around(flow, AROUND)}


def query(**more):
    where = [{"field": "code", "value": "1"}]
    return ("query", {"object": "order", "where": where} | more, "one", "none", "several", "failed")


def write(**more):
    values = [{"field": "note", "value": "x"}]
    return ("write", {"object": "order", "act": "create", "values": values} | more,
            "written", "failed")  # fmt: skip


def http(url, credential=""):
    headers = {"Authorization": f"{{credential:{credential}}}"} if credential else {}
    return ("http", {"method": "GET", "url": url, "headers": headers}, "ok", "failed", "timeout")


def verify(field):
    return ("verify", {"prompts": say("pin"), "field": field}, "verified", "refused", "unknown")


GOOD = [
    query(reads={"x": "due"}, order="-created_at"),
    write(),
    write(object="client", act="update_caller"),
    http("https://erp.example.com/{caller}"),
    http("https://erp.example.com/", "erp"),
    http("http://10.0.0.5:8080/", "inner"),
    verify("pin"),
    ("callback", {"service": SERVICE}, "taken", "declined"),
    ("message", {"to": "team", "target": SERVICE, "text": "x"}, "next"),
    ("record", {"prompts": say("x"), "target": SERVICE}, "recorded", "silent", "failed"),
    ("transfer", {"kind": "seat", "target": SERVICE}),
    ("transfer", {"kind": "number", "target": "10086"}),
    ("transfer", {"kind": "extension", "target": PHONE}),
    ("transfer", {"kind": "conference", "target": ROOM}),
    ("schedule", {"schedule": SERVICE}, "open", "closed", "unknown"),
    ("play", {"prompts": [{"file": SERVICE}, {"variable": "customer_level"}]}, "next"),
]
BAD = [
    (query(object="nothing"), "unknown-target", "nothing"),
    (query(where=[{"field": "due", "value": "1"}]), "unknown-field", "due"),
    (query(reads={"x": "code"}), "unknown-field", "code"),
    (query(order="note"), "unknown-field", "note"),
    (write(object="nothing"), "unknown-target", "nothing"),
    (write(act="update_caller"), "unknown-target", "order"),
    (write(values=[{"field": "due", "value": 1}]), "unknown-field", "due"),
    (http("https://elsewhere.example.com/"), "not-allowed", "elsewhere.example.com"),
    (http("https://erp.example.com/", "none"), "unknown-target", "{credential:none}"),
    (http("https://erp.example.com/", "crm"), "not-allowed", "{credential:crm}"),
    (http("http://erp.example.com/", "erp"), "not-allowed", "{credential:erp}"),
    (verify("level"), "unknown-field", "level"),
    (
        ("record", {"prompts": say("x"), "target": OTHER}, "recorded", "silent", "failed"),
        "unknown-target",
        OTHER,
    ),
    (("callback", {"service": OTHER}, "taken", "declined"), "unknown-target", OTHER),
    (("message", {"to": "seat", "target": OTHER, "text": "x"}, "next"), "unknown-target", OTHER),
    (("transfer", {"kind": "routing", "target": OTHER}), "unknown-target", OTHER),
    (("transfer", {"kind": "extension", "target": ROOM}), "unknown-target", ROOM),
    (("transfer", {"kind": "conference", "target": PHONE}), "unknown-target", PHONE),
    (("schedule", {"schedule": OTHER}, "open", "closed", "unknown"), "unknown-target", OTHER),
    (("flow", {"service": OTHER}, "next", "failed"), "unknown-target", OTHER),
    (("play", {"prompts": [{"file": OTHER}]}, "next"), "missing-prompt", OTHER),
    (("play", {"prompts": [{"variable": "customer_pin"}]}, "next"), "unknown-field", "pin"),
]


@pytest.mark.parametrize("given", GOOD)
def test_what_is_there_may_be_named(given):
    assert found(*given) == set()


@pytest.mark.parametrize(("given", "code", "detail"), BAD)
def test_what_is_not_there_is_told(given, code, detail):
    assert found(*given) == {("n", code, detail)}


def ring(*services, back=None):
    """Flows that each lead into the next one, and the last one `back`."""
    flows = {}
    for service, following in zip(services, [*services[1:], back], strict=True):
        into = node("into", "flow", {"service": following or OTHER}, next="bye", failed="bye")
        flow = read(definition(into, BYE) if following else definition(BYE), service=service)
        flows[service] = replace(flow, owner="owner")
    return flows


IDS = [f"0192f0c1-0000-7000-8000-0000000000c{end}" for end in range(8)]


@pytest.mark.parametrize(("length", "problems"), [(1, 1), (2, 1), (4, 1)])
def test_a_ring_of_flows_is_found(length, problems):
    flows = ring(*IDS[:length], back=IDS[0])
    given = [*problems_around(flows[IDS[0]], replace(AROUND, flows=flows))]
    assert [p.code.value for p in given] == ["endless-flows"] * problems


@pytest.mark.parametrize(("length", "codes"), [(6, []), (7, ["endless-flows"])])
def test_flows_lie_five_deep_in_each_other_and_no_deeper(length, codes):
    flows = ring(*IDS[:length])
    given = [*problems_around(flows[IDS[0]], replace(AROUND, flows=flows))]
    assert [p.code.value for p in given] == codes


def test_a_flow_has_with_it_all_that_it_may_lead_into_and_nothing_of_others():
    flows = ring(*IDS[:3])
    stranger = replace(flows[IDS[2]], owner="stranger")
    assert set(whole(flows[IDS[0]], flows).flows) == set(IDS[1:3])
    assert set(whole(flows[IDS[0]], flows | {IDS[2]: stranger}).flows) == {IDS[1]}
    assert set(whole(flows[IDS[2]], flows).flows) == set()

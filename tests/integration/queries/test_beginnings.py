"""Parameters that begin by a template: rendered for whoever asks, and never left out when they fail."""

import json
from typing import Any

import pytest

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.places import PROJECT
from callcenter.core.tenant import Scope
from callcenter.processes.means import means
from callcenter.processes.queries import queries, selecting
from callcenter.queries.errors import BadBeginning
from callcenter.queries.service import Running, Templating
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, make
from tests.integration.objects.shaping import label
from tests.integration.queries.making import (
    QUERIES,
    a_column,
    a_firm_at_work,
    jobs_and_clients,
    keep,
    rows,
)
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration
LIBRARY = json.loads((PROJECT / "config" / "library.json").read_text("utf-8"))
THIS_MONTH = next(one["content"]["template"] for one in LIBRARY if one["key"] == "condition_month")
"""As the product's own ready setting has it."""


@pytest.fixture(autouse=True)
def world(firm: Firm, admin: Caller) -> None:
    a_firm_at_work(firm)
    gold = make(admin, CLIENTS, "gold", phone="13800138000")
    make(admin, JOBS, "now", customer=gold, due="2026-11-23T17:30:00Z")
    make(admin, JOBS, "october", customer=gold, due="2026-10-31T01:00:00Z")


def since(template: str, **more: Any) -> dict[str, Any]:
    asked = {"key": "since", "label": label("自", "Since"), "template": template, **more}
    sought = {"field": "due", "operator": "between", "parameter": "since"}
    columns = [a_column("job", "name"), a_column("phone", "phone", "client")]
    return jobs_and_clients(columns=columns, conditions=[sought], parameters=[asked])


def expert(template: str) -> dict[str, Any]:
    asked = {"key": "who", "label": label("谁"), "type": "text", "template": template}
    texts = {"select": "name", "source": "job", "where": "true [[ and name = :who ]]"}
    document = {"kind": "expert", "texts": texts, "parameters": [asked]}
    return {"key": "told", "name": label("查"), "document": document, "roles": ["admin"]}


def test_a_template_gives_what_the_list_begins_with_and_what_is_filled_in_comes_before_it(
    conf: Caller, admin: Caller
) -> None:
    keep(conf, since(THIS_MONTH))
    (asked,) = admin.get(f"{QUERIES}/list/ready").json["parameters"]
    assert (asked["default"], asked["problem"]) == (["2026-11-01", "$today"], None)
    assert rows(admin, "job") == [("now",)]
    assert rows(admin, "job", parameters={"since": ["2026-10-01", ""]}) == [("now",), ("october",)]
    assert rows(admin, "job", parameters={"since": []}) == [("now",), ("october",)]
    # As it was written, and not as it was rendered.
    document = conf.get(f"{QUERIES}/list").json["document"]
    assert (document["parameters"][0]["template"], document["parameters"][0]["default"]) == (
        THIS_MONTH,
        [],
    )


def test_it_knows_who_asks(conf: Caller, admin: Caller, office: Office) -> None:
    make(admin, JOBS, office.people["admin"].employee_code)
    assert conf.post("/expert-queries", expert("{{ me.code }}")).status_code == 201
    (asked,) = admin.get(f"{QUERIES}/told/ready").json["parameters"]
    assert asked["default"] == [office.people["admin"].employee_code]
    assert rows(admin, "name", key="told") == [(office.people["admin"].employee_code,)]


@pytest.mark.parametrize(
    "template", ["{{ nobody.x }}", "{% for", "{{ 'x' * 500 }}", "{{ ''.__class__ }}"]
)
def test_one_that_fails_is_told_where_it_stands_and_is_not_kept(
    conf: Caller, template: str
) -> None:
    tried = conf.post(f"{QUERIES}/run", {"document": since(template)}).json
    assert [*tried["problems"]] == ["parameters.0.template"]
    body = {"key": "mine", "name": label("清单"), "document": since(template)}
    assert [*conf.post(QUERIES, body).json["error"]["fields"]] == ["document.parameters.0.template"]
    told = conf.post("/expert-queries", expert(template))
    assert told.json["error"]["code"] == "bad-query-text"
    tried = conf.post("/expert-queries/run", {"document": expert(template)["document"]}).json
    assert (len(tried["problems"]), tried["answer"]) == (1, None)


def test_what_it_gives_is_read_as_its_field_is(conf: Caller) -> None:
    tried = conf.post(f"{QUERIES}/run", {"document": since("soon")}).json
    assert [*tried["problems"]] == ["conditions.0"]


def test_where_it_fails_for_somebody_nothing_is_left_out(
    conf: Caller, admin: Caller, agent: Caller, database: Database, office: Office,
    clock: ManualClock,
) -> None:  # fmt: skip
    only_admins = "{% if me.role == 'agent' %}{{ me.nothing }}{% endif %}2026-11-01"
    keep(conf, since(only_admins))
    assert rows(admin, "job") == [("now",)]
    (asked,) = agent.get(f"{QUERIES}/list/ready").json["parameters"]
    assert asked["default"] == []
    assert "nothing" in asked["problem"]
    refused = agent.post(f"{QUERIES}/list/run", {})
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "bad-beginning")
    assert [*refused.json["error"]["fields"]] == ["parameters.since"]
    assert rows(agent, "job", parameters={"since": ["2026-11-01"]}) == []
    with (
        database.begin(Scope.of(office.people["agent"])) as session,
        pytest.raises(BadBeginning),
    ):
        selecting(means(clock)).begun(session, "list", {}, 10)
    # A template that fills it in itself needs none.
    shared = means(clock)
    load = Templating(queries(shared), Running(shared)).answers["load"]
    with database.begin(Scope.of(office.people["agent"])) as session:
        given = {"since": "2026-11-01"}
        assert load(session, query="list", limit=5, parameters=given) == []
        with pytest.raises(BadBeginning):
            load(session, query="list", limit=5, parameters={})

"""Triggers that put what a template makes of the record into one of its fields."""

from typing import Any

import pytest

from tests.integration.objects.firm import Firm, make
from tests.integration.objects.shaping import PUMPS, Shaping, a_field, a_pump, label
from tests.integration.objects.triggering import (
    JOBS,
    RESULT,
    Background,
    a_client,
    a_job,
    a_trigger,
    changed,
    values_of,
)
from tests.integration.templates.making import a_template
from tests.support.office import Caller

pytestmark = pytest.mark.integration

LETTER = a_field("letter", "long_text", read_only=True)
PAGE = a_field("page", "rich_text")
SHORT = a_field("short", settings={"max_length": 5})
SECRET = a_field("secret", rights={"agent": "hide"})
TEXT = "工单 {{ record.name }}：{{ record.state }}，共 {{ record.visits or 0 }} 次"


def written(field: str = "letter", template: str = "letter", **more: Any) -> dict[str, Any]:
    action = {"do": "template", "template": template, "field": field}
    return a_trigger("write", action, when="after", on=["create", "update"], **more)


def a_firm_with(firm: Firm, *triggers: dict[str, Any]) -> None:
    job = a_job(*triggers)
    job["groups"][0]["fields"] += [LETTER, PAGE, SHORT, SECRET]
    firm.keeps(a_client(), job)


def the_run(conf: Caller) -> dict[str, Any]:
    run: dict[str, Any] = conf.get("/design/objects/job/triggers/runs").json["items"][0]
    return run


def test_a_field_has_what_the_template_makes_of_the_record(
    firm: Firm, admin: Caller, conf: Caller, background: Background
) -> None:
    a_firm_with(firm, written())
    a_template(conf, text=TEXT, object="job")
    record = make(admin, JOBS, "换泵", visits=2)
    background.work()
    assert values_of(admin, JOBS, record)["letter"] == "工单 换泵：open，共 2 次"
    changed(admin, JOBS, record, visits=3)
    background.work()
    assert values_of(admin, JOBS, record)["letter"] == "工单 换泵：open，共 3 次"


def test_the_log_names_the_template_and_ends_when_nothing_changes_any_more(
    firm: Firm, admin: Caller, conf: Caller, background: Background
) -> None:
    a_template(conf, text=TEXT)
    a_firm_with(firm, written())
    make(admin, JOBS, "换泵")
    background.work()
    runs = conf.get("/design/objects/job/triggers/runs").json["items"]
    assert [(run["state"], run["depth"]) for run in runs] == [("done", 2), ("done", 1)]
    rendered, put = runs[1]["steps"]
    assert (rendered["do"], rendered["template"]["en"]) == ("template", "Receipt")
    assert (put["do"], put["fields"]) == ("update", ["letter"])


def test_markup_becomes_text_and_text_becomes_markup_as_the_field_has_it(
    firm: Firm, admin: Caller, conf: Caller, background: Background
) -> None:
    a_template(conf, "rich", "<p>{{ record.name }}</p><script>1</script>", output="html")
    a_template(conf, "plain", "{{ record.name }}\n二")
    actions = [
        {"do": "template", "template": template, "field": field}
        for template, field in (("rich", "letter"), ("plain", "page"))
    ]
    a_firm_with(firm, a_trigger("write", *actions, when="after", on=["create"]))
    record = make(admin, JOBS, "<i>泵</i>")
    background.work()
    values = values_of(admin, JOBS, record)
    assert values["letter"] == "<i>泵</i>"
    assert values["page"] == "<p>&lt;i&gt;泵&lt;/i&gt;</p><p>二</p>"


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("一\n{{ record.phone }}", "letter", "模板“letter”未能生成内容。第 2 行：没有名为“phone”的字段或变量。"),
        ("{{ record.secret }}", "letter", "模板“letter”未能生成内容。第 1 行：“secret”对部分角色不可见，不能写入内容。"),
        ("{% if %}", "letter", "模板“letter”未能生成内容。第 1 行：不应出现“%}”。"),
        ("123456", "short", "模板“letter”生成的内容不能写入“short”：最多 5 个字。"),
        ("1\n2", "result", "模板“letter”生成的内容不能写入“result”：只能填写一行。"),
    ],
)  # fmt: skip
def test_what_does_not_come_to_a_value_fails_and_says_why(
    firm: Firm,
    admin: Caller,
    conf: Caller,
    background: Background,
    text: str,
    field: str,
    message: str,
) -> None:
    a_template(conf, text=text)
    a_firm_with(firm, written(field))
    record = make(admin, JOBS, "换泵", secret="机密")
    before = values_of(admin, JOBS, record)
    background.work()
    run = the_run(conf)
    assert (run["state"], run["message"]) == ("failed", message)
    assert values_of(admin, JOBS, record) == before


def test_a_template_that_is_switched_off_or_gone_fails_the_run(
    firm: Firm, admin: Caller, conf: Caller, background: Background
) -> None:
    a_firm_with(firm, written())
    record = make(admin, JOBS, "换泵")
    background.work()
    assert the_run(conf)["message"] == "没有启用的模板“letter”。"
    a_template(conf, text=TEXT, active=False)
    changed(admin, JOBS, record, visits=1)
    background.work()
    assert the_run(conf)["message"] == "没有启用的模板“letter”。"


def test_a_draft_is_held_against_the_templates_there_are(pumps: Shaping, conf: Caller) -> None:
    a_template(conf, "ours", object="pump")
    a_template(conf, "theirs", object="customer")
    pumps.published(RESULT, LETTER, a_field("count", "integer"))
    for action, place in (
        (written("letter", "ours"), None),
        (written("letter", "theirs"), "template"),
        (written("letter", "nothing"), "template"),
        (written("count", "ours"), "field"),
        (written("gone", "ours"), "field"),
    ):
        saved = pumps.save({**pumps.document, "triggers": [action]})
        expected = [f"triggers.0.actions.0.{place}"] if place else []
        assert [each["path"] for each in saved["problems"]] == expected


def test_a_trial_renders_as_the_product_would_and_leaves_nothing(
    pumps: Shaping, admin: Caller, conf: Caller
) -> None:
    a_template(conf, text="{{ record.result }} 机密")
    pumps.published(RESULT, LETTER, SECRET)
    record = a_pump(admin, result="好", secret="机密")
    pumps.save({**pumps.document, "triggers": [written()]})

    def steps() -> list[dict[str, Any]]:
        body = {"record_id": record["id"], "act": "update", "values": {"result": "坏"}}
        (told,) = conf.post(f"{PUMPS}/triggers/try", body).json["triggers"]
        found: list[dict[str, Any]] = told["steps"]
        return found

    rendered, put = steps()
    assert rendered["template"]["zh-CN"] == "受理回执"
    assert put["changes"][0]["after"] == "坏 机密"
    template = conf.get("/templates/letter").json
    text = {"text": "{{ record.secret }}"}
    conf.send("PATCH", "/templates/letter", text, version=template["version"])
    (failed,) = steps()
    assert "“secret”对部分角色不可见" in failed["problem"]
    assert admin.get(f"/objects/pump/records/{record['id']}").json["values"]["letter"] is None


def test_a_template_asks_the_product_but_tells_no_secret_and_leaves_the_house_not_at_all(
    firm: Firm, admin: Caller, conf: Caller, background: Background
) -> None:
    a_firm_with(firm, written())
    columns = [{"key": key, "label": label(key), "field": key} for key in ("name", "secret")]
    document = {"source": "job", "columns": columns}
    listed = {"key": "jobs", "name": label("工单"), "document": document, "roles": ["agent"]}
    assert conf.post("/queries", listed).status_code == 201
    a_template(conf, "signature", "此致 {{ to }}")
    a_template(
        conf, text="{{ fetch('jobs').name }} {{ template('signature', {'to': record.name}) }}"
    )
    record = make(admin, JOBS, "换泵", secret="机密")
    background.work()
    assert values_of(admin, JOBS, record)["letter"] == "换泵 此致 换泵"
    for text, why in (
        ("{{ fetch('jobs').secret }}", "secret"),
        ("{{ http('GET', 'https://example.com/') }}", "触发器的“调用地址”动作"),
    ):
        version = conf.get("/templates/letter").json["version"]
        kept = conf.send("PATCH", "/templates/letter", {"text": text}, version=version)
        assert kept.status_code == 200, kept.json
        changed(admin, JOBS, record, visits=len(text))
        background.work()
        failed = the_run(conf)
        assert failed["state"] == "failed"
        assert why in str(failed), failed
    assert values_of(admin, JOBS, record)["letter"] == "换泵 此致 换泵"

"""A preview: of a text that is not kept, on a real record, as whoever asks sees it."""

from typing import Any

import pytest

from tests.integration.objects.firm import CLIENTS, Firm, clients, make
from tests.integration.objects.shaping import a_field, label
from tests.integration.templates.making import TEMPLATES, a_body, a_template
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

STATES = [{"value": value, "label": label(f"“{value}”")} for value in ("open", "done")]


@pytest.fixture
def client(firm: Firm, admin: Caller) -> str:
    """A record with values of many kinds."""
    firm.keeps(
        clients(
            a_field("state", "choice", settings={"options": STATES}),
            a_field("due", "datetime"),
            a_field("amount", "money"),
            a_field("secret", rights={"conf": "hide"}),
            a_field("private", rights={"conf": "mask"}),
            a_field("salary", "money", rights={"conf": "mask"}),
        )
    )
    return make(
        admin, CLIENTS, "王秀兰", phone="13800006207", state="open", due="2026-11-27T10:00:00Z",
        amount="1234.5", secret="机密", private="私人", salary="9000",
    )  # fmt: skip


def previewed(conf: Caller, text: str, record: str | None = None, **more: Any) -> dict[str, Any]:
    body = {"text": text, "object": "client" if record else None, "record_id": record, **more}
    answer = conf.post(f"{TEMPLATES}/preview", body)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def test_it_says_what_the_template_makes_of_the_record(conf: Caller, client: str) -> None:
    text = (
        "{{ record.name }} {{ record.state }} {{ codes.state }} {{ record.due }}"
        " {{ record.amount | number(2) }} {{ record.owner }}{{ enterprise.name }}"
        " {{ now | date('long') }} {{ user.name }} {{ user.code }} {{ user.role }}"
    )
    assert previewed(conf, text, client) == {
        "result": "王秀兰 “open” open 2026-11-27 18:00 1,234.50 100001 2026年11月24日 配置员 conf conf",
        "problem": None,
        "line": None,
        "log": [],
        "would": [],
    }


def test_it_shows_no_more_than_its_reader_sees(conf: Caller, client: str) -> None:
    assert previewed(conf, "{{ record.phone }}", client)["result"] == "138 **** 6207"
    assert previewed(conf, "{{ record.private }}", client)["result"] == "私**"
    assert previewed(conf, "{{ record.salary }}", client)["result"] == "***"
    hidden = previewed(conf, "一\n{{ record.secret }}", client)
    assert hidden == {
        "result": None, "problem": "第 2 行：没有名为“secret”的字段或变量。", "line": 2,
        "log": [], "would": [],
    }  # fmt: skip
    assert previewed(conf, "{{ codes | length }}{{ codes.secret }}", client)["line"] == 1


def test_markup_is_escaped_where_it_comes_in_and_cleaned_where_it_goes_out(
    conf: Caller, firm: Firm, admin: Caller
) -> None:
    firm.keeps(clients())
    record = make(admin, CLIENTS, "<b>王</b>")
    text = '<h2 onclick="x()">{{ record.name }}</h2><script>1</script><a href="javascript:1">a</a>'
    shown = previewed(conf, text, record, output="html")["result"]
    assert shown.startswith("<h2>&lt;b&gt;王&lt;/b&gt;</h2>")
    assert not {"script", "onclick"} & {*shown.replace("<", " ").replace(">", " ").split()}
    assert "javascript" not in shown


def test_it_needs_no_record(conf: Caller) -> None:
    assert previewed(conf, "{{ 1 + 1 }}")["result"] == "2"
    assert previewed(conf, "{{ record.name }}")["line"] == 1


def test_what_goes_on_for_ever_is_stopped_and_told(conf: Caller) -> None:
    text = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    told = previewed(conf, text)
    assert (told["result"], told["problem"]) == (None, "2 秒内没有完成，已停止。")
    assert previewed(conf, "{{ 1 + 1 }}")["result"] == "2"


def test_it_tells_what_was_noted_and_what_would_be_done_outside(conf: Caller) -> None:
    text = "{{ log('一') }}\n{% set a = http('GET', 'https://b.c/', values={'d': 1}) %}[{{ a.json.e }}]"
    told = previewed(conf, text)
    assert (told["result"], told["log"]) == ("\n[]", [{"line": 1, "text": "一"}])
    (would,) = told["would"]
    assert (would["line"], would["name"]) == (2, "http")
    assert would["said"] == 'http(method="GET", address="https://b.c/", values={"d": 1})'
    assert (would["arguments"]["address"], would["arguments"]["values"]) == (
        "https://b.c/",
        {"d": 1},
    )
    ended = previewed(conf, "{{ log('一') }}\n{{ error('没有姓名') }}")
    assert (ended["problem"], ended["line"]) == ("第 2 行：没有姓名", 2)
    assert ended["log"] == told["log"]


def test_another_template_stands_within_it(conf: Caller) -> None:
    a_template(conf, "signature", "此致 {{ name }}")
    assert previewed(conf, "{{ template('signature', {'name': '王'}) }}")["result"] == "此致 王"
    a_template(conf, "loop", "{{ template('loop') }}")
    assert "嵌套过深" in previewed(conf, "{{ template('loop') }}")["problem"]
    assert previewed(conf, "\n{{ template('absent') }}")["line"] == 2


def test_instructions_are_told_to_whoever_writes(conf: Caller, agent: Caller) -> None:
    told = {each["name"]: each for each in conf.get(f"{TEMPLATES}/instructions").json}
    assert told["nvl"]["replaces"] == ["cinNvl"]
    assert told["weekday"]["signature"] == "weekday(form='long')"
    assert set(told["http"]["summary"]) == {"en", "zh-CN"}
    assert agent.get(f"{TEMPLATES}/instructions").status_code == 403
    refused = conf.post(TEMPLATES, a_body("instructions"))
    assert refused.json["error"]["fields"].keys() == {"key"}


def test_records_of_others_are_not_found(conf: Caller, client: str, other: Office) -> None:
    unknown = str(other.id)
    for identifier, record in (("client", unknown), ("nothing", client)):
        body = {"text": "1", "object": identifier, "record_id": record}
        assert conf.post(f"{TEMPLATES}/preview", body).status_code == 404

"""Comments on a record: who writes, changes and deletes them, and whom they name."""

import pytest

from tests.integration.objects.people import a_customer, delete, history, place
from tests.support.office import Caller, Door, Office

pytestmark = pytest.mark.integration


def say(caller: Caller, record: dict, text: str, **options: str) -> dict:
    answer = caller.post(f"{place(record)}/comments", {"text": text}, **options)
    assert answer.status_code == 201, answer.json
    return answer.json


def comments(caller: Caller, record: dict) -> list[dict]:
    return caller.get(f"{place(record)}/comments").json["items"]


def told(caller: Caller) -> list[tuple[str, str, str]]:
    """Kind, text and record of what waits at somebody's bell."""
    items = caller.get("/notices").json["items"]
    return [(each["kind"], each["text"], each["record_id"]) for each in items]


def test_a_comment_is_read_by_colleagues_as_it_was_written(agent: Caller, leader: Caller) -> None:
    record = a_customer(agent)
    say(agent, record, "  第一行\n<script>alert(1)</script>  ")
    (comment,) = comments(leader, record)
    assert comment["text"] == "第一行\n<script>alert(1)</script>"
    assert (comment["made_by"]["name"], comment["mine"]) == ("林晓彤", False)
    assert comments(agent, record)[0]["mine"] is True


def test_only_its_author_changes_and_deletes_it(agent: Caller, leader: Caller) -> None:
    record = a_customer(agent)
    comment = say(agent, record, "明天回电")
    path = f"{place(record)}/comments/{comment['id']}"
    assert leader.send("PATCH", path, {"text": "x"}, version=1).status_code == 403
    assert leader.send("DELETE", path, version=1).status_code == 403
    changed = agent.send("PATCH", path, {"text": "后天回电"}, version=1)
    assert (changed.json["text"], changed.headers["ETag"]) == ("后天回电", '"2"')
    assert changed.json["edited_at"] is not None
    assert agent.send("PATCH", path, {"text": "y"}, version=1).status_code == 412
    assert agent.send("DELETE", path, version=2).status_code == 204
    assert comments(agent, record) == []


def test_of_a_deleted_comment_the_history_keeps_that_there_was_one(agent: Caller) -> None:
    record = a_customer(agent)
    comment = say(agent, record, "私人电话请勿外传")
    assert history(agent, record)[0]["note"] == "私人电话请勿外传"
    agent.send("DELETE", f"{place(record)}/comments/{comment['id']}", version=1)
    lines = history(agent, record)
    assert [line["action"] for line in lines] == ["comment_delete", "comment", "create"]
    assert [line["note"] for line in lines] == [None, None, None]
    assert "私人电话" not in agent.get(f"{place(record)}/log").get_data(as_text=True)


def test_a_colleague_is_named_by_id_and_told_once(
    agent: Caller, office: Office, door: Door
) -> None:
    record = a_customer(agent)
    colleague, leader = (str(office.people[who].user_id) for who in ("colleague", "leader"))
    comment = say(agent, record, f"请 @{{{colleague}}} 看一下")
    assert comment["mentions"] == [{"id": colleague, "name": "周子墨"}]
    assert history(agent, record)[0]["note"] == "请 @周子墨 看一下"
    path = f"{place(record)}/comments/{comment['id']}"
    agent.send("PATCH", path, {"text": f"@{{{colleague}}} @{{{leader}}}"}, version=1)
    notice = ("mentioned", "王秀兰", record["id"])
    assert told(door.open(office.people["colleague"])) == [notice]
    assert told(door.open(office.people["leader"])) == [notice]


def test_nobody_is_told_of_naming_himself(agent: Caller, office: Office) -> None:
    say(agent, a_customer(agent), f"@{{{office.people['agent'].user_id}}}")
    assert told(agent) == []


def test_nobody_of_another_enterprise_is_named(agent: Caller, other: Office) -> None:
    record = a_customer(agent)
    theirs = other.people["agent"].user_id
    answer = agent.post(f"{place(record)}/comments", {"text": f"@{{{theirs}}}"})
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, ["text"])


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001, "a\x00b", "\ud83d", 5, None])
def test_what_is_no_text_is_refused(agent: Caller, text: object) -> None:
    record = a_customer(agent)
    answer = agent.post(f"{place(record)}/comments", {"text": text})
    assert answer.status_code == 422, answer.json
    assert list(answer.json["error"]["fields"]) == ["text"]


def test_who_may_only_read_writes_none(agent: Caller, inspector: Caller) -> None:
    record = a_customer(agent)
    say(agent, record, "x")
    assert len(comments(inspector, record)) == 1
    assert inspector.post(f"{place(record)}/comments", {"text": "x"}).status_code == 403


def test_another_enterprises_comments_do_not_exist(agent: Caller, stranger: Caller) -> None:
    record = a_customer(agent)
    comment = say(agent, record, "x")
    path = f"{place(record)}/comments"
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, {"text": "x"}).status_code == 404
    one = f"{path}/{comment['id']}"
    assert stranger.send("PATCH", one, {"text": "y"}, version=1).status_code == 404
    assert stranger.send("DELETE", one, version=1).status_code == 404


def test_a_comment_is_reached_through_its_own_record_only(agent: Caller) -> None:
    record, another = a_customer(agent), a_customer(agent, name="李强")
    comment = say(agent, record, "x")
    path = f"{place(another)}/comments/{comment['id']}"
    assert agent.send("PATCH", path, {"text": "y"}, version=1).status_code == 404


def test_a_repeated_comment_is_said_once(agent: Caller) -> None:
    record = a_customer(agent)
    first, again = (say(agent, record, "x", key="comment-0001") for _ in range(2))
    assert first == again
    assert len(comments(agent, record)) == 1


def test_a_deleted_record_takes_its_comments_out_of_sight(agent: Caller, admin: Caller) -> None:
    record = a_customer(agent)
    say(agent, record, "x")
    delete(admin, record)
    assert agent.get(f"{place(record)}/comments").status_code == 404

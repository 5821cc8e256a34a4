"""VoiceXML documents are kept with their versions, told about and given back, through the API."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from ivr.models import IvrDocumentVersion
from ivr.voicexml import LARGEST
from tests.support.firms import *  # noqa: F403
from tests.support.firms import Firm, Page

pytestmark = pytest.mark.integration

NS = 'xmlns="http://www.w3.org/2001/vxml"'


def vxml(*sounds: str, title: str = "") -> bytes:
    played = "".join(f'<audio src="{sound}"/>' for sound in sounds)
    head = f'<meta name="title" content="{title}"/>'
    return f'<vxml version="2.1" {NS} xml:lang="zh-CN">{head}<form id="a"><block>{played}</block></form></vxml>'.encode()


def send(page: Page, path: str, content: bytes, version: int | None = None, **query: str) -> Any:
    headers = {"X-CSRF-Token": page.csrf, "Accept-Language": page.language}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return page.client.post(
        f"/api/v1/ivr-documents{path}", query_string={"file": "main.vxml", **query}, data=content,
        headers=headers, content_type="application/octet-stream",
    )  # fmt: skip


def kept(page: Page, content: bytes, **query: str) -> dict[str, Any]:
    answer = send(page, "", content, **{"name": f"菜单 {new_id()}", **query})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


@pytest.fixture
def document(firm: Firm) -> dict[str, Any]:
    return kept(firm.admin, vxml())


def content(page: Page, document: dict[str, Any], number: int) -> Any:
    return page.get(f"/ivr-documents/{document['id']}/versions/{number}/content")


def test_what_is_sent_is_given_back_byte_for_byte(firm: Firm) -> None:
    sent = b'<?xml version="1.0" encoding="GBK"?>\r\n' + vxml(title="Hours")
    document = kept(firm.admin, sent, file="营业时间.vxml")
    assert (document["vxml"], document["title"], document["number"]) == ("2.1", "Hours", 1)
    assert (document["size"], document["languages"], document["forms"]) == (len(sent), ["zh-CN"], 1)
    answer = content(firm.admin, document, 1)
    assert answer.get_data() == sent
    assert answer.content_type == "application/voicexml+xml"
    said = answer.headers["Content-Disposition"]
    assert said.startswith("attachment; ")
    assert said.endswith("%E8%90%A5%E4%B8%9A%E6%97%B6%E9%97%B4.vxml")


def test_the_sounds_that_are_no_prompts_are_missing_until_they_are(firm: Firm) -> None:
    page, name = firm.admin, f"welcome {new_id()}"
    document = kept(page, vxml(f"http://elsewhere/{name}.wav", "sounds/never-there.wav"))
    assert (document["plays"], document["missing"]) == (2, 2)
    page.made("/ivr-prompts", {"name": name})
    again = page.get(f"/ivr-documents/{document['id']}").json
    assert [each["found"] for each in again["sounds"]] == [True, False]
    listed = page.get("/ivr-documents", q=document["name"]).json["items"]
    assert [(each["plays"], each["missing"]) for each in listed] == [(2, 1)]


def test_a_replacement_is_a_version_and_the_older_ones_come_back(
    firm: Firm, platform_rows: Database, document: dict[str, Any]
) -> None:
    page, path = firm.admin, f"/{document['id']}/versions"
    second, third = vxml("a.wav"), vxml("b.wav")
    replaced = send(page, path, second, document["version"], file="two.vxml")
    assert (replaced.status_code, replaced.json["number"], replaced.json["plays"]) == (201, 2, 1)
    assert send(page, path, third, document["version"]).status_code == 412
    assert send(page, path, third).status_code == 428
    same = send(page, path, second, replaced.json["version"])
    assert (same.status_code, same.json["error"]["code"]) == (409, "document-same")

    whole = f"/ivr-documents{path}"
    back = page.send("POST", f"{whole}/1/roll-back", version=replaced.json["version"])
    assert (back.status_code, back.json["number"], back.json["plays"]) == (200, 1, 0)
    assert (
        page.send("POST", f"{whole}/9/roll-back", version=back.json["version"]).status_code == 404
    )
    newest = send(page, path, third, back.json["version"]).json
    assert newest["number"] == 3
    told = [(each["number"], each["in_force"], each["file"]) for each in page.get(whole).json]
    assert told == [(3, True, "main.vxml"), (2, False, "two.vxml"), (1, False, "main.vxml")]
    assert [content(page, document, n).get_data() for n in (1, 2, 3)] == [vxml(), second, third]
    assert content(page, document, 4).status_code == 404

    with platform_rows.begin(Scope.platform()) as session:
        query = select(AuditEntry).where(AuditEntry.entity_id == document["id"])
        acts = session.scalars(query.order_by(AuditEntry.at, AuditEntry.id)).all()
    assert [
        (each.action, each.before.get("number"), each.after.get("number")) for each in acts
    ] == [
        ("ivr_document.create", None, 1),
        ("ivr_document.replace", 1, 2),
        ("ivr_document.roll_back", 2, 1),
        ("ivr_document.replace", 1, 3),
    ]


@pytest.mark.parametrize(
    ("sent", "status", "code", "why", "line"),
    [
        (b"", 422, "document-refused", "empty", 0),
        (b"<!DOCTYPE vxml>" + vxml(), 422, "document-refused", "document_type", 1),
        (b"\n\n" + vxml()[:-3], 422, "document-refused", "malformed", 3),
        (vxml() + b" " * LARGEST, 413, "document-too-large", None, None),
    ],
)
def test_what_is_refused_is_told_and_changes_nothing(
    firm: Firm, document: dict[str, Any], sent: bytes, status: int, code: str, why: Any, line: Any
) -> None:
    path = f"/{document['id']}/versions"
    for answer in (send(firm.admin, "", sent, name=f"{new_id()}"), send(firm.admin, path, sent, 1)):
        error = answer.json["error"]
        assert (answer.status_code, error["code"]) == (status, code)
        assert [(error.get("details") or {}).get(key) for key in ("why", "line")] == [why, line]
    assert firm.admin.get(f"/ivr-documents/{document['id']}").json == document


def test_documents_are_listed_searched_and_sorted(firm: Firm) -> None:
    page, mark = firm.admin, f"{new_id()}"
    kept(page, vxml("long.wav"), name=f"b {mark}"[:60])
    kept(page, vxml(), name=f"a {mark}"[:60], file=f"{mark}.xml")
    kept(page, vxml(title=f"of {mark}"))
    found = page.get("/ivr-documents", q=mark, sort="size", page_size=2).json
    assert (found["total"], len(found["items"])) == (3, 2)
    assert [each["name"][0] for each in page.get("/ivr-documents", q=mark).json["items"]] == [
        *"ab菜"
    ]
    assert [each["name"] for each in page.get("/ivr-documents", q=f"{mark}.xml").json["items"]] == [
        f"a {mark}"
    ]
    assert page.get("/ivr-documents", sort="content").status_code == 422


def test_a_document_is_renamed_and_deleted_with_its_versions(
    firm: Firm, platform_rows: Database, document: dict[str, Any]
) -> None:
    page, path = firm.admin, f"/ivr-documents/{document['id']}"
    other = kept(page, vxml())
    taken = page.patch(path, {"name": other["name"]}, document["version"])
    assert list(taken.json["error"]["fields"]) == ["name"]
    again = send(page, "", vxml(), name=other["name"])
    assert (again.status_code, list(again.json["error"]["fields"])) == (422, ["name"])
    renamed = page.patch(path, {"name": f"夜间 {new_id()}"}, document["version"]).json
    assert page.delete(path, document["version"]).status_code == 412
    assert page.delete(path, renamed["version"]).status_code == 204
    assert page.get(path).status_code == 404
    with platform_rows.begin(Scope.platform()) as session:
        left = select(IvrDocumentVersion.id).where(
            IvrDocumentVersion.document_id == UUID(document["id"])
        )
        assert session.scalars(left).all() == []


def test_a_document_that_a_flow_names_stays(firm: Firm, document: dict[str, Any]) -> None:
    page, path = firm.admin, f"/ivr-documents/{document['id']}"
    service = page.made("/ivr-services", {"name": f"文档 {new_id()}"})
    say = {"id": "say", "kind": "play", "settings": {"prompts": [{"file": document["id"]}]},
           "exits": {"next": "say"}}  # fmt: skip
    flow = {"start": "say", "languages": ["zh-CN"], "nodes": [say]}
    page.put(f"/ivr-services/{service['id']}/draft", {"definition": flow}, service["version"])
    user = {"kind": "ivr_service", "id": service["id"], "name": service["name"]}
    assert page.get(path).json["used_by"] == [user]
    refused = page.delete(path, document["version"])
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "in-use")


def test_nobody_else_may(firm: Firm, rival: Firm, agent: Page, document: dict[str, Any]) -> None:
    path = f"/ivr-documents/{document['id']}"
    for page, status in ((rival.admin, 404), (agent, 403)):
        answers = [
            page.get(path),
            page.patch(path, {"name": "x"}, 1),
            send(page, f"/{document['id']}/versions", vxml("x.wav"), 1),
            page.get(f"{path}/versions"),
            content(page, document, 1),
            page.send("POST", f"{path}/versions/1/roll-back", version=1),
            page.delete(path, 1),
        ]
        assert [answer.status_code for answer in answers] == [status] * len(answers)
    assert send(agent, "", vxml(), name="x").status_code == 403
    assert rival.admin.get("/ivr-documents", q=document["name"]).json["total"] == 0
    # Two enterprises may call theirs the same.
    assert kept(rival.admin, vxml(), name=document["name"])["name"] == document["name"]

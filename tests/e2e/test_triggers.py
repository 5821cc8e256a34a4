"""The configuration administrator makes triggers, and an agent meets their refusal and their effect."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from callcenter.core.ids import new_id
from deploy.lab.browser import BrowserAgent
from tests.e2e.conftest import Client, Person
from tests.e2e.people import ENTERPRISE, Api
from tests.e2e.test_designer import publish
from tests.integration.messaging.sending import by_mail, by_sms
from tests.support.mail_server import MailServer, a_mail_server
from tests.support.sms_gateway import SmsGateway, an_sms_gateway

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def choose(conf: BrowserAgent, select: str, option: str) -> None:
    await conf.by(select).click()
    await conf.page.locator(".el-select-dropdown__item:visible", has_text=option).first.click()


async def new_trigger(conf: BrowserAgent, name: str, moment: str, action: str) -> None:
    await conf.click("trigger-add")
    await conf.type("trigger-zh", name)
    await conf.type("trigger-en", name)
    await conf.by(f"trigger-{moment}").click()
    await conf.click("trigger-condition-add")
    await choose(conf, "trigger-condition-field-0", "状态")
    await choose(conf, "trigger-condition-operator-0", "变为")
    await choose(conf, "trigger-condition-value-0", "已结")
    await choose(conf, "action-do-0", action)


async def test_a_closed_order_needs_a_result_and_changes_its_customer(
    person: Person, client: Client
) -> None:
    admin, agent = await client("admin"), await client("8001")
    customer = {"name": "周海燕", "phone": "13800009911"}
    made = await admin.post("/objects/customer/records", {"values": customer})
    order = {"business_type": "consult_use", "product": "other", "description": "漏水"}
    values = {**order, "customer": made["id"]}
    record = await agent.post("/objects/work_order/records", {"values": values})

    conf = await person("conf")
    await conf.open_page("/config/objects/work_order")
    await conf.click("tab-triggers")
    await new_trigger(conf, "Result", "before", "拒绝")
    await conf.click("trigger-condition-add")
    await choose(conf, "trigger-condition-field-1", "处理结果")
    await choose(conf, "trigger-condition-operator-1", "为空")
    for language in ("zh-CN", "en"):
        await conf.type(f"action-0-message-{language}", "请先填写处理结果")
    await conf.click("trigger-close")
    await new_trigger(conf, "Customer", "after", "修改记录")
    await choose(conf, "action-0-reference", "客户")
    await conf.click("action-0-add")
    await choose(conf, "action-0-key-0", "备注")
    await conf.type("action-0-source-0", "上次工单已结")
    await conf.click("trigger-close")

    await conf.click("triggers-try")
    await choose(conf, "try-record", str(record["key"]))
    await conf.click("try-go")
    await expect(conf.by("try-result")).to_contain_text("Customer")
    await publish(conf)

    writer = await person("8001")
    await writer.open_page(f"/records/work_order/{record['id']}")
    await writer.fill_choice("status", "已结")
    await writer.click("record-save")
    await expect(writer.page.get_by_text("请先填写处理结果").first).to_be_visible()
    await writer.fill("result", "已修好")
    await writer.click("record-save")
    await expect(writer.page.get_by_text(re.compile("已保存")).first).to_be_visible()

    await conf.click("triggers-log")
    await expect(conf.by("run-state").first).to_contain_text("完成", timeout=20_000)
    # Beside it there may be what another story's trigger did.
    await expect(conf.by("run-state").filter(has_text="已拒绝").first).to_be_visible()
    changed = await admin.get(f"/objects/customer/records/{made['id']}")
    assert changed["values"]["notes"] == "上次工单已结"


async def test_a_customers_number_comes_into_a_calling_task(person: Person, client: Client) -> None:
    admin, agent = await client("admin"), await client("8001")
    name = f"满意度回访 {new_id()}"
    body = {
        "name": name,
        "contacts": [{"number": "13800009912"}],
        "agents": [agent.me["user"]["id"]],
    }
    task = await admin.post("/calling-tasks", body)
    customer = {"name": "周海燕", "phone": "13800009913"}
    made = await admin.post("/objects/customer/records", {"values": customer})

    conf = await person("conf")
    await conf.open_page("/config/objects/customer")
    await conf.click("tab-triggers")
    await conf.click("trigger-add")
    await conf.type("trigger-zh", "回访")
    await conf.type("trigger-en", "Call back")
    await conf.click("trigger-after")
    await choose(conf, "action-do-0", "安排外呼")
    await choose(conf, "action-0-task", name)
    await choose(conf, "action-0-phone", "本机号码")
    await conf.click("trigger-close")
    await publish(conf)

    path = f"/objects/customer/records/{made['id']}"
    headers = {"If-Match": f'"{made["version"]}"'}
    assert (
        await admin.http.patch(path, json={"values": {"notes": "请回访"}}, headers=headers)
    ).is_success
    await conf.click("triggers-log")
    await expect(conf.by("run-state").first).to_contain_text("完成", timeout=20_000)
    await conf.page.locator(".el-table__expand-icon").first.click()
    await expect(conf.page.get_by_text(f"已加入“{name}” · 任务尚未启动")).to_be_visible()
    assert (await admin.get(f"/calling-tasks/{task['id']}"))["total"] == 2


async def test_when_an_order_is_closed_its_contact_gets_an_sms_and_its_customer_an_e_mail(
    person: Person, client: Client
) -> None:
    admin, agent = await client("admin"), await client("8001")
    with an_sms_gateway() as gateway, a_mail_server() as mail:
        await _channels(await client("admin", ""), admin, gateway, mail)
        await _template(await client("conf"))
        customer = {"name": "周海燕", "phone": "13800009914", "email": "zhou@client.example"}
        made = await admin.post("/objects/customer/records", {"values": customer})
        order = {
            "business_type": "consult_use", "product": "other", "description": "异响",
            "customer": made["id"], "contact_phone": "13800009915", "result": "已修好",
        }  # fmt: skip
        record = await agent.post("/objects/work_order/records", {"values": order})

        conf = await person("conf")
        await conf.open_page("/config/objects/work_order")
        await conf.click("tab-triggers")
        await new_trigger(conf, "Told", "after", "发送消息")
        await choose(conf, "action-0-channel", "短信回执")
        await choose(conf, "action-0-template", "结单通知")
        await choose(conf, "action-0-field", "联系电话")
        await conf.click("action-add")
        await choose(conf, "action-do-1", "发送消息")
        await choose(conf, "action-1-channel", "邮件回执")
        await choose(conf, "action-1-template", "结单通知")
        await choose(conf, "action-1-reference", "客户")
        await choose(conf, "action-1-field", "电子邮箱")
        await conf.click("trigger-close")
        await publish(conf)

        writer = await person("8001")
        await writer.open_page(f"/records/work_order/{record['id']}")
        await writer.fill_choice("status", "已结")
        await writer.click("record-save")
        await expect(writer.page.get_by_text(re.compile("已保存")).first).to_be_visible()
        await conf.click("triggers-log")
        await expect(conf.by("run-state").first).to_contain_text("完成", timeout=120_000)
        assert await asyncio.to_thread(mail.has_text.wait, 60)
        assert await asyncio.to_thread(gateway.called.wait, 60)
        said = f"您的工单 {record['key']} 已结。"
        assert [(one["mobile"], one["content"]) for one in gateway.calls] == [
            ("13800009915", f"【海蓝电器】{said}")
        ]
        (letter,) = mail.taken
        assert (letter["To"], letter["Subject"]) == ("zhou@client.example", "结单通知")
        assert said in letter.get_content()

        chief = await person("admin")
        await chief.open_page("/admin/messages")
        for channel in ("短信回执", "邮件回执"):
            row = chief.page.locator("tr", has_text=channel).first
            await expect(row).to_contain_text("已发送", timeout=20_000)


async def _channels(operator: Api, admin: Api, gateway: SmsGateway, mail: MailServer) -> None:
    found = (await operator.get("/operator/enterprises", q=ENTERPRISE))["items"][0]
    path = f"/operator/enterprises/{found['id']}"
    options = {"http_hosts": f"{gateway.place}, {mail.place}"}
    headers = {"If-Match": f'"{found["version"]}"'}
    (await operator.http.patch(path, json={"options": options}, headers=headers)).raise_for_status()
    sms, email = by_sms(gateway), by_mail(mail)
    await admin.post("/message-channels", {**sms, "key": "receipt_sms", "name": "短信回执"})
    await admin.post("/message-channels", {**email, "key": "receipt_mail", "name": "邮件回执"})


async def _template(conf: Api) -> None:
    body = {
        "key": "closed_receipt", "name": {"zh-CN": "结单通知", "en": "Order closed"},
        "object": "work_order", "text": "您的工单 {{ record.number }} 已结。", "output": "text",
    }  # fmt: skip
    await conf.post("/templates", body)

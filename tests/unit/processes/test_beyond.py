"""A request of a flow carries the secrets that its headers name; without one it fails and is not sent."""

from types import SimpleNamespace
from typing import Any

import pytest
from structlog.contextvars import get_contextvars

from callcenter.core.errors import NotFound
from callcenter.core.outbound import Answer
from callcenter.processes.telephony.beyond import CallBeyond
from callcenter.telephony.live import LiveCall
from ivr.effects import AnswerKind, Outcome, Request
from tests.unit.processes.test_flows import a_call


class Store:
    def of(self, _session: Any, names: frozenset[str], url: str) -> dict[str, str]:
        assert url == "https://erp.example.com/"
        if names != {"erp"}:
            raise NotFound
        return {"erp": "s3cret"}


class Outbound:
    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.bound: list[dict[str, Any]] = []

    def ask(self, *given: Any) -> Answer:
        self.bound.append(get_contextvars())
        self.sent.append(dict(given[3]))
        return Answer(200, b"")


@pytest.fixture
def outbound() -> Outbound:
    return Outbound()


async def asked(outbound: Outbound, header: str, call: LiveCall | None = None) -> Outcome:
    async def use(_call: Any, work: Any) -> Any:
        return work(SimpleNamespace(execute=lambda _statement: None))

    parts: Any = SimpleNamespace(
        directory=lambda: SimpleNamespace(plan=None), outbound=outbound, credentials=Store(),
        work=SimpleNamespace(use=use), threads=None,
    )  # fmt: skip
    request = Request(
        "GET", "https://erp.example.com/", {"Authorization": header}, "", 5, AnswerKind.NONE, {}, ""
    )
    session: Any = None
    return await CallBeyond(parts, session, call or a_call(), None)(request)


async def test_a_secret_is_put_in_as_it_is_sent(outbound: Outbound) -> None:
    assert (await asked(outbound, "Bearer ⟦erp⟧")).exit == "ok"
    assert outbound.sent == [{"Authorization": "Bearer s3cret"}]


async def test_the_log_says_whose_it_is(outbound: Outbound) -> None:
    call = a_call()
    await asked(outbound, "", call)
    assert outbound.bound == [{"enterprise": str(call.enterprise_id)}]


async def test_without_it_nothing_is_sent(outbound: Outbound) -> None:
    assert (await asked(outbound, "Bearer ⟦crm⟧")).exit == "failed"
    assert outbound.sent == []

"""Facts that were set aside, as an operator sees them and has them put back."""

from typing import Any

from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.tenancy.service.seams import Aside

RECEIVERS = {"database": "ledger", "records": "records"}
"""Who could not take them, as the API calls it."""


class FactsAside:
    def __init__(self, aside: Aside, audit: Audit) -> None:
        self._aside = aside
        self._audit = audit

    def read(self) -> dict[str, Any]:
        groups = [
            {**group, "to": RECEIVERS.get(group["to"], group["to"])}
            for group in self._aside.groups()
        ]
        count = sum(group["count"] for group in groups)
        return {"count": count, "groups": groups, "wished": self._aside.wished()}

    def put_back(self, session: Session) -> dict[str, Any]:
        """Ask for it: it is done beside this request, within moments. What fails again stays."""
        told = self.read()
        if told["count"]:
            kinds = {group["kind"]: group["count"] for group in told["groups"]}
            self._audit.record(
                session, "facts.put_back", "platform", "facts",
                after={"count": told["count"], "kinds": kinds},
            )  # fmt: skip
            self._aside.wish()
        return self.read()

"""Enterprises that an operator makes, and their configurations; see tests/support/firms.py."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from tests.support.firms import *  # noqa: F403
from tests.support.firms import Firm, Page, register


@dataclass
class Desk:
    """Where a configuration administrator takes configurations out and in, or another user."""

    firm: Firm
    user: str = "conf"

    @property
    def conf(self) -> Page:
        return self.firm.page(self.user)

    def export(self) -> dict[str, Any]:
        answer = self.conf.get("/configuration/file")
        assert answer.status_code == 200
        return dict(answer.json)

    def trial(self, document: Any) -> dict[str, Any]:
        answer = self.conf.post("/configuration/trial", {"document": document})
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def states(self, document: Any) -> dict[str, str]:
        told = self.trial(document)
        assert told["problems"] == []
        return {f"{each['part']}.{each['key']}": each["state"] for each in told["items"]}

    def send(self, document: Any, **options: Any) -> Any:
        return self.conf.post("/configuration/import", {"document": document, **options})

    def take(self, document: Any, **options: Any) -> dict[str, str]:
        answer = self.send(document, **options)
        assert answer.status_code == 200, answer.json
        return {f"{each['part']}.{each['key']}": each["outcome"] for each in answer.json["items"]}

    def ready(self, key: str) -> dict[str, Any]:
        """A ready set, to be changed at will."""
        answer = self.conf.get(f"/configuration/sets/{key}")
        assert answer.status_code == 200
        return deepcopy(dict(answer.json["document"]))


@pytest.fixture
def desk(web: Flask, operator: Page) -> Desk:
    """Of a new enterprise."""
    return Desk(register(web, operator))


@pytest.fixture
def elsewhere(web: Flask, operator: Page) -> Desk:
    """Of another one, which does after-sales service."""
    return Desk(register(web, operator, set="after_sales"))


def object_of(document: Mapping[str, Any], identifier: str) -> dict[str, Any]:
    found: dict[str, Any] = next(o for o in document["objects"] if o["identifier"] == identifier)
    return found


def field_of(document: Mapping[str, Any], identifier: str, key: str) -> dict[str, Any]:
    groups = object_of(document, identifier)["groups"]
    found: dict[str, Any] = next(f for g in groups for f in g["fields"] if f["key"] == key)
    return found

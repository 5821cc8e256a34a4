"""Ready sets to start from: configurations that ship with the product, one a trade."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.configuration.schemas import STANDARD
from callcenter.configuration.service.document import entries
from callcenter.configuration.service.parts import Part
from callcenter.core.db import narrowed
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.places import PROJECT
from callcenter.objects.service import Installer
from callcenter.objects.service.definitions import SHIPPED

SETS = PROJECT / "config" / "sets"


def all_sets() -> list[dict[str, Any]]:
    """What there is to choose from, with what is in it; the one without a choice first."""
    keys = sorted(
        (file.stem for file in SETS.glob("*.json")), key=lambda key: (key != STANDARD, key)
    )
    return [_shown(key, ready_set(key)) for key in keys]


def ready_set(key: str) -> Mapping[str, Any]:
    """A set as a file of it would be; raises NotFound."""
    file = SETS / f"{key}.json"
    # A name and never a path: what is asked for comes from a page.
    if file.parent != SETS or not file.is_file():
        raise NotFound
    return _read(file)


@cache
def _read(file: Path) -> Mapping[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    # An object that is only named is one of those in config/objects.
    document["objects"] = [
        json.loads((SHIPPED / f"{each}.json").read_text("utf-8")) if isinstance(each, str) else each
        for each in document["objects"]
    ]
    return document


def _shown(key: str, document: Mapping[str, Any]) -> dict[str, Any]:
    counted = ("codes", "dispositions", "not_ready_reasons")
    named = ("objects", "quality_forms")
    return {
        "key": key,
        "name": document["name"],
        "description": document["description"],
        "contents": {
            **{part: len(document.get(part, [])) for part in counted},
            **{part: [each["name"] for each in document.get(part, [])] for part in named},
        },
    }


class SetInstaller:
    """Gives a new enterprise a ready set; the scope is the platform's."""

    def __init__(self, objects: Installer, parts: Sequence[Part]) -> None:
        self._objects = objects
        self._parts = parts

    def install(
        self, session: Session, enterprise_id: UUID, enterprise_code: str, chosen: str
    ) -> None:
        """Raises Invalid for a set that there is not."""
        try:
            given = entries(ready_set(chosen))
        except NotFound:
            raise Invalid(fields={"set": ["validation.unknown_choice"]}) from None
        with narrowed(session, enterprise_id):
            for part in self._parts:
                for entry in given[part.name]:
                    part.bring(session, entry)
            self._objects.install(session, enterprise_id, enterprise_code, given["objects"])

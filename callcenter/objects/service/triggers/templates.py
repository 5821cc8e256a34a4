"""Templates, as triggers know them, and what becomes of their texts in a record's fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from callcenter.core.errors import NotFound
from callcenter.objects.errors import BadValue
from callcenter.objects.rules import ANYWHERE
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field
from callcenter.objects.types.rich_text import from_text, plain_text
from callcenter.rendering.errors import RenderFailed
from callcenter.rendering.plain import SIGNATURE


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a template came to. html: whether it is markup, and then clean; name: the template's."""

    text: str
    html: bool
    name: Mapping[str, str]


class KnownTemplates(Protocol):
    def subjects(self, session: Session) -> Mapping[str, str | None]:
        """Key of each template of the enterprise → the object that it is about, None for any."""
        ...


class Templates(Protocol):
    def render(self, session: Session, key: str, words: Mapping[str, Any]) -> Rendered:
        """words: as `service.wording` gives them.

        Raises NotFound for one that is not there or switched off, rendering.errors.RenderFailed.
        """
        ...


def rendered(
    session: Session, templates: Templates, key: str, words: Mapping[str, Any]
) -> Rendered:
    """Raises BadValue, which names the template and says why."""
    try:
        return templates.render(session, key, words)
    except NotFound:
        raise BadValue("trigger.template_gone", {"template": key}) from None
    except RenderFailed as failure:
        why = {"key": failure.key, "parameters": failure.parameters}
        raise BadValue("trigger.template_failed", {"template": key, "why": why}) from failure


def fitted(found: Rendered, field: Field, key: str) -> str:
    """As the field takes it: markup only where the field has markup. Raises BadValue."""
    # No channel fills it in.
    text = found.text.replace(SIGNATURE, "")
    if found.html != (field.type == "rich_text"):
        text = plain_text(text) if found.html else from_text(text)
    try:
        type_of(field).read(field, text, ANYWHERE)
    except BadValue as fault:
        why = {"key": fault.key, "parameters": fault.parameters}
        named = {"template": key, "field": field.key, "why": why}
        raise BadValue("trigger.template_unfit", named) from fault
    return text

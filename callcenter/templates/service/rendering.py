"""What templates come to: for triggers, and as a preview."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.i18n import caption
from callcenter.objects.service.presenting import locale_of, viewer
from callcenter.objects.service.triggers.templates import Rendered
from callcenter.objects.service.wording import Wording
from callcenter.objects.types.rich_text import cleaned
from callcenter.rendering.asking import Services
from callcenter.rendering.errors import RenderFailed
from callcenter.rendering.plain import SIGNATURE
from callcenter.rendering.renderer import Outcome, Renderer
from callcenter.templates.models import Output
from callcenter.templates.service.instructing import Begin, Instructing
from callcenter.templates.service.keeping import Templates

_LONGEST = 100
Data = Mapping[str, Any]
Logged = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class CarriedOut(Rendered):
    """What a template came to that had the product and the outside at its hand; log: as in `Outcome`."""

    log: Logged


class Rendering:
    """`callcenter.objects.service.triggers.templates.Templates`, and more."""

    def __init__(
        self,
        templates: Templates,
        wording: Wording,
        renderer: Renderer,
        directory: Directory,
        clock: Clock,
        instructing: Instructing,
    ) -> None:
        self._templates = templates
        self._wording = wording
        self._renderer = renderer
        self._directory = directory
        self._clock = clock
        self._instructing = instructing

    def render(self, session: Session, key: str, words: Data) -> Rendered:
        """In the open transaction: it may ask for the product's data, and for nothing outside.

        Raises NotFound for one that is not there or switched off, RenderFailed.
        """
        found = self._templates.in_use(session, key)
        data = {**words, **self._around(session)}
        services = self._instructing.within(session)
        made = self._made(found.text, found.output, data, locale_of(session), services)
        return Rendered(made.text, found.output == Output.HTML, found.name)

    def carry_out(self, begin: Begin, key: str, words: Data | None = None) -> CarriedOut:
        """Where no transaction is open: it takes its seconds, and may do all that templates can.

        words: as `data` gives them, of no record without. Raises NotFound, RenderFailed.
        """
        with begin() as session:
            found = self._templates.in_use(session, key)
            text, output, name, locale = found.text, found.output, found.name, locale_of(session)
            data = self.data(session, None, None) if words is None else words
        # What leaves the product from within it passes nobody who would put the sender's there.
        data = {**data, "signature": ""}
        made = self._made(text, output, data, locale, self._instructing.apart(begin))
        return CarriedOut(made.text, output == Output.HTML, name, made.log)

    def data(self, session: Session, identifier: str | None, record_id: UUID | None) -> Data:
        """What a preview is made of: the record as the scope's actor sees it. Raises NotFound."""
        words: Data = {"record": {}, "codes": {}}
        if identifier and record_id:
            words = self._wording.of(session, identifier, record_id)
        return {**words, **self._around(session)}

    def preview(
        self, text: str, output: str, data: Data, locale: str, begin: Begin
    ) -> dict[str, Any]:
        """As `schemas.PreviewAnswer` says. In no transaction: it may take its seconds. Nothing outside
        is done; it is told what would be.
        """
        services = self._instructing.apart(begin)
        try:
            made = self._made(text, output, data, locale, services, pretending=True)
        except RenderFailed as failure:
            problem = caption(failure.key, locale, failure.parameters)
            return {**_NOTHING, "problem": problem, "line": failure.line, "log": failure.log}
        would = [{**each, "said": _said(each["name"], each["arguments"])} for each in made.would]
        return {**_NOTHING, "result": made.text, "log": made.log, "would": would}

    def _made(
        self,
        text: str,
        output: str,
        data: Data,
        locale: str,
        services: Services,
        *,
        pretending: bool = False,
    ) -> Outcome:
        html = output == Output.HTML
        made = self._renderer.render(
            text, data, locale, html=html, services=services, pretending=pretending
        )
        return replace(made, text=cleaned(made.text)) if html else made

    def _around(self, session: Session) -> Data:
        enterprise = self._directory.enterprise(session)
        now = self._clock.now().astimezone(enterprise.zone)
        actor = viewer(session)
        user = {
            "code": actor.employee_code if actor else None,
            "name": actor.name if actor else None,
            "role": actor.role.value if actor else None,
        }
        around = {"now": now, "enterprise": {"name": enterprise.name}, "user": user}
        return {**around, "signature": SIGNATURE}


def _said(name: str, arguments: Data) -> str:
    """As it might be written, without what was left out."""
    given = ", ".join(_one(key, value) for key, value in arguments.items() if value is not None)
    return f"{name}({given})"


def _one(key: str, value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False, default=str)
    return f"{key}={said if len(said) <= _LONGEST else said[:_LONGEST] + '…'}"


_NOTHING: Data = {"result": None, "problem": None, "line": None, "log": (), "would": ()}

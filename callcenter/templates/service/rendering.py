"""What templates come to: for triggers, and as a preview."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.i18n import caption
from callcenter.objects.service.presenting import locale_of
from callcenter.objects.service.triggers.templates import Rendered
from callcenter.objects.service.wording import Wording
from callcenter.objects.types.rich_text import cleaned
from callcenter.rendering.errors import RenderFailed
from callcenter.rendering.renderer import Renderer
from callcenter.templates.models import Output
from callcenter.templates.service.keeping import Templates

Data = Mapping[str, Any]


class Rendering:
    """`callcenter.objects.service.triggers.templates.Templates`, and more."""

    def __init__(
        self,
        templates: Templates,
        wording: Wording,
        renderer: Renderer,
        directory: Directory,
        clock: Clock,
    ) -> None:
        self._templates = templates
        self._wording = wording
        self._renderer = renderer
        self._directory = directory
        self._clock = clock

    def render(self, session: Session, key: str, words: Data) -> Rendered:
        """Raises NotFound for one that is not there or switched off, RenderFailed."""
        found = self._templates.in_use(session, key)
        data = {**words, **self._around(session)}
        text = self._text(found.text, found.output, data, locale_of(session))
        return Rendered(text, found.output == Output.HTML, found.name)

    def data(self, session: Session, identifier: str | None, record_id: UUID | None) -> Data:
        """What a preview is made of: the record as the scope's actor sees it. Raises NotFound."""
        words: Data = {"record": {}, "codes": {}}
        if identifier and record_id:
            words = self._wording.of(session, identifier, record_id)
        return {**words, **self._around(session)}

    def preview(self, text: str, output: str, data: Data, locale: str) -> dict[str, Any]:
        """As `schemas.PreviewAnswer` says. In no transaction: it may take its seconds."""
        try:
            result = self._text(text, output, data, locale)
        except RenderFailed as failure:
            problem = caption(failure.key, locale, failure.parameters)
            return {"result": None, "problem": problem, "line": failure.line}
        return {"result": result, "problem": None, "line": None}

    def _text(self, text: str, output: str, data: Data, locale: str) -> str:
        html = output == Output.HTML
        rendered = self._renderer.render(text, data, locale, html=html)
        return cleaned(rendered) if html else rendered

    def _around(self, session: Session) -> Data:
        enterprise = self._directory.enterprise(session)
        now = self._clock.now().astimezone(enterprise.zone)
        return {"now": now, "enterprise": {"name": enterprise.name}}

"""Puts together templates, and what renders them."""

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.objects.service import Definitions, Means
from callcenter.objects.service.wording import Wording
from callcenter.processes.directory import SqlDirectory
from callcenter.rendering.renderer import Renderer
from callcenter.templates.service import Rendering, Templates


def templates(audit: Audit, clock: Clock) -> Templates:
    return Templates(SqlDirectory(), Definitions(), audit, clock)


def rendering(means: Means) -> Rendering:
    """With a renderer of its own: one a process is enough."""
    return Rendering(
        templates(means.audit, means.clock),
        Wording(means.directory, means.definitions, means.handled),
        Renderer(),
        means.directory,
        means.clock,
    )

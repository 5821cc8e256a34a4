"""Puts together templates, and what renders them."""

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.objects.service import Definitions, Means
from callcenter.objects.service.wording import Wording
from callcenter.processes.directory import SqlDirectory
from callcenter.rendering.renderer import Renderer
from callcenter.templates.service import Instructing, Outside, Rendering, Templates


def templates(audit: Audit, clock: Clock) -> Templates:
    return Templates(SqlDirectory(), Definitions(), audit, clock)


def rendering(means: Means, outside: Outside | None = None) -> Rendering:
    """With a renderer of its own: one a process is enough. outside: for where no transaction is open."""
    kept = templates(means.audit, means.clock)
    return Rendering(
        kept,
        Wording(means.directory, means.definitions, means.handled),
        Renderer(),
        means.directory,
        means.clock,
        Instructing(kept, outside=outside),
    )

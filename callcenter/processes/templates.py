"""Puts together templates, and what renders them."""

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.objects.service import Definitions, Means
from callcenter.objects.service.naming import Naming
from callcenter.objects.service.wording import Wording
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.queries import queries
from callcenter.queries.service import Running, Templating
from callcenter.rendering.renderer import Renderer
from callcenter.templates.service import Acting, Instructing, Outside, Rendering, Templates


def templates(audit: Audit, clock: Clock) -> Templates:
    return Templates(SqlDirectory(), Definitions(), audit, clock)


def rendering(means: Means, outside: Outside | None = None) -> Rendering:
    """With a renderer of its own: one a process is enough. outside: for where no transaction is open."""
    kept, running = templates(means.audit, means.clock), Running(means)
    acting = Acting(means.directory, Naming(means.directory, means.definitions, means.handled))
    asked = Templating(queries(means, running), running)
    return Rendering(
        kept,
        Wording(means.directory, means.definitions, means.handled),
        Renderer(),
        means.directory,
        means.clock,
        Instructing(kept, {**acting.answers, **asked.answers}, outside),
    )

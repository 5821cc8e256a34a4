"""Puts together templates, and what renders them."""

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.objects.service import Definitions, Means
from callcenter.objects.service.naming import Naming
from callcenter.objects.service.wording import Wording
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.queries import foreign, queries
from callcenter.queries.external.opening import Sources
from callcenter.queries.replica import Replica
from callcenter.queries.service import Running, Templating
from callcenter.rendering.asking import Services
from callcenter.rendering.renderer import Renderer
from callcenter.templates.service import Acting, Begin, Instructing, Outside, Rendering, Templates


def templates(audit: Audit, clock: Clock) -> Templates:
    return Templates(SqlDirectory(), Definitions(), audit, clock)


def rendering(
    means: Means, outside: Outside | None = None, sources: Sources | None = None,
    replica: Replica | None = None,
) -> Rendering:  # fmt: skip
    """With a renderer of its own: one a process is enough. outside, sources, replica: for where no
    transaction is open.
    """
    kept, running = templates(means.audit, means.clock), Running(means)
    acting = Acting(means.directory, Naming(means.directory, means.definitions, means.handled))
    saved, far = (
        queries(means, running),
        Running(means, foreign=foreign(means, sources), replica=replica),
    )
    within, asked = Templating(saved, running), Templating(saved, far)

    def apart(begin: Begin) -> Services:
        return {**asked.apart(begin), **(outside(begin) if outside else {})}

    return Rendering(
        kept,
        Wording(means.directory, means.definitions, means.handled),
        Renderer(),
        means.directory,
        means.clock,
        Instructing(kept, {**acting.answers, **within.answers}, apart),
    )

"""What the enterprise keeps by name: queries, asked as whoever acts may ask them, templates, commands."""

from collections.abc import Mapping
from typing import Any

from callcenter.rendering.instructions.base import Group, Reach, function


@function(Group.QUERIES, "cinSqlFetch", "cinDs", reach=Reach.READING)
def fetch(query: str, **parameters: Any) -> dict[str, Any] | None:
    """The first row of a saved query, by the keys of its columns; nothing where it finds none.

    {{ fetch('open_orders', customer=record.name).number }} → T000042

    Refused where there is no such query, whoever acts may not ask it, a parameter does not fit, or it takes too long. A query of a data source is asked in scheduled tasks and previews, and refused where a record is being written (a trigger); one of the replica is answered by the product there.
    """


@function(Group.QUERIES, "cinSqlLoad", "cinDs", reach=Reach.READING)
def load(query: str, limit: int = 100, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of a saved query, by the keys of its columns: as many as the limit, at most 1,000.

    {% for row in load('open_orders', customer=record.name) %}{{ row.number }} {% endfor %} → T000042 T000041

    Refused like `fetch`.
    """


@function(Group.QUERIES, "cinSqlRun", "cinDs", reach=Reach.READING)
def run(query: str, **parameters: Any) -> dict[str, Any]:
    """A page of a saved query: `rows`, `total` (how many there are) and `totals` by the keys of columns.

    {{ run('open_orders').total }} → 2

    Refused like `fetch`.
    """


@function(Group.FLOW, "cinBlockTpl", reach=Reach.READING)
def template(key: str, data: Mapping[str, Any] | None = None) -> str:
    """Another template of the enterprise, rendered in this place with the data that is given to it.

    {{ template('signature', {'name': record.name}) }} → 此致 王秀兰

    Refused where there is none or it is switched off, for what is wrong in it, for a page in a plain text, and five templates deep.
    """


@function(
    Group.QUERIES,
    "cinSpringBean", "cinSpringMethod", "cinBeanShell", "cinFileCmd", "cinFileAwk",
    reach=Reach.OUTSIDE,
)  # fmt: skip
def command(key: str, **parameters: Any) -> Any:
    """A registered script command that templates may call, with its parameters; what it shows is the answer.

    {{ command('http', method='GET', url='https://erp.example.com/ready') }} → 返回状态 200。

    Refused where there is no such command, it is not for templates, a parameter does not fit, whoever acts may not use it, and where nobody waits (see `http`).
    """

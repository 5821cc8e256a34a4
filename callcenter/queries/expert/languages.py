"""In which language a database is asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import Dialect

from callcenter.queries.expert.dialect import Expert, ExpertMysql
from callcenter.queries.expert.expressions import PHONE, Expressions
from callcenter.queries.expert.mysql import MysqlExpressions


@dataclass(frozen=True, slots=True)
class Language:
    """nulls_last: what is put behind a column by which whoever asks sorts.

    phones: whether `phone(…)` says of a column that it holds telephone numbers; objects' fields
    say it themselves.
    """

    reads: type[Dialect] = Expert
    writes: type[Expressions] = Expressions
    nulls_last: str = " NULLS LAST"
    phones: bool = False

    @property
    def functions(self) -> frozenset[str]:
        """Those that may be called."""
        return self.writes.known() | ({PHONE} if self.phones else frozenset())


PRODUCT = Language()
"""The product's own database."""

LANGUAGES: Mapping[str, Language] = {
    "postgresql": Language(phones=True),
    "mysql": Language(ExpertMysql, MysqlExpressions, "", phones=True),
}
"""Of data sources, by their kind."""

"""What a statement may call, and what values may become. Whatever is not here is refused.

Nothing here reads or writes anything but its arguments, and nothing makes much out of little: what
could lengthen a text without end is cut (`CAPPED`), what counts up rows out of nothing is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

MOST_CHARACTERS = 10_000
"""Of a text that a function put together."""

MOST_PADDED = 200


@dataclass(frozen=True, slots=True)
class Call:
    """How many arguments. word: the argument (by its place) that is one of `WORDS`, written out."""

    least: int
    most: int
    word: int | None = None


CALLS: Mapping[str, Call] = {
    # texts
    "btrim": Call(1, 2), "char_length": Call(1, 1), "concat": Call(1, 20),
    "concat_ws": Call(2, 20), "initcap": Call(1, 1), "left": Call(2, 2), "length": Call(1, 1),
    "lower": Call(1, 1), "lpad": Call(2, 3), "ltrim": Call(1, 2), "replace": Call(3, 3),
    "reverse": Call(1, 1), "right": Call(2, 2), "rpad": Call(2, 3), "rtrim": Call(1, 2),
    "split_part": Call(3, 3), "starts_with": Call(2, 2), "strpos": Call(2, 2),
    "substr": Call(2, 3), "substring": Call(2, 3), "trim": Call(1, 2), "upper": Call(1, 1),
    # numbers
    "abs": Call(1, 1), "ceil": Call(1, 1), "ceiling": Call(1, 1), "floor": Call(1, 1),
    "mod": Call(2, 2), "round": Call(1, 2), "sign": Call(1, 1), "sqrt": Call(1, 1),
    "trunc": Call(1, 2),
    # any
    "coalesce": Call(1, 20), "greatest": Call(1, 20), "least": Call(1, 20), "nullif": Call(2, 2),
    # days and moments
    "age": Call(1, 2), "date_part": Call(2, 2, word=0), "date_trunc": Call(2, 3, word=0),
    "make_date": Call(3, 3), "now": Call(0, 0), "to_char": Call(2, 2), "to_date": Call(2, 2),
    # of several options, whether one is among them
    "jsonb_exists": Call(2, 2),
}  # fmt: skip

AGGREGATES: Mapping[str, Call] = {
    "avg": Call(1, 1), "bool_and": Call(1, 1), "bool_or": Call(1, 1), "count": Call(1, 1),
    "max": Call(1, 1), "min": Call(1, 1), "stddev": Call(1, 1), "string_agg": Call(2, 2),
    "sum": Call(1, 1), "variance": Call(1, 1),
}  # fmt: skip
"""They may have DISTINCT, an order and a FILTER, and be told over a window."""

ORDERED: Mapping[str, Call] = {
    "mode": Call(0, 0), "percentile_cont": Call(1, 1), "percentile_disc": Call(1, 1),
}  # fmt: skip
"""Only with WITHIN GROUP."""

WINDOWED: Mapping[str, Call] = {
    "dense_rank": Call(0, 0), "first_value": Call(1, 1), "lag": Call(1, 3),
    "last_value": Call(1, 1), "lead": Call(1, 3), "ntile": Call(1, 1),
    "percent_rank": Call(0, 0), "rank": Call(0, 0), "row_number": Call(0, 0),
}  # fmt: skip
"""Only over a window."""

KNOWN = {*CALLS, *AGGREGATES, *ORDERED, *WINDOWED}

CAPPED = frozenset({"concat", "concat_ws", "replace", "string_agg"})

WORDS = frozenset(
    {
        *("century", "day", "decade", "dow", "doy", "epoch", "hour", "isodow", "isoyear"),
        *("microseconds", "milliseconds", "minute", "month", "quarter", "second", "week", "year"),
    }
)
"""Parts of a moment."""

UNITS = frozenset(
    unit + s
    for unit in ("second", "minute", "hour", "day", "week", "month", "year")
    for s in ("", "s")
)

TYPES: Mapping[str, str] = {
    "BIGINT": "bigint", "BOOLEAN": "boolean", "DATE": "date", "DECIMAL": "numeric",
    "DOUBLE": "double precision", "INT": "integer", "INTERVAL": "interval", "TEXT": "text",
    "TIME": "time", "TIMESTAMP": "timestamp", "TIMESTAMPTZ": "timestamptz", "UUID": "uuid",
    "VARCHAR": "text",
}  # fmt: skip
"""sqlglot's names of types → what is written."""

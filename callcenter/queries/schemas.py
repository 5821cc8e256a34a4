"""What the API says of queries, and the form of their documents."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from callcenter.core.fields import Captions, Label, Line, OneOf, Whole
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.core.messages import flatten
from callcenter.core.permissions import Role
from callcenter.expressions import LONGEST
from callcenter.objects.schemas.document import IDENTIFIER
from callcenter.objects.schemas.records import PersonShape
from callcenter.queries.answers import PRODUCT, REPLICA, Align
from callcenter.queries.document import Query, load
from callcenter.queries.formats import FORMATS

MOST_COLUMNS, MOST_JOINS, MOST_CONDITIONS, MOST_BUTTONS = 60, 8, 40, 8
MOST_VALUES, LONGEST_VALUE, LONGEST_TEMPLATE = 200, 200, 2_000
MOST_ROWS = 200
"""Of a page."""

OPERATORS = (
    *("empty", "filled", "eq", "ne", "in", "not_in", "lt", "le", "gt", "ge"),
    *("between", "contains"),
)
AGGREGATES = ("", "count", "distinct", "sum", "average", "least", "greatest")
STEPS = ("", "hour", "day", "week", "month", "quarter", "year")
TOTALS = ("", "sum", "average", "least", "greatest")
COLORS = ("accent", "success", "warning", "danger", "muted")
CHARTS = ("bar", "line", "pie")
USERS = tuple(role for role in Role if role is not Role.OPERATOR)

_KEY = validate.Regexp(r"\A[a-z][a-z0-9_]{0,39}\Z")
_SOURCE = validate.Regexp(r"\A(?:[a-z][a-z0-9_]{0,39})?\Z")


def _text(**options: Any) -> fields.Str:
    return fields.Str(validate=validate.Length(max=LONGEST_VALUE), **options)


def _values(**options: Any) -> Any:
    return fields.List(_text(), validate=validate.Length(max=MOST_VALUES), **options)


class QueryJoin(Shape):
    key = fields.Str(required=True, validate=_KEY)
    how = OneOf(("one", "lines", "back"), required=True)
    by = fields.Str(required=True, validate=IDENTIFIER)
    of = fields.Str(load_default="", validate=_SOURCE)
    object = fields.Str(load_default=None, allow_none=True, validate=IDENTIFIER)
    must = fields.Bool(load_default=False)


class QueryColumn(Shape):
    """field, expression: one of both; neither with `count`, which then counts rows."""

    key = fields.Str(required=True, validate=_KEY)
    label = Label(required=True)
    source = fields.Str(load_default="", validate=_SOURCE)
    field = fields.Str(load_default=None, allow_none=True, validate=IDENTIFIER)
    expression = fields.Str(
        load_default=None, allow_none=True, validate=validate.Length(max=LONGEST)
    )
    aggregate = OneOf(AGGREGATES, load_default="")
    by = OneOf(STEPS, load_default="")
    format = OneOf(FORMATS, load_default="")
    width = fields.Int(load_default=0, validate=validate.Range(0, 1000))
    link = fields.Bool(load_default=False)
    mask = fields.Bool(load_default=False)
    hidden = fields.Bool(load_default=False)
    total = OneOf(TOTALS, load_default="")


class QueryParameter(Shape):
    """template: what it begins with instead of `default`, rendered each time; a value a line."""

    key = fields.Str(required=True, validate=_KEY)
    label = Label(required=True)
    default = _values(load_default=list)
    template = fields.Str(load_default="", validate=validate.Length(max=LONGEST_TEMPLATE))
    required = fields.Bool(load_default=False)


class QuerySought(Shape):
    """field: of a source, in `conditions`; column: in `having`."""

    source = fields.Str(load_default="", validate=_SOURCE)
    field = fields.Str(load_default="", validate=validate.Length(max=40))
    column = fields.Str(load_default="", validate=validate.Length(max=40))
    operator = OneOf(OPERATORS, required=True)
    value = _values(load_default=list)
    parameter = fields.Str(load_default="", validate=validate.Length(max=40))


class QueryOrder(Shape):
    column = fields.Str(required=True, validate=_KEY)
    descending = fields.Bool(load_default=False)


class QueryButton(Shape):
    key = fields.Str(required=True, validate=_KEY)
    label = Label(required=True)
    do = OneOf(("open", "call", "query"), required=True)
    when = fields.Str(load_default="", validate=validate.Length(max=LONGEST))
    source = fields.Str(load_default="", validate=_SOURCE)
    column = fields.Str(load_default="", validate=validate.Length(max=40))
    query = fields.Str(load_default="", validate=validate.Length(max=40))
    parameters = fields.Dict(
        keys=fields.Str(validate=_KEY), values=fields.Str(validate=_KEY), load_default=dict
    )


class QueryColor(Shape):
    when = fields.Str(required=True, validate=validate.Length(1, LONGEST))
    color = OneOf(COLORS, required=True)


class QueryChart(Shape):
    type = OneOf(CHARTS, required=True)
    category = fields.Str(required=True, validate=_KEY)
    values = fields.List(
        fields.Str(validate=_KEY), required=True, validate=validate.Length(1, MOST_BUTTONS)
    )


def some(shape: type[Shape], most: int) -> Any:
    return fields.List(fields.Nested(shape), load_default=list, validate=validate.Length(max=most))


class QueryDocument(Shape):
    """source: the object that it begins with; "" is its key, joins have keys of their own.

    data_source: where it is asked: of the product's database, or its replica where there is one.
    """

    source = fields.Str(required=True, validate=IDENTIFIER)
    joins = some(QueryJoin, MOST_JOINS)
    columns = fields.List(
        fields.Nested(QueryColumn), required=True, validate=validate.Length(1, MOST_COLUMNS)
    )
    parameters = some(QueryParameter, MOST_CONDITIONS)
    conditions = some(QuerySought, MOST_CONDITIONS)
    any = fields.Bool(load_default=False)
    grouped = fields.Bool(load_default=False)
    having = some(QuerySought, MOST_CONDITIONS)
    order = some(QueryOrder, MOST_BUTTONS)
    buttons = some(QueryButton, MOST_BUTTONS)
    colors = some(QueryColor, MOST_BUTTONS)
    chart = fields.Nested(QueryChart, load_default=None, allow_none=True)
    page_size = fields.Int(load_default=20, validate=validate.Range(5, MOST_ROWS))
    data_source = OneOf((PRODUCT, REPLICA), load_default=PRODUCT)


def read(document: Any) -> tuple[Query | None, dict[str, list[str]]]:
    """The query; or None and what is wrong with its form, by the place (`columns.2.by`)."""
    try:
        return load(QueryDocument().load(document)), {}
    except ValidationError as error:
        return None, flatten(error.messages)


class QueryListQuery(PageQuery):
    active = fields.Bool()


class QueryReport(Shape):
    """What it says as one of the reports. category: those of the same stand together."""

    category = Label(required=True)
    description = Label(200, shortest=0, required=True)


class QueryBody(Shape):
    """roles: who may use it; those who shape the enterprise's objects may use every one."""

    name = Label(required=True)
    document = Whole(QueryDocument, required=True)
    roles = fields.List(OneOf(USERS), load_default=list)
    active = fields.Bool(load_default=True)
    report = Whole(QueryReport, load_default=None, allow_none=True)


class NewQuery(QueryBody):
    """key: for good."""

    key = fields.Str(required=True, validate=IDENTIFIER)


class QueryItem(Shape):
    """source: of one that was put together; used_by: keys of the queries whose buttons lead here."""

    key = fields.Str(required=True)
    name = Captions(required=True)
    kind = OneOf(("builder", "expert"), required=True)
    source = fields.Str(required=True)
    roles = fields.List(OneOf(USERS), required=True)
    active = fields.Bool(required=True)
    report = fields.Nested(QueryReport, required=True, allow_none=True)
    used_by = fields.List(fields.Str(), required=True)
    version = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(PersonShape, required=True, allow_none=True)


class QueryAnswer(QueryItem):
    document = fields.Nested(QueryDocument, required=True)


QueryPage = page_of(QueryItem)


class UsableQuery(Shape):
    """report: None of a mere list. pinned: whether whoever asks has it at hand at the desk."""

    key = fields.Str(required=True)
    name = Captions(required=True)
    report = fields.Nested(QueryReport, required=True, allow_none=True)
    pinned = fields.Bool(required=True)


class UsableQueries(Shape):
    items = fields.List(fields.Nested(UsableQuery), required=True)


class AskedParameter(Shape):
    """type, object, field: of what its values are compared with; no object: of a number.

    problem: why its template came to nothing; it must be filled in then.
    """

    key = fields.Str(required=True)
    label = Captions(required=True)
    type = fields.Str(required=True)
    object = fields.Str(required=True, allow_none=True)
    field = fields.Str(required=True, allow_none=True)
    operator = OneOf(OPERATORS, required=True)
    default = fields.List(fields.Str(), required=True)
    problem = fields.Str(required=True, allow_none=True)
    required = fields.Bool(required=True)


class QueryButtonAnswer(Shape):
    key = fields.Str(required=True)
    label = Captions(required=True)
    do = fields.Str(required=True)
    source = fields.Str(required=True)
    column = fields.Str(required=True)
    query = fields.Str(required=True)
    parameters = fields.Dict(keys=fields.Str(), values=fields.Str(), required=True)


class QueryViewBody(Shape):
    """first: None leaves what is said of one of the same name."""

    name = Line(60, required=True)
    parameters = fields.Dict(keys=fields.Str(), values=_values(), load_default=dict)
    sort = fields.Str(load_default="", validate=validate.Length(max=41))
    first = fields.Bool(load_default=None, allow_none=True)


class QueryViewChange(Shape):
    """first: whether the list begins with it, instead of another."""

    name = Line(60)
    first = fields.Bool()


class QueryViewAnswer(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    parameters = fields.Dict(keys=fields.Str(), values=fields.List(fields.Str()), required=True)
    sort = fields.Str(required=True)
    first = fields.Bool(required=True)


class ReadyQuery(UsableQuery):
    """What a page needs to ask: what to fill in, the buttons, the chart. first: the view to begin with."""

    parameters = fields.List(fields.Nested(AskedParameter), required=True)
    buttons = fields.List(fields.Nested(QueryButtonAnswer), required=True)
    chart = fields.Nested(QueryChart, required=True, allow_none=True)
    page_size = fields.Int(required=True)
    first = fields.Nested(QueryViewAnswer, required=True, allow_none=True)


class QueryRunBody(Shape):
    """parameters: by key; what is not named has its default, an empty list is nothing.

    sort: a column's key, with `-` before it downwards; "": as the query says.
    """

    parameters = fields.Dict(keys=fields.Str(), values=_values(), load_default=dict)
    sort = fields.Str(load_default="", validate=validate.Length(max=41))
    page = fields.Int(load_default=1, validate=validate.Range(1, 100_000))
    page_size = fields.Int(load_default=0, validate=validate.Range(0, MOST_ROWS))


class QueryTrialBody(Shape):
    """A document that need not be kept; in `document` anything, so that all its problems are told."""

    document = fields.Dict(required=True)
    parameters = fields.Dict(keys=fields.Str(), values=_values(), load_default=dict)


class QueryAnswerColumn(Shape):
    key = fields.Str(required=True)
    label = Captions(required=True)
    type = fields.Str(required=True)
    format = fields.Str(required=True)
    width = fields.Int(required=True)
    mask = fields.Bool(required=True)
    align = OneOf(Align, required=True)
    sortable = fields.Bool(required=True)
    link = fields.Str(required=True, allow_none=True)
    object = fields.Str(required=True, allow_none=True)
    field = fields.Str(required=True, allow_none=True)


class QueryOrigin(Shape):
    object = fields.Str(required=True)
    id = fields.UUID(required=True)


class QueryAnswerRow(Shape):
    values = fields.Dict(keys=fields.Str(), required=True)
    texts = fields.Dict(keys=fields.Str(), values=fields.Str(), required=True)
    records = fields.Dict(keys=fields.Str(), values=fields.Nested(QueryOrigin), required=True)
    buttons = fields.List(fields.Str(), required=True)
    color = fields.Str(required=True)


class QueryTotal(Shape):
    count = fields.Int(required=True)
    exact = fields.Bool(required=True)
    estimate = fields.Int(required=True, allow_none=True)


class QueryRunAnswer(Shape):
    """One page; sums: by column, over all pages, and the words for them where a format says them.

    fallback: the replica was away or behind, and the product's own database answered.
    """

    columns = fields.List(fields.Nested(QueryAnswerColumn), required=True)
    rows = fields.List(fields.Nested(QueryAnswerRow), required=True)
    total = fields.Nested(QueryTotal, required=True, allow_none=True)
    sums = fields.Dict(keys=fields.Str(), values=fields.Str(allow_none=True), required=True)
    sum_texts = fields.Dict(keys=fields.Str(), values=fields.Str(), required=True)
    fallback = fields.Bool(required=True)


class QueryTrialAnswer(Shape):
    """problems: place → what is wrong there; then there is no answer."""

    problems = fields.Dict(keys=fields.Str(), values=fields.List(fields.Str()), required=True)
    answer = fields.Nested(QueryRunAnswer, required=True, allow_none=True)


def takes(given: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Parameters of a body as the engine takes them."""
    return {key: tuple(values) for key, values in given.items()}


class QueryViewsAnswer(Shape):
    items = fields.List(fields.Nested(QueryViewAnswer), required=True)


class QueryExportBody(Shape):
    form = OneOf(("csv", "xlsx"), required=True, data_key="format")
    parameters = fields.Dict(keys=fields.Str(), values=_values(), load_default=dict)
    sort = fields.Str(load_default="", validate=validate.Length(max=41))


class QueryExportAnswer(Shape):
    """done, total: rows so far; total is no more than what is counted. rows: of the whole file."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    state = fields.Str(required=True)
    done = fields.Int(required=True)
    total = fields.Int(required=True)
    rows = fields.Int(required=True)

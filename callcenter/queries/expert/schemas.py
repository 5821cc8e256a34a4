"""What the API says of expert queries."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from marshmallow import fields, validate

from callcenter.core.fields import Captions, Label, OneOf, Whole
from callcenter.core.http import Shape
from callcenter.core.i18n import caption
from callcenter.objects.schemas.document import IDENTIFIER
from callcenter.queries.answers import PRODUCT
from callcenter.queries.expert.parts import LONGEST, PARTS, POSTGRESQL, Problem
from callcenter.queries.formats import FORMATS
from callcenter.queries.schemas import (
    LONGEST_TEMPLATE,
    LONGEST_VALUE,
    MOST_BUTTONS,
    MOST_COLUMNS,
    MOST_CONDITIONS,
    MOST_ROWS,
    MOST_VALUES,
    TOTALS,
    USERS,
    QueryButton,
    QueryChart,
    QueryColor,
    QueryItem,
    QueryReport,
    QueryRunAnswer,
    some,
)

EXPERT = "expert"
_KEY = validate.Regexp(r"\A[a-z][a-z0-9_]{0,39}\Z")
_COLUMN = validate.Length(max=60)


def _text(**options: Any) -> fields.Str:
    return fields.Str(validate=validate.Length(max=LONGEST), **options)


def _values() -> Any:
    text = fields.Str(validate=validate.Length(max=LONGEST_VALUE))
    return fields.List(text, validate=validate.Length(max=MOST_VALUES), load_default=list)


class ExpertTexts(Shape):
    """SQL without its keywords; `source` is what follows FROM."""

    select = _text(required=True)
    source = _text(required=True)
    where = _text(load_default="")
    group = _text(load_default="")
    having = _text(load_default="")
    order = _text(load_default="")


class ExpertParameter(Shape):
    """In the texts `:key`. many: a list, for `in (:key)`."""

    key = fields.Str(required=True, validate=_KEY)
    label = Label(required=True)
    type = OneOf(tuple(POSTGRESQL), required=True)
    many = fields.Bool(load_default=False)
    default = _values()
    template = fields.Str(load_default="", validate=validate.Length(max=LONGEST_TEMPLATE))
    required = fields.Bool(load_default=False)


class ExpertColumn(Shape):
    """key: of a column that comes out. Without a label it has its field's, or its own name."""

    key = fields.Str(required=True, validate=validate.Length(1, 60))
    label = Captions(load_default=dict)
    format = OneOf(FORMATS, load_default="")
    width = fields.Int(load_default=0, validate=validate.Range(0, 1000))
    link = fields.Bool(load_default=None, allow_none=True)
    mask = fields.Bool(load_default=False)
    hidden = fields.Bool(load_default=False)
    total = OneOf(TOTALS, load_default="")


class ExpertButton(QueryButton):
    """source: "" for the first record of a row, else the column with the id of another."""

    source = fields.Str(load_default="", validate=_COLUMN)
    column = fields.Str(load_default="", validate=_COLUMN)
    parameters = fields.Dict(
        keys=fields.Str(validate=_KEY), values=fields.Str(validate=_COLUMN), load_default=dict
    )


class ExpertChart(QueryChart):
    category = fields.Str(required=True, validate=_COLUMN)
    values = fields.List(
        fields.Str(validate=_COLUMN), required=True, validate=validate.Length(1, MOST_BUTTONS)
    )


class ExpertDocument(Shape):
    """data_source: where it is asked: `product`, `replica`, or a data source's key."""

    kind = OneOf((EXPERT,), load_default=EXPERT)
    texts = fields.Nested(ExpertTexts, required=True)
    parameters = fields.List(
        fields.Nested(ExpertParameter),
        load_default=list,
        validate=validate.Length(max=MOST_CONDITIONS),
    )
    columns = fields.List(
        fields.Nested(ExpertColumn), load_default=list, validate=validate.Length(max=MOST_COLUMNS)
    )
    buttons = some(ExpertButton, MOST_BUTTONS)
    colors = some(QueryColor, MOST_BUTTONS)
    chart = fields.Nested(ExpertChart, load_default=None, allow_none=True)
    page_size = fields.Int(load_default=20, validate=validate.Range(5, MOST_ROWS))
    data_source = fields.Str(load_default=PRODUCT, validate=IDENTIFIER)


class ExpertBody(Shape):
    """roles: who may use it."""

    name = Label(required=True)
    document = Whole(ExpertDocument, required=True)
    roles = fields.List(OneOf(USERS), load_default=list)
    active = fields.Bool(load_default=True)
    report = Whole(QueryReport, load_default=None, allow_none=True)


class NewExpertQuery(ExpertBody):
    """key: for good."""

    key = fields.Str(required=True, validate=IDENTIFIER)


class ExpertAnswer(QueryItem):
    document = fields.Nested(ExpertDocument, required=True)


class ExpertTrialBody(Shape):
    """parameters: texts by key."""

    document = fields.Nested(ExpertDocument, required=True)
    roles = fields.List(OneOf(USERS), load_default=list)
    parameters = fields.Dict(keys=fields.Str(), values=_values(), load_default=dict)


class ExpertProblem(Shape):
    """part: a text of the document, "" for all of it. line and column count from 1.

    place: of what is no text (`colors.1.when`); "" otherwise.
    """

    part = OneOf(("", *PARTS), required=True)
    line = fields.Int(required=True)
    column = fields.Int(required=True)
    length = fields.Int(required=True)
    said = fields.Str(required=True)
    place = fields.Str(required=True)


class ExpertTrialAnswer(Shape):
    """With problems there is no answer."""

    problems = fields.List(fields.Nested(ExpertProblem), required=True)
    answer = fields.Nested(QueryRunAnswer, required=True, allow_none=True)


class ExpertField(Shape):
    key = fields.Str(required=True)
    label = Captions(required=True)
    type = fields.Str(required=True)


class ExpertObject(Shape):
    """What a statement may name."""

    identifier = fields.Str(required=True)
    name = Captions(required=True)
    fields_ = fields.List(fields.Nested(ExpertField), required=True, data_key="fields")


class ExpertObjectsQuery(Shape):
    """data_source: of which; as `ExpertDocument`."""

    data_source = fields.Str(load_default=PRODUCT, validate=IDENTIFIER)


class ExpertObjects(Shape):
    """functions: those that may be called."""

    items = fields.List(fields.Nested(ExpertObject), required=True)
    functions = fields.List(fields.Str(), required=True)


def said(problem: Problem, locale: str) -> Mapping[str, Any]:
    """As `ExpertProblem`."""
    told = asdict(problem)
    return {**told, "said": caption(problem.key, locale, problem.parameters)}

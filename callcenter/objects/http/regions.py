"""Regions over HTTP: the whole list at once, for pickers that search it by name and by sound."""

from functools import cache
from typing import Any

from flask import Response, jsonify
from marshmallow import fields

from callcenter.core.fields import Captions
from callcenter.core.http import Blueprint, Shape, requires
from callcenter.core.i18n import LOCALES
from callcenter.core.permissions import Permission
from callcenter.objects.regions import parent_of, regions

_A_DAY = 24 * 60 * 60


class RegionAnswer(Shape):
    """parent: the region that it lies in; step: whether nobody calls it by a name."""

    code = fields.Str(required=True)
    name = Captions(required=True)
    parent = fields.Str(required=True, allow_none=True)
    step = fields.Bool(required=True)
    pinyin = fields.Str(required=True)
    initials = fields.Str(required=True)


def blueprint() -> Blueprint:
    blp = Blueprint("regions", __name__, url_prefix="/regions", description="Regions of China")

    @blp.route("")
    @blp.response(200, RegionAnswer(many=True))
    @requires(Permission.RECORDS_READ, Permission.OBJECTS_DEFINE)
    def listed() -> Any:
        answer: Response = jsonify(RegionAnswer(many=True).dump(_answers()))
        answer.cache_control.private = True
        answer.cache_control.max_age = _A_DAY
        return answer

    return blp


@cache
def _answers() -> list[dict[str, Any]]:
    return [
        {
            "code": one.code,
            "name": {locale: one.named(locale) for locale in LOCALES},
            "parent": parent_of(one.code),
            "step": one.is_step,
            "pinyin": one.pinyin,
            "initials": one.initials,
        }
        for one in regions().values()
    ]

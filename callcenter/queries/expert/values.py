"""What the parameters of a statement are this time: what is entered, defaults, and words."""

from collections.abc import Mapping, Sequence
from typing import Any

from callcenter.core.clock import Clock
from callcenter.core.directory import EnterpriseCard
from callcenter.core.errors import Invalid
from callcenter.core.tenant import Actor
from callcenter.objects.asking import Asker, wanted
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, Reading
from callcenter.queries.expert.document import Asked

MOST_VALUES = 1000
_PLACES = 6


class Values:
    """Whom and what a value names is not looked up: who is not there is not found."""

    def __init__(self, enterprise: EnterpriseCard, actor: Actor | None, clock: Clock) -> None:
        user_id, team_ids = (actor.user_id, actor.team_ids) if actor else (None, ())
        self._asker = Asker(user_id, team_ids, clock.now().astimezone(enterprise.zone).date())
        self._reading = Reading(
            enterprise.area_code, enterprise.zone,
            lambda *_: True, lambda *_: True, lambda *_: True,
        )  # fmt: skip

    def of(self, asked: Sequence[Asked], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """By key, without those for which nothing is entered. Raises Invalid by the parameter
        (`parameters.since`).

        A word that stands for nothing, as the team of whom is in none, is something entered: None, or
        a list with nothing in it, so that its condition finds nothing instead of being left out.
        """
        unknown = given.keys() - {each.key for each in asked}
        if unknown:
            wrong = {f"parameters.{key}": ["validation.unknown_field"] for key in unknown}
            raise Invalid(fields=wrong)
        entered = [(each, given.get(each.key, each.default)) for each in asked]
        return {each.key: self._value(each, texts) for each, texts in entered if any(texts)}

    def _value(self, asked: Asked, texts: Sequence[str]) -> Any:
        field = Field(asked.key, asked.type, asked.label, "", settings={"places": _PLACES})
        plain = [self._asker.part(field, text) for text in texts if text]
        if asked.many:
            plain = [part for text in plain for part in text.split(",")]
        held = [self._read(asked, field, text) for text in plain if text]
        if len(held) > MOST_VALUES:
            raise Invalid(fields={f"parameters.{asked.key}": ["validation.too_many"]})
        if asked.many:
            return held
        return held[0] if held else None

    def _read(self, asked: Asked, field: Field, text: str) -> Any:
        try:
            return wanted(field, text, self._reading)
        except BadValue as fault:
            place = f"parameters.{asked.key}"
            raise Invalid(fault.parameters, {place: [fault.key]}) from fault

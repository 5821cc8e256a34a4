"""A draft's triggers tried on a record: all that would happen is done, told, and taken back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.errors import AppError
from callcenter.core.i18n import caption
from callcenter.core.outbound import OutboundFailed
from callcenter.core.tenant import Scope
from callcenter.objects.errors import BadDefinition, BadValue, Refused
from callcenter.objects.schemas import Definition
from callcenter.objects.service.coding import with_codes
from callcenter.objects.service.designs import Designs
from callcenter.objects.service.presenting import Held, locale_of
from callcenter.objects.service.settling import worked_out
from callcenter.objects.service.triggers.after import forbid
from callcenter.objects.service.triggers.before import At
from callcenter.objects.service.triggers.deeds import Deeds, Doer
from callcenter.objects.service.triggers.log import step_of
from callcenter.objects.service.triggers.running import reason_of
from callcenter.objects.service.triggers.values import About
from callcenter.objects.triggers.actions import action_of
from callcenter.objects.triggers.actions.base import AfterAction
from callcenter.objects.triggers.trigger import Act, Happening, Moment, Trigger
from callcenter.objects.types.base import Field

Told = dict[str, Any]
"""As `schemas.triggers.TriedTrigger` says."""


@dataclass
class Trial:
    """One act on one record. values: as they come to be; over: nothing more comes of it."""

    definition: Definition
    held: Held
    act: Act
    before: Mapping[str, Any] | None
    values: Mapping[str, Any]
    given: Sequence[str]
    over: bool = False
    told: dict[str, Told] = field(default_factory=dict)


class Trying:
    def __init__(self, deeds: Deeds, designs: Designs, clock: Clock) -> None:
        self._deeds = deeds
        self._designs = designs
        self._clock = clock

    def attempt(
        self,
        session: Session,
        identifier: str,
        record_id: UUID,
        act: str,
        given: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Raises BadDefinition while the draft has problems, NotFound, Invalid for what is given."""
        definition = self._draft(session, identifier)
        savepoint = session.begin_nested()
        session.info["tried"] = True
        try:
            return self._try(session, definition, record_id, Act(act), given)
        finally:
            savepoint.rollback()
            del session.info["tried"]

    def _draft(self, session: Session, identifier: str) -> Definition:
        row = self._designs.row(session, identifier)
        _, definition, problems = self._designs.draft(session, row)
        if definition is None or problems:
            raise BadDefinition(fields={each["path"]: [each["message"]] for each in problems})
        return with_codes(session, definition)

    def _try(
        self,
        session: Session,
        definition: Definition,
        record_id: UUID,
        act: Act,
        given: Mapping[str, Any],
    ) -> dict[str, Any]:
        found = self._deeds.reached(session, definition.identifier, record_id)
        held = Held(found.row, self._as_drafted(session, definition, found))
        reader = self._deeds.reader(session, definition)
        entered = reader.entered(given, held) if act is Act.UPDATE else {}
        after = {**held.values, **entered, **reader.copied(entered, held.values)}
        trial = Trial(
            definition, held, act,
            before=None if act is Act.CREATE else held.values,
            values={**after, **worked_out(definition, after)},
            given=[*entered],
        )  # fmt: skip
        for trigger in definition.triggers:
            self._look(trial, trigger, reader.around)
        self._go(session, trial, Moment.BEFORE, reader)
        objections: dict[str, list[str]] = {}
        if act is not Act.DELETE and not trial.over:
            objections = reader.objections(trial.before, trial.values, trial.given)
            trial.over = bool(objections)
        self._go(session, trial, Moment.AFTER, reader)
        return {
            "triggers": [trial.told[trigger.key] for trigger in definition.triggers],
            "objections": [
                {"field": None if key == "_" else key, "message": said[0]}
                for key, said in objections.items()
            ],
        }

    def _as_drafted(
        self, session: Session, definition: Definition, held: Held
    ) -> Mapping[str, Any]:
        """What the draft would find; a field that is new, or of another type, has nothing yet."""
        in_force = self._deeds.definitions.get(session, definition.identifier).by_key
        values = {
            each.key: held.values[each.key]
            if each.key in in_force and in_force[each.key].type == each.type
            else None
            for each in definition.fields
        }
        return {**values, **worked_out(definition, values)}

    @staticmethod
    def _look(trial: Trial, trigger: Trigger, around: Any) -> None:
        """Before anything has happened; asked again when it comes to it."""
        happening = Happening(trial.act, trial.before, trial.values, around)
        verdict = trial.definition.armed.verdict(trigger, happening)
        trial.told[trigger.key] = {
            "key": trigger.key, "name": dict(trigger.name), "when": trigger.when,
            "reached": False, "fires": verdict.fires, "reason": verdict.reason,
            "failed": [*verdict.failed], "refused": None, "changes": [], "steps": [],
        }  # fmt: skip

    def _go(self, session: Session, trial: Trial, when: Moment, reader: Any) -> None:
        for trigger in trial.definition.triggers:
            if trigger.when != when or trial.over:
                continue
            self._look(trial, trigger, reader.around)
            told = trial.told[trigger.key]
            told["reached"] = True
            if not told["fires"]:
                continue
            if when == Moment.BEFORE:
                self._before(session, trial, trigger, told, reader)
            else:
                told["steps"] = self._after(session, trial, trigger, reader.around.user_id)

    def _before(
        self, session: Session, trial: Trial, trigger: Trigger, told: Told, reader: Any
    ) -> None:
        try:
            if trial.act is Act.DELETE:
                forbid(session, trial.definition, trigger, trial.held.row.id)
            at = At(trial.definition, trigger, trial.act, trial.held.row.id)
            values = reader.triggers.apply(at, trial.values)
        except Refused as refusal:
            told["refused"], trial.over = refusal.details["message"], True
            return
        changed = [key for key in values if values[key] != trial.values.get(key)]
        told["changes"] = self._deeds.compared(
            session, trial.definition,
            {key: trial.values.get(key) for key in changed}, {key: values[key] for key in changed},
        )  # fmt: skip
        trial.values = values

    def _after(
        self, session: Session, trial: Trial, trigger: Trigger, user_id: UUID | None
    ) -> list[dict[str, Any]]:
        held = Held(trial.held.row, trial.values)
        about = self._deeds.about(session, trial.definition, held, user_id)
        steps: list[dict[str, Any]] = []
        for document in trigger.actions:
            doer = _Trier(session, self._deeds, about)
            problem = self._carry_out(session, document, doer)
            done = [{**step_of(each, {}), "changes": each["changes"]} for each in doer.steps]
            if problem and not done:
                done = [{**step_of({"do": document["do"]}, {}), "changes": []}]
            steps += [{**each, "problem": problem} for each in done]
            if problem:
                break
        return steps

    @staticmethod
    def _carry_out(session: Session, document: Mapping[str, Any], doer: "_Trier") -> str | None:
        """Why it would fail, in words."""
        action = action_of(document)
        try:
            if isinstance(action, AfterAction):
                with session.begin_nested():
                    action.carry_out(document, doer)
        except (AppError, BadValue, OutboundFailed) as refusal:
            reason = reason_of(refusal, document)
            return caption(reason["key"], locale_of(session), reason["parameters"])
        return None


class _Trier(Doer):
    """Writes as the product does and tells what as the one who tries may see it."""

    def __init__(self, session: Session, deeds: Deeds, about: About) -> None:
        super().__init__(session, deeds, about, "", really=False)

    def make(self, identifier: str, given: Mapping[str, Any]) -> UUID:
        with _as_product(self._session):
            record_id = super().make(identifier, given)
        self._compare(identifier, None, self._held(identifier, record_id), [*given])
        return record_id

    def change(self, identifier: str, record_id: UUID, given: Mapping[str, Any]) -> None:
        before = self._held(identifier, record_id)
        with _as_product(self._session):
            super().change(identifier, record_id, given)
        self._compare(identifier, before, self._held(identifier, record_id), [*given])

    def rendered(self, template: str, field: Field) -> str:
        with _as_product(self._session):
            return super().rendered(template, field)

    def _held(self, identifier: str, record_id: UUID) -> Mapping[str, Any]:
        return self._deeds.of(self._session, identifier, record_id).values

    def _compare(
        self,
        identifier: str,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any],
        keys: Sequence[str],
    ) -> None:
        old = {key: (before or {}).get(key) for key in keys}
        new = {key: after.get(key) for key in keys}
        definition = self.target(identifier)
        self.steps[-1]["changes"] = self._deeds.compared(self._session, definition, old, new)
        if before is None:
            # It will be gone when anybody asks for it.
            self.steps[-1]["record_id"] = None

    def _did(self, what: str, **more: Any) -> None:
        super()._did(what, **more)
        self.steps[-1].setdefault("changes", [])


@contextmanager
def _as_product(session: Session) -> Iterator[None]:
    scope: Scope = session.info["scope"]
    session.info["scope"] = Scope(scope.enterprise_id)
    try:
        yield
    finally:
        session.info["scope"] = scope

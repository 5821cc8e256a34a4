"""Quality: what is there to score, how it was scored, and who may see that."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from callcenter.calls.errors import NoRecording
from callcenter.calls.service import Calls, Recordings
from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory, Person
from callcenter.core.errors import Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.schemas import Kind
from callcenter.objects.service import Records
from callcenter.quality.errors import AlreadyScored, ScoreSubmitted
from callcenter.quality.models import QualityForm, QualityFormVersion, Score
from callcenter.quality.schemas import FormDocument, ScoreStatus

_TREND = 8
_ABOUT = {Kind.WORK_ORDER: ("ids", "call_id"), Kind.CUSTOMER: ("customers", "id")}
"""Which filter of calls takes the records of a kind, and by which of their columns."""


class Forms:
    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    def publish(
        self,
        session: Session,
        key: str,
        name: Mapping[str, str],
        document: Mapping[str, Any],
    ) -> UUID:
        """Publish the next version of a form; earlier ones stay as they are. Raises Invalid."""
        FormDocument().load(document)
        form = session.scalar(select(QualityForm).where(QualityForm.key == key).with_for_update())
        if form is None:
            form = QualityForm(id=new_id(), key=key)
            session.add(form)
        form.name = dict(name)
        session.flush()
        last = select(QualityFormVersion.number).where(QualityFormVersion.form_id == form.id)
        number = (session.scalar(last.order_by(QualityFormVersion.number.desc())) or 0) + 1
        version = QualityFormVersion(
            id=new_id(),
            form_id=form.id,
            number=number,
            definition=dict(document),
            total=best_total(document),
            published_at=self._clock.now(),
        )
        session.add(version)
        after = {"version": number}
        self._audit.record(session, "form.publish", "quality_form", form.id, name=key, after=after)
        return version.id

    def all(self, session: Session) -> list[dict[str, Any]]:
        """The newest version of each active form."""
        return [_form(version, form, _actor(session)) for version, form in _newest(session)]

    def documents(self, session: Session) -> list[dict[str, Any]]:
        """The newest version of each active form, as one file carries it."""
        return [
            {"key": form.key, "name": form.name, **version.definition}
            for version, form in sorted(_newest(session), key=lambda pair: pair[1].key)
        ]

    def one(self, session: Session, version_id: UUID) -> dict[str, Any]:
        version = self.version(session, version_id)
        form = session.scalars(select(QualityForm).where(QualityForm.id == version.form_id)).one()
        return _form(version, form, _actor(session))

    @staticmethod
    def version(session: Session, version_id: UUID) -> QualityFormVersion:
        """Raises NotFound."""
        query = select(QualityFormVersion).where(QualityFormVersion.id == version_id)
        found = session.scalar(query)
        if found is None:
            raise NotFound
        return found


class Quality:
    def __init__(
        self,
        forms: Forms,
        calls: Calls,
        recordings: Recordings,
        records: Records,
        directory: Directory,
        audit: Audit,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._forms = forms
        self._calls = calls
        self._recordings = recordings
        self._records = records
        self._directory = directory
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def items(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        """Recorded calls; status open: without a submitted score, scored: with one.

        object, fields: only those whose work order, or customer, is such a record.
        Raises NotFound (object), Forbidden, Invalid.
        """
        wanted = dict(filters)
        status = wanted.pop("status", None)
        wanted |= self._about(session, wanted.pop("object", None), wanted.pop("fields", {}))
        calls, total = self._calls.recorded(session, request, wanted, _with_status(status))
        ids = [call["id"] for call in calls]
        scores = {
            s.call_id: s for s in session.scalars(select(Score).where(Score.call_id.in_(ids)))
        }
        orders = self._records.work_orders_of_calls(session, ids)
        items = [_item(call, orders.get(call["id"]), scores.get(call["id"])) for call in calls]
        return Page(items, total, request.page, request.page_size)

    def item(self, session: Session, call_id: UUID) -> dict[str, Any]:
        """Everything about one call for the inspector; raises NotFound."""
        call = self._calls.detail(session, call_id)
        score = session.scalar(select(Score).where(Score.call_id == call_id))
        agent = call["agent"]
        return {
            "call": call,
            "work_order": self._records.work_orders_of_calls(session, [call_id]).get(call_id),
            "recording": self._link(session, call_id),
            "score": self._show(session, [score])[0] if score else None,
            "trend": self._trend(session, agent["id"]) if agent else [],
        }

    def create(self, session: Session, body: Mapping[str, Any]) -> dict[str, Any]:
        """Raises NotFound (call), AlreadyScored, Invalid."""
        call = self._calls.find(session, body["call_id"])
        there = session.scalar(select(Score.id).where(Score.call_id == call.id))
        if there is not None:
            raise AlreadyScored({"id": str(there)})
        if call.agent_id is None:
            raise Invalid(fields={"call_id": ["validation.no_agent"]})
        try:
            version = self._forms.version(session, body["form_version_id"])
        except NotFound:
            raise Invalid(fields={"form_version_id": ["validation.unknown_id"]}) from None
        score = Score(
            id=new_id(),
            call_id=call.id,
            form_version_id=version.id,
            agent_id=call.agent_id,
            inspector_id=_actor(session).user_id,
            made_at=self._clock.now(),
        )
        self._fill(session, score, version.definition, body)
        session.add(score)
        return self._stored(session, score)

    def change(
        self, session: Session, score_id: UUID, body: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, ScoreSubmitted, Invalid."""
        score = session.scalar(select(Score).where(Score.id == score_id).with_for_update())
        if score is None:
            raise NotFound
        if score.version != version:
            raise Stale
        if score.status == ScoreStatus.SUBMITTED:
            raise ScoreSubmitted
        for key in ("call_id", "form_version_id"):
            if body[key] != getattr(score, key):
                raise Invalid(fields={key: ["validation.read_only"]})
        form = self._forms.version(session, score.form_version_id)
        self._fill(session, score, form.definition, body)
        return self._stored(session, score)

    def read(self, session: Session, score_id: UUID) -> dict[str, Any]:
        """The inspectors' view, or the scored agent's once it is submitted; else NotFound."""
        score = session.scalar(select(Score).where(Score.id == score_id))
        actor = _actor(session)
        if score is None or not (actor.may(Permission.QUALITY_SCORE) or _is_own(score, actor)):
            raise NotFound
        return self._show(session, [score])[0]

    def mine(self, session: Session, request: PageRequest) -> Page:
        """The actor's own submitted results, the newest first."""
        query = _submitted(_actor(session).user_id)
        _, descending = request.order({"submitted_at": Score.submitted_at}, "-submitted_at")
        if not descending:
            query = query.order_by(None).order_by(Score.submitted_at)
        total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
        first = (request.page - 1) * request.page_size
        rows = list(session.scalars(query.offset(first).limit(request.page_size)))
        return Page(self._show(session, rows), total or 0, request.page, request.page_size)

    def _about(
        self, session: Session, identifier: str | None, fields: Mapping[str, str]
    ) -> dict[str, Any]:
        """The filter of calls that says whom or what they were about."""
        if identifier is None:
            if fields:
                raise Invalid(fields={name: ["validation.unknown_filter"] for name in fields})
            return {}
        kind = self._records.definitions.get(session, identifier).kind
        if kind not in _ABOUT:
            raise Invalid(fields={"object": ["validation.unknown_choice"]})
        name, column = _ABOUT[kind]
        return {name: self._records.part(session, identifier, fields, column)}

    def _fill(
        self, session: Session, score: Score, form: Mapping[str, Any], body: Mapping[str, Any]
    ) -> None:
        submitted = body["status"] == ScoreStatus.SUBMITTED
        check_answers(form, body, complete=submitted)
        score.answers, score.fatal = dict(body["answers"]), sorted(set(body["fatal"]))
        score.marks = sorted(body["marks"], key=lambda mark: mark["at"])
        score.comment, score.status = body["comment"].strip(), body["status"]
        score.total = total_of(score.answers, score.fatal)
        score.changed_at = self._clock.now()
        if submitted:
            score.submitted_at = score.changed_at
            self._outbox.record(session, "score.submitted", score.id, ["total"])
        self._audit.record(
            session,
            "score.submit" if submitted else "score.save",
            "quality_score",
            score.id,
            name=str(score.call_id),
            after={"total": score.total, "fatal": score.fatal, "answers": score.answers},
        )

    def _stored(self, session: Session, score: Score) -> dict[str, Any]:
        session.flush()
        return self._show(session, [score])[0]

    def _link(self, session: Session, call_id: UUID) -> dict[str, Any] | None:
        try:
            return self._recordings.link(session, call_id)
        except NoRecording:
            return None

    @staticmethod
    def _trend(session: Session, agent_id: UUID) -> list[dict[str, Any]]:
        scores = list(session.scalars(_submitted(agent_id).limit(_TREND)))
        return [{"at": score.submitted_at, "total": score.total} for score in reversed(scores)]

    def _show(self, session: Session, scores: Sequence[Score]) -> list[dict[str, Any]]:
        ids = {score.agent_id for score in scores} | {score.inspector_id for score in scores}
        people = self._directory.people(session, ids)
        return [
            {
                "id": score.id,
                "call_id": score.call_id,
                "form_version_id": score.form_version_id,
                "agent": _person(people, score.agent_id),
                "inspector": _person(people, score.inspector_id),
                "answers": score.answers,
                "fatal": score.fatal,
                "marks": score.marks,
                "comment": score.comment,
                "total": score.total,
                "status": score.status,
                "submitted_at": score.submitted_at,
                "version": score.version,
            }
            for score in scores
        ]


def _newest(session: Session) -> list[tuple[QualityFormVersion, QualityForm]]:
    rows = session.execute(
        select(QualityFormVersion, QualityForm)
        .join(QualityForm, QualityForm.id == QualityFormVersion.form_id)
        .where(QualityForm.active.is_(True))
        .ext(distinct_on(QualityForm.id))
        .order_by(QualityForm.id, QualityFormVersion.number.desc())
    )
    return [(version, form) for version, form in rows]


def items_of(form: Mapping[str, Any]) -> dict[str, list[int]]:
    """Item key → points that can be given."""
    return {item["key"]: item["points"] for group in form["groups"] for item in group["items"]}


def best_total(form: Mapping[str, Any]) -> int:
    return sum(max(points) for points in items_of(form).values())


def total_of(answers: Mapping[str, int], fatal: Collection[str]) -> int:
    """One fatal fault makes it nothing."""
    return 0 if fatal else sum(answers.values())


def check_answers(form: Mapping[str, Any], body: Mapping[str, Any], *, complete: bool) -> None:
    """Only points that the form offers; raises Invalid. complete: no item may be left out."""
    items = items_of(form)
    faults: dict[str, list[str]] = {}
    for key, points in body["answers"].items():
        if key not in items:
            faults[f"answers.{key}"] = ["validation.unknown_field"]
        elif points not in items[key]:
            faults[f"answers.{key}"] = ["validation.unknown_choice"]
    if complete:
        for key in items.keys() - body["answers"].keys():
            faults[f"answers.{key}"] = ["validation.required"]
    known = {fatal["key"] for fatal in form["fatal"]}
    for key in set(body["fatal"]) - known:
        faults[f"fatal.{key}"] = ["validation.unknown_choice"]
    for place, mark in enumerate(body["marks"]):
        if mark["item"] is not None and mark["item"] not in items:
            faults[f"marks.{place}.item"] = ["validation.unknown_field"]
    if faults:
        raise Invalid(fields=faults)


def _with_status(status: str | None) -> Any:
    def condition(call_id: ColumnElement[UUID]) -> ColumnElement[bool]:
        submitted = exists().where(Score.call_id == call_id, Score.status == ScoreStatus.SUBMITTED)
        if status is None:
            return true()
        return submitted if status == "scored" else ~submitted

    return condition


def _submitted(agent_id: UUID) -> Select[Score]:
    return (
        select(Score)
        .where(Score.agent_id == agent_id, Score.status == ScoreStatus.SUBMITTED)
        .order_by(Score.submitted_at.desc())
    )


def _is_own(score: Score, actor: Actor) -> bool:
    return score.agent_id == actor.user_id and score.status == ScoreStatus.SUBMITTED


def _actor(session: Session) -> Actor:
    scope: Scope = session.info["scope"]
    return scope.require_actor()


def _person(people: Mapping[UUID, Person], user_id: UUID) -> dict[str, Any] | None:
    person = people.get(user_id)
    return {"id": person.id, "name": person.name} if person else None


def _form(version: QualityFormVersion, form: QualityForm, actor: Actor) -> dict[str, Any]:
    published: datetime = version.published_at
    return {
        "id": version.id,
        "form_id": form.id,
        "name": form.name.get(actor.locale) or form.name["zh-CN"],
        "version": version.number,
        "published_at": published,
        "fatal": version.definition["fatal"],
        "groups": version.definition["groups"],
        "total": version.total,
    }


def _item(
    call: Mapping[str, Any], order: Mapping[str, Any] | None, score: Score | None
) -> dict[str, Any]:
    return {
        "call_id": call["id"],
        "direction": call["direction"],
        "agent": call["agent"],
        "service": call["service"],
        "started_at": call["started_at"],
        "talk_seconds": call["talk_seconds"],
        "work_order": {"id": order["id"], "key": order["key"]} if order else None,
        "score": {"id": score.id, "total": score.total, "status": score.status} if score else None,
    }

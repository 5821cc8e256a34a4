"""IVR services: draft, publish, roll back; and the flows that calls are led through."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid, NotFound, Stale, Unavailable
from callcenter.core.speech import SpeechFailed
from callcenter.core.tenant import Scope
from callcenter.objects.service import Callers, Fields
from ivr import queries
from ivr.around import Around, problems_around, whole
from ivr.errors import FlowInvalid, NoDraft
from ivr.model import Flow, Problem
from ivr.models import IvrFlowVersion, IvrService, VersionState
from ivr.prompts import PromptLibrary
from ivr.validation import FlowRefused, clips_of, problems_of, read, read_to_try

log = structlog.get_logger()


@dataclass(frozen=True)
class ServiceView:
    """A service with its versions, newest first; problems: what keeps the draft from publishing.

    numbers: the access numbers that lead there.
    """

    service: IvrService
    versions: Sequence[IvrFlowVersion]
    problems: Sequence[Problem]
    numbers: Sequence[str] = ()

    def in_state(self, state: VersionState) -> IvrFlowVersion | None:
        return next((version for version in self.versions if version.state == state), None)


def load_published(session: Session) -> dict[UUID, Flow]:
    """By service id, the flows that new calls go through: services in use with a published version.

    Each has with it all flows that it may lead into, so a call keeps those as well. A definition
    that can no longer be read is left out and logged; the others serve on.
    """
    flows: dict[UUID, Flow] = {}
    for version in queries.published(session):
        try:
            # What was published by milder rules serves on until somebody mends it.
            flows[version.service_id], _ = _flow_as_kept(version)
        except FlowRefused as refused:
            log.error("ivr.unreadable", service_id=str(version.service_id), problems=str(refused))  # noqa: TRY400
    return {service_id: whole(flow, flows) for service_id, flow in flows.items()}


def record_prompts(library: PromptLibrary, flows: Iterable[Flow]) -> int:
    """Make every prompt that these flows lack, and the shared ones; how many.

    Before a flow is published or tried: it blocks, seconds where all are missing. Raises
    SpeechFailed.
    """
    made = library.ensure_shared()
    return made + sum(library.ensure(clips_of(flow), flow.owner) for flow in flows)


class FlowSurroundings(Protocol):
    """What lies around flows; the composition root hands it in. Ids, of the scope's enterprise."""

    def numbers(self, session: Session) -> Mapping[UUID, Sequence[str]]:
        """By service, the access numbers that lead there."""
        ...

    def routes(self, session: Session) -> Collection[UUID]: ...

    def extensions(self, session: Session) -> Collection[UUID]: ...

    def conferences(self, session: Session) -> Collection[UUID]: ...

    def schedules(self, session: Session) -> Collection[UUID]: ...

    def objects(self, session: Session) -> Mapping[str, Fields]:
        """What flows may name of data objects, by the object's identifier."""
        ...

    def hosts(self, session: Session) -> frozenset[str]:
        """Those that flows may call."""
        ...


class IvrServices:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        audit: Audit,
        outbox: Outbox,
        directory: Directory,
        library: PromptLibrary,
        callers: Callers,
        surroundings: FlowSurroundings,
    ) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._outbox = outbox
        self._directory = directory
        self._library = library
        self._callers = callers
        self._surroundings = surroundings

    def view(self, session: Session, service_id: UUID) -> ServiceView:
        """Raises NotFound."""
        service = queries.service(session, service_id)
        versions = queries.versions(session, service_id)
        draft = next((v for v in versions if v.state == VersionState.DRAFT), None)
        problems = problems_of(draft.definition) if draft else ()
        numbers = self._surroundings.numbers(session).get(service_id, ())
        return ServiceView(service, versions, problems, numbers)

    def listed(self, session: Session) -> list[dict[str, Any]]:
        """All services by name, each with the number of its published version."""
        numbers = self._surroundings.numbers(session)
        return [
            {
                "id": row.id,
                "name": row.name,
                "status": row.status,
                "published_version": number,
                "numbers": numbers.get(row.id, ()),
            }
            for row, number in queries.services(session)
        ]

    def version(self, session: Session, service_id: UUID, number: int) -> IvrFlowVersion:
        """Any of its versions, to be looked at; raises NotFound."""
        return queries.version(session, queries.service(session, service_id).id, number)

    def save_draft(
        self, session: Session, service_id: UUID, expected: int, definition: dict[str, Any]
    ) -> ServiceView:
        """Keep a definition, finished or not; raises Stale when `expected` is not the version."""
        _check_storable(definition)
        service = self._current(session, service_id, expected)
        view = self.view(session, service_id)
        draft = view.in_state(VersionState.DRAFT)
        if draft is None:
            number = max((version.number for version in view.versions), default=0) + 1
            draft = IvrFlowVersion(
                enterprise_id=service.enterprise_id,
                service_id=service_id,
                number=number,
                made_at=self._clock.now(),
            )
            session.add(draft)
        draft.definition = definition
        self._touch(session, service, "ivr.draft", {"draft": draft.number})
        return self.view(session, service_id)

    def publish(self, scope: Scope, service_id: UUID, expected: int) -> ServiceView:
        """New calls take the draft from now on; calls under way keep their version.

        Its prompts are recorded first, outside any transaction. Raises NoDraft, FlowInvalid,
        Stale, and Unavailable when the speech engine fails.
        """
        with self._database.begin(scope) as session:
            self._current(session, service_id, expected)
            draft = self.view(session, service_id).in_state(VersionState.DRAFT)
            if draft is None:
                raise NoDraft
            number = draft.number
        return self._put_in_use(scope, service_id, expected, number, "ivr.publish")

    def roll_back(self, scope: Scope, service_id: UUID, expected: int, number: int) -> ServiceView:
        """New calls take the retired version `number` again; NotFound when there is none."""
        return self._put_in_use(scope, service_id, expected, number, "ivr.roll_back")

    def _put_in_use(
        self, scope: Scope, service_id: UUID, expected: int, number: int, act: str
    ) -> ServiceView:
        with self._database.begin(scope) as session:
            flow = self._checked(session, self._version(session, service_id, number))
        try:
            record_prompts(self._library, [flow])
        except SpeechFailed as error:
            raise Unavailable({"part": "speech"}) from error
        with self._database.begin(scope) as session:
            service = self._current(session, service_id, expected)
            version = self._version(session, service_id, number)
            before = self._retire(session, service_id)
            version.state = VersionState.PUBLISHED
            version.published_at = self._clock.now()
            version.published_by = scope.require_actor().user_id
            service.published_version_id = version.id
            changes = {"published": number}
            self._touch(session, service, act, changes, {"published": before})
            return self.view(session, service_id)

    def _version(self, session: Session, service_id: UUID, number: int) -> IvrFlowVersion:
        """One that can be put in use; raises NotFound."""
        versions = queries.versions(session, queries.service(session, service_id).id)
        for version in versions:
            if version.number == number and version.state != VersionState.PUBLISHED:
                return version
        raise NotFound

    def _checked(self, session: Session, version: IvrFlowVersion) -> Flow:
        try:
            flow = _flow(version)
        except FlowRefused as refused:
            raise FlowInvalid(refused.problems) from refused
        if problems := [*problems_around(flow, self._around(session, flow))]:
            raise FlowInvalid(problems)
        return flow

    def _around(self, session: Session, flow: Flow) -> Around:
        others = load_published(session)
        return Around(
            services=_texts(self._directory.services(session)),
            people=_texts(self._directory.people(session)),
            teams=_texts(self._directory.teams(session)),
            routes=_texts(self._surroundings.routes(session)),
            extensions=_texts(self._surroundings.extensions(session)),
            conferences=_texts(self._surroundings.conferences(session)),
            schedules=_texts(self._surroundings.schedules(session)),
            customer_fields=self._callers.fields(session),
            objects=self._surroundings.objects(session),
            hosts=self._surroundings.hosts(session),
            prompts=_texts(queries.prompts_with_sound(session)),
            credentials=queries.credentials(session),
            flows={str(key): other for key, other in others.items()} | {flow.service: flow},
        )

    def _retire(self, session: Session, service_id: UUID) -> int | None:
        """Take the published version out of use; its number."""
        for version in queries.versions(session, service_id):
            if version.state == VersionState.PUBLISHED:
                version.state = VersionState.RETIRED
                # Written before the next one is published: only one may be, at any moment.
                session.flush()
                return version.number
        return None

    def _current(self, session: Session, service_id: UUID, expected: int) -> IvrService:
        service = queries.service(session, service_id)
        if service.version != expected:
            raise Stale
        return service

    def _touch(
        self,
        session: Session,
        service: IvrService,
        act: str,
        after: dict[str, Any],
        before: dict[str, Any] | None = None,
    ) -> None:
        service.changed_at = self._clock.now()
        # Also within one tick of the clock: the ETag must move with every act.
        flag_modified(service, "changed_at")
        session.flush()
        self._audit.record(
            session, act, "ivr_service", service.id, name=service.name, before=before, after=after
        )
        self._outbox.record(session, "service.changed", service.id, list(after))


def _flow(version: IvrFlowVersion) -> Flow:
    return read(version.definition, **_told_by_the_row(version))


def _flow_as_kept(version: IvrFlowVersion) -> tuple[Flow, tuple[Problem, ...]]:
    return read_to_try(version.definition, **_told_by_the_row(version))


def _told_by_the_row(version: IvrFlowVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "owner": str(version.enterprise_id),
        "service": str(version.service_id),
    }


def _texts(ids: Iterable[UUID]) -> frozenset[str]:
    return frozenset(str(each) for each in ids)


def _check_storable(definition: dict[str, Any]) -> None:
    """PostgreSQL's JSON has no NUL, no half characters and no NaN."""
    try:
        text = json.dumps(definition, allow_nan=False, ensure_ascii=False)
        text.encode()
    except ValueError as error:
        raise Invalid(fields={"definition": ["validation.unreadable_text"]}) from error
    if "\\u0000" in text:
        raise Invalid(fields={"definition": ["validation.unreadable_text"]})

"""Flows are tried on a phone, and prompts recorded by one: what is asked of telephony, and its checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from callcenter.core.audit import Audit
from callcenter.core.db import Database
from callcenter.core.errors import Unavailable
from callcenter.core.gateway import TelephonyGateway
from callcenter.core.speech import SpeechFailed
from callcenter.core.tenant import Scope
from callcenter.people.service import sip_account
from ivr import queries
from ivr.expressions import Value
from ivr.prompts import PromptLibrary
from ivr.service import record_prompts
from ivr.trying import Trial, Trying, drafted
from ivr.uploads import Uploads
from ivr.watching import RoomOf


@dataclass(frozen=True)
class PhoneTrial:
    """
    trial  who calls whom and when, and what is known; its `live`: whether records are read
    phone  the extension that is rung; empty: the phone lent to the tester's page
    acts   whether what changes something is really done
    """

    trial: Trial
    phone: str = ""
    acts: bool = False


class Calling:
    def __init__(
        self,
        database: Database,
        gateway: TelephonyGateway,
        trying: Trying,
        uploads: Uploads,
        library: PromptLibrary,
        audit: Audit,
        room_of: RoomOf,
        takes_room: Callable[[UUID], str],
    ) -> None:
        """takes_room: of an enterprise, where its recordings by phone are shown."""
        self._database = database
        self._gateway = gateway
        self._trying = trying
        self._uploads = uploads
        self._library = library
        self._audit = audit
        self._room_of = room_of
        self._takes_room = takes_room

    def lend(self, scope: Scope) -> dict[str, Any]:
        """A phone for the page, for minutes; the one it had before is gone."""
        actor = scope.require_actor()
        lent = self._gateway.send(actor, "phone.lend", {})
        return sip_account(lent["endpoint"], lent["secret"], actor.name)

    def take_back(self, scope: Scope) -> None:
        self._gateway.send(scope.require_actor(), "phone.return", {})

    def begin(self, scope: Scope, service_id: UUID, wish: PhoneTrial) -> dict[str, Any]:
        """Ring the phone and lead whoever picks up through the draft; the trial's id and its room.

        What it says is spoken first. Raises NotFound, FlowInvalid, Invalid, Unavailable when the
        speech engine fails, and what telephony refuses.
        """
        actor, trial = scope.require_actor(), wish.trial
        with self._database.begin(scope) as session:
            service = queries.service(session, service_id)
            flow, _ = drafted(session, service_id)
            caller = self._trying.number(session, trial.caller)
            after = {"phone": wish.phone, "reads": trial.live, "acts": wish.acts}
            self._audit.record(
                session, "ivr.trial", "ivr_service", service_id, name=service.name, after=after
            )
            shown = service.name
        try:
            record_prompts(self._library, [flow, *flow.flows.values()])
        except SpeechFailed as error:
            raise Unavailable({"part": "speech"}) from error
        begun = self._gateway.send(
            actor,
            "flow.try",
            {
                "service_id": str(service_id),
                "phone": wish.phone,
                "shown": shown,
                "caller": str(caller),
                "called": trial.called,
                "at": trial.at.isoformat() if trial.at else None,
                "variables": dict(trial.variables),
                "reads": trial.live,
                "acts": wish.acts,
            },
        )
        return {"id": begun["id"], "room": self._room_of(actor.enterprise_id, service_id)}

    def answer(self, scope: Scope, trial_id: UUID, exit_: str, sets: Mapping[str, Value]) -> None:
        """How what lies beyond the call turns out. Raises UnknownCall, IllegalState."""
        body = {"id": str(trial_id), "exit": exit_, "sets": dict(sets)}
        self._gateway.send(scope.require_actor(), "flow.try_answer", body)

    def stop(self, scope: Scope, trial_id: UUID) -> None:
        """Raises UnknownCall for one that is over."""
        self._gateway.send(scope.require_actor(), "flow.try_stop", {"id": str(trial_id)})

    def record(
        self, scope: Scope, prompt_id: UUID, language: str, phone: str, expected: int
    ) -> dict[str, Any]:
        """Ring an extension to record what the prompt says; the recording's id and its room.

        Raises NotFound, Stale, and what telephony refuses.
        """
        actor = scope.require_actor()
        with self._database.begin(scope) as session:
            name = self._uploads.expected(session, prompt_id, expected).name
        body = {
            "prompt_id": str(prompt_id),
            "language": language,
            "spoken": actor.locale,
            "phone": phone,
            "version": expected,
            "shown": name,
        }
        begun = self._gateway.send(actor, "prompt.record", body)
        return {"id": begun["id"], "room": self._takes_room(actor.enterprise_id)}

    def stop_recording(self, scope: Scope, take_id: UUID) -> None:
        """Raises UnknownCall for one that is over."""
        self._gateway.send(scope.require_actor(), "prompt.record_stop", {"id": str(take_id)})

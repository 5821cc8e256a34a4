"""Carries out one run: its command, in the name of whoever set up its task."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from callcenter.automation.commands import COMMANDS
from callcenter.automation.commands.base import Caller, Command, Refused
from callcenter.automation.hand import Claimed, Outcome
from callcenter.automation.models import RunState
from callcenter.automation.tasks.claims import STOPPED, timed_out
from callcenter.automation.tools import Tools
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.errors import AppError
from callcenter.core.i18n import DEFAULT_LOCALE, caption
from callcenter.core.messages import localise
from callcenter.core.tenant import Actor, Scope
from callcenter.core.words import kept

LARGEST_OUTPUT = 16 * 1024
KNOWN_FOR = 1.0
"""Seconds for which who acts is not asked for anew: many tasks that are due at once are of one person."""

ActorOf = Callable[[Session, UUID], Actor | None]
Tell = Callable[[str], None]
"""Is told a run's output, piece by piece."""

log = structlog.get_logger()


class BrokenOff(BaseException, ABC):
    """Raised inside a command that is to end; none catches it by chance."""

    @abstractmethod
    def outcome(self, claimed: Claimed) -> Outcome:
        """What stands in its run then."""


class TimeIsUp(BrokenOff):
    def outcome(self, claimed: Claimed) -> Outcome:
        return timed_out(claimed.seconds)


class StoppedByHand(BrokenOff):
    def outcome(self, claimed: Claimed) -> Outcome:  # noqa: ARG002 - as of the other
        return STOPPED


class Work:
    """`commands.base.Doing`: one run, and what it says."""

    def __init__(
        self,
        claimed: Claimed,
        scope: Scope,
        database: Database,
        tools: Tools,
        clock: Clock,
        tell: Tell,
    ) -> None:
        self.task_id = claimed.task_id
        self.run_id = claimed.run_id
        self.clock = clock
        self.tools = tools
        self._scope = scope
        self._database = database
        self._tell = tell
        self._said = 0

    def begin(self) -> AbstractContextManager[Session]:
        return self._database.begin(self._scope)

    def say(self, key: str, **parameters: Any) -> None:
        locale = self._scope.actor.locale if self._scope.actor else DEFAULT_LOCALE
        self.show(caption(key, locale, parameters))

    def show(self, text: str) -> None:
        if self._said > LARGEST_OUTPUT:
            return
        line = kept(text)
        line = line if not self._said else f"\n{line}"
        room = LARGEST_OUTPUT - self._said
        self._tell(line if len(line) <= room else line[:room] + "\n…")
        self._said += len(line)


class Runner:
    """Carries out runs, one after another."""

    def __init__(self, database: Database, tools: Tools, actor_of: ActorOf, clock: Clock) -> None:
        self._database = database
        self._tools = tools
        self._actor_of = actor_of
        self._clock = clock
        self._known: dict[tuple[UUID, UUID], Actor | None] = {}
        self._known_since = 0.0

    def carry_out(self, claimed: Claimed, tell: Tell) -> Outcome:
        """Whatever comes of it. BrokenOff may be raised in it, and is passed on."""
        actor = None
        try:
            actor = self._actor(claimed)
            scope = Scope(claimed.enterprise_id, actor)
            work = Work(claimed, scope, self._database, self._tools, self._clock, tell)
            command = _command(claimed.command)
            _check_right(actor, command)
            with bound_contextvars(enterprise=str(claimed.enterprise_id)):
                command.run(command.schema.load(claimed.parameters), work)
        except Refused as refusal:
            reason = {"key": refusal.key, "parameters": refusal.parameters}
            return Outcome(RunState.FAILED, reason, again=refusal.may_pass)
        except AppError as refusal:
            for line in _told(refusal, actor):
                tell(f"\n{line}")
            reason = {"key": f"error.{refusal.code}", "parameters": refusal.details}
            return Outcome(RunState.FAILED, reason, again=refusal.may_pass)
        except Exception as failure:
            log.exception("task.failed", task=str(claimed.task_id), run=str(claimed.run_id))
            reason = {"key": "task.unforeseen", "parameters": {"kind": type(failure).__name__}}
            return Outcome(RunState.FAILED, reason, again=isinstance(failure, DBAPIError))
        return Outcome(RunState.DONE)

    def _actor(self, claimed: Claimed) -> Actor | None:
        if self._clock.monotonic() - self._known_since > KNOWN_FOR:
            self._known, self._known_since = {}, self._clock.monotonic()
        who = claimed.enterprise_id, claimed.acts_as
        if who not in self._known:
            with self._database.begin(Scope(claimed.enterprise_id)) as session:
                self._known[who] = self._actor_of(session, claimed.acts_as)
        return self._known[who]


def _command(key: str) -> Command:
    """Raises Refused where it has gone since, or is no longer for tasks."""
    command = COMMANDS.get(key)
    if command is None or Caller.TASK not in command.callers:
        raise Refused("task.no_command")
    return command


def _check_right(actor: Actor | None, command: Command) -> None:
    """Raises Refused where whoever set it up has left, or may no longer do it."""
    if actor is None or not actor.may(command.needs):
        raise Refused("task.no_right")


def _told(refusal: AppError, actor: Actor | None) -> list[str]:
    locale = actor.locale if actor else DEFAULT_LOCALE
    return [
        f"{name}: {' '.join(localise(one, locale, refusal.details) for one in said)}"
        for name, said in refusal.fields.items()
    ]

"""What parameters begin with where a template says it: rendered for whoever asks, each time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.objects.rules import Problem
from callcenter.objects.service.presenting import enterprise_of, locale_of, viewer
from callcenter.queries.document import Asked, Query
from callcenter.queries.errors import BadBeginning
from callcenter.queries.expert.document import Asked as AskedOfExpert
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.schemas import LONGEST_VALUE, MOST_VALUES
from callcenter.rendering.errors import RenderFailed

AnyAsked = Asked | AskedOfExpert
Q = TypeVar("Q", bound=Query | ExpertQuery)

Renders = Callable[[str, Mapping[str, Any], str], str]
"""A template's text, its words and the locale → what it comes to. Raises RenderFailed."""

Faults = Mapping[str, Problem]
"""Parameter → why its template came to nothing."""


class Beginnings:
    def __init__(self, directory: Directory, clock: Clock, renders: Renders) -> None:
        self._directory = directory
        self._clock = clock
        self._renders = renders

    def of(self, session: Session, query: Q, given: Collection[str] = ()) -> tuple[Q, Faults]:
        """With defaults in the place of templates, but for parameters that are given anyway."""
        asked_for: Sequence[AnyAsked] = query.parameters
        places = [
            (place, each)
            for place, each in enumerate(asked_for)
            if each.template and each.key not in given
        ]
        if not places:
            return query, {}
        words, locale = self._words(session), locale_of(session)
        parameters, faults = [*asked_for], {}
        for place, asked in places:
            try:
                default = self._values(asked, words, locale)
            except RenderFailed as failure:
                default = ()
                path = f"parameters.{place}.template"
                faults[asked.key] = Problem(path, failure.key, failure.parameters)
            parameters[place] = replace(asked, default=default)
        whole: Any = replace(query, parameters=tuple(parameters))  # type: ignore[arg-type] # of its kind
        return whole, faults

    def begun(self, session: Session, query: Q, given: Collection[str] = ()) -> Q:
        """Raises BadBeginning: without its value a condition would be left out, and find too much."""
        found, faults = self.of(session, query, given)
        if faults:
            details = {
                name: value for each in faults.values() for name, value in each.parameters.items()
            }
            raise BadBeginning(
                details, {f"parameters.{key}": [each.key] for key, each in faults.items()}
            )
        return found

    def _values(self, asked: AnyAsked, words: Mapping[str, Any], locale: str) -> tuple[str, ...]:
        """A value a line. Raises RenderFailed."""
        lines = self._renders(asked.template, words, locale).splitlines()
        values = tuple(line.strip() for line in lines if line.strip())
        if len(values) > MOST_VALUES or any(len(each) > LONGEST_VALUE for each in values):
            raise RenderFailed("query.beginning_too_long", {"max": LONGEST_VALUE})
        return values

    def _words(self, session: Session) -> dict[str, Any]:
        """today: as days are written, Monday being 1. me: whoever asks, with ids of his teams."""
        enterprise, actor = enterprise_of(session, self._directory), viewer(session)
        teams: Sequence[str] = [str(each) for each in actor.team_ids] if actor else ()
        now = self._clock.now().astimezone(enterprise.zone)
        return {
            "now": now,
            "today": {
                "date": now.date().isoformat(), "year": f"{now.year}", "month": f"{now.month:02}",
                "day": f"{now.day:02}", "weekday": now.isoweekday(),
            },
            "enterprise": {"name": enterprise.name},
            "me": {
                "id": str(actor.user_id) if actor else "", "name": actor.name if actor else "",
                "code": actor.employee_code if actor else "",
                "role": actor.role.value if actor else "", "teams": [*teams],
            },
        }  # fmt: skip

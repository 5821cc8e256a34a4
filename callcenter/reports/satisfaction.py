"""How satisfied callers were, by service or by agent, from what they answered after the talk."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.calls.service import Answers, survey_answers
from callcenter.core.directory import Directory

BEST = 5
_GOOD = (4, 5)


class Satisfaction:
    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def rows(self, session: Session, first: date, last: date, by: str) -> list[dict[str, Any]]:
        """A row a service, or an agent, of whom anybody said anything; the best first."""
        zone = self._directory.enterprise(session).zone
        start = datetime.combine(first, time(), zone)
        end = datetime.combine(last + timedelta(days=1), time(), zone)
        found = survey_answers(session, start, end)
        counted = count_answers(found, by)
        cards: Mapping[UUID, Any] = (
            self._directory.services(session)
            if by == "services"
            else self._directory.people(session, list(counted))
        )
        rows = [
            {"about": {"id": key, "name": cards[key].name}, **row}
            for key, row in counted.items()
            if key in cards
        ]
        return sorted(rows, key=lambda row: (-row["mean"], row["about"]["name"]))


def count_answers(found: Sequence[Answers], by: str) -> dict[UUID, dict[str, Any]]:
    """Service or agent → its figures. by: `services` or `agents`."""
    groups: dict[UUID, list[Answers]] = defaultdict(list)
    for each in found:
        key = each.service_id if by == "services" else each.agent_id
        if key is not None:
            groups[key].append(each)
    return {key: _figures(group) for key, group in groups.items()}


def _figures(group: Sequence[Answers]) -> dict[str, Any]:
    counts = [0] * BEST
    for each in group:
        counts[each.answer - 1] += each.count
    answers = sum(counts)
    total = sum(number * count for number, count in enumerate(counts, 1))
    good = sum(counts[number - 1] for number in _GOOD)
    return {
        "calls": sum(each.calls for each in group),
        "answers": answers,
        "mean": round(total / answers, 2),
        "good": round(100 * good / answers, 1),
        "counts": counts,
    }

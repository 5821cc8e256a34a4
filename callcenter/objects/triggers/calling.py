"""Somebody whom a trigger wants called, and what becomes of that. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from callcenter.core.numbers import Number

TASK_STATES = ("draft", "running", "paused", "finished")


class Came(StrEnum):
    """added, again (was done with, is called once more); the others change nothing."""

    ADDED = "added"
    AGAIN = "again"
    THERE = "there"
    DO_NOT_CALL = "do_not_call"
    NO_NUMBER = "no_number"


@dataclass(frozen=True, slots=True)
class Callee:
    """number: None where the record has none that could be dialled."""

    number: Number | None
    name: str
    customer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Placed:
    """status: of the task by then; resumed: whether it was finished, and runs again."""

    task: str
    came: Came
    status: str
    resumed: bool

    def dump(self) -> Mapping[str, Any]:
        return {
            "task": self.task,
            "came": self.came.value,
            "status": self.status,
            "resumed": self.resumed,
        }

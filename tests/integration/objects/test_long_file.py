"""A long file with faults: good lines in, each bad one told, and the enterprise works as before.

`make test` takes a few thousand lines, `make verify` ten times as many. A million, with an hour's
patience:

    TEST_LINES=1000000 TEST_FILE_MIB=40 pytest --timeout=7200 tests/integration/objects/test_long_file.py
"""

import os
from collections.abc import Iterator

import pytest

from tests.integration.objects.files import Importer, Worker, csv_of
from tests.integration.objects.shaping import RECORDS, Shaping, a_field, a_pump
from tests.support.office import Caller

pytestmark = pytest.mark.integration

LINES = int(os.environ.get("TEST_LINES", "3000"))
BAD_EVERY, TWICE_EVERY = 10, 1_001
HEADING = ["名称", "code", "size"]


def bad(number: int) -> bool:
    return number % BAD_EVERY == 0


def twice(number: int) -> bool:
    """Its code was in the line before, which is good."""
    return number % TWICE_EVERY == 0 and not bad(number) and not bad(number - 1)


def lines() -> Iterator[list[object]]:
    yield HEADING
    for number in range(1, LINES + 1):
        code = number - 1 if twice(number) else number
        yield [f"泵{number}", f"c{code}", "viel" if bad(number) else number]


def test_good_lines_go_in_and_every_bad_one_is_told(
    pumps: Shaping, admin: Caller, worker: Worker
) -> None:
    fields = [a_field("code", unique=True), a_field("size", "integer", indexed=True)]
    pumps.published(*fields, accept_losses=False)
    importer = Importer(admin, worker, "pump")
    one = importer.uploaded(csv_of([*lines()]))
    refused = sum(bad(number) or twice(number) for number in range(1, LINES + 1))
    wish = {"columns": ["name", "code", "size"], "mode": "create", "match": None}
    for ended in (importer.tried(one, **wish), importer.ran(one)):
        assert (ended["state"], ended["counts"]["created"], ended["counts"]["failed"]) == (
            "done", LINES - refused, refused,
        )  # fmt: skip
    _, rows = worker.fetched(admin.get(f"{importer.path}/{one['id']}/bad-lines"))
    assert len(rows) == refused + 1
    assert rows[1][:3] == ["泵10", "c10", "viel"]
    assert rows[1][3].startswith("size: ")

    assert admin.get(RECORDS).json["total"] == LINES - refused
    last = next(n for n in range(LINES, 0, -1) if not bad(n) and not twice(n))
    (found,) = admin.get(RECORDS, **{"f.size": str(last)}).json["items"]
    assert found["values"]["code"] == f"c{last}"
    assert a_pump(admin, code="another", size=1)["values"]["code"] == "another"

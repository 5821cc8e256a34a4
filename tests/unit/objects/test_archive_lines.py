"""Lines of archives: they tell what whoever archives may see, and nothing is lost."""

import json
from uuid import UUID

import pytest

from callcenter.core.ids import new_id
from callcenter.core.sealed import Seal
from callcenter.objects.service.archive_lines import ArchiveLines, BadLine
from tests.support.office import SEALING_KEY

ENTERPRISE = UUID(int=1)


def a_record(**parts: object) -> dict[str, object]:
    files = [
        {"id": "01", "field": "id_scan", "name": "王秀兰 身份证.jpg", "size": 3, "sha256": "a1"},
        {"id": "02", "field": "photo", "name": "泵.jpg", "size": 4, "sha256": "b2"},
        {"id": "03", "field": "id_scan", "name": "背面.jpg", "size": 5, "sha256": "c3"},
    ]
    return {
        "object": "client", "id": str(new_id()), "version": 3, "call_id": None,
        "created_at": "2026-11-01T08:00:00+00:00", "created_by": None,
        "updated_at": "2026-11-02T08:00:00+00:00", "updated_by": None,
        "values": {"name": "王秀兰", "id_number": "310101"}, "files": files, "comments": [],
        "lines": [], **parts,
    }  # fmt: skip


@pytest.fixture
def lines() -> ArchiveLines:
    return ArchiveLines(Seal(SEALING_KEY))


def test_what_is_hidden_stands_nowhere_in_the_open_and_comes_back(lines: ArchiveLines) -> None:
    hidden = {"client": {"id_scan", "id_number"}}
    plain = a_record(lines=[a_record()])
    text = lines.write(ENTERPRISE, plain, hidden)
    assert not any(word in text for word in ("身份证", "背面", "310101"))
    assert text.count("泵.jpg") == 2
    assert lines.read(ENTERPRISE, text) == plain


def test_a_line_with_another_files_name_is_read_by_nobody(lines: ArchiveLines) -> None:
    told = json.loads(lines.write(ENTERPRISE, a_record(), {"client": {"id_scan"}}))
    told["files"][0]["name"] = "别的.jpg"
    with pytest.raises(BadLine):
        lines.read(ENTERPRISE, json.dumps(told))

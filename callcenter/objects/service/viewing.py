"""What a role sees of a view: its columns, filters and order without what it may not read. Pure."""

from collections.abc import Mapping
from typing import Any

from callcenter.objects.asking import filtered_field
from callcenter.objects.schemas import SORTABLE, Definition
from callcenter.objects.schemas.lists import ReadyList, may_sort
from callcenter.objects.service.seeing import clear_to, seen_by

Content = Mapping[str, Any]
"""columns, widths, filters, sort, q, page_size."""

EMPTY: Content = {"widths": {}, "filters": {}, "q": "", "page_size": 20}


def content_of(ready: ReadyList) -> dict[str, Any]:
    filters = dict(ready.filters)
    return {**EMPTY, "columns": [*ready.columns], "sort": ready.sort, "filters": filters}


def seen_content(
    definition: Definition, role: str | None, content: Content
) -> tuple[dict[str, Any], int]:
    """The content as the role may have it, and how much of it there is not (any more)."""
    seen, clear = seen_by(definition, role), clear_to(definition, role)
    columns = [key for key in content["columns"] if key in seen.by_key or key in SORTABLE]
    filters = {
        name: text for name, text in content["filters"].items() if filtered_field(clear, name)
    }
    sort = content["sort"]
    sorts = not sort or may_sort(clear, sort)
    kept = {
        **content,
        "columns": columns,
        "widths": {key: width for key, width in content["widths"].items() if key in columns},
        "filters": filters,
        "sort": sort if sorts else "",
    }
    lost = len(content["columns"]) - len(columns) + len(content["filters"]) - len(filters)
    return kept, lost + (not sorts)


def seen_acts(definition: Definition, role: str | None, ready: ReadyList) -> list[dict[str, Any]]:
    """Buttons whose conditions the role's page can hold: they ask for nothing that is kept from it."""
    clear = clear_to(definition, role).by_key
    found = []
    for act in ready.acts:
        tests = act.get("when", {}).get("tests", ())
        if all(test["field"] in clear or test["field"] == "$role" for test in tests):
            found.append({"act": act["act"], "when": act.get("when")})
    return found

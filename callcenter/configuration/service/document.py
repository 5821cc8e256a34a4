"""A configuration as a whole: its form, and what contradicts itself in it. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from callcenter.configuration.errors import NewerFormat, NotAConfiguration
from callcenter.configuration.schemas import FORMAT, KEYS, PARTS, ConfigurationShape
from callcenter.core.messages import flatten
from callcenter.objects.rules import Problem
from callcenter.objects.schemas import stored_definition
from callcenter.objects.schemas.definition import contradictions
from callcenter.objects.schemas.design import SHAPED
from callcenter.objects.service.codes import contradictions as code_contradictions
from callcenter.objects.service.placing import plain
from callcenter.queries.expert.document import is_expert
from callcenter.queries.expert.schemas import ExpertDocument
from callcenter.queries.schemas import read

Entry = Mapping[str, Any]
_LOADED = ("codes", "templates", "dispositions", "not_ready_reasons")
"""Parts whose entries are taken as their shapes read them: trimmed, with their defaults."""


@dataclass(frozen=True, slots=True)
class There:
    """What the enterprise has that a file may point at."""

    objects: Collection[str] = ()
    codes: Collection[str] = ()
    queries: Collection[str] = ()


def check_format(document: Any) -> None:
    """Raises NotAConfiguration, NewerFormat: a later one cannot be told what is wrong with it."""
    written = document.get("format") if isinstance(document, dict) else None
    if type(written) is not int or written < FORMAT:
        raise NotAConfiguration
    if written > FORMAT:
        raise NewerFormat({"format": written, "known": FORMAT})


def problems(document: Mapping[str, Any], there: There) -> list[Problem]:
    """What is wrong with it, by path; in the paths entries are called by their keys."""
    try:
        ConfigurationShape().load(document)
    except ValidationError as error:
        found = flatten(error.messages).items()
        return [Problem(_named(document, path), said[0]) for path, said in found]
    twice = [*_twice(document)]
    if twice:
        return twice
    return [
        *_of_codes(document),
        *_of_templates(document, there),
        *_of_objects(document, there),
        *_of_queries(document, there),
    ]


def entries(document: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Part → its entries, of a document without problems."""
    loaded = ConfigurationShape().load(document)
    found = {part: loaded[part] if part in _LOADED else document.get(part, []) for part in PARTS}
    return {
        part: [plain(each) if part == "objects" else dict(each) for each in of_part]
        for part, of_part in found.items()
    }


def in_order(objects: Sequence[Entry]) -> list[str]:
    """Their identifiers, those that others point at first; in a circle, as they come."""
    waiting = {each["identifier"]: {*_targets(each).values()} for each in objects}
    found: list[str] = []
    while waiting:
        ready = [key for key, needs in waiting.items() if not needs & (waiting.keys() - {key})]
        for key in ready or [next(iter(waiting))]:
            found.append(key)
            del waiting[key]
    return found


def _named(document: Any, path: str) -> str:
    """`objects.0.groups.1` → `objects.customer.groups.contact`."""
    at, steps = document, []
    for step in path.split("."):
        inside = _part_of(at, step)
        called = _called(inside) if isinstance(at, list) else None
        steps.append(called or step)
        at = inside
    return ".".join(steps)


def _part_of(holder: Any, step: str) -> Any:
    if isinstance(holder, list) and step.isdigit() and int(step) < len(holder):
        return holder[int(step)]
    return holder.get(step) if isinstance(holder, dict) else None


def _called(entry: Any) -> str | None:
    names = ("identifier", "key", "code", "value")
    found = [entry.get(name) for name in names] if isinstance(entry, dict) else []
    return next((each for each in found if isinstance(each, str) and each), None)


def _twice(document: Mapping[str, Any]) -> Iterator[Problem]:
    for part in PARTS:
        keys = [each[KEYS[part]] for each in document.get(part, [])]
        for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
            yield Problem(f"{part}.{key}", "validation.duplicate")


def _of_codes(document: Mapping[str, Any]) -> Iterator[Problem]:
    for table in document.get("codes", []):
        for place, said in code_contradictions(table["items"]).items():
            number = int(place.split(".")[1])
            yield Problem(f"codes.{table['key']}.{table['items'][number]['value']}", said)


def _of_templates(document: Mapping[str, Any], there: There) -> Iterator[Problem]:
    known = _objects(document, there)
    for template in document.get("templates", []):
        if template.get("object") not in (None, *known):
            yield Problem(f"templates.{template['key']}.object", "validation.bad_reference")


def _of_queries(document: Mapping[str, Any], there: There) -> Iterator[Problem]:
    """Their form, and what they name. What they ask of it is looked at when they are asked."""
    objects = _objects(document, there)
    queries = {*there.queries, *(each["key"] for each in document.get("queries", []))}
    for each in document.get("queries", []):
        place, given = f"queries.{each['key']}.document", each["document"]
        if is_expert(given):
            for path, said in flatten(ExpertDocument().validate(given)).items():
                yield Problem(f"{place}.{path}", said[0])
            continue
        query, wrong = read(given)
        yield from (Problem(f"{place}.{path}", said[0]) for path, said in wrong.items())
        if query is None:
            continue
        if query.source not in objects:
            yield Problem(f"{place}.source", "validation.bad_reference")
        for join in query.joins:
            if join.object not in (None, *objects):
                yield Problem(f"{place}.joins.{join.key}.object", "validation.bad_reference")
        for button in query.buttons:
            if button.query and button.query not in queries:
                yield Problem(f"{place}.buttons.{button.key}.query", "query.unknown_query")


def _objects(document: Mapping[str, Any], there: There) -> set[str]:
    return {*there.objects, *(each["identifier"] for each in document.get("objects", []))}


def _of_objects(document: Mapping[str, Any], there: There) -> Iterator[Problem]:
    objects = document.get("objects", [])
    known = _objects(document, there)
    codes = {*there.codes, *(table["key"] for table in document.get("codes", []))}
    for each in objects:
        place = f"objects.{each['identifier']}"
        if each["kind"] not in SHAPED:
            yield Problem(f"{place}.kind", "validation.invalid")
        definition = stored_definition(plain(each), 1)
        for wrong in contradictions(definition):
            yield Problem(f"{place}.{wrong.path}", wrong.key, wrong.parameters)
        for key, target in _targets(each).items():
            if target not in known:
                yield Problem(f"{place}.{key}.reference", "validation.bad_reference")
        for field in definition.details:
            if field.setting("details", {}).get("object") not in known:
                yield Problem(f"{place}.{field.key}.details", "validation.bad_details")
        for field in definition.fields:
            if (table := field.setting("codes")) and table not in codes:
                yield Problem(f"{place}.{field.key}.codes", "validation.bad_codes")


def _targets(document: Entry) -> dict[str, str]:
    """Field → the object that it points at."""
    return {
        field["key"]: target
        for group in document["groups"]
        for field in group["fields"]
        if (target := field.get("settings", {}).get("reference", {}).get("object"))
    }

"""What differs between two documents of one object, and what a publication does for it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from callcenter.objects.schemas import Definition, DuplicateRule
from callcenter.objects.schemas.lists import ReadyList, list_document
from callcenter.objects.schemas.rights import access
from callcenter.objects.types.base import Field

Change = dict[str, Any]
"""As `schemas.design.Change` says."""

_FIELD = ("label", "required", "read_only", "unique", "indexed", "searched", "in_list", "width")
_TRIGGER = ("name", "active", "on", "when", "fields", "condition", "actions")
_OBJECT = (
    "name", "key_field", "title_field", "log_tab", "duplicates", "monthly", "keep_months", "cached",
    "lists",
)  # fmt: skip


def changes(
    old: Definition | None,
    new: Definition,
    hidden: Sequence[str] = (),
    purged: Sequence[str] = (),
) -> list[Change]:
    """In the order of the form. hidden: keys of fields that come back with what they had.

    purged: of those that come back without it.
    """
    found: list[Change] = []
    found += _attributes("object.changed", "", None, old, new, _OBJECT)
    found += _groups(old, new)
    for field in new.fields:
        found += _field(old, new, field, back=field.key in hidden, lost=field.key in purged)
    for field in old.fields if old else ():
        if field.key not in new.by_key:
            found.append(_change("field.removed", field.key, field.label, effects=["hide"]))
    found += _moved_fields(old, new)
    found += _attributes("list.changed", "", None, old, new, ("columns", "sort"))
    if old is not None:
        found += _entries("permissions.changed", _granted(old), _granted(new))
        found += _entries("links.changed", old.links, new.links)
    found += _triggers(old, new)
    return found


def _change(what: str, subject: str, label: Any = None, **more: Any) -> Change:
    empty: Change = {"attribute": None, "before": None, "after": None, "effects": []}
    return {"what": what, "subject": subject, "label": label, **empty, **more}


def _granted(definition: Definition) -> Mapping[str, str]:
    """`act.role` → whose records."""
    return {
        f"{act}.{role}": reach.value
        for act, reaches in definition.permissions.items()
        for role, reach in reaches.items()
    }


def _attributes(
    what: str, subject: str, label: Any, old: Any, new: Any, names: Sequence[str]
) -> Iterator[Change]:
    for name in names:
        before, after = (_plain(getattr(each, name)) if each else None for each in (old, new))
        if old is not None and before != after:
            yield _change(what, subject, label, attribute=name, before=before, after=after)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, DuplicateRule):
        return {"fields": [*value.fields], "how": value.how}
    if isinstance(value, ReadyList):
        return list_document(value)
    return dict(value) if isinstance(value, Mapping) else value


def _entries(what: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        if before != after:
            yield _change(what, key, attribute=key, before=before, after=after)


def _groups(old: Definition | None, new: Definition) -> list[Change]:
    were = {group.key: group for group in old.groups} if old else {}
    are = {group.key: group for group in new.groups}
    found = [_change("group.added", k, dict(g.label)) for k, g in are.items() if k not in were]
    found += [_change("group.removed", k, dict(g.label)) for k, g in were.items() if k not in are]
    for key in were.keys() & are.keys():
        names = ("label",)
        label = dict(are[key].label)
        found += _attributes("group.changed", key, label, were[key], are[key], names)
    moved = _moved([*were], [*are])
    return found + [_change("group.moved", key, dict(are[key].label)) for key in moved]


def _field(
    old: Definition | None, new: Definition, field: Field, *, back: bool, lost: bool
) -> list[Change]:
    label = dict(field.label)
    former = old.by_key.get(field.key) if old else None
    if former is None:
        effects = ["restore"] if back else [*_effects(None, None, new, field)]
        effects += ["purged"] if lost else []
        return [_change("field.added", field.key, label, attribute="type", after=field.type,
                        effects=effects)]  # fmt: skip
    found: list[Change] = []
    effects = [*_effects(old, former, new, field), *(["purged"] if lost else [])]
    if former.type != field.type:
        found.append(_change("field.type", field.key, label, attribute="type", before=former.type,
                             after=field.type, effects=["convert"]))  # fmt: skip
    found += _attributes("field.changed", field.key, label, former, field, _FIELD)
    found += [
        _change("field.changed", field.key, label, attribute=name, before=before, after=after)
        for name, before, after in _details(former, field)
        if before != after
    ]
    if former.group != field.group:
        found.append(_change("field.moved", field.key, label, attribute="group",
                             before=former.group, after=field.group))  # fmt: skip
    if effects and not found:
        found.append(_change("field.changed", field.key, label))
    if effects:
        found[0]["effects"] = [*found[0]["effects"], *effects]
    return found


def _details(former: Field, field: Field) -> Iterator[tuple[str, Any, Any]]:
    """(attribute, before, after) of all that has names of its own within a field."""
    for name in dict.fromkeys([*former.settings, *field.settings]):
        yield name, former.settings.get(name), field.settings.get(name)
    for name in dict.fromkeys([*former.when, *field.when]):
        yield f"when.{name}", former.when.get(name), field.when.get(name)
    for role in dict.fromkeys([*former.rights, *field.rights]):
        yield f"rights.{role}", access(former, role).value, access(field, role).value


def _effects(
    old: Definition | None, former: Field | None, new: Definition, field: Field
) -> Iterator[str]:
    had_column = bool(old and former and old.owns_column(former))
    had_index = bool(old and former and old.is_indexed(former))
    if new.owns_column(field) and not had_column:
        yield "column"
    if field.unique and not (former and former.unique):
        yield "unique"
    elif new.is_indexed(field) and not had_index:
        yield "index"
    if had_index and not new.is_indexed(field):
        yield "unindex"


def _triggers(old: Definition | None, new: Definition) -> Iterator[Change]:
    were = {trigger.key: trigger for trigger in old.triggers} if old else {}
    are = {trigger.key: trigger for trigger in new.triggers}
    for key, trigger in are.items():
        label = dict(trigger.name)
        if key not in were:
            yield _change("trigger.added", key, label)
            continue
        yield from _attributes("trigger.changed", key, label, were[key], trigger, _TRIGGER)
    for key, trigger in were.items():
        if key not in are:
            yield _change("trigger.removed", key, dict(trigger.name))
    for key in _moved([*were], [*are]):
        yield _change("trigger.moved", key, dict(are[key].name))


def _moved_fields(old: Definition | None, new: Definition) -> list[Change]:
    """Those that changed their place within their group."""
    found: list[Change] = []
    for group in new.groups if old else ():
        were = [field.key for field in old.fields if field.group == group.key] if old else []
        are = [field.key for field in new.fields if field.group == group.key]
        found += [
            _change("field.moved", key, dict(new.by_key[key].label)) for key in _moved(were, are)
        ]
    return found


def _moved(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """What stands elsewhere among those that are in both."""
    were = [key for key in old if key in new]
    are = [key for key in new if key in old]
    matcher = SequenceMatcher(None, were, are, autojunk=False)
    stayed = {key for block in matcher.get_matching_blocks() for key in
              are[block.b : block.b + block.size]}  # fmt: skip
    return [key for key in are if key not in stayed]

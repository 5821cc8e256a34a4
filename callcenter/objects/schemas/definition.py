"""A definition in the form the engine works with, and the checks of its document as a whole."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from callcenter.objects.beginnings import knows
from callcenter.objects.copies import wrong_copies
from callcenter.objects.errors import BadDefinition, BadValue
from callcenter.objects.rules import ANYWHERE, Problem, Rules, problems, rules_of
from callcenter.objects.schemas.document import MOST_FIELDS, SORTABLE, DefinitionShape, Kind
from callcenter.objects.schemas.lists import ReadyList, lists_document, lists_of, may_sort
from callcenter.objects.schemas.lists import contradictions as lists_in_vain
from callcenter.objects.schemas.rights import Reach
from callcenter.objects.schemas.rights import contradictions as rights_in_vain
from callcenter.objects.triggers.actions.base import World
from callcenter.objects.triggers.checks import problems as wrong_triggers
from callcenter.objects.triggers.trigger import Armed, Trigger
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import LONGEST_INDEXED, Field

_SETTING = {
    "validation.bad_currency": "currency",
    "validation.bad_details": "details",
    "validation.bad_kinds": "kinds",
    "validation.bad_expression": "expression",
    "validation.bad_options": "options",
    "validation.bad_pattern": "pattern",
    "validation.bad_places": "places",
    "validation.bad_reference": "reference",
    "validation.bad_rule": "rule",
}
"""Which setting a type's complaint is about."""

_PART_TYPES = {"assignee": "user", "team": "team"}
"""Parts that say whose a record is: only such a field can."""


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """Records that agree in `fields` look alike; how: as `document.DuplicateShape` says."""

    fields: tuple[str, ...]
    how: str


@dataclass(frozen=True, eq=False)
class Definition:
    """A published definition. Compared by identity: one version is one object in a process."""

    identifier: str
    kind: Kind
    name: Mapping[str, str]
    key_field: str
    title_field: str
    number: int
    groups: tuple[Group, ...]
    fields: tuple[Field, ...]
    columns: tuple[str, ...]
    sort: str
    permissions: Mapping[str, Mapping[str, Reach]]
    links: Mapping[str, str]
    log_tab: bool = True
    duplicates: tuple[DuplicateRule, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    lists: tuple[ReadyList, ...] = ()
    monthly: bool = False
    keep_months: int = 0
    cached: bool = False

    def only(self, keys: Collection[str]) -> "Definition":
        """With no fields but these: to read records no further than is asked for."""
        return _only(self, frozenset(keys))

    @property
    def naming(self) -> tuple[str, str]:
        """The fields that say what a record is called."""
        return self.key_field, self.title_field

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        return {field.key: field for field in self.fields}

    @cached_property
    def rules(self) -> Rules:
        """Of a definition that does not contradict itself."""
        return rules_of(self.fields)

    @cached_property
    def armed(self) -> Armed:
        """Its triggers; of a definition that does not contradict itself."""
        return Armed(self.triggers, self.by_key)

    @cached_property
    def empty(self) -> Mapping[str, None]:
        """The values of a record that has none."""
        return dict.fromkeys(field.key for field in self.fields)

    @cached_property
    def required(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.required)

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """What fields of a new record begin with, as somebody would enter it."""
        given = {field.key: field.setting("default") for field in self.fields}
        return {key: value for key, value in given.items() if value is not None}

    @cached_property
    def begun(self) -> tuple[Field, ...]:
        """Those that begin with what depends on who makes a record, and when."""
        return tuple(field for field in self.fields if field.setting("begin"))

    @cached_property
    def copies(self) -> tuple[Field, ...]:
        """Those that take over what another record has."""
        return tuple(field for field in self.fields if field.setting("copied"))

    @cached_property
    def unique(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.unique)

    @cached_property
    def searched(self) -> tuple[Field, ...]:
        """The fields that a search by text looks through."""
        return tuple(field for field in self.fields if self.is_searched(field))

    @cached_property
    def phones(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.type == "phone")

    @cached_property
    def serials(self) -> tuple[Field, ...]:
        """Those that every new record has a number in; a trigger's numbers are its own to give."""
        by_triggers = {
            action["field"]
            for trigger in self.triggers
            for action in trigger.actions
            if action["do"] == "number"
        }
        serials = (field for field in self.fields if field.type == "serial")
        return tuple(field for field in serials if field.key not in by_triggers)

    @cached_property
    def details(self) -> tuple[Field, ...]:
        """The fields whose values are records of another object that belong to this one's."""
        return tuple(field for field in self.fields if field.type == "details")

    @cached_property
    def files(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.type in ("file", "image"))

    def has_column(self, field: Field) -> bool:
        """Whether the field lies in a typed column; else in `extra`."""
        return type_of(field).system is not None or self.owns_column(field)

    def owns_column(self, field: Field) -> bool:
        """Whether it has a column that is there for it alone."""
        kind = type_of(field)
        return kind.system is None and (field.column or self.has_index(field))

    def has_index(self, field: Field) -> bool:
        """Whether its column is to be found by, or one value may stand in it once only."""
        return (
            type_of(field).own_column
            or field.unique
            or field.indexed
            or field.searched
            or field.key in (self.key_field, self.title_field)
        )

    def is_searched(self, field: Field) -> bool:
        """Whether a search by text looks through it; never through what is masked."""
        named = field.searched or field.key in (self.key_field, self.title_field)
        return named and masked_type(field) is None

    def is_indexed(self, field: Field) -> bool:
        """Whether its values lie in an index of its own.

        A text of many lines is searched by words, and by most references nobody looks records up;
        of fifty, each would take time at every save.
        """
        asked = field.unique or field.indexed or field.key in (self.key_field, *self.links.values())
        return self.has_index(field) and (asked or type_of(field).found_whole)

    @cached_property
    def indexed(self) -> tuple[Field, ...]:
        """Those whose values are no longer than an index takes."""
        return tuple(field for field in self.fields if self.is_indexed(field))

    @cached_property
    def codes(self) -> frozenset[str]:
        """The code tables that its fields take their options from."""
        return frozenset(
            field.settings["codes"] for field in self.fields if "codes" in field.settings
        )

    def with_codes(self, items: Mapping[str, list[Any]]) -> "Definition":
        """With the options of the code tables, by their keys, as if they were the fields' own."""
        fields = tuple(
            replace(field, settings={**field.settings, "options": items.get(codes, [])})
            if (codes := field.setting("codes"))
            else field
            for field in self.fields
        )
        return replace(self, fields=fields)

    @property
    def rules_of_duplicates(self) -> tuple[DuplicateRule, ...]:
        """Those all of whose fields it has: a role sees fewer."""
        known = self.by_key
        return tuple(rule for rule in self.duplicates if all(key in known for key in rule.fields))

    def linked(self, part: str) -> Field | None:
        """The field that plays `part`: customer, status, assignee, team."""
        return self.by_key.get(self.links.get(part, ""))

    def allows(self, act: str, role: str) -> bool:
        """Whether the role may do it at all."""
        return self.reach(act, role) is not Reach.NONE

    def reach(self, act: str, role: str) -> Reach:
        """With whose records the role may do it."""
        return self.permissions.get(act, {}).get(role, Reach.NONE)


@lru_cache(maxsize=512)
def _only(definition: Definition, keys: frozenset[str]) -> Definition:
    fields = tuple(field for field in definition.fields if field.key in keys)
    return replace(definition, fields=fields)


def load_definition(document: Mapping[str, Any], number: int) -> Definition:
    """Read and check a document as a whole; raises ValidationError or BadDefinition."""
    definition = read_definition(document, number)
    if wrong := contradictions(definition):
        raise BadDefinition(fields={each.path: [each.key] for each in wrong})
    return definition


def read_definition(document: Mapping[str, Any], number: int) -> Definition:
    """A document that has the right form, though it may contradict itself; raises ValidationError."""
    # A draft comes back from the database with its keys in another order.
    _well_formed(json.dumps(document, sort_keys=True, default=dict))
    return stored_definition(document, number)


@lru_cache(maxsize=16)
def _well_formed(document: str) -> None:
    """Raises ValidationError. A draft is looked at several times on its way into force."""
    DefinitionShape().load(json.loads(document))


def stored_definition(document: Mapping[str, Any], number: int) -> Definition:
    """A document that was checked: it held then, whatever is asked of new ones since."""
    return Definition(
        identifier=document["identifier"],
        kind=Kind(document["kind"]),
        name=document["name"],
        key_field=document["key_field"],
        title_field=document["title_field"],
        number=number,
        groups=tuple(Group(group["key"], group["label"]) for group in document["groups"]),
        fields=tuple(
            Field(group=group["key"], **field)
            for group in document["groups"]
            for field in group["fields"]
        ),
        columns=tuple(document["list"]["columns"]),
        sort=document["list"]["sort"],
        permissions={
            act: {role: Reach(reach) for role, reach in reaches.items()}
            for act, reaches in document["permissions"].items()
        },
        links=document.get("links", {}),
        log_tab=document.get("log_tab", True),
        monthly=document.get("monthly", False),
        keep_months=document.get("keep_months", 0),
        cached=document.get("cached", False),
        duplicates=tuple(
            DuplicateRule(tuple(rule["fields"]), rule["how"])
            for rule in document.get("duplicates", ())
        ),
        triggers=tuple(Trigger.load(each) for each in document.get("triggers", ())),
        lists=lists_of(document),
    )


def contradictions(definition: Definition) -> list[Problem]:
    """No path twice."""
    wrong: list[tuple[str, str]] = []
    keys = [field.key for field in definition.fields]
    wrong += [(key, "validation.duplicate") for key in set(keys) if keys.count(key) > 1]
    if len(keys) > MOST_FIELDS:
        wrong.append(("fields", "validation.too_many"))
    named = {"key_field": definition.key_field, "title_field": definition.title_field}
    named |= {f"links.{part}": key for part, key in definition.links.items()}
    named |= {f"list.columns.{key}": key for key in definition.columns if key not in SORTABLE}
    wrong += [
        (place, "validation.unknown_field") for place, key in named.items() if key not in keys
    ]
    wrong += [
        (f"links.{part}", "validation.bad_link")
        for part, kind in _PART_TYPES.items()
        if (field := definition.linked(part)) and field.type != kind
    ]
    groups = [group.key for group in definition.groups]
    wrong += [(f"groups.{key}", "validation.duplicate") for key in groups if groups.count(key) > 1]
    if not may_sort(definition, definition.sort):
        wrong.append(("list.sort", "validation.unknown_sort"))
    wrong += _bad_rules(definition)
    wrong += _of_no_cell(definition)
    wrong += _bad_keeping(definition)
    wrong += lists_in_vain(definition)
    for field in definition.fields:
        if unknown := set(field.settings) - type_of(field).settings:
            wrong += [(f"{field.key}.{name}", "validation.unknown_field") for name in unknown]
        elif key := type_of(field).check(field):
            wrong.append((f"{field.key}.{_SETTING[key]}", key))
        elif _bad_default(field):
            wrong.append((f"{field.key}.default", "validation.bad_default"))
        elif _bad_begin(field):
            wrong.append((f"{field.key}.begin", "validation.bad_begin"))
    wrong += rights_in_vain(definition)
    found = {path: Problem(path, key) for path, key in wrong}
    found = {each.path: each for each in _too_long(definition)} | found
    found = {each.path: each for each in problems(definition.fields)} | found
    # What is wrong with the fields themselves comes first: triggers are held against them.
    if not found:
        world = World(definition, ANYWHERE)
        found = {each.path: each for each in (*wrong_copies(world), *wrong_triggers(world))}
    return [*found.values()]


def _bad_keeping(definition: Definition) -> Iterator[tuple[str, str]]:
    """What is asked of where the records lie, and cannot be had."""
    if definition.monthly:
        # An index across months cannot say that a value is there once only; a number's ledger can.
        unique = (field for field in definition.fields if field.unique)
        yield from ((f"{field.key}.unique", "validation.monthly_unique") for field in unique)
    if definition.cached and definition.monthly:
        yield "cached", "validation.cached_monthly"
    elif definition.cached and definition.kind is not Kind.BASE:
        yield "cached", "validation.cached_kind"


def _too_long(definition: Definition) -> Iterator[Problem]:
    """What is found by an index must be short enough for one."""
    for field in definition.indexed:
        longest = type_of(field).longest(field)
        if longest is not None and longest > LONGEST_INDEXED:
            most = {"max": LONGEST_INDEXED}
            yield Problem(f"{field.key}.max_length", "validation.too_long_to_index", most)


def _of_no_cell(definition: Definition) -> list[tuple[str, str]]:
    """What is asked of fields whose values are not one cell, and cannot be had."""
    wrong: list[tuple[str, str]] = []
    for field in definition.fields:
        kind = type_of(field)
        if kind.in_cell:
            continue
        flags = ["unique", "indexed", "searched", *(() if kind.entered else ("required",))]
        wrong += [
            (f"{field.key}.{flag}", "validation.not_of_type")
            for flag in flags
            if getattr(field, flag)
        ]
        named = {"key_field": definition.key_field, "title_field": definition.title_field}
        wrong += [(place, "validation.not_of_type") for place, key in named.items()
                  if key == field.key]  # fmt: skip
        if kind.apart and field.key in definition.columns:
            wrong.append((f"list.columns.{field.key}", "validation.not_of_type"))
    return wrong


def _bad_rules(definition: Definition) -> list[tuple[str, str]]:
    """What the rules of duplicates ask of fields that do not have it: `duplicates.<place>`."""
    wrong: list[tuple[str, str]] = []
    for place, rule in enumerate(definition.duplicates):
        fields = [definition.by_key.get(key) for key in rule.fields]
        if any(field is None for field in fields):
            wrong.append((f"duplicates.{place}", "validation.unknown_field"))
        elif key := _unfit(definition, rule, [field for field in fields if field]):
            wrong.append((f"duplicates.{place}", key))
    return wrong


def _unfit(definition: Definition, rule: DuplicateRule, fields: list[Field]) -> str | None:
    if rule.how == "phone" and any(field.type != "phone" for field in fields):
        return "validation.only_phones"
    spoken = all(definition.is_searched(field) and field.type == "text" for field in fields)
    if rule.how == "pinyin" and not spoken:
        return "validation.only_searched"
    if not all(definition.has_column(field) for field in fields):
        return "validation.only_indexed"
    return None


def _bad_begin(field: Field) -> bool:
    begin = field.setting("begin")
    if begin is None:
        return False
    return field.setting("default") is not None or not knows(field, begin)


def _bad_default(field: Field) -> bool:
    default = field.setting("default")
    try:
        # What stands in a code table is its own; a default that left it is no value of a new record.
        if default is not None and not field.setting("codes"):
            type_of(field).read(field, default, ANYWHERE)
    except BadValue:
        return True
    return False


def document_of(definition: Definition) -> dict[str, Any]:
    """The inverse of `load_definition`."""
    return {
        "identifier": definition.identifier,
        "kind": definition.kind.value,
        "name": dict(definition.name),
        "key_field": definition.key_field,
        "title_field": definition.title_field,
        "groups": [
            {
                "key": group.key,
                "label": dict(group.label),
                "fields": [
                    _field_document(field)
                    for field in definition.fields
                    if field.group == group.key
                ],
            }
            for group in definition.groups
        ],
        "list": {"columns": list(definition.columns), "sort": definition.sort},
        "permissions": {
            act: {role: reach.value for role, reach in reaches.items()}
            for act, reaches in definition.permissions.items()
        },
        "links": dict(definition.links),
        **({} if definition.log_tab else {"log_tab": False}),
        **({"monthly": True} if definition.monthly else {}),
        **({"keep_months": definition.keep_months} if definition.keep_months else {}),
        **({"cached": True} if definition.cached else {}),
        **_duplicates_document(definition),
        **_triggers_document(definition),
        **lists_document(definition.lists),
    }


def _duplicates_document(definition: Definition) -> dict[str, Any]:
    rules = [{"fields": list(rule.fields), "how": rule.how} for rule in definition.duplicates]
    return {"duplicates": rules} if rules else {}


def _triggers_document(definition: Definition) -> dict[str, Any]:
    triggers = [trigger.dump() for trigger in definition.triggers]
    return {"triggers": triggers} if triggers else {}


def _field_document(field: Field) -> dict[str, Any]:
    flags = ("required", "read_only", "unique", "indexed", "searched", "in_list")
    return {
        "key": field.key,
        "type": field.type,
        "label": dict(field.label),
        **{flag: True for flag in flags if getattr(field, flag)},
        **({"rights": dict(field.rights)} if field.rights else {}),
        **({"storage": field.storage} if field.storage else {}),
        **({"column": True} if field.column else {}),
        "width": field.width,
        "settings": dict(field.settings),
        **({"when": dict(field.when)} if field.when else {}),
    }

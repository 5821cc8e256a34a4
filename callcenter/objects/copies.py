"""Fields that take over what the record has that a reference names: a line its price from its part.

Pure; the values themselves are fetched by `service.copying`.
"""

from collections.abc import Iterator

from callcenter.objects.rules import Problem
from callcenter.objects.triggers import sources
from callcenter.objects.triggers.actions.base import World


def wrong_copies(world: World) -> Iterator[Problem]:
    """What contradicts itself in them, as far as the objects are known that they copy from."""
    definition = world.definition
    for field in definition.copies:
        copied = field.setting("copied")
        by = definition.by_key.get(copied["by"])
        path = f"{field.key}.copied"
        if by is None or by.refers_to is None or by.key == field.key:
            yield Problem(path, "validation.bad_copied")
        elif of := world.target(by.refers_to):
            source = {"field": copied["field"]}
            wrong = sources.problems(source, field, definition, of, world.reading)
            yield from (each._replace(path=path) for each in [*wrong][:1])

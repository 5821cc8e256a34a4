"""What commands work with: services of other slices, handed in by the composition root."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from callcenter.automation.commands.base import Refused
from callcenter.core.errors import NotFound
from callcenter.instruments.offered import Instruments
from callcenter.instruments.service import OwnFiles
from callcenter.messaging.service import Accepting, Emptying
from callcenter.objects.schemas import Definition
from callcenter.objects.service import Archiving, RecycleBin, Unarchiving
from callcenter.objects.service.addresses import Addresses
from callcenter.objects.service.transfer import Exports
from callcenter.queries.service import Delivering
from callcenter.templates.service import Rendering


@dataclass(frozen=True, slots=True)
class Tools:
    """instruments: for what goes out of the house. address: of the product, as people reach it."""

    recycled: RecycleBin
    archiving: Archiving
    unarchiving: Unarchiving
    files: OwnFiles
    texts: Rendering
    accepting: Accepting
    emptying: Emptying
    addresses: Addresses
    exports: Exports
    deliveries: Delivering
    instruments: Instruments
    address: str

    def filters(self, session: Session, identifier: str, key: str | None) -> Mapping[str, str]:
        """Of a ready list, none without one. Raises Refused where it is gone."""
        return self.listed(session, identifier, key)[1]

    def listed(
        self, session: Session, identifier: str, key: str | None
    ) -> tuple[Sequence[str], Mapping[str, str], str]:
        """Columns, filters and order of a ready list, or of the object's own. Raises Refused."""
        definition = self._definition(session, identifier)
        if not key:
            return definition.columns, {}, definition.sort
        for ready in definition.lists:
            if ready.key == key:
                return ready.columns, ready.filters, ready.sort
        raise Refused("task.list_gone", {"list": key})

    def _definition(self, session: Session, identifier: str) -> Definition:
        try:
            return self.recycled.definitions.get(session, identifier)
        except NotFound:
            raise Refused("task.object_gone", {"object": identifier}) from None

"""The document of a definition, the form the engine works with, and the shapes of the API."""

from callcenter.objects.schemas.definition import (
    Definition,
    DuplicateRule,
    document_of,
    load_definition,
    read_definition,
    stored_definition,
)
from callcenter.objects.schemas.document import (
    ACTS,
    IDENTIFIER,
    SORTABLE,
    DefinitionShape,
    Kind,
    LabelShape,
    ListingShape,
)
from callcenter.objects.schemas.records import (
    ChangePage,
    DefinitionAnswer,
    NewRecord,
    ObjectShape,
    PersonShape,
    RecordPage,
    RecordPatch,
    RecordShape,
    TotalsShape,
)

__all__ = [
    "ACTS",
    "IDENTIFIER",
    "SORTABLE",
    "ChangePage",
    "Definition",
    "DefinitionAnswer",
    "DefinitionShape",
    "DuplicateRule",
    "Kind",
    "LabelShape",
    "ListingShape",
    "NewRecord",
    "ObjectShape",
    "PersonShape",
    "RecordPage",
    "RecordPatch",
    "RecordShape",
    "TotalsShape",
    "document_of",
    "load_definition",
    "read_definition",
    "stored_definition",
]

"""What the processes may ask of configurations."""

from callcenter.configuration.service.leading import Leading, Naming
from callcenter.configuration.service.moving import Moving
from callcenter.configuration.service.parts import (
    CodesPart,
    FormsPart,
    LibraryPart,
    Part,
    QueriesPart,
    TemplatesPart,
    words_parts,
)
from callcenter.configuration.service.references import Names, Reference
from callcenter.configuration.service.sets import SetInstaller, all_sets, ready_set
from callcenter.configuration.service.ways import leading_parts

__all__ = [
    "CodesPart",
    "FormsPart",
    "Leading",
    "LibraryPart",
    "Moving",
    "Names",
    "Naming",
    "Part",
    "QueriesPart",
    "Reference",
    "SetInstaller",
    "TemplatesPart",
    "all_sets",
    "leading_parts",
    "ready_set",
    "words_parts",
]

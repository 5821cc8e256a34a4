"""What the processes may ask of configurations."""

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
from callcenter.configuration.service.sets import SetInstaller, all_sets, ready_set

__all__ = [
    "CodesPart",
    "FormsPart",
    "LibraryPart",
    "Moving",
    "Part",
    "QueriesPart",
    "SetInstaller",
    "TemplatesPart",
    "all_sets",
    "ready_set",
    "words_parts",
]

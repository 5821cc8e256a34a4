"""Puts together what configurations are made of; `administration` and `records` share it."""

from callcenter.configuration.service import (
    CodesPart,
    FormsPart,
    LibraryPart,
    Part,
    QueriesPart,
    SetInstaller,
    TemplatesPart,
    words_parts,
)
from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.objects.service import Codes, Installer, Library, Versions
from callcenter.objects.tasks import Publisher
from callcenter.people.service import dispositions, reasons
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.means import means
from callcenter.processes.queries import queries
from callcenter.processes.seams import Surroundings
from callcenter.processes.templates import templates
from callcenter.quality.service import Forms


def parts(audit: Audit, clock: Clock) -> list[Part]:
    """What a configuration consists of beside its objects."""
    history = Surroundings()
    return [
        CodesPart(Codes(SqlDirectory(), audit, clock)),
        TemplatesPart(templates(audit, clock)),
        *words_parts(dispositions(history, audit), reasons(history, audit)),
        FormsPart(Forms(audit, clock)),
        LibraryPart(Library(audit, clock)),
        QueriesPart(queries(means(clock))),
    ]


def set_installer(publisher: Publisher, clock: Clock) -> SetInstaller:
    audit = Audit(clock)
    installer = Installer(publisher, Versions(audit, clock), clock)
    return SetInstaller(installer, parts(audit, clock))

"""Data objects' services, by verb: definitions in force and their drafts, records, how they are shown."""

from callcenter.objects.service.codes import Codes
from callcenter.objects.service.definitions import Definitions, Installer
from callcenter.objects.service.designs import Designs
from callcenter.objects.service.presenting import Presenter
from callcenter.objects.service.publications import Publications
from callcenter.objects.service.records import NewRow, Records
from callcenter.objects.service.versions import Versions

__all__ = [
    "Codes",
    "Definitions",
    "Designs",
    "Installer",
    "NewRow",
    "Presenter",
    "Publications",
    "Records",
    "Versions",
]

"""Data objects' services, by verb: definitions in force, records, how records are shown."""

from callcenter.objects.service.definitions import Definitions, Installer
from callcenter.objects.service.presenting import Presenter
from callcenter.objects.service.records import NewRow, Records

__all__ = ["Definitions", "Installer", "NewRow", "Presenter", "Records"]

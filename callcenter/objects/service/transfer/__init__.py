"""Records in and out of files: what makers see of them, and the jobs behind."""

from callcenter.objects.service.transfer.exporting import Exporting
from callcenter.objects.service.transfer.exports import Exports, Wanted
from callcenter.objects.service.transfer.importing import Importing
from callcenter.objects.service.transfer.imports import Imports
from callcenter.objects.service.transfer.mapping import Wish
from callcenter.objects.service.transfer.store import TransferStore
from callcenter.objects.service.transfer.transfers import EXPORT, IMPORT, tidy

__all__ = [
    "EXPORT",
    "IMPORT",
    "Exporting",
    "Exports",
    "Importing",
    "Imports",
    "TransferStore",
    "Wanted",
    "Wish",
    "tidy",
]

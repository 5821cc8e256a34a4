"""Data objects' services, by verb: definitions in force and their drafts, records, how they are shown."""

from callcenter.objects.service.acting import Acting
from callcenter.objects.service.acts import BULK, BulkActs
from callcenter.objects.service.archiving import Archiving
from callcenter.objects.service.attachments import Attachments
from callcenter.objects.service.bulk import NewRow
from callcenter.objects.service.caching import CachedRows
from callcenter.objects.service.callers import Callers, Known
from callcenter.objects.service.codes import Codes
from callcenter.objects.service.comments import Comments
from callcenter.objects.service.definitions import Definitions, Installer
from callcenter.objects.service.designs import Designs
from callcenter.objects.service.documents import Documents, Standing
from callcenter.objects.service.duplicates import Duplicates
from callcenter.objects.service.files import Files
from callcenter.objects.service.flowing import Fields, FlowRecords, Found, flow_fields
from callcenter.objects.service.hidden import PURGE, Hidden
from callcenter.objects.service.library import Library
from callcenter.objects.service.means import Means
from callcenter.objects.service.merging import Merging
from callcenter.objects.service.own_jobs import OwnJobs
from callcenter.objects.service.presenting import Presenter
from callcenter.objects.service.publications import Publications
from callcenter.objects.service.publishing import PublicationJobs, Publishing
from callcenter.objects.service.purging import Purging
from callcenter.objects.service.records import Records
from callcenter.objects.service.recycling import RecycleBin
from callcenter.objects.service.several import Several
from callcenter.objects.service.unarchiving import Unarchiving
from callcenter.objects.service.versions import Versions
from callcenter.objects.service.views import Views

__all__ = [
    "BULK",
    "PURGE",
    "Acting",
    "Archiving",
    "Attachments",
    "BulkActs",
    "CachedRows",
    "Callers",
    "Codes",
    "Comments",
    "Definitions",
    "Designs",
    "Documents",
    "Duplicates",
    "Fields",
    "Files",
    "FlowRecords",
    "Found",
    "Hidden",
    "Installer",
    "Known",
    "Library",
    "Means",
    "Merging",
    "NewRow",
    "OwnJobs",
    "Presenter",
    "PublicationJobs",
    "Publications",
    "Publishing",
    "Purging",
    "Records",
    "RecycleBin",
    "Several",
    "Standing",
    "Unarchiving",
    "Versions",
    "Views",
    "flow_fields",
]

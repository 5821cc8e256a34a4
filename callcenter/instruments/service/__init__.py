"""What instruments need of the database, by verb: servers that are named, and the enterprise's files."""

from callcenter.instruments.service.files import OwnFiles
from callcenter.instruments.service.servers import FileServers
from callcenter.instruments.service.trying import TryingServers

__all__ = ["FileServers", "OwnFiles", "TryingServers"]

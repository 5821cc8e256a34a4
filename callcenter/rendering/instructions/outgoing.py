"""What goes out of the house: by HTTP, SOAP, FTP and SFTP. The product does it, and guards it.

None of these is done while a record is being written, for others would wait: they are for
templates of scheduled tasks. A preview shows what would be done.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from callcenter.rendering.instructions.base import Group, Reach, function


@function(Group.OUTGOING, "cinHttpSender", reach=Reach.OUTSIDE)
def http(
    method: str,
    address: str,
    values: Mapping[str, Any] | None = None,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    credential: str | None = None,
) -> dict[str, Any]:
    """Calls an address that the enterprise may call: `status`, `headers`, `text` and, where it is such, `json`. Values go as JSON, or as parameters of a GET.

    {{ http('GET', 'https://example.com/rate', {'of': 'USD'}).json.rate }} → 7.1

    Refused for an address that is not allowed, an answer that is too large or too late, and where nobody waits: in a trigger, use its action “call an address”, or a scheduled task.
    """


@function(Group.FLOW, "cinUrlTpl", reach=Reach.OUTSIDE)
def url_template(
    address: str, data: Mapping[str, Any] | None = None, credential: str | None = None
) -> str:
    """A template that another server keeps, fetched from its address and rendered with the data that is given to it.

    {{ url_template('https://example.com/letter', {'name': record.name}) }} → 尊敬的王秀兰

    Refused for an address that the enterprise may not call, for what is wrong in the template, and where nobody waits (see `http`).
    """


@function(Group.OUTGOING, "cinSoap", reach=Reach.OUTSIDE)
def soap(
    wsdl: str,
    operation: str,
    values: Mapping[str, Any] | None = None,
    credential: str | None = None,
) -> Any:
    """Calls an operation of a SOAP service, by the address of its description (WSDL); the answer is plain values.

    {{ soap('https://example.com/stock?wsdl', 'Stock', {'item': 'A1'}).count }} → 12

    Refused like `http`, and for values that do not fit the description.
    """


@function(Group.OUTGOING, "cinFtpOpen", "cinFtpCmd", reach=Reach.OUTSIDE)
def ftp_list(server: str, folder: str = "") -> Sequence[Mapping[str, Any]]:
    """What is in a folder of a named file server: `name`, `size`, `folder`.

    {% for file in ftp_list('bank') %}{{ file.name }} {% endfor %} → rates.csv

    Refused for a server that the enterprise has not, and like `http`.
    """


@function(Group.OUTGOING, "cinFtpDown", reach=Reach.OUTSIDE)
def ftp_down(server: str, name: str) -> str:
    """The text of a file on a named file server.

    {{ ftp_down('bank', 'rates.csv') }} → USD,7.1

    Refused like `ftp_list`, for a file that is too large or no text.
    """


@function(Group.OUTGOING, "cinFtpUp", reach=Reach.OUTSIDE)
def ftp_up(server: str, name: str, text: str) -> int:
    """Writes a text into a file on a named file server; answers its bytes.

    {{ ftp_up('bank', 'orders.csv', 'T000042') }} → 7

    Refused like `ftp_list`.
    """


@function(Group.OUTGOING, "cinFtpDown", reach=Reach.OUTSIDE)
def ftp_fetch(server: str, name: str, file: str) -> int:
    """Takes a file of a named file server, whatever it holds, into the enterprise's folder; answers its bytes.

    {{ ftp_fetch('bank', 'rates.zip', 'bank/rates.zip') }} → 2048

    Refused like `ftp_list` and `file_save`.
    """


@function(Group.OUTGOING, "cinFtpUp", reach=Reach.OUTSIDE)
def ftp_send(server: str, file: str, name: str) -> int:
    """Takes a file of the enterprise's folder to a named file server; answers its bytes.

    {{ ftp_send('bank', 'orders.csv', 'in/orders.csv') }} → 7

    Refused like `ftp_list`, and where there is no such file.
    """


@function(Group.OUTGOING, "cinFtpCmd", reach=Reach.OUTSIDE)
def ftp_delete(server: str, name: str) -> bool:
    """Deletes a file on a named file server.

    {{ ftp_delete('bank', 'old.csv') }} → 是

    Refused like `ftp_list`.
    """


@function(Group.OUTGOING, "cinFtpCmd", reach=Reach.OUTSIDE)
def ftp_rename(server: str, name: str, to: str) -> bool:
    """Renames a file on a named file server.

    {{ ftp_rename('bank', 'orders.tmp', 'orders.csv') }} → 是

    Refused like `ftp_list`.
    """

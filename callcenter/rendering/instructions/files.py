"""Files in the enterprise's own folder. The product keeps them; what goes wrong later undoes none."""

from collections.abc import Mapping, Sequence
from typing import Any

from callcenter.rendering.instructions.base import Group, Reach, function


@function(Group.FILES, "cinFileSave", reach=Reach.OUTSIDE)
def file_save(name: str, text: str) -> int:
    """Writes a text into a file of the enterprise's folder, in the place of what was there; answers its bytes.

    {{ file_save('orders.csv', 'T000042') }} → 7

    Refused for a name that is none, for what is too large for the folder, and where nobody waits (see `http`).
    """


@function(Group.FILES, "cinFileSave", reach=Reach.OUTSIDE)
def file_append(name: str, text: str) -> int:
    """Writes a text at the end of a file of the enterprise's folder; answers the file's bytes.

    {{ file_append('orders.csv', 'T000043') }} → 14

    Refused like `file_save`.
    """


@function(Group.FILES, reach=Reach.OUTSIDE)
def file_read(name: str) -> str:
    """The text of a file of the enterprise's folder.

    {{ file_read('orders.csv') }} → T000042

    Refused where there is none, it is no text or too large.
    """


@function(Group.FILES, reach=Reach.OUTSIDE)
def file_list(folder: str = "") -> Sequence[Mapping[str, Any]]:
    """What is in the enterprise's folder: `name`, `size`, `changed_at`.

    {% for file in file_list() %}{{ file.name }} {% endfor %} → orders.csv
    """


@function(Group.FILES, reach=Reach.OUTSIDE)
def file_delete(name: str) -> bool:
    """Deletes a file of the enterprise's folder; says whether it was there.

    {{ file_delete('orders.csv') }} → 是

    Refused for a name that is none.
    """

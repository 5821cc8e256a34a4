"""Pictures in a field: files that a browser shows, and so of those kinds alone."""

from typing import ClassVar

from callcenter.objects.types.base import Field
from callcenter.objects.types.file import IMAGES, File


class Image(File):
    key = "image"
    settings: ClassVar = frozenset({"help", "largest", "most"})

    def media_types(self, definition: Field) -> frozenset[str]:
        return frozenset(IMAGES)


TYPE = Image()

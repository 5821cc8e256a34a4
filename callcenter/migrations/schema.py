"""Every table of the product, gathered in one metadata."""

import ivr.models  # noqa: F401 (imported for its tables)
from callcenter.core.db import Base

METADATA = Base.metadata

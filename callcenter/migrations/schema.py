"""Every table of the product, gathered in one metadata."""

from callcenter.api_keys import models as api_keys
from callcenter.automation import models as automation
from callcenter.callbacks import models as callbacks
from callcenter.calls import models as calls
from callcenter.console import models as console
from callcenter.core import audit, bus, idempotency, jobs
from callcenter.core.db import Base
from callcenter.instruments import models as instruments
from callcenter.messaging import models as messaging
from callcenter.notices import models as notices
from callcenter.objects import models as objects
from callcenter.people import models as people
from callcenter.quality import models as quality
from callcenter.queries import models as queries
from callcenter.routing import models as routing
from callcenter.schedules import models as schedules
from callcenter.templates import models as templates
from callcenter.tenancy import models as tenancy
from callcenter.voicemail import models as voicemail
from dialer import models as dialer
from ivr import models as ivr

MODULES = (
    *(audit, bus, idempotency, jobs),
    *(calls, console, notices, objects, people, quality, routing, schedules, templates, tenancy),
    *(api_keys, automation, callbacks, instruments, messaging, queries, voicemail, dialer, ivr),
)
"""Imported for their tables."""

METADATA = Base.metadata

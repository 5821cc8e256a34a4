"""A firm's clients and jobs to ask statements of."""

import pytest

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.processes.means import means
from callcenter.queries.expert.running import ExpertRuns
from tests.integration.objects.firm import RIGHTS, Firm, clients, jobs
from tests.integration.objects.shaping import a_field, label
from tests.integration.queries.expert.asking import Desk
from tests.support.office import Office


@pytest.fixture
def desk(firm: Firm, database: Database, office: Office, clock: ManualClock) -> Desk:
    """Where statements are asked of six clients and their jobs."""
    options = [{"value": each, "label": label(each)} for each in ("tea", "coffee")]
    secret = {"agent": "hide", "leader": "mask"}
    firm.keeps(
        clients(
            a_field("city"), a_field("age", "integer"), a_field("born", "date"),
            a_field("vip", "boolean"), a_field("likes", "choices", settings={"options": options}),
            a_field("secret", rights=secret), a_field("salary", "decimal", rights=secret),
            permissions={**RIGHTS, "export": {"admin": "all"}},
        ),
        jobs(),
    )  # fmt: skip
    made = Desk(database, office, ExpertRuns(means(clock)), clock)
    made.fill()
    return made

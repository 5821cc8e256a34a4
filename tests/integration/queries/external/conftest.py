"""Two servers of somebody else's, and an enterprise that may reach them."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete

from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.processes.hosts import HOSTS
from callcenter.tenancy.models import Option, OptionValue
from tests.integration.queries.external.shop import Shop
from tests.support.databases import DataServices
from tests.support.foreign import Foreign, Mariadb, a_mariadb, a_shop_on_postgresql
from tests.support.office import Caller, Office


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Mariadb]:
    with a_mariadb() as made:
        yield made


@pytest.fixture(scope="session")
def postgresql(migrated: DataServices) -> Iterator[Foreign]:
    with a_shop_on_postgresql(migrated) as made:
        yield made


@pytest.fixture
def shop(database: Database, office: Office, conf: Caller) -> Shop:
    """Of an office whose list has this machine."""
    return Shop(database, office, conf)


@pytest.fixture(params=["postgresql", "mysql"])
def there(request: pytest.FixtureRequest) -> Any:
    """Each of both."""
    return request.getfixturevalue("mariadb" if request.param == "mysql" else request.param)


@pytest.fixture(autouse=True)
def nobody_listed(database: Database) -> Iterator[None]:
    """What a test lists is forgotten after it."""
    yield
    with database.begin(Scope.platform()) as session:
        session.execute(delete(OptionValue).where(OptionValue.key == HOSTS))
        session.execute(delete(Option).where(Option.key == HOSTS))

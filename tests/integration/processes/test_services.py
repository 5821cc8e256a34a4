"""The private PostgreSQL and Redis: who may do what, and that a password is asked for."""

import psycopg
import pytest
import redis as redis_client

from callcenter.core.addresses import APP_ROLE, app_url, owner_url
from callcenter.processes.services import postgres as cluster
from tests.support.databases import DataServices

pytestmark = pytest.mark.integration


def connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)


@pytest.fixture(scope="module", autouse=True)
def roles(services: DataServices) -> None:
    cluster.prepare_roles(services.settings, services.secrets)


def test_the_application_role_is_bound_by_row_level_security(services: DataServices) -> None:
    with connect(app_url(services.settings, services.secrets)) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, False, False)


def test_the_owner_is_no_superuser_either(services: DataServices) -> None:
    with connect(owner_url(services.settings, services.secrets)) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, False)


def test_the_application_role_may_use_tables_made_later_but_make_none(services) -> None:
    with connect(owner_url(services.settings, services.secrets)) as owner:
        owner.execute("CREATE TABLE later (n int)")
        with connect(app_url(services.settings, services.secrets)) as app:
            app.execute("INSERT INTO later VALUES (1)")
            assert app.execute("SELECT n FROM later").fetchall() == [(1,)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("CREATE TABLE mine (n int)")
        owner.execute("DROP TABLE later")


def test_preparing_the_roles_again_changes_nothing(services: DataServices) -> None:
    cluster.prepare_roles(services.settings, services.secrets)
    with connect(app_url(services.settings, services.secrets)) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (APP_ROLE,)


def test_trigram_search_is_there(services: DataServices) -> None:
    with connect(app_url(services.settings, services.secrets)) as connection:
        row = connection.execute("SELECT similarity('张三丰', '张三') > 0.3").fetchone()
    assert row == (True,)


def test_a_wrong_password_is_refused(services: DataServices) -> None:
    wrong = owner_url(services.settings, services.secrets).replace(
        services.secrets.database_owner_password, "wrong"
    )
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(wrong)


def test_redis_answers_nobody_without_its_password(services: DataServices) -> None:
    with (
        redis_client.Redis(port=services.settings.redis.port) as client,
        pytest.raises(redis_client.AuthenticationError),
    ):
        client.ping()


def test_redis_keeps_what_it_was_told(redis: "redis_client.Redis") -> None:
    configured = redis.config_get("*")
    assert configured["appendonly"] == "yes"
    assert configured["maxmemory-policy"] == "noeviction"

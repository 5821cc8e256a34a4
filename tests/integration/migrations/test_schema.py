"""The migrated schema: what the models say, and every table behind its wall."""

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, make_url, select, table, text

from callcenter.core.addresses import APP_ROLE
from callcenter.migrations.__main__ import config, upgrade
from callcenter.migrations.policies import APPEND_ONLY, PURGED
from callcenter.migrations.schema import METADATA

pytestmark = pytest.mark.integration

_PLATFORM_ONLY_WRITES = {"enterprise", "trunk", "option_definition", "sign_in_failure"}


@pytest.fixture
def owner(postgres):
    engine = create_engine(postgres.owner_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def app(postgres):
    engine = create_engine(postgres.app_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _tables(connection):
    query = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    return set(connection.scalars(text(f"{query} AND relkind IN ('r', 'p')")))


def test_the_schema_is_what_the_models_say(owner):
    context = MigrationContext.configure(owner, opts={"compare_type": True})
    assert compare_metadata(context, METADATA) == []


def test_migrating_a_migrated_database_changes_nothing(postgres, owner):
    before = _tables(owner)
    owner.rollback()
    upgrade(make_url(postgres.owner_url).render_as_string(hide_password=False))
    assert _tables(owner) == before


def test_every_table_is_behind_forced_row_level_security(owner):
    query = text(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    # Alembic's own table: the application has no right to it at all.
    assert set(owner.scalars(query)) <= {"alembic_version"}


def test_every_table_has_a_policy(owner):
    guarded = set(
        owner.scalars(text("SELECT tablename FROM pg_policies WHERE schemaname='public'"))
    )
    assert _tables(owner) - guarded == {"alembic_version"}


def test_every_policy_names_the_enterprise_or_the_platform(owner):
    rows = owner.execute(text("SELECT tablename, qual FROM pg_policies WHERE schemaname='public'"))
    open_to_all = {table for table, qual in rows if "current_setting" not in qual}
    assert open_to_all == {"option_definition"}, "what may be ticked is no secret; all else is"


def test_every_row_of_an_enterprise_is_checked_when_it_is_written(owner):
    rows = owner.execute(
        text("SELECT tablename, cmd, with_check FROM pg_policies WHERE schemaname = 'public'")
    )
    unchecked = {table for table, cmd, check in rows if cmd != "SELECT" and check is None}
    assert unchecked == set()


def test_the_application_owns_nothing_and_may_not_pass_the_wall(owner):
    rights = owner.execute(
        text(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = :r"
        ),
        {"r": APP_ROLE},
    ).one()
    assert tuple(rights) == (False, False, False, False)
    owned = text("SELECT count(*) FROM pg_class WHERE relowner = CAST(:r AS regrole)")
    assert owner.scalar(owned, {"r": APP_ROLE}) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE extra (id int)",
        "ALTER TABLE user_account DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON user_account",
        "TRUNCATE user_account",
        "SET ROLE callcenter_owner",
        "SELECT * FROM alembic_version",
        "DROP TABLE team",
    ],
)
def test_the_application_may_not(app, statement):
    with pytest.raises(Exception, match=r"permission denied|must be owner") as refused:
        app.execute(text(statement))
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize("name", sorted(APPEND_ONLY))
@pytest.mark.parametrize("right", ["UPDATE", "DELETE"])
def test_history_can_be_added_to_but_not_changed(owner, name, right):
    query = text("SELECT has_table_privilege(:role, :table, :right)")
    asked = {"role": APP_ROLE, "table": name}
    assert owner.scalar(query, {**asked, "right": "INSERT"})
    purged = right == "DELETE" and name in PURGED
    assert owner.scalar(query, {**asked, "right": right}) == purged


def test_without_a_scope_no_row_is_seen(owner, app):
    owner.execute(text("SELECT set_config('app.platform', 'on', true)"))
    owner.execute(
        text(
            "INSERT INTO enterprise (id, code, name, area_code, time_zone, status, created_at, version)"
            " VALUES (gen_random_uuid(), '100001', 'A', '', 'UTC', 'active', now(), 1)"
        )
    )
    owner.commit()
    for name in sorted(_tables(app) - {"alembic_version"}):
        assert app.scalar(select(func.count()).select_from(table(name))) == 0, name


def test_the_owner_too_is_bound_by_the_wall(owner):
    """A forgotten owner connection leaks nothing: the policies are forced on it."""
    assert owner.scalar(text("SELECT count(*) FROM enterprise")) == 0


@pytest.mark.parametrize("name", sorted(_PLATFORM_ONLY_WRITES))
def test_only_the_platform_writes(owner, name):
    query = text("SELECT with_check FROM pg_policies WHERE tablename = :t AND cmd = 'ALL'")
    assert list(owner.scalars(query, {"t": name})) == [
        "( SELECT (current_setting('app.platform'::text, true) = 'on'::text))"
    ]


def test_a_migration_can_be_taken_back(postgres, owner):
    command.downgrade(config(owner), "base")
    owner.commit()
    assert _tables(owner) == {"alembic_version"}

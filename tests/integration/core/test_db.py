"""The two walls between enterprises, and units of work, on a real database."""

import pytest
from sqlalchemy import create_engine, delete, event, func, insert, select, text, true, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import aliased

from callcenter.core.db import SCOPED, ScopeViolation, TenantTables, written
from callcenter.core.errors import Stale
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.people.models import Skill, Team, TeamMember

pytestmark = pytest.mark.integration
_FIRST = pytest.mark.usefixtures("first_wall_alone")


@pytest.fixture
def teams(database, ours, theirs):
    """One team each; their ids."""
    made = []
    for scope, name in ((ours, "ours"), (theirs, "theirs")):
        with database.begin(scope) as session:
            team = Team(id=new_id(), name=name)
            session.add(team)
            made.append(team.id)
    return made


@pytest.fixture
def first_wall_alone(shared_database):
    """Row-level security taken off `team`, so that what still holds is the first wall."""
    engine = create_engine(shared_database.owner_url)
    with engine.begin() as owner:
        owner.execute(text("ALTER TABLE team DISABLE ROW LEVEL SECURITY"))
    yield
    with engine.begin() as owner:
        owner.execute(text("ALTER TABLE team ENABLE ROW LEVEL SECURITY"))
    engine.dispose()


def names(session, query):
    return [team.name for team in session.scalars(query)]


def all_names(database, teams):
    with database.begin(Scope.platform()) as session:
        return sorted(names(session, select(Team).where(Team.id.in_(teams))))


def test_a_new_row_is_stamped_with_the_enterprise(database, ours, teams):
    with database.begin(ours) as session:
        assert session.get(Team, teams[0]).enterprise_id == ours.enterprise_id


@_FIRST
def test_an_orm_query_sees_its_own_enterprise_only(database, ours, theirs, teams):
    for scope, expected in ((ours, ["ours"]), (theirs, ["theirs"])):
        with database.begin(scope) as session:
            assert names(session, select(Team)) == expected


def test_the_platform_sees_all(database, teams):
    assert all_names(database, teams) == ["ours", "theirs"]


@_FIRST
def test_a_row_of_another_enterprise_is_not_got_by_its_id(database, ours, teams):
    with database.begin(ours) as session:
        assert session.get(Team, teams[1]) is None


@_FIRST
def test_a_part_of_a_statement_has_its_own_predicate(database, ours, teams):
    table = Team.__table__
    with database.begin(ours) as session:
        tables = TenantTables(session)
        part = tables.part(select(table.c.id).correlate(None))
        assert list(tables.execute(part).scalars()) == [teams[0]]
        found = tables.execute(select(table.c.name).where(table.c.id.in_(part)))
        assert list(found.scalars()) == ["ours"]


@_FIRST
def test_a_part_is_bound_and_what_stands_beside_it_is_not(database, ours, teams):
    table = Team.__table__
    with database.begin(ours) as session:
        part = TenantTables(session).part(select(table.c.id).correlate(None))
        beside = select(table.c.name).where(table.c.id.in_(part))
        with pytest.raises(ScopeViolation):
            session.execute(beside)


@_FIRST
def test_aliases_and_joins_are_filtered_too(database, ours, teams):
    other = aliased(Team)
    with database.begin(ours) as session:
        pairs = session.execute(select(Team.name, other.name).join(other, true())).all()
        assert pairs == [("ours", "ours")]


@_FIRST
def test_an_update_or_delete_by_orm_reaches_no_other_enterprise(database, ours, teams):
    with database.begin(ours) as session:
        assert session.execute(update(Team).values(name="taken")).rowcount == 1
    with database.begin(ours) as session:
        assert session.execute(delete(Team)).rowcount == 1
    assert all_names(database, teams) == ["theirs"]


def test_a_row_of_another_enterprise_is_refused_before_it_is_written(database, ours, theirs):
    with pytest.raises(ScopeViolation), database.begin(ours) as session:
        session.add(Team(enterprise_id=theirs.enterprise_id, name="smuggled"))


def test_postgresql_refuses_what_slips_past_the_first_wall(database, ours, theirs):
    row = {"id": new_id(), "enterprise_id": theirs.enterprise_id, "name": "smuggled"}
    with pytest.raises(ProgrammingError, match="row-level security"), database.begin(ours) as s:
        s.execute(insert(Skill.__table__), row, execution_options={SCOPED: True})


def test_postgresql_filters_what_slips_past_the_first_wall(database, ours, teams):
    query = select(Team.__table__.c.name)
    with database.begin(ours) as session:
        found = session.execute(query, execution_options={SCOPED: True}).scalars()
        assert list(found) == ["ours"]


@pytest.mark.parametrize(
    "statement",
    [
        select(Team.__table__),
        select(Skill.__table__.c.id).join(
            Team.__table__, Team.__table__.c.id == Skill.__table__.c.id
        ),
        update(Team.__table__).values(name="x"),
        delete(Team.__table__),
        insert(Team.__table__).values(name="x"),
        select(text("1")).where(select(Team.__table__.c.id).exists()),
    ],
    ids=["select", "join", "update", "delete", "insert", "subquery"],
)
def test_a_core_statement_on_a_tenant_table_is_refused(database, ours, statement):
    with pytest.raises(ScopeViolation), database.begin(ours) as session:
        session.execute(statement)


def test_the_guard_stands_again_after_a_flush_that_failed(database, ours, teams):
    with pytest.raises(Exception, match="uq_team"), database.begin(ours) as session:
        session.add(Team(name="ours"))
    with pytest.raises(ScopeViolation), database.begin(ours) as session:
        session.execute(select(Team.__table__))


def test_without_a_scope_nothing_is_asked(database):
    session = database._sessions()
    with pytest.raises(ScopeViolation), session.begin():
        session.execute(select(Team))


def test_a_scope_ends_with_its_transaction(database, ours, teams):
    with database.begin(ours):
        pass
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM team")) == 0


@_FIRST
def test_tenant_tables_read_change_and_delete_their_own_rows_only(database, ours, teams):
    table = Team.__table__
    with database.begin(ours) as session:
        tables = TenantTables(session)
        assert tables.execute(select(table.c.name)).scalars().all() == ["ours"]
        assert tables.execute(update(table).values(name="renamed")).rowcount == 1
        assert tables.execute(delete(table)).rowcount == 1
    assert all_names(database, teams) == ["theirs"]


@_FIRST
def test_a_kept_statement_finds_the_own_rows_of_whoever_runs_it(database, ours, theirs, teams):
    kept = TenantTables.for_any(select(Team.__table__.c.name))
    for scope, name in ((ours, "ours"), (theirs, "theirs")):
        with database.begin(scope) as session:
            assert TenantTables(session).execute(kept, {}).scalars().all() == [name]


def test_what_is_run_with_parameters_and_bound_to_nobody_is_refused(database, ours):
    with pytest.raises(ScopeViolation), database.begin(ours) as session:
        TenantTables(session).execute(select(Team.__table__), {})


def test_tenant_tables_join_on_both_sides_within_the_enterprise(database, ours, teams):
    member, team = TeamMember.__table__, Team.__table__
    with database.begin(ours) as session:
        query = select(team.c.name).outerjoin(member, member.c.team_id == team.c.id)
        statement = str(
            TenantTables(session).execute(query.where(team.c.name != "")).context.compiled
        )
    assert statement.count("enterprise_id =") == 2


def test_tenant_tables_stamp_what_they_insert(database, ours, theirs):
    with database.begin(ours) as session:
        row = {"id": new_id(), "name": "a", "enterprise_id": theirs.enterprise_id}
        TenantTables(session).insert(insert(Skill.__table__), row)
    with database.begin(ours) as session:
        assert [skill.name for skill in session.scalars(select(Skill))] == ["a"]


def test_many_rows_are_stamped_and_kept_in_their_order(database, ours, theirs):
    rows = [
        {"id": new_id(), "name": name, "enterprise_id": theirs.enterprise_id}
        for name in ("𠮷野家 😀", 'b "\\', "")
    ]
    with database.begin(ours) as session:
        TenantTables(session).insert_all(Skill.__table__, rows)
        assert Skill.__table__ in written(session)
    with database.begin(ours) as session:
        skills = {skill.id: skill.name for skill in session.scalars(select(Skill))}
        assert [skills[row["id"]] for row in rows] == [row["name"] for row in rows]


def test_of_many_rows_no_column_is_written_that_none_of_them_fills(database, ours):
    rows = [{"id": new_id(), "name": name, "version": 1, "leader_id": None} for name in "ab"]
    said = []
    with database.begin(ours) as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *told: said.append(told))
        TenantTables(session).insert_all(Team.__table__, rows)
        TenantTables(session).insert_all(Team.__table__, [])
        ((_, _, statement, *_),) = said
        assert "version" in statement
        assert "leader_id" not in statement
        assert sorted(team.name for team in session.scalars(select(Team))) == ["a", "b"]


def test_of_many_rows_a_column_that_there_is_not_is_no_column_to_leave_out(database, ours):
    row = {"id": new_id(), "name": "a", "no_such_column": 1}
    with database.begin(ours) as session, pytest.raises(KeyError, match="no_such_column"):
        TenantTables(session).insert_all(Skill.__table__, [row])


def test_tenant_tables_need_an_enterprise(database):
    with pytest.raises(ScopeViolation), database.begin(Scope.platform()) as session:
        TenantTables(session)


def test_a_failed_unit_of_work_leaves_nothing(database, ours):
    def fail():
        with database.begin(ours) as session:
            session.add(Team(name="lost"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.begin(ours) as session:
        assert names(session, select(Team)) == []


def test_a_lost_update_is_refused(database, ours, teams):
    def rename(name, meanwhile=lambda: None):
        with database.begin(ours) as session:
            team = session.get(Team, teams[0])
            meanwhile()
            team.name = name

    with pytest.raises(Stale):
        rename("mine", meanwhile=lambda: rename("theirs was first"))
    with database.begin(ours) as session:
        assert names(session, select(Team)) == ["theirs was first"]


def backend(session):
    return session.scalar(select(func.pg_backend_pid()))


def test_a_connection_whose_server_went_is_replaced(database, shared_database, ours):
    with database.begin(ours) as session:
        first = backend(session)
    engine = create_engine(shared_database.owner_url)
    with engine.begin() as owner:
        owner.execute(select(func.pg_terminate_backend(first, 5000)))
    engine.dispose()
    with database.begin(ours) as session:
        assert backend(session) != first

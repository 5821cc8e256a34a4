"""What is written for MySQL is wholly our own, and what reaches beyond its tables is refused."""

import pytest

from callcenter.queries.expert.languages import LANGUAGES
from callcenter.queries.expert.parts import BadStatement, Parameter, Parts, Relation
from callcenter.queries.expert.reading import read

TABLES = {
    "orders": Relation(
        "orders", {"id": "integer", "name": "text", "total": "number", "at": "datetime"}
    )
}
PARAMETERS = {"q": Parameter("text"), "ids": Parameter("integer", many=True)}
HOSTILE = [
    "sleep(9) as x", "benchmark(1000000000, 1) as x", "load_file('/etc/passwd') as x",
    "get_lock('a', 9) as x", "release_lock('a') as x", "version() as x", "database() as x",
    "user() as x", "@@version as x", "@a as x", "@a := 1 as x", "connection_id() as x",
    "is_free_lock('a') as x", "master_pos_wait('a', 1) as x", "uuid_short() as x",
    "(select 1 from mysql.user) as x", "(select 1 from information_schema.tables) as x",
    "name regexp '(a+)+b' as x", "name rlike 'x' as x", "sys_exec('x') as x", "rand() as x",
    "repeat('x', 1000000000) as x", "space(1000000000) as x", "extractvalue('x', 'y') as x",
    "updatexml('x', 'y', 'z') as x", "aes_decrypt(name, 'x') as x", "json_table('[]', '$') as x",
    "name collate utf8mb4_bin as x", "binary name as x", "*", "orders.*", "phone(lower(phone(name))) as x",
]  # fmt: skip
ELSEWHERE = [
    "orders into outfile '/tmp/x'", "orders into dumpfile '/tmp/x'", "orders into @a",
    "orders for update", "orders lock in share mode", "mysql.user u", "orders procedure analyse()",
    "orders; drop table orders", "orders union select 1", "orders use index (x)", "`mysql`.`user` u",
    "orders o full join orders p on p.id = o.id", "(values row(1)) v", "json_table('[]', '$') as j",
]  # fmt: skip


def written(**texts: str) -> str:
    said = {"select": "id", "source": "orders", **texts}
    return read(Parts(**said), TABLES, PARAMETERS, LANGUAGES["mysql"]).statement({*PARAMETERS})


@pytest.mark.parametrize("select", HOSTILE)
def test_what_reads_files_waits_locks_or_tells_of_the_server_is_refused(select: str) -> None:
    with pytest.raises(BadStatement):
        written(select=select)


@pytest.mark.parametrize("source", ELSEWHERE)
def test_there_is_one_select_over_its_own_tables(source: str) -> None:
    with pytest.raises(BadStatement):
        written(source=source)


@pytest.mark.parametrize("value", ["it\\'s", "a\\\\", "x\\0y", "\\' or 1=1 -- "])
def test_texts_are_the_same_whatever_the_servers_mode_is(value: str) -> None:
    statement = written(where=f"name = '{value}'")
    assert "_utf8mb4 X'" in statement
    assert "or 1=1" not in statement


def test_comments_that_mysql_would_carry_out_are_dropped() -> None:
    assert "sleep" not in written(select="/*!50000 sleep(9), */ id")
    assert "outfile" not in written(source="orders /*! into outfile '/tmp/x' */")


def test_names_are_the_same_in_capitals_and_between_quotes() -> None:
    statement = written(select="`ID`, ORDERS.Name as `Who``s`", order="`WHO``S` desc")
    assert "`orders`.`id` AS `id`, `orders`.`name` AS `who``s`" in statement
    assert statement.endswith("ORDER BY `who``s` DESC")


def test_lists_intervals_and_nulls_are_written_as_mysql_has_them() -> None:
    statement = written(
        where="id in (:ids) and at > now() - interval 7 day and not name <=> :q",
        order="total is null, total desc",
    )
    assert "`orders`.`id` IN %(p_ids)s" in statement
    assert "now() - INTERVAL '7' DAY" in statement
    assert "(`orders`.`name` <=> %(p_q)s)" in statement
    assert "NULLS" not in statement


def test_phone_marks_a_whole_column_and_only_over_sources() -> None:
    checked = read(Parts("phone(name) as p", "orders"), TABLES, {}, LANGUAGES["postgresql"])
    assert checked.phones == {"p"}
    with pytest.raises(BadStatement):
        read(Parts("phone(name) as p", "orders"), TABLES, {})

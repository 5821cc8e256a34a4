"""Statements that expert mode must refuse, by the reason that it must give: (part, text)."""

from collections.abc import Iterator

HOSTILE: dict[str, list[tuple[str, str]]] = {
    # functions that reach beyond their arguments, or make much out of little
    "expert.unknown_function": [
        ("select", f"{call} as x")
        for call in (
            "pg_sleep(10)", "pg_sleep_for('5 minutes')", "pg_read_file('/etc/passwd')",
            "pg_read_binary_file('/etc/passwd')", "pg_ls_dir('.')", "pg_stat_file('.')",
            "pg_terminate_backend(1)", "pg_cancel_backend(1)", "pg_reload_conf()",
            "pg_advisory_lock(1)", "pg_advisory_xact_lock(1)", "pg_try_advisory_lock(1)",
            "pg_notify('a', 'b')", "pg_export_snapshot()", "pg_backend_pid()",
            "pg_get_viewdef('x')", "pg_relation_filepath('x')", "pg_relation_size('customer')",
            "pg_rotate_logfile()", "pg_switch_wal()", "pg_logical_emit_message(true, 'a', 'b')",
            "set_config('app.platform', 'on', true)", "set_config('role', 'postgres', true)",
            "current_setting('app.enterprise_id')", "set_byte(name, 1, 1)",
            "dblink('host=x', 'select 1')", "dblink_connect('x')", "dblink_exec('drop table x')",
            "postgres_fdw_handler()", "lo_import('/etc/passwd')", "lo_export(1, '/tmp/x')",
            "lo_get(1)", "lo_create(0)", "lo_from_bytea(0, 'x')",
            "query_to_xml('select * from user_account', true, true, '')",
            "query_to_xml_and_xmlschema('select 1', true, true, '')",
            "table_to_xml('user_account', true, true, '')", "database_to_xml(true, true, '')",
            "schema_to_xml('public', true, true, '')", "cursor_to_xml('c', 1, true, true, '')",
            "nextval('x')", "setval('x', 1)", "currval('x')", "lastval()",
            "version()", "inet_server_addr()", "inet_client_addr()", "current_database()",
            "current_schema()", "current_schemas(true)", "has_table_privilege('x', 'select')",
            "txid_current()", "generate_series(1, 1000000000)", "repeat('x', 1000000000)",
            "unnest(string_to_array(name, ','))", "regexp_replace(name, '(a+)+b', '')",
            "regexp_matches(name, 'x')", "regexp_split_to_table(name, 'x')",
            "regexp_count(name, '(a*)*')", "string_to_table(name, ',')", "array_fill(1, 9)",
            "json_populate_record(null, '{}')", "row_to_json(c)", "to_jsonb(c)", "to_json(c)",
            "json_agg(c)", "jsonb_agg(c)", "array_agg(name)", "xmlagg(name)", "hstore(c)",
            "xmlparse(name)", "xpath('/x', name)", "convert_from(name, 'UTF8')",
            "encode(name, 'hex')", "decode(name, 'hex')", "md5(name)", "random()",
            "gen_random_uuid()", "crypt(name, 'x')", "pgp_sym_decrypt(name, 'x')",
            "row(1, 2)", "format('%s', name)", "quote_literal(name)", "chr(0)", "power(9, 999999)",
            "factorial(100000)", "exp(9999)", "similarity(name, 'x')", "word_similarity(name, 'x')",
            '"pg_sleep"(10)', "PG_SLEEP(10)", "pg_sleep /* x */ (10)", "mask(name)",
            "any(array[1])", "exists(values (1))", "exists(table customer)", "position('a' in name)",
        )
    ],
    # what is no expression of this language
    "expert.not_allowed": [
        ("select", "pg_catalog.pg_sleep(10) as x"),
        ("select", "public.pg_sleep(10) as x"),
        ("select", "current_user as x"),
        ("select", "session_user as x"),
        ("select", "current_catalog as x"),
        ("select", "$$a$$ as x"),
        ("select", "$tag$ ' $tag$ as x"),
        ("select", "E'a\\' or 1=1' as x"),
        ("select", "U&'d\\0061t' as x"),
        ("select", "B'101' as x"),
        ("select", "X'ff' as x"),
        ("select", "N'x' as x"),
        ("select", "'a' 'b' as x"),
        ("select", "array[1, 2] as x"),
        ("select", "name[1] as x"),
        ("select", "(name, city) as x"),
        ("select", "$1 as x"),
        ("select", "@x as x"),
        ("select", "name ~ '(a+)+$' as x"),
        ("select", "name ~* 'x' as x"),
        ("select", "name !~ 'x' as x"),
        ("select", "name similar to '(a|b)*' as x"),
        ("select", "name -> 'x' as x"),
        ("select", "name ->> 'x' as x"),
        ("select", "name #> '{a}' as x"),
        ("select", "name @> 'x' as x"),
        ("select", "name ? 'x' as x"),
        ("select", 'name collate "C" as x'),
        ("select", "age operator(pg_catalog.+) 1 as x"),
        ("select", "age ^ 999999 as x"),
        ("select", "age & 1 as x"),
        ("select", "age << 60 as x"),
        ("select", "~ age as x"),
        ("select", "0xff as x"),
        ("select", "customer.c.name as x"),
        ("select", "max(age) within group (order by age) as x"),
        ("select", "sum(age) over w as x"),
        ("select", "lower(name) over () as x"),
        ("select", "lower(name) filter (where true) as x"),
        ("select", "first_value(age) ignore nulls over (order by age) as x"),
        ("select", "distinct on (name) name"),
        ("select", "(select 1 as a into t) as x"),
        ("select", "(select name from customer for update) as x"),
        ("select", "(select name from customer for share skip locked) as x"),
        ("select", "(with w as (select name from customer) select name from w) as x"),
        ("select", "(with w as (delete from customer returning name) select name from w) as x"),
        ("select", "(values (1)) as x"),
        ("select", "interval :q as x"),
        ("select", "extract(year from interval '1 light') as x, interval '1' lightyear as y"),
        ("where", "(name, city) in (select name, city from customer)"),
        ("where", "age = all (select age from customer)"),
        ("where", "age = any (select age from customer)"),
        ("where", "name like any (array['a'])"),
        ("where", "a.b.c.name = 'x'"),
        ("source", "customer c join customer d using (id)"),
        ("source", "customer c natural join customer d"),
        ("source", "customer c tablesample system (10)"),
        ("source", "only customer"),
        ("source", "customer c (a, b)"),
        ("source", "(select name from customer union select name from customer order by 1) u"),
        ("source", "(select name from customer for update) u"),
        ("group", "rollup (name)"),
        ("group", "cube (name, city)"),
        ("group", "grouping sets ((name), ())"),
    ],
    # tables that are no objects of the enterprise
    "expert.unknown_object": [
        ("source", table)
        for table in (
            "user_account", "pg_class", "pg_authid", "pg_shadow", "pg_roles", "pg_user",
            "pg_settings", "pg_stat_activity", "pg_proc", "pg_file_settings", "pg_hba_file_rules",
            "pg_catalog.pg_class", "information_schema.tables", "information_schema.columns",
            "public.user_account", "e100002.customer", "e100001.customer", '"e100002"."customer"',
            "customer c, user_account u", "customer c join pg_class p on true",
            "customer c left join e100002.customer d on d.id = c.id", '"Customer"', "call",
            "audit_entry", "pg_temp.x", "pg_toast.pg_toast_1", "recording", "data_object",
            "(select rolpassword as x from pg_authid) p", "pg_largeobject", "job",
        )
    ],
    "expert.only_objects": [
        ("source", "generate_series(1, 1000000000) g"),
        ("source", "pg_ls_dir('.') d"),
        ("source", "customer c, pg_read_file('/etc/passwd') f"),
        ("source", "customer c cross join unnest(array[1,2]) u"),
        ("source", "(values (1), (2)) v"),
        ("source", "rows from (generate_series(1, 9)) r"),
        ("source", "customer c, lateral (select 1 as x) l"),
        ("source", "customer c cross join lateral (select c.name as y) l"),
        ("source", "dblink('host=x', 'select 1') as t(a int)"),
    ],
    # columns that are none
    "expert.unknown_field": [
        ("select", f"{column} as x")
        for column in (
            "enterprise_id", "c.enterprise_id", "deleted_at", "search_text", "extra", "c.extra",
            "xmin", "ctid", "tableoid", "c.ctid", "secret", "c.secret", "f_name", '"Name"',
            "c", "customer", "user", "oid", "current_role",
        )
    ],
    "expert.unknown_alias": [
        ("select", "d.name"), ("select", "pg_class.relname"), ("where", "customer.name = 'x'"),
        ("select", "(select z.name from customer y limit 1) as x"),
    ],
    "expert.star": [
        ("select", "*"), ("select", "c.*"), ("select", "sum(c.*) as x"),
        ("where", "exists (select * from customer)"), ("source", "(select * from customer) u"),
    ],
    # more than one statement, or more than its part
    "expert.one_statement": [
        ("where", "1 = 1; delete from customer"), ("where", "1 = 1; select 1"),
        ("order", "name; drop table customer"), ("select", "name; select 1"),
        ("where", "1 = 1 union select 1"), ("source", "customer c union all select 1 from customer"),
        ("group", "name except select 1"), ("having", "true intersect select 1"),
        ("select", "name union select rolname from pg_roles"),
    ],
    "expert.other_part": [
        ("where", "true order by name"), ("where", "true group by name"), ("where", "true limit 5"),
        ("where", "true for update"), ("source", "customer c where true"),
        ("source", "customer c order by 1"), ("source", "customer c limit 1"),
        ("source", "customer c for update"), ("select", "name from user_account"),
        ("select", "name into t"), ("select", "name limit 1"), ("select", "1 as x where true"),
        ("group", "name having true"), ("order", "name limit 10"), ("order", "name for update"),
        ("order", "name offset 5"), ("having", "true window w as ()"),
        ("source", "customer c fetch first 1 rows only"),
    ],
    "expert.syntax": [
        ("where", "name = 'x"), ("where", "(name = 'x'"), ("where", "name = 'x')"),
        ("where", "name = "), ("source", "customer c join"),
        ("source", "json_table('[]', '$[*]' columns (a int path '$')) j"), ("order", "name using <"),
        ("source", "(insert into customer (name) values ('x') returning name) u"),
        ("select", "count(variadic name) as x"), ("where", "name /* 'x'"), ("where", "= 1"),
        ("select", "substring(name from 1 for 2) as x"), ("where", "a\0b"),
        ("select", "case when true then 1"), ("where", "name = 'x' name = 'y'"),
    ],
    # types and words that are none
    "expert.unknown_type": [
        ("select", f"name::{kind} as x")
        for kind in (
            "regclass", "regproc", "regrole", "oid", "xml", "json", "jsonb", "bytea", "text[]",
            "int[]", "name", '"char"', "inet", "money", "tsvector", "customer", "public.t",
            "numeric(999, 3)", "int4range", "bit(3)", "varchar(99999999)::point",
        )
    ],
    "expert.unknown_word": [
        ("select", "date_trunc('fortnight', made) as x"), ("select", "date_trunc(name, made) as x"),
        ("select", "extract(fortnight from made) as x"), ("select", "date_part(name, made) as x"),
        ("select", "date_trunc(:q, made) as x"),
    ],
    "expert.arguments": [
        ("select", "lower() as x"), ("select", "now(1) as x"), ("select", "sum(age, age) as x"),
        ("select", "count(distinct name, city) as x"), ("select", "replace(name, 'a') as x"),
        ("select", "count() as x"), ("select", "concat(" + ", ".join(["name"] * 21) + ") as x"),
    ],
    "expert.padded": [
        ("select", "lpad(name, 1000000000) as x"), ("select", "rpad(name, age) as x"),
        ("select", "lpad(name, 201, 'x') as x"), ("select", "rpad(name, :n, 'x') as x"),
        ("select", "lpad(name, -1) as x"),
    ],
    "expert.number": [
        ("select", "1e100000 as x"), ("select", "9" * 31 + " as x"),
        ("where", "exists (select 1 from customer limit 100000000)"),
        ("where", "exists (select 1 from customer limit (select 1))"),
        ("where", "exists (select 1 from customer limit all offset :n)"),
        ("select", "0." + "1" * 21 + " as x"),
    ],
    "expert.needs_window": [
        ("select", "row_number() as x"), ("select", "lag(age) as x"), ("select", "rank() as x"),
        ("select", "percentile_cont(0.5) as x"),
    ],
    "expert.unknown_parameter": [
        ("where", "name = :nope"), ("where", "name = :Q"), ("where", "name = ?"),
        ("where", "name = %s"), ("where", "age in (:nope)"),
    ],
    "expert.list_parameter": [("where", "name = :ids"), ("select", "coalesce(:ids, 'x') as x")],
    "expert.too_many_objects": [
        ("source", "customer c0" + "".join(f" cross join customer c{n}" for n in range(1, 13))),
        ("where", " and ".join(["exists (select 1 from customer)"] * 13)),
    ],
    "expert.too_deep": [
        ("where", "(" * 2000 + "1 = 1" + ")" * 2000),
        ("where", "exists (select 1 where " * 9 + "true" + ")" * 9),
        ("select", "- " * 3000 + "1 as x"),
    ],
    "expert.too_long": [("where", "name = '" + "x" * 10_000 + "'")],
    "expert.join_on": [
        ("source", "customer c left join customer d"), ("source", "customer c full join customer d"),
        ("source", "customer c inner join customer d"),
    ],
    "expert.needs_alias": [("source", "(select name from customer)")],
    "expert.nameless": [
        ("select", "1"), ("select", "count(*)"), ("select", 'name as " "'),
        ("source", "(select 1) u"), ("select", '1 as "' + "x" * 61 + '"'),
    ],
    "expert.twice": [
        ("select", "name, name"), ("select", "name, city as name"), ("source", "customer, customer"),
        ("source", "customer c, customer c"),
    ],
    "expert.ambiguous": [("where", "exists (select name from customer a, customer b)")],
    "expert.set_columns": [
        ("source", "(select name from customer union select name, city from customer) u"),
    ],
    "expert.optional_inside": [
        ("where", "(true [[ and name = :q ]])"), ("where", "[[ name = :q [[ and age = :n ]] ]]"),
    ],
    "expert.optional_open": [("where", "true [[ and name = :q"), ("where", "true ]] and name = :q")],
    "expert.optional_or": [("where", "true [[ or name = :q ]]")],
    "expert.optional_constant": [("where", "age > 1 [[ and name = 'x' ]]")],
    "validation.required": [("select", ""), ("source", "  ")],
}  # fmt: skip


def hostile() -> Iterator[tuple[str, str, str]]:
    """(reason, part, text)."""
    for reason, statements in HOSTILE.items():
        for part, text in statements:
            yield reason, part, text

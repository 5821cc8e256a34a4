"""Statements of expert mode beside the same written by hand, over `jobs` and `clients` of a firm."""

GOOD: list[tuple[dict[str, str], str]] = [
    ({"select": "c.name", "source": "client c", "order": "c.name"},
     "select f_name from {c} where live order by f_name"),
    ({"select": "count(*) as n", "source": "client"}, "select count(*) from {c} where live"),
    ({"select": "c.city, count(*) as n, sum(c.age) as s", "source": "client c", "group": "c.city",
      "having": "count(*) > 1", "order": "n desc, c.city"},
     ("select {city}, count(*), sum({age}) from {c} where live group by 1 having count(*) > 1"
     " order by 2 desc, 1")),
    ({"select": "c.name, j.name as job", "source": "client c left join job j on j.customer = c.id",
      "order": "c.name, j.name"},
     ("select c.f_name, j.f_name from {c} c left join {j} j on j.f_customer = c.id and"
     " j.deleted_at is null where c.deleted_at is null order by 1, 2")),
    ({"select": "name", "source": "client", "where": "age between 20 and 40 and city is not null",
      "order": "1"},
     "select f_name from {c} where live and {age} between 20 and 40 and {city} is not null order by 1"),
    ({"select": "upper(name) || '!' as x", "source": "client", "order": "x"},
     "select upper(f_name) || '!' from {c} where live order by 1"),
    ({"select": "name, row_number() over (partition by city order by age desc, name) as r",
      "source": "client", "order": "name"},
     ("select f_name, row_number() over (partition by {city} order by {age} desc, f_name) from {c}"
     " where live order by 1")),
    ({"select": "name", "source": "client c",
      "where": "exists (select 1 from job j where j.customer = c.id)", "order": "name"},
     ("select f_name from {c} c where live and exists (select 1 from {j} j where j.f_customer = c.id"
     " and j.deleted_at is null) order by 1")),
    ({"select": "name", "source": "client",
      "where": "id not in (select customer from job where customer is not null)", "order": "name"},
     ("select f_name from {c} where live and id not in (select f_customer from {j} where live and"
     " f_customer is not null) order by 1")),
    ({"select": "case when age >= 30 then 'old' when age is null then '?' else 'young' end as x,"
      " count(*) as n", "source": "client", "group": "x", "order": "x"},
     ("select case when {age} >= 30 then 'old' when {age} is null then '?' else 'young' end,"
     " count(*) from {c} where live group by 1 order by 1")),
    ({"select": "x.city, x.n", "source": "(select city, count(*) as n from client group by city) x",
      "where": "x.n > 1", "order": "x.city"},
     "select {city}, count(*) from {c} where live group by 1 having count(*) > 1 order by 1"),
    ({"select": "name", "source": "client", "where": "name like 'a%' or name ilike '%B%'",
      "order": "name"},
     "select f_name from {c} where live and (f_name like 'a%' or f_name ilike '%B%') order by 1"),
    ({"select": "count(distinct city) as n, avg(age)::numeric(10,2) as a, max(age) - min(age) as d",
      "source": "client"},
     ("select count(distinct {city}), avg({age})::numeric(10,2), max({age}) - min({age}) from {c}"
     " where live")),
    ({"select": "string_agg(name, ', ' order by name desc) as x", "source": "client"},
     "select string_agg(f_name, ', ' order by f_name desc) from {c} where live"),
    ({"select": "count(*) filter (where age > 30) as n, percentile_cont(0.5) within group"
      " (order by age) as m", "source": "client"},
     ("select count(*) filter (where {age} > 30), percentile_cont(0.5) within group (order by {age})"
     " from {c} where live")),
    ({"select": "u.x", "source": "(select name as x from client union all select name from job) u",
      "order": "u.x"},
     "select f_name from {c} where live union all select f_name from {j} where live order by 1"),
    ({"select": "distinct city", "source": "client", "order": "city"},
     "select distinct {city} from {c} where live order by 1"),
    ({"select": "name", "source": "client", "where": "vip and not (age > 30)", "order": "name"},
     "select f_name from {c} where live and {vip} and not ({age} > 30) order by 1"),
    ({"select": "extract(year from born) as y, count(*) as n", "source": "client", "group": "y",
      "order": "y"},
     "select extract(year from {born}), count(*) from {c} where live group by 1 order by 1"),
    ({"select": "date_trunc('month', born) as m, to_char(born, 'YYYY-MM') as t", "source": "client",
      "order": "m, t"},
     ("select date_trunc('month', {born}), to_char({born}, 'YYYY-MM') from {c} where live"
     " order by 1, 2")),
    ({"select": "name", "source": "client", "where": "born > date '2000-01-01' - interval '3 years'"
      " and age * 2 + 1 > 40 - 1", "order": "name"},
     ("select f_name from {c} where live and {born} > date '2000-01-01' - interval '3 years' and"
     " {age} * 2 + 1 > 40 - 1 order by 1")),
    ({"select": "coalesce(city, '-') as x, nullif(age, 20) as y, greatest(age, 25) as z",
      "source": "client", "order": "x, y, z"},
     ("select coalesce({city}, '-'), nullif({age}, 20), greatest({age}, 25) from {c} where live"
     " order by 1, 2, 3")),
    ({"select": "name", "source": "client", "where": "likes is not null and"
      " jsonb_exists(likes, 'tea')", "order": "name"},
     "select f_name from {c} where live and extra->'likes' ? 'tea' order by 1"),
    ({"select": "a.name as x, b.name as y", "source": "client a join client b on a.city = b.city",
      "where": "a.id < b.id", "order": "a.name, b.name"},
     ("select a.f_name, b.f_name from {c} a join {c} b on a.extra->>'city' = b.extra->>'city' where"
     " a.deleted_at is null and b.deleted_at is null and a.id < b.id order by 1, 2")),
    ({"select": "sum(age) over (order by name rows between 1 preceding and current row) as s",
      "source": "client", "order": "s"},
     ("select sum({age}) over (order by f_name rows between 1 preceding and current row) from {c}"
     " where live order by 1")),
    ({"select": "(select max(j.name) from job j where j.customer = c.id) as last, c.name",
      "source": "client c", "order": "c.name"},
     ("select (select max(f_name) from {j} j where j.f_customer = c.id and j.deleted_at is null),"
     " f_name from {c} c where live order by f_name")),
]  # fmt: skip
"""In the second `live` stands for records that are not deleted, {c} and {j} for the tables."""

PLACES = {
    "age": "(extra->>'age')::bigint", "born": "(extra->>'born')::date", "city": "extra->>'city'",
    "vip": "(extra->>'vip')::boolean",
}  # fmt: skip


def by_hand(statement: str, schema: str) -> str:
    tables = {"c": f"{schema}.client", "j": f"{schema}.job"}
    return statement.format(**tables, **PLACES).replace(" live", " deleted_at is null")

"""What the second wall asks of a row: expressions of row-level security (ADR 5).

`app.enterprise_id` and `app.platform` are set by the unit of work for one transaction. Each stands in
a SELECT of its own: PostgreSQL then asks once a statement, else again for every row.
"""

_ENTERPRISE = "(SELECT nullif(current_setting('app.enterprise_id', true), '')::uuid)"

OWN = f"enterprise_id = {_ENTERPRISE}"
SELF = f"id = {_ENTERPRISE}"
PLATFORM = "(SELECT current_setting('app.platform', true) = 'on')"

"""What is computed from the samples: each figure, its target, and where it comes from. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median

from callcenter.acd.strategies import Strategy

Compute = Callable[[Sequence[float]], float]


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` percent of all samples do not exceed."""
    ordered = sorted(samples)
    rank = max(1, -(-len(ordered) * share // 100))
    return ordered[int(rank) - 1]


def p95(samples: Sequence[float]) -> float:
    return percentile(samples, 95)


def p99(samples: Sequence[float]) -> float:
    return percentile(samples, 99)


def only(samples: Sequence[float]) -> float:
    """Of what a run measures a single time."""
    (value,) = samples
    return value


@dataclass(frozen=True)
class Figure:
    """direction: `min` is met at or above the target, `max` at or below; no target: for the record.

    less: a source whose own value is taken off.
    """

    name: str
    benchmark: str
    source: str
    compute: Compute
    unit: str
    text: str
    target: float | None = None
    direction: str = "max"
    less: str = ""

    def of(self, samples: Mapping[str, Sequence[float]]) -> float:
        """samples: of one run, by their sources."""
        value = self.compute(samples[self.source])
        return value - self.compute(samples[self.less]) if self.less else value

    def met(self, value: float) -> bool | None:
        if self.target is None:
            return None
        return value >= self.target if self.direction == "min" else value <= self.target


_SIMULATED = (
    Figure("simulated_off_erlang_a", "simulation", "off_erlang_a", max, "points", "service level in a simulated day with callers who give up: the strategy that is farthest off Erlang A", 3),
    Figure("simulated_off_erlang_c", "simulation", "off_erlang_c", only, "points", "the same with callers who never do, off Erlang C (longest idle)", 3),
    Figure("simulated_erlang_a", "simulation", "erlang_a", only, "%", "Erlang A of that day: answered in 20 s"),
    Figure("simulated_erlang_c", "simulation", "erlang_c", only, "%", "Erlang C of that day"),
    Figure("simulated_level_patient", "simulation", "level_patient", mean, "%", "simulated, callers who never give up"),
    *(Figure(f"simulated_level_{one}", "simulation", f"level_{one}", mean, "%", f"simulated, strategy {one}: answered in 20 s") for one in Strategy),
    *(Figure(f"simulated_spread_{one}", "simulation", f"spread_{one}", only, "points", f"simulated, strategy {one}: occupancy of the agent who works most less that of the one who works least") for one in Strategy),
)  # fmt: skip

FIGURES = (
    Figure("inbound_rate_ratio", "calls", "ratio", only, "", "inbound calls a second, as a share of a static dialplan's", 0.5, "min"),
    Figure("inbound_rate_product", "calls", "product_rate", only, "calls/s", "highest clean rate of the product", None, "min"),
    Figure("inbound_rate_static", "calls", "static_rate", only, "calls/s", "highest clean rate of the static dialplan", None, "min"),
    Figure("invite_to_ringing", "calls", "invite_to_180_ms", p95, "ms", "INVITE to 180 at the caller, p95, at the product's highest clean rate", 200),
    Figure("cpu_added", "calls", "cpu_added_ms", only, "ms/call", "CPU that our processes and their stores add to a call"),
    Figure("cpu_asterisk_static", "calls", "cpu_asterisk_static_ms", only, "ms/call", "CPU of Asterisk for a call of the static dialplan"),
    Figure("cpu_asterisk_product", "calls", "cpu_asterisk_product_ms", only, "ms/call", "CPU of Asterisk for a call of the product"),
    Figure("pop_drawn", "pop", "pop_ms", p95, "ms", "pop drawn after JsSIP's newRTCSession, p95", 100),
    Figure("offer_fanout", "fanout", "offer_ms", p95, "ms", "call.offered to 200 signed-in socket clients, p95", 100),
    Figure("change_at_2000_events", "events", "change_ms", p95, "ms", "AMI event to state change at a socket, at 2,000 events a second, p95", 100),
    Figure("changes_per_second", "events", "changes_per_second", only, "changes/s", "state changes that reach a socket meanwhile", 300, "min"),
    Figure("events_per_second", "events", "events_per_second", only, "events/s", "AMI events a second that were offered", 2000, "min"),
    Figure("match", "matcher", "match_ms", p99, "ms", "one match with 1,000 waiting and 200 agents, p99", 5),
    Figure("route_cached", "routes", "cached_ms", p99, "ms", "a routing service with 50 rules decides from memory, p99", 5),
    Figure("route_cold", "routes", "cold_ms", p99, "ms", "one that asks a list, the customer's record and open work orders, p99", 30),
    Figure("route_cold_bare", "routes", "bare_ms", p99, "ms", "its statements in bare psycopg, p99"),
    Figure("match_claims", "matcher", "claims_ms", p99, "ms", "one match where priorities age, skills are asked in rings and agents are preferred, p99", 5),
    *_SIMULATED,
    Figure("match_rush", "matcher", "rush_ms", p99, "ms", "200 agents ready at once, all matched, p99"),
    Figure("queue_mean_longer", "queues", "mean_longer_percent", max, "%", "mean wait in the product's queue against app_queue's, the worst of 5 pairs", 2),
    Figure("queue_p95_longer", "queues", "p95_longer_percent", max, "%", "the same of the wait's p95", 2),
    Figure("queue_mean", "queues", "product_wait_s", mean, "s", "mean wait in the product's queue, the phone's ringing included"),
    Figure("queue_mean_bare", "queues", "queue_wait_s", mean, "s", "the same in app_queue"),
    Figure("queue_offers", "queues", "offers_ratio", only, "", "calls offered a second in a rush, as a share of app_queue's", 1, "min"),
    Figure("queue_offers_product", "queues", "product_offers", only, "calls/s", "calls offered a second in a rush to 20 agents"),
    Figure("queue_wrong_states", "memory", "wrong_states", only, "", "seats in a wrong state after 10,000 calls", 0),
    Figure("queue_stuck", "queues", "wrong_states", only, "", "seats in a wrong state after the rush", 0),
    Figure("keys_unfinished", "keys", "unfinished", only, "", "calls of the 300 callers that the ledger lacks", 0),
    Figure("fair_delay", "fairness", "flooded_match_ms", p99, "ms", "a flood at one enterprise delays another's matching, from the queue to the agent's reservation, by, p99", 50, less="alone_match_ms"),
    Figure("fair_way_delay", "fairness", "flooded_way_ms", p95, "ms", "it makes another's calls reach an agent later, from INVITE to INVITE, by, p95", less="alone_way_ms"),
    Figure("fair_way", "fairness", "flooded_way_ms", p95, "ms", "INVITE of a caller to INVITE at the agent during the flood, p95"),
    Figure("fair_match", "fairness", "flooded_match_ms", p99, "ms", "of that, from the queue to the reservation, p99"),
    Figure("keys_answered", "keys", "answer_ms", p95, "ms", "300 callers in a flow at once: last key to the flow's answer, p95", 150),
    Figure("keys_answered_bare", "keys", "bare_answer_ms", p95, "ms", "the same in a bare dialplan"),
    Figure("list_page", "objects", "list_ms", p95, "ms", "first page of 50 of 500 fields, filtered, newest first, p95", 150),
    Figure("list_page_bare", "objects", "list_bare_ms", p95, "ms", "its statements in bare psycopg, p95"),
    Figure("sorted_page", "objects", "sorted_ms", p95, "ms", "the same, sorted by another field downwards, p95", 150),
    Figure("sorted_page_bare", "objects", "sorted_bare_ms", p95, "ms", "its statements in bare psycopg, p95"),
    Figure("phone_lookup", "objects", "phone_ms", p95, "ms", "a record found by its telephone number, p95", 5),
    Figure("phone_lookup_bare", "objects", "phone_bare_ms", p95, "ms", "its statement in bare psycopg, p95"),
    Figure("text_search", "objects", "search_ms", p95, "ms", "a search by a name, its pinyin or a part of them, p95", 100),
    Figure("text_search_bare", "objects", "search_bare_ms", p95, "ms", "its statements in bare psycopg, p95"),
    Figure("record_save", "objects", "save_ms", p95, "ms", "a record saved, with log, audit and event, p95", 50),
    Figure("record_save_bare", "objects", "save_bare_ms", p95, "ms", "its row alone in bare psycopg, p95"),
    Figure("field_added", "objects", "add_field_s", max, "s", "a field added and published", 1),
    Figure("field_added_bare", "objects", "add_field_bare_s", max, "s", "a column added in bare psycopg"),
    Figure("imported", "objects", "import_s", only, "s", "100,000 lines of 20 columns imported", 60),
    Figure("imported_bare", "objects", "import_bare_s", only, "s", "as many rows inserted by bare psycopg"),
    Figure("exported", "objects", "export_s", only, "s", "80,000 records with the names of two others each exported", 30),
    Figure("exported_bare", "objects", "export_bare_s", only, "s", "the same join written by bare psycopg"),
    Figure("export_growth", "objects", "export_growth_percent", max, "%", "memory of the exporting process, its greatest against that after a fifth of the time", 5),
    Figure("query_page", "queries", "page_ms", p95, "ms", "a list over three objects, the first of a million records: page of 50, count and names, p95", 200),
    Figure("query_page_sql", "queries", "page_sql_ms", p95, "ms", "its statements over sales in bare psycopg, p95"),
    Figure("query_page_hand", "queries", "page_hand_ms", p95, "ms", "the same list in SQL by hand, p95"),
    Figure("query_ratio", "queries", "ratio", only, "", "of the two p95, the product's as a multiple of that by hand", 1.3),
    Figure("tasks_started", "tasks", "all_started_s", max, "s", "1,000 scheduled tasks due at the same second: the last of them begins, with two cron processes of which one is killed", 2),
    Figure("tasks_ended", "tasks", "all_ended_s", max, "s", "the same: the last of them has ended"),
    Figure("tasks_not_once", "tasks", "not_once", only, "", "of them, those that did not run exactly once", 0),
    Figure("messages_taken", "messages", "taken_s", p95, "s", "1,000 messages taken into the queue at once, p95", 1),
    Figure("messages_in_batches", "messages", "batches_s", p95, "s", "the same in batches of 20, a transaction each, p95", 1),
    Figure("messages_bare", "messages", "bare_s", p95, "s", "as many rows inserted by bare psycopg, p95"),
    Figure("template_sms", "templates", "sms_rate", median, "/s", "messages rendered in the sandbox for each second of a core, both processes counted", 1000, "min"),
    Figure("template_sms_bare", "templates", "bare_sms_rate", median, "/s", "the same in bare Jinja2", None, "min"),
    Figure("template_mail", "templates", "mail_rate", median, "/s", "mails with a table of ten rows, likewise", 1000, "min"),
    Figure("template_mail_bare", "templates", "bare_mail_rate", median, "/s", "the same in bare Jinja2", None, "min"),
    Figure("template_fresh", "templates", "fresh_rate", median, "/s", "messages whose text is new each time", None, "min"),
    Figure("template_way", "templates", "sms_ms", p95, "ms", "a message rendered, there and back, p95"),
    Figure("memory_growth", "memory", "growth_percent", max, "%", "memory after 10,000 calls against after 2,000, of our processes and Asterisk the one that grew most", 5),
    Figure("memory_growth_of_stores", "memory", "growth_of_stores_percent", max, "%", "the same of Redis, PostgreSQL and nginx, whose caches and streams fill up to a limit"),
)  # fmt: skip


def summary(
    figure: Figure, runs: Sequence[Mapping[str, Sequence[float]]]
) -> tuple[float, float, float]:
    """Median, least and greatest over the runs."""
    values = [figure.of(samples) for samples in runs]
    return median(values), min(values), max(values)

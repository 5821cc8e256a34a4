"""A flow names what it wants to know of the customer who calls, and is told that alone."""

import pytest

from callcenter.objects.service import Known
from ivr.customers import asks, fields_in, fields_of, variables
from ivr.validation import read
from tests.unit.ivr.conftest import AGENTS, BYE, definition, node


def asking(when):
    cases = {"cases": [{"when": when, "exit": "yes"}]}
    return read(
        definition(node("who", "condition", cases, yes="agents", otherwise="bye"), AGENTS, BYE)
    )


@pytest.mark.parametrize(
    ("when", "keys"),
    [
        ("customer_level == 'gold'", {"level"}),
        ("customers == 1 and (customer_level == 'gold' or customer_city in ('上海',))",
         {"level", "city"}),
        ("customers > 1", set()),
    ],
)  # fmt: skip
def test_a_condition_names_the_customers_fields(when, keys):
    flow = asking(when)
    assert asks(flow)
    assert fields_in(flow) == fields_of(flow.nodes["who"]) == keys


def test_a_flow_that_names_nothing_of_the_customer_asks_nothing():
    assert not asks(asking("caller == '13800000000' and called != '1'"))


def test_what_is_spoken_is_named_as_well():
    prompts = [{"variable": "customer_points", "form": "number"}]
    flow = read(definition(node("say", "play", {"prompts": prompts}, next="bye"), BYE))
    assert asks(flow)
    assert fields_in(flow) == {"points"}


def test_what_is_known_becomes_variables():
    known = Known(1, {"level": "gold", "points": 12})
    assert variables(known) == {"customers": 1, "customer_level": "gold", "customer_points": 12}
    assert variables(Known(3)) == {"customers": 3}

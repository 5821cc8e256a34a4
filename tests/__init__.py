"""All tests. What they share asserts as they do: with the values in the complaint."""

import pytest

pytest.register_assert_rewrite("tests.support", "tests.e2e", "tests.faults")

"""What all tests with real parts share."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from callcenter.people.service import passwords


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> Iterator[None]:
    """Hashing is slow on purpose, and hundreds of people sign in here.

    Only in this process: products that tests start, and the unit tests, hash at its real cost.
    """
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", quick)
        nobody = passwords._NOBODY.rsplit("$", 2)[1:]
        patch.setattr(passwords, "_NOBODY", "$".join(("$argon2id$v=19$m=8,t=1,p=1", *nobody)))
        yield

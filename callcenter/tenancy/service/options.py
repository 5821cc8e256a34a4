"""Options: defined once for the platform (group `corpConf` of 000000), valued by enterprise."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.tenancy.models import Option, OptionValue


class Options:
    def of(self, session: Session, enterprise_id: UUID) -> Mapping[str, Any]:
        """Every option in use by key: what the enterprise has, else the default."""
        values = select(OptionValue.key, OptionValue.value).where(
            OptionValue.enterprise_id == enterprise_id
        )
        own = {key: value["value"] for key, value in session.execute(values)}
        definitions = select(Option).where(Option.active).order_by(Option.sort, Option.key)
        return {
            option.key: own.get(option.key, option.default["value"])
            for option in session.scalars(definitions)
        }

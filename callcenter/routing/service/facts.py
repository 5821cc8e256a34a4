"""What routing reads of a caller: the lists, the customer's record, open work orders."""

from sqlalchemy.orm import Session

from callcenter.core.numbers import Number
from callcenter.objects.service import Callers
from callcenter.routing.deciding import Told
from callcenter.routing.rules import Needs
from callcenter.routing.service.lists import lists_with


class CallerFacts:
    """In the caller's transaction and scope, whoever may read the records: nobody is shown them."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    def told(self, session: Session, number: Number, needs: Needs) -> Told:
        lists = lists_with(session, number, needs.lists) if needs.lists else None
        if not needs.customer:
            return Told(lists)
        known = self._callers.known(session, number, needs.fields)
        orders = None
        if needs.work_orders:
            orders = self._callers.open_work_orders(session, known.ids)
        return Told(lists, known.records, known.values, orders)

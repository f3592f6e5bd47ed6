"""Decisions about prescription sheets (annex 2: 治疗项目单) and the orders on them (医嘱)."""

from ledger.treatment.facts import Fact, PrescriptionIssued, PrescriptionStopped
from ledger.treatment.items import ITEMS
from ledger.treatment.known import Known
from ledger.treatment.refusal import refuse
from ledger.treatment.spans import check_not_before_opening
from ledger.treatment.state import State


def issue_prescription(after: State, fact: PrescriptionIssued, known: Known) -> None:
    """Each number stands once on the sheet, and an order's item is a training or outside the catalogue."""
    numbers = set[str]()
    for order in fact.orders:
        if order.order in numbers:
            refuse("orders", f"order {order.order!r} stands twice on the sheet, expected a number of its own for each")
        numbers.add(order.order)
        item = ITEMS.get(order.item)
        if item is not None and item.kind == "assessment":
            refuse("orders", f"{order.item!r} is an assessment of the catalogue, expected a training or another item")


def stop_prescription(after: State, fact: PrescriptionStopped, known: Known) -> None:
    """An order that stands on the sheet is stopped, or all of it; a sheet may be stopped order by order."""
    check_not_before_opening(after, fact, "issued")
    sheet = after.now[0]
    if fact.order is not None and isinstance(sheet, PrescriptionIssued):
        check_order(fact.order, fact.prescription, [order.order for order in sheet.orders])


def check_order(order: str, prescription: str, orders: list[str] | tuple[str, ...]) -> None:
    """The order stands on the sheet."""
    if order not in orders:
        refuse(
            "order",
            f"order {order!r} does not stand on prescription {prescription!r}, expected one of {', '.join(orders)}",
        )


def check_orders_stay(before: Fact, after: Fact) -> None:
    """A correction leaves every number on the sheet, for sessions name orders by it; a wrong order is stopped."""
    if isinstance(before, PrescriptionIssued) and isinstance(after, PrescriptionIssued):
        left = {order.order for order in after.orders}
        for order in before.orders:
            if order.order not in left:
                refuse("new", f"order {order.order!r} would leave the sheet, expected it to stay: stop it instead")

"""Who gets no more mail: customers who unsubscribed, and addresses that do not exist.

It stands in 客户档案, where people see it and change it back. Who is no customer there, but only
an address in 联系方式, is remembered in the store until the requirement gets a customer.
"""

import hashlib
from collections.abc import Mapping
from typing import Literal

from feishu_plugin.records import Record
from feishu_plugin.rules.addresses import address_in
from feishu_plugin.sync.desk import Desk

TABLE = "customer"
State = Literal["unsubscribed", "bounced"]
IN_WORDS: Mapping[str, str] = {"unsubscribed": "客户已退订", "bounced": "此前退信"}


def state_of(desk: Desk, customer: Record | None, address: str) -> str:
    """``unsubscribed`` or ``bounced``; empty where mail may be sent."""
    if customer is not None and _has_column(desk):
        state = customer.get("mail_state")
        return state if isinstance(state, str) and state in IN_WORDS else ""
    fact = desk.store.recall(desk.app_token, _name(address)) or {}
    return str(fact.get("state", ""))


def stop(desk: Desk, customer: str, address: str, state: State) -> None:
    """No more mail to this customer (record_id), or to this address where there is none."""
    if customer and _has_column(desk):
        desk.tables.update(TABLE, {customer: {"mail_state": state}})
    else:
        desk.store.keep(desk.app_token, _name(address), {"state": state})


def unsubscribe(desk: Desk, requirement: Record) -> None:
    """The customers of a requirement want no more mail; doing it again changes nothing."""
    customers = requirement.get("customer")
    way = requirement.get("contact_way")
    if isinstance(customers, tuple) and customers:
        for customer in customers:
            stop(desk, customer, "", "unsubscribed")
    elif isinstance(way, str) and (address := address_in(way)):
        stop(desk, "", address, "unsubscribed")


def _has_column(desk: Desk) -> bool:
    table = desk.tables.binding.tables.get(TABLE)
    return table is not None and "mail_state" in table.fields


def _name(address: str) -> str:
    return f"mail:{hashlib.sha256(address.casefold().encode()).hexdigest()[:32]}"

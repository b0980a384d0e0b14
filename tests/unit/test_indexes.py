"""What is deleted or listed is found without reading whole tables."""

import pytest
from sqlalchemy import Table

from db.models import Base

DELETED = {"jobs", "assets", "consents", "webhooks", "deliveries", "sessions", "events", "batches"}
"""Accounts are disabled, and stay."""
LISTED = ("jobs", "assets", "batches", "drafts", "webhooks")


def beginnings(table: Table) -> set[tuple[str, ...]]:
    """By which columns rows are found, from the first of an index on."""
    keys = [[column.name for column in table.primary_key]]
    keys += [[column.name for column in index.columns] for index in table.indexes]
    return {tuple(key[:length]) for key in keys for length in range(1, len(key) + 1)}


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_a_row_that_is_deleted_finds_those_that_refer_to_it(table: Table) -> None:
    refer = [
        tuple(constraint.column_keys)
        for constraint in table.foreign_key_constraints
        if constraint.referred_table.name in DELETED
    ]
    assert set(refer) <= beginnings(table)


@pytest.mark.parametrize("name", LISTED)
def test_a_list_of_ones_own_is_read_in_its_order(name: str) -> None:
    assert ("owner_id", "id") in beginnings(Base.metadata.tables[name])

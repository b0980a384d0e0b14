"""What a batch asks for, row by row: items over defaults, or a template filled from a CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from serve.errors import FieldError, RequestInvalid
from serve.merge_patch import merged
from serve.schemas import BatchAsk
from serve.schemas.batches import MOST_ITEMS

VARIABLE = re.compile(r"\{\{([^{}]*)\}\}")
"""Blanks stand beside the name still: a pattern that left them out would take minutes to find that
a thousand of them end in none."""
SEPARATORS = ",;\t"
EXTERNAL_ID = "external_id"


@dataclass(frozen=True, slots=True)
class Row:
    """One item as it was asked for. ``number`` counts from 1; ``error``: why it is none."""

    number: int
    spec: Mapping[str, Any]
    error: FieldError | None = None


def rows_of(ask: BatchAsk) -> list[Row]:
    """Raises RequestInvalid where the batch as a whole cannot be read."""
    if ask.template is None or ask.csv is None:
        return [Row(n, merged(ask.defaults, item)) for n, item in enumerate(ask.items, start=1)]
    table = _read(ask.csv)
    _check_variables(ask.template, table.columns)
    return [_filled_row(ask.template, table.columns, line) for line in table.lines]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class _Table:
    columns: list[str]
    lines: list[_Line]


def _read(text: str) -> _Table:
    text = text.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    # spreadsheets write what their country is used to
    separator = max(SEPARATORS, key=head.count)
    try:
        found = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error as error:
        raise _refused("csv", "csv_unreadable", f"The CSV cannot be read: {error}.") from error
    columns = [name.strip() for name in found[0]] if found else []
    _check_columns(columns)
    lines = [_Line(n, cells) for n, cells in enumerate(filter(any, found[1:]), start=1)]
    if not 1 <= len(lines) <= MOST_ITEMS:
        told = f"The CSV has {len(lines)} rows; a batch has between 1 and {MOST_ITEMS}."
        raise _refused("csv", "csv_rows", told)
    return _Table(columns, lines)


def _check_columns(columns: list[str]) -> None:
    if not all(columns) or len(set(columns)) < len(columns):
        told = "The first row must name each column, and each differently."
        raise _refused("csv", "csv_columns", told)


def _check_variables(template: Mapping[str, Any], columns: list[str]) -> None:
    used = {name.strip() for text in _texts(template) for name in VARIABLE.findall(text)}
    errors = [
        FieldError("template", "variable_unknown", f"The CSV has no column “{name}”.")
        for name in sorted(used.difference(columns))
    ]
    errors += [
        FieldError("csv", "column_unused", f"The template does not use the column “{name}”.")
        for name in columns
        if name not in used and name != EXTERNAL_ID
    ]
    if errors:
        raise RequestInvalid(*errors)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts_in(value.values())
    elif isinstance(value, list):
        yield from _texts_in(value)


def _texts_in(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _texts(value)


def _filled_row(template: Mapping[str, Any], columns: list[str], line: _Line) -> Row:
    if len(line.cells) != len(columns):
        told = f"The row has {len(line.cells)} cells, where there are {len(columns)} columns."
        return Row(line.number, {}, FieldError("csv", "csv_cells", told))
    values = dict(zip(columns, line.cells, strict=True))
    spec = _filled(template, values)
    if values.get(EXTERNAL_ID) and EXTERNAL_ID not in template:
        spec[EXTERNAL_ID] = values[EXTERNAL_ID]
    return Row(line.number, spec)


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    """A field that is nothing but a variable is left out where its cell is empty."""
    if isinstance(part, str):
        return VARIABLE.sub(lambda found: values[found[1].strip()], part)
    if isinstance(part, Mapping):
        filled = {name: _filled(value, values) for name, value in part.items()}
        return {
            name: value
            for name, value in filled.items()
            if value != "" or not VARIABLE.fullmatch(part[name])
        }
    return [_filled(value, values) for value in part] if isinstance(part, list) else part


def _refused(field: str, code: str, told: str) -> RequestInvalid:
    return RequestInvalid(FieldError(field, code, told))

"""CSV files of strangers as batches of rows of equal length, read in bounded memory.

A row's number is what a spreadsheet shows: the header is row 1, and empty lines count.
"""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from foundry.ingest.faults import Fault, Faults, Refused

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
MOST_COLUMNS = 2000
LONGEST_NAME = 100
LONGEST_LINE = 1 << 20
CHUNK = 1 << 20
BATCH_CHARACTERS, BATCH_CELLS = 4 << 20, 200_000
SNIFFED_ROWS = 20


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that have a cell for each column, with their numbers."""

    numbers: list[int]
    rows: list[list[str]]

    def columns(self) -> Iterator[tuple[str, ...]]:
        return zip(*self.rows, strict=True)


class Table:
    """A CSV file whose text and header are sound; raises Refused for any other."""

    def __init__(self, path: Path, delimiter: str = "") -> None:
        _check_text(path)
        self.path = path
        self.delimiter = delimiter or _sniffed(path)
        if self.delimiter not in DELIMITERS:
            raise Refused(f"{self.delimiter!r} is no delimiter; choose {', '.join(DELIMITERS.values())}")
        with _text(path) as file:
            self.header = _header(next(self._rows(file), (1, []))[1])

    def batches(self, faults: Faults) -> Iterator[Batch]:
        """All rows but the header; ragged ones are added to `faults` and left out."""
        wide = len(self.header)
        with _text(self.path) as file:
            rows = self._rows(file)
            next(rows)
            batch, begun = Batch([], []), 0
            for number, row in rows:
                if not row:
                    continue
                if len(row) != wide:
                    _ragged(faults, number, len(row), wide)
                    continue
                batch.numbers.append(number)
                batch.rows.append(row)
                begun += sum(map(len, row))
                if len(batch.rows) * wide >= BATCH_CELLS or begun >= BATCH_CHARACTERS:
                    yield batch
                    batch, begun = Batch([], []), 0
            if batch.rows:
                yield batch

    def _rows(self, file: TextIO) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(_lines(file), delimiter=self.delimiter, strict=True)
        number = 0
        try:
            for number, row in enumerate(reader, start=1):
                yield number, row
        except csv.Error as error:
            raise Refused(f"row {number + 1} (about line {reader.line_num}) cannot be read: {_plain(error)}") from error


def _lines(file: TextIO) -> Iterator[str]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise Refused(f"line {number} is longer than {LONGEST_LINE} characters; is this a CSV file?")
        yield line


def _text(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", newline="")


def _check_text(path: Path) -> None:
    """Raises Refused, naming the byte, for anything but UTF-8 text."""
    decoder, place = codecs.getincrementaldecoder("utf-8")(), 0
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise Refused("the file is UTF-16 text by its first bytes; save it as CSV in UTF-8")
        if start == b"PK\x03\x04":
            raise Refused("the file is a zip archive (or a spreadsheet) by its first bytes; save it as CSV in UTF-8")
        file.seek(0)
        while True:
            chunk = file.read(CHUNK)
            held = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                at = place - held + error.start
                raise Refused(f"byte {at} (counted from 0) is no UTF-8; save the file in UTF-8") from error
            if "\0" in text:
                raise Refused(f"byte {place + chunk.find(0)} is zero, so this is no text; upload a CSV file")
            if not chunk:
                return
            place += len(chunk)


def _sniffed(path: Path) -> str:
    """The delimiter that cuts the first rows into the most columns, all of equal number; the comma where none does."""
    with _text(path) as file:
        lines = list(islice(_lines(file), SNIFFED_ROWS))
    return max(DELIMITERS, key=lambda delimiter: _width(lines, delimiter))


def _width(lines: Sequence[str], delimiter: str) -> float:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0
    if not widths or widths[0] == 1:
        return 0
    return widths[0] * (widths.count(widths[0]) / len(widths)) ** 2  # a few ragged rows are reported, not obeyed


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in cells)
    if not names:
        raise Refused("the file has no header; write the names of the columns into the first row")
    if len(names) == 1:
        raise Refused(
            "the file has one column; a target and at least one other column are needed, or another delimiter"
        )
    if len(names) > MOST_COLUMNS:
        raise Refused(f"the file has {len(names)} columns; at most {MOST_COLUMNS} are taken")
    for place, name in enumerate(names, start=1):
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            rule = f"a name has 1 to {LONGEST_NAME} printable characters"
            raise Refused(f"column {place} of the header is named {name[:40]!r}; {rule}")
        if names.index(name) != place - 1:
            raise Refused(
                f"the header names {name!r} twice, in columns {names.index(name) + 1} and {place}; rename one"
            )
    if all(_numeric(name) for name in names):
        raise Refused("the first row holds numbers alone; write the names of the columns above it")
    return names


def _numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _ragged(faults: Faults, number: int, cells: int, wide: int) -> None:
    faults.add(Fault("ragged", f"has {cells} cells where the header has {wide}", row=number))
    faults.units += 1


def _plain(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end of data" in said:
        return "a quoted cell is never closed"
    if "field larger" in said:
        return f"a cell is longer than {csv.field_size_limit()} characters, or a quote is never closed"
    return said

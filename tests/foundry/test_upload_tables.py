"""CSV files: what becomes of good columns, and what is said of each bad row and cell."""

import numpy as np
import pytest

from foundry.data import load
from foundry.ingest import columns, csv_files, tables
from foundry.ingest.columns import Kind
from foundry.ingest.encoding import Categories, Missing
from foundry.ingest.faults import Refused, Tolerance
from tests.foundry.upload_files import tabled

ROWS = 20


def text(*extra: str, header: str = "width,count,colour,round,kind", delimiter: str = ",") -> str:
    """A table of every kind of column, the target last."""
    lines = [header]
    for i in range(ROWS):
        lines.append(f"{i / 4},{i},{'red' if i % 3 else 'blue'},{'yes' if i % 2 else 'No'},{'ab'[i % 2]}")
    return "\n".join(line.replace(",", delimiter) for line in [*lines, *extra]) + "\n"


def refusal(source: str | bytes, tmp_path, **options) -> tuple[str, list[tuple[str, int, str]]]:
    with pytest.raises(Refused) as error:
        tabled(source, tmp_path / "out", **options)
    assert not [path.name for path in (tmp_path / "out").glob("encoded*")]
    return str(error.value), [(fault.code, fault.row, fault.column) for fault in error.value.faults.listed]


def test_columns_become_numbers_scaled_by_the_train_split(tmp_path):
    stored, faults = tabled(text(), tmp_path / "out")
    assert not faults.listed
    assert stored.arrays.classes == ("a", "b")
    told = {column["name"]: column for column in stored.manifest["statistics"]["columns"]}
    assert {name: column["kind"] for name, column in told.items()} == {
        "width": "number",
        "count": "integer",
        "colour": "category",
        "round": "boolean",
    }
    assert told["colour"]["categories"] == ["blue", "red"]
    width = np.arange(ROWS) / 4
    train = stored.splits["train"]
    assert told["width"]["mean"] == pytest.approx(width[train].mean())
    assert told["width"]["std"] == pytest.approx(width[train].std())
    expected = np.stack(
        [
            (width - width[train].mean()) / width[train].std(),
            (np.arange(ROWS) - np.arange(ROWS)[train].mean()) / np.arange(ROWS)[train].std(),
            [i % 3 == 0 for i in range(ROWS)],
            [i % 3 != 0 for i in range(ROWS)],
            [i % 2 for i in range(ROWS)],
        ],
        axis=1,
    )
    np.testing.assert_allclose(stored.arrays.inputs, expected, atol=1e-6)
    assert stored.arrays.labels.tolist() == [i % 2 for i in range(ROWS)]
    assert stored.manifest["statistics"]["target"] == "kind"


def test_options_choose_target_kinds_and_encoding(tmp_path):
    stored, _ = tabled(
        text(),
        tmp_path / "out",
        target="colour",
        kinds={"count": Kind.CATEGORY, "round": Kind.IGNORE},
        categories=Categories.ORDINAL,
        normalise=False,
    )
    assert stored.arrays.classes == ("blue", "red")
    assert stored.arrays.inputs.shape == (ROWS, 3)
    np.testing.assert_array_equal(stored.arrays.inputs[:, 1], np.arange(ROWS))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(tmp_path, delimiter):
    stored, _ = tabled(text(delimiter=delimiter), tmp_path / "out")
    assert stored.arrays.inputs.shape == (ROWS, 5)


def test_a_byte_order_mark_quotes_empty_lines_and_any_line_ending_are_read(tmp_path):
    quoted = '\ufeff"a, b",c\r\n\r\n"1",x\r\n"2","y ""z"""\r\n3,x\r\n4,"y ""z"""\r\n5,x\r\n6,"y ""z"""\r\n'
    stored, _ = tabled(quoted * 1, tmp_path / "out")
    assert stored.arrays.classes == ("x", 'y "z"')
    assert stored.manifest["statistics"]["columns"][0]["name"] == "a, b"


def test_every_way_to_write_a_number(tmp_path):
    written = ["+5", ".5", "5.", "-1e3", "1E-3", " 7 ", "0005", "1.25"]
    lines = [f"{number},{'ab'[i % 2]}" for i, number in enumerate(written)]
    stored, _ = tabled("x,y\n" + "\n".join(lines), tmp_path / "out", normalise=False)
    assert stored.arrays.inputs[:, 0].tolist() == pytest.approx([5, 0.5, 5, -1000, 0.001, 7, 5, 1.25])


def test_ragged_rows_are_told_by_their_number(tmp_path):
    said, faults = refusal(text("1,2,red,yes", "", "1,2,red,yes,a,b"), tmp_path)
    assert "2 of 22 rows cannot be used (2 ragged)" in said
    assert faults == [("ragged", 22, ""), ("ragged", 24, "")]


def test_mixed_types_are_told_by_row_and_column(tmp_path):
    said, faults = refusal(text("wide,2,red,yes,a", "1,1e999,red,yes,a", "1,2,red,yes,b"), tmp_path)
    assert "2 of 23 rows cannot be used (2 mixed)" in said
    assert faults == [("mixed", 22, "width"), ("mixed", 23, "count")]


def test_missing_cells_by_policy(tmp_path):
    holes = text("NA,2,,yes,a", "1,2,red,yes,")
    said, faults = refusal(holes, tmp_path)
    assert faults == [("missing", 22, "width"), ("missing", 22, "colour"), ("no_target", 23, "kind")]
    assert "2 of 22 rows" in said
    holes = text("NA,2,,yes,a")
    stored, _ = tabled(holes, tmp_path / "drop", missing=Missing.DROP)
    assert len(stored.arrays.labels) == ROWS
    stored, _ = tabled(holes, tmp_path / "fill", missing=Missing.FILL)
    assert stored.arrays.inputs.shape == (ROWS + 1, 6)
    filled = stored.arrays.inputs[-1]
    assert filled[0] == 0
    assert filled[2:5].tolist() == [1, 0, 0]


def test_bad_rows_are_left_out_up_to_a_share(tmp_path):
    bad = text("wide,2,red,yes,a", "1,2")
    stored, faults = tabled(bad, tmp_path / "out", tolerance=Tolerance(100))
    assert len(stored.arrays.labels) == ROWS
    assert faults.counts == {"mixed": 1, "ragged": 1}
    assert "more than the 5 % that may be left out" in refusal(bad, tmp_path, tolerance=Tolerance(50))[0]


def test_only_the_first_hundred_faults_are_listed_and_all_are_counted(tmp_path):
    with pytest.raises(Refused) as error:
        tabled(text(*["1,2"] * 150), tmp_path / "out")
    assert len(error.value.faults.listed) == 100
    assert error.value.faults.counts == {"ragged": 150}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b"", "no header"),
        (b"a,b\n", "no row below its header"),
        (b"a\n1\n", "one column"),
        (b"1,2\n3,4\n", "holds numbers alone"),
        (b"a,a\n1,2\n", "names 'a' twice, in columns 1 and 2"),
        (b"a,\n1,2\n", "column 2 of the header is named ''"),
        (b"a,b\n1,x\n2,x\n3,x\n", "every row has the same target"),
        (b"a,b\n,x\n,y\n", "the column 'a' has no values"),
        (b'a,b\n1,"x\n2,y\n', "a quoted cell is never closed"),
        (b'a,b\n1,"x"y\n2,y\n', "row 2 (about line 2) cannot be read"),
        (b"a,b\n1,\xe9t\xe9\n", "byte 6 (counted from 0) is no UTF-8"),
        (b"a,b\n1,x\n2,\xc3", "byte 10 (counted from 0) is no UTF-8"),
        (b"a,b\n1,\x00\n", "byte 6 is zero"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "zip archive"),
    ],
)
def test_refused_files(tmp_path, source, said):
    assert said in refusal(source, tmp_path)[0]


def test_the_byte_is_right_beyond_the_first_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "CHUNK", 7)
    source = "a,b\n" + "é,x\n" * 30
    assert "byte 154 (" in refusal(source.encode() + b"\xff", tmp_path)[0]


def test_refused_options_that_name_no_column(tmp_path):
    assert "there is no column 'size'; the file has 'width', 'count'" in refusal(text(), tmp_path, target="size")[0]
    assert "there is no column 'x'" in refusal(text(), tmp_path, kinds={"x": Kind.NUMBER})[0]
    ignored = dict.fromkeys(("width", "count", "colour", "round"), Kind.IGNORE)
    assert "leave at least one" in refusal(text(), tmp_path, kinds=ignored)[0]


def test_refused_beyond_the_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(columns, "MOST_CATEGORIES", 10)
    assert "more than 10 different texts" in refusal(text(), tmp_path, target="count")[0]
    for name, limit, said in (
        ("MOST_FEATURES", 4, "become 5 numbers; at most 4"),
        ("MOST_VALUES", 99, "100 values; at most 99"),
        ("MOST_ROWS", 19, "more than 19 rows"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(csv_files, name, limit)
            assert said in refusal(text(), tmp_path)[0]
    monkeypatch.setattr(tables, "LONGEST_LINE", 10)
    assert "line 1 is longer than 10" in refusal(text(), tmp_path)[0]


def test_batches_give_the_same_data_as_the_whole(tmp_path, monkeypatch):
    holes = text("NA,2,,yes,a", "1,2,red,,b")
    whole, _ = tabled(holes, tmp_path / "one", missing=Missing.FILL)
    monkeypatch.setattr(tables, "BATCH_CELLS", 1)
    monkeypatch.setattr("foundry.ingest.scaling.CHUNK_VALUES", 1)
    parts, _ = tabled(holes, tmp_path / "many", missing=Missing.FILL)
    np.testing.assert_allclose(parts.arrays.inputs, whole.arrays.inputs, atol=1e-6)


def test_training_reads_it(tmp_path):
    tabled(text(), tmp_path / "out")
    data = load(str(tmp_path / "out"))
    assert tuple(data.train.inputs.shape) == (12, 5)
    assert data.classes == ("a", "b")

"""Broken uploads of every kind: a data set or one clear reason, never another error."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundry.ingest.archive import Archive
from foundry.ingest.encoding import Missing
from foundry.ingest.faults import BadFile, Refused, Tolerance
from foundry.ingest.pictures import FORMATS, Target, decode
from tests.foundry.upload_files import folders, ingested, picture, tabled

ANY_SIZE = settings(suppress_health_check=list(HealthCheck))
IMAGES = {kind: picture(size=(24, 20), kind=kind) for kind in FORMATS}
TABLE = b'size,"colour, main",kind\n' + b"".join(b'%d.5,"r""ed",%c\n' % (i, b"ab"[i % 2]) for i in range(30))


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in folders(2, 4).items():
            packed.writestr(name, data)
    return out.getvalue()


ARCHIVE = archive()


@st.composite
def broken(draw: st.DrawFn, whole: bytes) -> bytes:
    """`whole` with some bytes changed, and perhaps cut or with a piece repeated."""
    data = bytearray(whole)
    for place, value in draw(st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255)), max_size=8)):
        data[place] = value
    match draw(st.sampled_from(["whole", "cut", "repeat"])):
        case "cut":
            del data[draw(st.integers(0, len(data))) :]
        case "repeat":
            start = draw(st.integers(0, len(data)))
            data[start:start] = data[start : start + draw(st.integers(0, 200))]
    return bytes(data)


def clear(attempt: Callable[[], object], *refusals: type[Exception]) -> None:
    """`attempt` works, or is refused by one sentence."""
    try:
        attempt()
    except refusals as refusal:
        said = str(refusal)
        assert said, "a refusal says why"
        assert "\n" not in said
        assert len(said) < 400, said


@ANY_SIZE
@given(st.sampled_from(FORMATS).flatmap(lambda kind: broken(IMAGES[kind])), st.sampled_from([1, 3]))
def test_broken_images(data: bytes, channels: int) -> None:
    clear(lambda: decode(data, Target(channels, 10, 12)), BadFile)


@ANY_SIZE
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"\xff\xd8\xff", b"RIFF....WEBP"]),
)
def test_images_that_are_anything(data: bytes, magic: bytes) -> None:
    clear(lambda: decode(magic + data, Target(3, 10, 12)), BadFile)


@ANY_SIZE
@given(broken(ARCHIVE))
def test_broken_archives(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.zip"
        path.write_bytes(data)

        def read() -> None:
            with Archive(path) as found:
                for member in found.members:
                    clear(lambda: found.read(member), BadFile, Refused)  # noqa: B023 - called at once

        clear(read, Refused)
        clear(lambda: ingested(path, Path(folder) / "out", tolerance=Tolerance(900)), Refused)


@ANY_SIZE
@given(broken(TABLE), st.sampled_from(Missing))
def test_broken_tables(data: bytes, missing: Missing) -> None:
    with TemporaryDirectory() as folder:
        clear(lambda: tabled(data, Path(folder) / "out", missing=missing, tolerance=Tolerance(900)), Refused)


CELLS = st.one_of(
    st.sampled_from(
        ["", "NA", "1", "-2.5", "1e300", "1e-300", "inf", "nan", "true", "No", "a", "x" * 2000, "\u202e", "٣"]
    ),
    st.text(st.characters(blacklist_characters='\0"\r\n,', blacklist_categories=["Cs"]), max_size=5),
)


@ANY_SIZE
@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=12), st.sampled_from(Missing))
def test_tables_that_are_anything(rows: list[list[str]], missing: Missing) -> None:
    source = "\n".join([",".join(row) for row in [["a", "b", "c"], *rows]])
    with TemporaryDirectory() as folder:
        clear(lambda: tabled(source, Path(folder) / "out", missing=missing, tolerance=Tolerance(900)), Refused)

"""Archives: what no honest one has is refused by one sentence before a byte is unpacked."""

import io
import stat
import struct
import zipfile
import zlib

import pytest

from foundry.ingest import archive
from foundry.ingest.archive import Archive
from foundry.ingest.faults import BadFile, Refused
from tests.foundry.upload_files import folders, picture, zipped

PNG = picture()


def refusal(path) -> str:
    with pytest.raises(Refused) as error, Archive(path) as found:
        for member in found.members:
            found.read(member)
    return str(error.value)


def entry(name: str, mode: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../../etc/passwd", "leads out of it"),
        ("a/../../b.png", "leads out of it"),
        ("a/./b.png", "leads out of it"),
        ("a//b.png", "leads out of it"),
        ("/etc/passwd", "absolute path"),
        ("C:/windows/x.png", "absolute path"),
        ("a\\..\\b.png", "printable text joined by '/'"),
        ("a/b\n.png", "printable text"),
        ("/".join("d" * 10_000) + "/x.png", "nests folders deeper than 16"),
        ("a/b.zip", "archive inside the archive"),
        ("a/b.TAR.GZ", "archive inside the archive"),
    ],
)
def test_refused_paths(tmp_path, name, said):
    assert said in refusal(zipped(tmp_path / "x.zip", folders() | {name: PNG}))


def test_refused_ten_thousand_nested_folders(tmp_path):
    deep = {"/".join(["d"] * depth) + "/": b"" for depth in range(1, 10_000, 500)}
    assert "nests folders deeper" in refusal(zipped(tmp_path / "x.zip", deep))


def test_refused_links_and_devices(tmp_path):
    for kind in (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO):
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as out:
            out.writestr(entry("a/link.png", kind | 0o777), "/etc/passwd")
        assert "is a link or a device" in refusal(tmp_path / "x.zip")


def test_refused_an_archive_by_its_first_bytes(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"x": b"1"}).read_bytes()
    assert "archive inside the archive" in refusal(zipped(tmp_path / "x.zip", {"a/b.png": inner}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_refused_a_name_twice(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as out:
        out.writestr("a/b.png", PNG)
        out.writestr("a/b.png", PNG)
    assert "twice" in refusal(tmp_path / "x.zip")


def test_refused_the_same_name_in_another_spelling(tmp_path):
    assert "twice" in refusal(zipped(tmp_path / "x.zip", {"a/\u00e9.png": PNG, "a/e\u0301.png": PNG}))


def test_refused_encryption_and_other_methods(tmp_path):
    data = bytearray(zipped(tmp_path / "x.zip", {"a/b.png": PNG}).read_bytes())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    (tmp_path / "x.zip").write_bytes(data)
    assert "encrypted" in refusal(tmp_path / "x.zip")
    assert "'stored' and 'deflate'" in refusal(zipped(tmp_path / "y.zip", {"a/b.png": PNG}, zipfile.ZIP_LZMA))


def test_refused_a_bomb_by_its_ratio_and_by_its_total(tmp_path, monkeypatch):
    bomb = {f"a/{i}.bmp": bytes(30 * 2**20) for i in range(3)}
    assert "times its size; at most 200" in refusal(zipped(tmp_path / "x.zip", bomb))
    monkeypatch.setattr(archive, "TOTAL_BYTES", 1000)
    assert "at most 1000 are taken" in refusal(zipped(tmp_path / "y.zip", folders(2, 10)))


def test_refused_members_that_share_their_bytes(tmp_path):
    """Fifield's bomb: one compressed kernel, many directory entries."""
    data = zipped(tmp_path / "x.zip", {"a/b.png": PNG}).read_bytes()
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    again = data[start:end].replace(b"a/b.png", b"a/c.png")
    tail = bytearray(data[end:])
    struct.pack_into("<HHI", tail, 8, 2, 2, 2 * (end - start))
    (tmp_path / "x.zip").write_bytes(data[:end] + again + tail)
    assert "shares its bytes" in refusal(tmp_path / "x.zip")


@pytest.mark.parametrize("by", [-10, 10])
def test_refused_a_member_that_is_longer_or_shorter_than_the_archive_says(tmp_path, by):
    shown, real = b"x" * 1000, b"x" * (1000 + by)
    path = zipped(tmp_path / "x.zip", {"a/b.png": real})
    data = bytearray(path.read_bytes())
    for header, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(header) + size, len(shown))
    path.write_bytes(data)
    assert "where the archive says 1000" in refusal(path)


def test_refused_too_many_files_and_too_large_a_directory(tmp_path, monkeypatch):
    path = zipped(tmp_path / "x.zip", folders(2, 10))
    monkeypatch.setattr(archive, "MOST_FILES", 19)
    assert "20 entries; at most 19" in refusal(path)
    monkeypatch.setattr(archive, "DIRECTORY_BYTES", 100)
    assert "directory has" in refusal(path)


def test_refused_what_is_no_archive(tmp_path):
    whole = zipped(tmp_path / "x.zip", folders()).read_bytes()
    for data, said in (
        (b"", "is no zip archive"),
        (b"a,b\n1,2\n", "is no zip archive"),
        (whole[:-100], "cut short"),
        (whole[:20], "cut short"),
    ):
        (tmp_path / "y.zip").write_bytes(data)
        assert said in refusal(tmp_path / "y.zip")


def test_a_damaged_member_is_that_member_s_fault(tmp_path):
    path = zipped(tmp_path / "x.zip", {"a/b.png": PNG, "a/c.png": PNG}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[60] ^= 1
    path.write_bytes(data)
    with Archive(path) as found:
        with pytest.raises(BadFile, match="damaged in the archive"):
            found.read(found.members[0])
        assert found.read(found.members[1]) == PNG


def test_a_member_too_large_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MEMBER_BYTES", 10)
    with Archive(zipped(tmp_path / "x.zip", folders())) as found, pytest.raises(BadFile, match="at most 10"):
        found.read(found.members[0])


def test_litter_of_file_managers_is_passed_over(tmp_path):
    litter = {"__MACOSX/c0/._000.png": b"x", "c0/.DS_Store": b"x", "Thumbs.db": b"x", "c0/._1.png": b"x"}
    with Archive(zipped(tmp_path / "x.zip", folders(2, 2) | litter)) as found:
        assert [member.path for member in found.members] == ["c0/000.png", "c0/001.png", "c1/000.png", "c1/001.png"]


def test_an_archive_streamed_without_sizes_is_read(tmp_path):
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.data = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a/b.png", PNG)
    (tmp_path / "x.zip").write_bytes(pipe.data)
    with Archive(tmp_path / "x.zip") as found:
        assert zlib.crc32(found.read(found.members[0])) == zlib.crc32(PNG)

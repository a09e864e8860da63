"""Zip archives of strangers: checked as a whole before a byte is unpacked, then read member by member in memory.

`zipfile` reads the directory; nothing is ever written to a path that an archive names.
"""

import copy
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

from foundry.ingest.faults import BadFile, Refused

MOST_FILES = 200_000
MOST_DEPTH = 16
LONGEST_NAME = 500
DIRECTORY_BYTES = 32 * 2**20  # what zipfile holds in memory is about ten times as much
MEMBER_BYTES = 32 * 2**20
TOTAL_BYTES = 16 * 2**30
MOST_RATIO, RATIO_FROM_BYTES = 200, 64 * 2**20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 1
LOCAL_HEADER_BYTES = 30
ARCHIVES = {".zip", ".jar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar"}
ARCHIVE_MAGIC = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
)
LITTER = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError, OverflowError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive; `parts` are its folders and its name."""

    parts: tuple[str, ...]
    info: zipfile.ZipInfo

    @property
    def path(self) -> str:
        return "/".join(self.parts)


class Archive:
    """An archive that has passed every check its directory allows; raises Refused for any other."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            self._zip = _opened(self._file, path.stat().st_size)
            self.members = _checked(self._zip.infolist())
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()
        self._file.close()

    def read(self, member: Member) -> bytes:
        """The contents; raises BadFile where this one cannot be read, Refused where the archive lies about it."""
        declared = member.info.file_size
        if declared > MEMBER_BYTES:
            raise BadFile("too_large", f"has {declared} bytes; a file may have at most {MEMBER_BYTES}")
        more = copy.copy(member.info)
        more.file_size = MEMBER_BYTES + 1  # so that a member that is longer than it says is noticed
        try:
            with self._zip.open(more) as file:
                data = file.read(declared + 1)
        except BROKEN as error:
            raise BadFile("damaged", f"is damaged in the archive ({_said(error)}); pack it again") from error
        if len(data) != declared:
            found = f"more than {declared}" if len(data) > declared else str(len(data))
            raise Refused(
                f"{_short(member.path)} unpacks to {found} bytes where the archive says {declared}; pack it anew"
            )
        if data.startswith(ARCHIVE_MAGIC):
            raise Refused(f"{_short(member.path)} is an archive inside the archive; unpack it first")
        return data


def _opened(file: Any, size: int) -> zipfile.ZipFile:
    if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
        raise Refused("the file is no zip archive: it does not begin as one; pack the class folders as a .zip file")
    try:
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # how large is what ZipFile will read into memory
        if end is None:
            raise Refused("the archive has no directory at its end, so it was cut short; upload it again")
        if end[5] > min(DIRECTORY_BYTES, size):
            raise Refused(f"the archive's directory has {end[5]} bytes; at most {min(DIRECTORY_BYTES, size)} are read")
        return zipfile.ZipFile(file)
    except (*BROKEN, NotImplementedError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(f"the archive's directory is damaged ({_said(error)}); pack it again") from error


def _checked(infos: Sequence[zipfile.ZipInfo]) -> tuple[Member, ...]:
    """The files, in the order of their paths; raises Refused for the first thing no honest archive has."""
    if len(infos) > MOST_FILES:
        raise Refused(f"the archive has {len(infos)} entries; at most {MOST_FILES} are taken")
    _check_sizes(infos)
    members, seen = [], set[tuple[str, ...]]()
    for info in infos:
        parts = _parts(info)
        if parts in seen:
            raise Refused(f"the archive has {_short(info.filename)} twice; pack it anew")
        seen.add(parts)
        if not info.is_dir() and not _litter(parts):
            _check_file(info, parts)
            members.append(Member(parts, info))
    return tuple(sorted(members, key=lambda member: member.parts))


def _check_sizes(infos: Sequence[zipfile.ZipInfo]) -> None:
    packed, unpacked = sum(info.compress_size for info in infos), sum(info.file_size for info in infos)
    if unpacked > TOTAL_BYTES:
        raise Refused(f"the archive unpacks to {unpacked} bytes; at most {TOTAL_BYTES} are taken")
    if unpacked > RATIO_FROM_BYTES and unpacked > MOST_RATIO * max(1, packed):
        raise Refused(
            f"the archive unpacks to {unpacked // max(1, packed)} times its size; at most {MOST_RATIO} is taken"
        )
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise Refused(f"{_short(info.filename)} shares its bytes with another entry of the archive; pack it anew")
        end = info.header_offset + LOCAL_HEADER_BYTES + info.compress_size


def _parts(info: zipfile.ZipInfo) -> tuple[str, ...]:
    """The path in its parts; raises Refused unless it is a plain relative one."""
    name, shown = info.filename, _short(info.orig_filename)
    if name != info.orig_filename or "\\" in name or not name.isprintable():
        raise Refused(f"the archive names {shown}; paths must be printable text joined by '/'")
    if len(name) > LONGEST_NAME * 4 or name.count("/") > MOST_DEPTH:
        raise Refused(f"the archive nests folders deeper than {MOST_DEPTH} at {shown}; pack the class folders alone")
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        raise Refused(f"the archive names the absolute path {shown}; pack relative paths")
    parts = tuple(unicodedata.normalize("NFC", name).removesuffix("/").split("/"))
    if {"", ".", ".."} & set(parts):
        raise Refused(f"the archive names {shown}, which leads out of it; pack plain relative paths")
    return parts


def _check_file(info: zipfile.ZipInfo, parts: tuple[str, ...]) -> None:
    shown, mode = _short(info.filename), info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise Refused(f"{shown} is a link or a device; pack plain files")
    if info.flag_bits & ENCRYPTED:
        raise Refused(f"{shown} is encrypted; pack the archive without a password")
    if info.compress_type not in METHODS:
        raise Refused(f"{shown} is packed by method {info.compress_type}; only 'stored' and 'deflate' are read")
    if PurePosixPath(parts[-1]).suffix.lower() in ARCHIVES:
        raise Refused(f"{shown} is an archive inside the archive; unpack it first")


def _litter(parts: tuple[str, ...]) -> bool:
    """What file managers leave behind and nobody means to upload."""
    return bool(LITTER & set(parts)) or parts[-1].startswith("._")


def _short(path: str) -> str:
    return repr(path if len(path) <= 80 else f"{path[:60]}...{path[-15:]}")


def _said(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:100]

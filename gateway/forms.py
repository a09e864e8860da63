"""A presigned upload form on its way to the object store: read as it passes, never held, never larger than allowed.

The store checks the signature, but only when it has the whole body; so the gateway holds the form's own policy against
the bytes while they pass: the fields of a presigned form alone, the file last, within the size the policy gives.
"""

import base64
import json
from typing import Any

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from gateway.errors import Problem

FIELDS = {"key", "policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"}
FILE = "file"
MOST_FIELD_BYTES = 8192
LONGEST_BOUNDARY = 200
FRAME_BYTES = 64 * 1024  # what a form may have besides its file


class Form:
    """Feed it the body; raises Problem at the first byte that no presigned form has."""

    def __init__(self, content_type: str, most_bytes: int) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not 1 <= len(boundary) <= LONGEST_BOUNDARY:
            raise Problem(415, "MEDIA_TYPE", "send the form as multipart/form-data")
        self._most = most_bytes
        self._fields: dict[str, bytes] = {}
        self._name = ""
        self._header = (bytearray(), bytearray())
        self._size, self._allowed = 0, (0, 0)
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                "on_header_end": self._named,
                "on_headers_finished": self._open,
                "on_part_data": self._data,
                "on_part_end": self._close,
                "on_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except MultipartParseError as error:
            raise _malformed() from error

    def finish(self) -> None:
        """The body is over; raises Problem unless the form was whole."""
        if not self._ended or FILE not in self._fields:
            raise _malformed()

    def _begin(self) -> None:
        if FILE in self._fields:
            raise _refused("has something behind its file; put the file last")
        self._name = ""

    def _named(self) -> None:
        field, value = self._header
        if bytes(field).lower() == b"content-disposition":
            _, options = parse_options_header(bytes(value))
            self._name = options.get(b"name", b"").decode("latin-1").lower()
        self._header = (bytearray(), bytearray())

    def _open(self) -> None:
        if self._name not in FIELDS | {FILE} or self._name in self._fields:
            raise _refused(f"has the field {self._name[:40]!r}, which is not expected here")
        if self._name == FILE:
            if missing := FIELDS - self._fields.keys():
                raise _refused(f"lacks the field {min(missing)!r} before its file")
            self._allowed = _policy_range(self._fields["policy"])
        self._fields[self._name] = b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._name == FILE:
            self._size += end - start
            if self._size > min(self._allowed[1], self._most):
                raise _too_large(min(self._allowed[1], self._most))
        else:
            self._fields[self._name] += data[start:end]
            if len(self._fields[self._name]) > MOST_FIELD_BYTES:
                raise _refused(f"has more than {MOST_FIELD_BYTES} bytes in the field {self._name!r}")

    def _close(self) -> None:
        if self._name == FILE and self._size < self._allowed[0]:
            sentence = f"the file has {self._size} bytes where at least {self._allowed[0]} were announced"
            raise Problem(400, "TOO_SMALL", f"{sentence}; start the upload again")

    def _end(self) -> None:
        self._ended = True


def _policy_range(policy: bytes) -> tuple[int, int]:
    """(least, most) bytes of the file by the form's policy; raises Problem for a policy that sets no limit."""
    try:
        conditions: list[Any] = json.loads(base64.b64decode(policy, validate=True))["conditions"]
        [(least, most)] = [tuple(each[1:]) for each in conditions if isinstance(each, list) and _is_range(each)]
        return int(least), int(most)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _refused("has a policy that sets no size for the file") from error


def _is_range(condition: list[Any]) -> bool:
    return len(condition) == 3 and condition[0] == "content-length-range"


def _refused(what: str) -> Problem:
    return Problem(403, "UNSIGNED", f"the form {what}; send the fields that the API gave, then the file")


def _malformed() -> Problem:
    return Problem(400, "MALFORMED", "the form ends early or is no multipart/form-data; send it again")


def _too_large(most: int) -> Problem:
    return Problem(413, "TOO_LARGE", f"the file may have at most {most} bytes; start another upload for it")

"""What is no number is null in JSON that leaves, and is refused in JSON that arrives."""

import json

import pytest

from kernel.strict_json import read, strict


@pytest.mark.parametrize("data", [b'{"loss": 0.5}', b'{"name":"NaN","rate":1e999}', b'["-Infinity"]', b"", b"[1e999"])
def test_json_passes_byte_for_byte(data: bytes) -> None:
    assert strict(data) is data


def test_what_is_no_number_is_null() -> None:
    given = json.dumps({"loss": float("nan"), "all": [float("inf"), -float("inf"), 0.1, 2**70], "name": "NaN é"})
    found = strict(given.replace("0.1", "1e999").encode())
    assert json.loads(found, parse_constant=pytest.fail) == {
        "loss": None,
        "all": [None, None, None, 2**70],
        "name": "NaN é",
    }


@pytest.mark.parametrize("data", [b'{"loss": NaN}', b"[-Infinity]", b"{", b"\xff"])
def test_rejected_when_read(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|Expecting|codec"):
        read(data)
    assert read(b'{"loss": null}') == {"loss": None}

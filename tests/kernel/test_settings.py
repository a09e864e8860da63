"""What a process is told from outside, and how it says that it was told too little."""

from pathlib import Path

import pytest

from kernel.settings import neighbours, port, read_settings

COMPLETE = {
    "NF_DATABASE_URL": "postgresql://graph:hunter2@db/neuralforge",
    "NF_NATS_URL": "nats://user:hunter2@nats:4222",
    "NF_S3_URL": "https://s3.example:9000",
    "NF_S3_ACCESS_KEY": "key",
    "NF_S3_SECRET_KEY": "hunter2",
    "NF_KEYS": "/keys",
}


def test_reads_everything_once() -> None:
    settings = read_settings(
        COMPLETE | {"NF_NEIGHBOURS": "workspace=ws:50051,billing=bill:50052", "NF_GRPC_PORT": "0", "NF_S3_BUCKET": "b"},
        "graph",
    )
    assert settings.databases == {"graph": COMPLETE["NF_DATABASE_URL"]}
    assert settings.addresses == {"workspace": "ws:50051", "billing": "bill:50052"}
    assert (settings.objects.endpoint, settings.objects.secure, settings.objects.bucket) == (
        "s3.example:9000",
        True,
        "b",
    )
    assert (settings.keys, settings.grpc_port) == (Path("/keys"), 0)


def test_a_context_named_again_has_one_replica_more() -> None:
    given = "graph=10.0.0.1:50051,workspace=ws:50051,graph=10.0.0.2:50051"
    assert neighbours(given) == {"graph": "10.0.0.1:50051,10.0.0.2:50051", "workspace": "ws:50051"}


def test_what_may_be_left_out_has_a_default() -> None:
    settings = read_settings(COMPLETE, "graph")
    assert (settings.grpc_host, settings.grpc_port, settings.objects.bucket) == ("127.0.0.1", 50051, "neuralforge")
    assert (settings.addresses, settings.folder.name) == ({}, ".neuralforge")


def test_secrets_are_not_printed() -> None:
    assert "hunter2" not in repr(read_settings(COMPLETE, "graph"))


@pytest.mark.parametrize("name", COMPLETE)
@pytest.mark.parametrize("value", [None, ""], ids=["absent", "empty"])
def test_a_missing_variable_is_named(name: str, value: str | None) -> None:
    environment = COMPLETE | {name: value or ""}
    if value is None:
        del environment[name]
    with pytest.raises(SystemExit) as ended:
        read_settings(environment, "graph")
    assert str(ended.value).startswith(f"graph needs the environment variable {name};")


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SystemExit) as ended:
        read_settings({}, "graph")
    assert all(name in str(ended.value) for name in COMPLETE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NF_S3_URL", "s3.example:9000"),
        ("NF_S3_URL", "ftp://s3.example"),
        ("NF_S3_URL", "http://"),
        ("NF_NEIGHBOURS", "workspace:50051"),
        ("NF_NEIGHBOURS", "wrokspace=ws:50051"),
        ("NF_NEIGHBOURS", "workspace="),
        ("NF_GRPC_PORT", "65536"),
        ("NF_GRPC_PORT", "-1"),
        ("NF_GRPC_PORT", "http"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_variable(name: str, value: str) -> None:
    with pytest.raises(SystemExit) as ended:
        read_settings(COMPLETE | {name: value}, "graph")
    assert name in str(ended.value)
    assert value in str(ended.value)


@pytest.mark.parametrize(("text", "number"), [("", 7), ("0", 0), ("65535", 65535)])
def test_port_numbers(text: str, number: int) -> None:
    assert port({"NF_X": text}, "NF_X", 7) == number

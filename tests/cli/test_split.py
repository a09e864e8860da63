"""How many processes of each part there are, and where they listen."""

import socket

import pytest

from cli.failures import Failure
from cli.ports import grpc_ports
from cli.split import read_replicas


def test_one_of_each_unless_told_otherwise() -> None:
    assert set(read_replicas("").values()) == {1}
    assert read_replicas("graph=2, training=3")["training"] == 3


@pytest.mark.parametrize("text", ["graph", "graph=0", "graph=9", "graph=two", "painting=2", "=2"])
def test_what_is_no_number_of_a_part_is_refused(text: str) -> None:
    with pytest.raises(Failure, match="--replicas takes pairs such as graph=2"):
        read_replicas(text)


def test_ports_follow_each_other_and_a_taken_one_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=f"port {port} is taken; set NF_GRPC_PORT"):
            grpc_ports(port, 1)
    assert len(set(grpc_ports(0, 3))) == 3

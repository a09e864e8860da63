"""Networks and data shared by the tests of this room."""

import pytest

import blueprint
from foundry.data import Data, Split, digits
from foundry.options import TrainOptions
from tests.foundry.networks import Listener, residual_graph, run


@pytest.fixture(scope="session")
def residual():
    return residual_graph()


@pytest.fixture(scope="session")
def cnn():
    return blueprint.instantiate("digits-cnn")


@pytest.fixture(scope="session")
def data():
    return digits()


@pytest.fixture(scope="session")
def few(data):
    """The same digits, but few enough to train several runs in a test."""
    part = Split(data.train.inputs[:161], data.train.targets[:161], data.train.rows[:161])
    return Data(part, data.val, data.test, data.classes)


@pytest.fixture(scope="session")
def trained(cnn, data):
    """The demo network and how a run of it went: (listener, result)."""
    listener = Listener()
    return listener, run(cnn, data, TrainOptions(label_smoothing=0.1), listener)

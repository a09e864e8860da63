"""What recurrent layers keep for the backward pass, beside their input and output (measured on torch 2.13, CPU).

RNN and GRU, and an LSTM with a projection, compute step by step and keep what each step needs. A plain LSTM is one
call to oneDNN, which keeps a workspace of its own (oneDNN, src/cpu/rnn/rnn_utils.cpp: sizes rounded up as there, but
for whole pages).
"""

from blueprint.catalogue.layer import Config, Tensor
from blueprint.dimensions import Dim, product


def kept_step_by_step(x: Tensor, batch: Dim, features: int, gates: int, state: int, c: Config) -> Dim:
    """Numbers kept: the states and gates of each step, and what enters each layer."""
    many = product(x.shape[:-1])
    directions, layers, hidden = 2 if c["bidirectional"] else 1, c["num_layers"], c["hidden_size"]
    step = (1 if gates == 1 else 7) * hidden + (state if gates == 4 else 0)
    start = batch * hidden if gates == 1 else 0
    between = many * directions * state * (2 if c["dropout"] > 0 else 1)
    entering = many * features * directions if _copied(x, c) else 0
    kept: Dim = entering + directions * layers * (many * step + start) + (layers - 1) * between
    return kept


def kept_by_fused(x: Tensor, batch: Dim, features: int, c: Config) -> Dim:
    """Numbers kept: a workspace for each layer and direction, and what enters each layer."""
    many = product(x.shape[:-1])
    directions, layers, hidden = 2 if c["bidirectional"] else 1, c["num_layers"], c["hidden_size"]
    later = directions * hidden
    first = _workspace(features, many, batch, c)
    spaces = first + (layers - 1) * _workspace(later, many, batch, c)
    own = layers * many * hidden if directions == 2 else (layers - 1) * many * hidden
    joined = 2 if c["dropout"] > 0 else directions - 1
    entering = many * features if _copied(x, c) else 0
    states = 4 * directions * layers * batch * hidden
    kept: Dim = entering + directions * (spaces + own) + (layers - 1) * many * later * joined + states
    return kept


def _workspace(features: int, many: Dim, batch: Dim, c: Config) -> Dim:
    """Gates and states of all steps, their gradients to be; copies of the weights where there are no biases."""
    hidden: int = c["hidden_size"]
    gates = many * (_padded(4 * hidden) + _padded(hidden))
    states = 2 * (many + batch) * (3 * _padded(max(features, hidden)) + 2 * hidden)
    return gates + states + (0 if c["bias"] else 4 * hidden * (features + hidden))


def _padded(size: int) -> int:
    """A row of numbers in oneDNN: whole cache lines, and not a multiple of 256."""
    whole = (size + 15) // 16 * 16
    return whole + 16 if whole % 256 == 0 else whole


def _copied(x: Tensor, c: Config) -> bool:
    """Whether steps are brought before the batch, in a copy."""
    return c["batch_first"] is True and len(x.shape) == 3

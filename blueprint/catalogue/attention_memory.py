"""How many numbers attention keeps for the backward pass, beside its inputs (measured on torch 2.13, CPU).

Where nothing is dropped and no weights are asked for, one kernel keeps queries, keys, values, the result, and one
number for each row; else each step keeps what it needs, the pairs of queries and keys first of all.
"""

from typing import NamedTuple

from blueprint.catalogue.layer import Tensor
from blueprint.dimensions import Dim, product


class Sides(NamedTuple):
    """Numbers in the queries; in the keys, which are as many as in the values; in the pairs; and in their rows.

    `same`: queries, keys and values come of one projection; `joined`: keys and values do; `more`: keys and values
    were lengthened after it.
    """

    queries: Dim
    keys: Dim
    pairs: Dim
    rows: Dim
    same: bool
    joined: bool
    more: bool


def kept_with_weights(s: Sides, dropout: float) -> Dim:
    """What nn.MultiheadAttention keeps when it gives the weights."""
    sources = 3 * s.queries if s.same and not s.more else 2 * s.keys
    return 2 * s.queries + sources + scores(s.pairs, dropout)


def kept_by_kernel(s: Sides) -> Dim:
    """What one kernel keeps."""
    queries = 3 * s.queries if s.same else s.queries
    sources = 0 if s.same and not s.more else 2 * s.keys
    return queries + sources + s.queries + s.rows


def kept_by_steps(s: Sides, dropout: float) -> Dim:
    """What is kept step by step: queries and keys scaled, values, pairs, the result."""
    alone = s.keys if s.more or not s.joined else 2 * s.keys
    values = 3 * s.queries if s.same and not s.more else alone
    return 2 * s.queries + s.keys + values + scores(s.pairs, dropout)


def kept_of_masks(attn_mask: Tensor | None, padding_mask: Tensor | None, heads: int, s: Sides) -> Dim:
    """The mask that one kernel is given: of keys, repeated for each head, or of all pairs."""
    if padding_mask is not None:
        return heads * product(padding_mask.shape) if attn_mask is None else s.pairs
    return 0 if attn_mask is None else product(attn_mask.shape)


def scores(pairs: Dim, dropout: float) -> Dim:
    """The weights, and where some are dropped also which, and what is left."""
    return pairs * (3 if dropout > 0 else 1)

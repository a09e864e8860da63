"""Einstein summation (torch.einsum), its equation read and carried out on sizes."""

from typing import Any

from blueprint.catalogue.broadcasting import common_dtype, stretched
from blueprint.catalogue.checks import FLOATING
from blueprint.catalogue.layer import Config, Example, Facts, Field, Port, Report, Tensor, layer
from blueprint.catalogue.products import Product, kept_factors
from blueprint.catalogue.words import brief, count, sizes
from blueprint.dimensions import Dim, equal, product

LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
REST = "..."
WRITE = 'write a letter for each dimension, as in "bij,bjk->bik"'


@layer(
    "Einsum",
    "arithmetic",
    "Multiplies tensors along named dimensions and sums over those the result does not name.",
    Field(
        "equation", "text", 'A letter for each dimension, as in "bij,bjk->bik"; "..." for all others.', required=True
    ),
    inputs=(Port("in", variadic=True, minimum=1),),
    torch="torch.einsum({equation}, {in})",
    example=Example({"equation": "bik,bjk->bij"}, ("[B, T, 64]", "[B, S, 64]"), ("[B, T, S]",), macs="64*S*T"),
)
def einsum(inputs: tuple[Tensor, ...], c: Config, report: Report) -> Facts | None:
    """ATen/native/Linear.cpp: operands are multiplied from left to right, dimensions summed as soon as they can be."""
    sides = c["equation"].split("->")
    written: list[Any] = [_labels(part) for part in sides[0].split(",")]
    wanted = _labels(sides[1]) if len(sides) == 2 else []
    if len(sides) > 2 or wanted is None or any(labels is None for labels in written):
        report(False, "bad_config", "the equation is not understood", WRITE)
        return None
    if len(written) != len(inputs):
        what = f"the equation is for {count(len(written), 'tensor')} but {len(inputs)} are connected"
        report(False, "bad_config", what, "write the letters of each tensor, with commas between")
        return None
    operands = _spread(written, inputs, report)
    if operands is None:
        return None
    known = _known(operands)
    result = _result(sides, wanted, known, operands, report)
    if result is None:
        return None
    order = [*result, *[label for label in known if label not in result]]
    aligned = _aligned(inputs, operands, order, report)
    return None if aligned is None else _contracted(inputs, aligned, len(result), report)


def _labels(text: str) -> list[str] | None:
    """The letters of one tensor, and "..." where it stands; None where there is something else."""
    labels: list[str] = []
    at = 0
    while at < len(text):
        char = text[at : at + 1]
        if text[at : at + 3] == REST and REST not in labels:
            labels.append(REST)
            at += 3
        elif char == " ":
            at += 1
        elif char in LABELS:
            labels.append(char)
            at += 1
        else:
            return None
    return labels


def _spread(written: list[list[str]], inputs: tuple[Tensor, ...], report: Report) -> list[list[str]] | None:
    """The labels of each dimension: those of "..." are called .100, .101 and so on, so that the last ones agree."""
    named = [len([label for label in labels if label != REST]) for labels in written]
    for n in range(len(inputs)):
        rank = len(inputs[n].shape)
        if named[n] > rank or (named[n] < rank and REST not in written[n]):
            what = f"the equation has {count(named[n], 'letter')} for in.{n}, which is {sizes(inputs[n].shape)}"
            report(False, "bad_config", what, f"write {rank}, or ... for dimensions without one")
            return None
    rest = [len(inputs[n].shape) - named[n] for n in range(len(inputs))]
    most = max(rest)
    return [
        [each for label in written[n] for each in ([label] if label != REST else _numbered(most - rest[n], most))]
        for n in range(len(inputs))
    ]


def _numbered(first: int, end: int) -> list[str]:
    return [f".{100 + n}" for n in range(first, end)]


def _known(operands: list[list[str]]) -> list[str]:
    """All labels, each once, in order."""
    known: list[str] = []
    for labels in operands:
        for label in labels:
            if label not in known:
                known.append(label)
    return sorted(known)


def _result(
    sides: list[str], wanted: list[str], known: list[str], operands: list[list[str]], report: Report
) -> list[str] | None:
    """The labels of the result; when the equation does not say, those of "..." and the letters that stand once."""
    rest = [label for label in known if label not in LABELS]
    if len(sides) == 1:
        every = [label for labels in operands for label in labels]
        return [*rest, *[label for label in known if label in LABELS and every.count(label) == 1]]
    for label in wanted:
        if label != REST and (label not in known or wanted.count(label) > 1):
            wrong = "twice" if label in known else "but no tensor does"
            report(False, "bad_config", f"the result of the equation names {label} {wrong}", WRITE)
            return None
    return [each for label in wanted for each in (rest if label == REST else [label])]


def _aligned(
    inputs: tuple[Tensor, ...], operands: list[list[str]], order: list[str], report: Report
) -> list[list[Dim]] | None:
    """The sizes of each operand in the order of labels: 1 where it has no such dimension."""
    aligned: list[list[Dim]] = []
    whole: list[Dim] = [1 for _ in order]
    for n in range(len(inputs)):
        own = [_size(label, operands[n], inputs[n], n, report) for label in order]
        if any(size is None for size in own):
            return None
        for i in range(len(order)):
            if not _agree(order[i], whole[i], own[i], report):
                return None
        whole = [stretched(whole[i], own[i]) for i in range(len(order))]
        aligned.append(own)
    return aligned


def _size(label: str, labels: list[str], x: Tensor, n: int, report: Report) -> Any:
    """The size of a label's dimensions, of which an operand takes the diagonal; None where they differ."""
    if label not in labels:
        return 1
    found = [x.shape[i] for i in range(len(labels)) if labels[i] == label]
    for size in found[1:]:
        fine = equal(found[0], size)
        if fine is not True:
            what = f"in.{n} has sizes {brief(found[0])} and {brief(size)} for both {label}"
            report(fine, "shape_mismatch", what, "use two letters")
        if fine is False:
            return None
    return found[0]


def _agree(label: str, a: Dim, b: Dim, report: Report) -> bool:
    fine = True if a == 1 or b == 1 else equal(a, b)
    if fine is True:
        return True
    differ = "differ" if fine is False else "may differ"
    name = label if label in LABELS else REST
    what = f"sizes {brief(a)} and {brief(b)} of {name} {differ}"
    return report(fine, "shape_mismatch", what, "use two letters, or bring them to one size")


def _contracted(inputs: tuple[Tensor, ...], aligned: list[list[Dim]], rank: int, report: Report) -> Facts | None:
    """The operands taken in one after another; `rank` dimensions stay, the others are summed when last needed."""
    operands = [Tensor(tuple(own), x.dtype) for own, x in zip(aligned, inputs, strict=True)]
    made = operands[0]
    if len(operands) == 1:
        return _alone(made, rank)
    needed = [len([x for x in operands if i >= rank and x.shape[i] != 1]) for i in range(len(made.shape))]
    macs: Dim = 0
    used: list[Tensor] = []
    for right in operands[1:]:
        pair = _multiplied(made, right, needed, rank, report)
        if pair is None:
            return None
        made = pair.made
        macs = macs + pair.macs
        used = [*used, pair.left, pair.right]
    ports, copies = kept_factors(operands, used)
    return Facts((Tensor(made.shape[:rank], made.dtype),), macs=macs, keeps_ports=ports, keeps=copies)


def _alone(x: Tensor, rank: int) -> Facts:
    """One operand, summed over what the result does not name."""
    if len(x.shape) == rank:
        return Facts((x,), is_view=True)
    return Facts((_summed(x, [*range(rank, len(x.shape))], len(x.shape) - rank),))


def _multiplied(a: Tensor, b: Tensor, needed: list[int], rank: int, report: Report) -> Product | None:
    """A matrix product where dimensions are summed that both have, else an elementwise one.

    `needed` tells how many operands not yet taken in have each summed dimension, and is kept up to date.
    """
    both = [i for i in range(rank, len(needed)) if a.shape[i] != 1 and b.shape[i] != 1]
    for i in both:
        needed[i] = needed[i] - 1
    last = [i for i in range(rank, len(needed)) if needed[i] == 1]
    sums = [i for i in last if i in both]
    left = _summed(a, [i for i in last if i not in both and a.shape[i] != 1], 0)
    right = _summed(b, [i for i in last if i not in both and b.shape[i] != 1], 0)
    for i in last:
        needed[i] = 0 if a.shape[i] != 1 or b.shape[i] != 1 else 1
    whole = [stretched(left.shape[i], right.shape[i]) for i in range(len(needed))]
    shape = tuple([1 if i in sums else whole[i] for i in range(len(needed))])
    if len(sums) == 0:
        return Product(left, right, Tensor(shape, common_dtype(left, right)), 0)
    if left.dtype == right.dtype and left.dtype != "bool":
        return Product(left, right, Tensor(shape, left.dtype), product(whole))
    what = f"cannot sum products of {left.dtype} and {right.dtype}"
    report(False, "dtype_mismatch", what, "give the Inputs the same dtype, and not bool")
    return None


def _summed(x: Tensor, dims: list[int], gone: int) -> Tensor:
    """A tensor summed over dimensions, which stay with size 1, but for the last `gone` of all."""
    if len(dims) == 0:
        return x
    shape = [1 if i in dims else x.shape[i] for i in range(len(x.shape) - gone)]
    return Tensor(tuple(shape), x.dtype if x.dtype in FLOATING else "int64")

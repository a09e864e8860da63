"""Masks of attention: which positions may look at which (torch.nn.functional.multi_head_attention_forward)."""

from blueprint.catalogue.layer import Config, Example, Facts, Report, Tensor, layer
from blueprint.catalogue.words import sizes
from blueprint.dimensions import Dim, Shape, equal, every


@layer(
    "CausalMask",
    "attention",
    "A mask [length, length] that hides later positions: minus infinity there, else 0.",
    torch="torch.nn.Transformer.generate_square_subsequent_mask({in}.shape[-2], device={in}.device)",
    example=Example({}, ("[B, T, 64]",), ("[T, T]",)),
)
def causal_mask(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Of the input only the length counts, its last size but one."""
    if len(x.shape) < 2:
        what = f"needs a sequence [..., length, features] but gets {sizes(x.shape)}"
        report(False, "shape_mismatch", what, "feed it what attention reads")
        return None
    return Facts((Tensor((x.shape[-2], x.shape[-2])),))


def mask_fits(
    name: str, mask: Tensor | None, batch: Shape, heads: int, targets: Dim, sources: Dim, report: Report
) -> bool:
    """Whether a mask has a row for each query and a column for each key, the same for all or for each head."""
    if mask is None:
        return True
    if not _is_mask(name, mask, report):
        return False
    each = (batch[0] * heads if len(batch) > 0 else heads, targets, sources)
    return _has(name, mask.shape, each[1:], each, "one row for each query and one column for each key", report)


def key_mask_fits(name: str, mask: Tensor | None, batch: Shape, sources: Dim, report: Report) -> bool:
    """Whether a mask tells of each key whether it is padding."""
    if mask is None:
        return True
    wanted = (*batch, sources)
    return _is_mask(name, mask, report) and _has(name, mask.shape, wanted, wanted, "one entry for each key", report)


def _is_mask(name: str, mask: Tensor, report: Report) -> bool:
    if mask.dtype == "bool" or mask.dtype == "float32":
        return True
    mend = "use bool, where true hides, or float32, which is added to the scores"
    return report(False, "dtype_mismatch", f"{name} is of {mask.dtype}", mend)


def _has(name: str, shape: Shape, one: Shape, other: Shape, mend: str, report: Report) -> bool:
    """Whether a shape is one of two."""
    wanted = other if len(shape) == len(other) else one
    alike = len(shape) == len(wanted)
    fine = alike and every(*[equal(a, b) for a, b in zip(shape, wanted, strict=True)])
    if fine is True:
        return True
    need = "must be" if fine is False else "may not be"
    also = "" if len(one) == len(other) else f" or {sizes(other)}"
    return report(fine, "shape_mismatch", f"{name} is {sizes(shape)} but {need} {sizes(one)}{also}", f"give it {mend}")

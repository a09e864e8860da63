"""Layers that take parts of a tensor (torch.select, torch.split and their like)."""

from blueprint.catalogue.checks import axis
from blueprint.catalogue.layer import Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import brief, sizes
from blueprint.dimensions import Dim, at_least, equal, total

MAX_PIECES = 1000
DIM = Field("dim", "integer", "Dimension that is cut; negative counts from the end.", default=0, minimum=-8, maximum=7)
PIECES = ("out.*",)


@layer(
    "Slice",
    "shape",
    "Takes a range of one dimension, as x[start:end:step] does.",
    DIM,
    Field("start", "integer", "First index; negative counts from the end.", nullable=True),
    Field("end", "integer", "Index after the last; negative counts from the end.", nullable=True),
    Field("step", "integer", "Take each so many-th.", default=1, minimum=1),
    torch="{in}[(slice(None),) * {dim} + (slice({start}, {end}, {step}),)]",
    example=Example({"dim": 1, "start": 1, "end": -1}, ("[B, 10, 8]",), ("[B, 8, 8]",)),
)
def sliced(x: Tensor, c: Config, report: Report) -> Facts | None:
    """Indices beyond the ends mean the ends, as in Python."""
    dim = axis(c["dim"], len(x.shape), "dim", report)
    if dim is None:
        return None
    size, step = x.shape[dim], c["step"]
    start = 0 if c["start"] is None else _bound(size, c["start"], "start", report)
    end = size if c["end"] is None else _bound(size, c["end"], "end", report)
    taken = (end - start + step - 1) // step
    fine = at_least(taken, 1)
    if fine is not True:
        doubt = "leaves nothing" if fine is False else "may leave nothing"
        report(fine, "shape_mismatch", f"{doubt} of dimension {dim} of {sizes(x.shape)}", "choose start before end")
    if fine is False:
        return None
    return Facts((_with(x, dim, taken),), determined={"dim": dim}, is_view=True)


def _bound(size: Dim, index: int, name: str, report: Report) -> Dim:
    """The index counted from the front and kept within the dimension."""
    inside = at_least(size, index if index >= 0 else -index)
    if inside is None:
        what = f"{name} {index} reaches beyond a dimension of {brief(size)} where that is less than {abs(index)}"
        report(None, "shape_mismatch", what, f"make sure it is at least {abs(index)}")
    if index >= 0:
        return size if inside is False else index
    return 0 if inside is False else size + index


@layer(
    "Select",
    "shape",
    "Takes one index of a dimension, which goes away.",
    Field("dim", "integer", "That dimension; negative counts from the end.", required=True, minimum=-8, maximum=7),
    Field("index", "integer", "Which one; negative counts from the end.", required=True),
    torch="torch.select({in}, {dim}, {index})",
    example=Example({"dim": 1, "index": 0}, ("[B, 65, 8]",), ("[B, 8]",)),
)
def select(x: Tensor, c: Config, report: Report) -> Facts | None:
    dim, index = axis(c["dim"], len(x.shape), "dim", report), c["index"]
    if dim is None:
        return None
    size = x.shape[dim]
    fine = at_least(size, index + 1 if index >= 0 else -index)
    if fine is not True:
        doubt = "is" if fine is False else "may be"
        what = f"index {index} {doubt} outside dimension {dim} of {sizes(x.shape)}"
        report(fine, "bad_config", what, f"use an index from {brief(-size)} to {brief(size - 1)}")
    if fine is False:
        return None
    return Facts((Tensor((*x.shape[:dim], *x.shape[dim + 1 :]), x.dtype),), is_view=True)


@layer(
    "Split",
    "shape",
    "Cuts a dimension into pieces of a size, or of several sizes.",
    Field("split_size", "integer", "Size of each piece; the last may be smaller.", minimum=1, nullable=True),
    Field("sections", "integers", "Sizes of the pieces instead.", minimum=1, count=MAX_PIECES, nullable=True),
    DIM,
    outputs=PIECES,
    torch="torch.split({in}, {split_size_or_sections}, dim={dim})",
    example=Example({"sections": [8, 16], "dim": 1}, ("[B, 24]",), ("[B, 8]", "[B, 16]")),
)
def split(x: Tensor, c: Config, report: Report) -> Facts | None:
    dim, size, sections = axis(c["dim"], len(x.shape), "dim", report), c["split_size"], c["sections"]
    if (size is None) == (sections is None):
        what = "needs split_size or sections" if size is None else "has both split_size and sections"
        report(False, "bad_config", what, "give one of the two")
        return None
    if dim is None:
        return None
    if sections is None:
        parts = _pieces(x.shape[dim], size, report)
    else:
        parts = sections if _add_up(x, dim, sections, report) else None
    if parts is None:
        return None
    spelt = size if sections is None else sections
    return Facts(
        tuple([_with(x, dim, part) for part in parts]), determined={"split_size_or_sections": spelt}, is_view=True
    )


def _add_up(x: Tensor, dim: int, sections: tuple[int, ...], report: Report) -> bool:
    whole = total(sections)
    same = equal(x.shape[dim], whole)
    if same is True:
        return True
    what = f"sections add up to {brief(whole)} but dimension {dim} of {sizes(x.shape)} is {brief(x.shape[dim])}"
    return report(same, "bad_config", what, f"make them add up to {brief(x.shape[dim])}")


def _pieces(whole: Dim, size: int, report: Report) -> list[Dim] | None:
    """Pieces of a size, the last one smaller where it does not divide the whole."""
    if not isinstance(whole, int):
        what = f"cannot tell how many pieces of {size} a dimension of {brief(whole)} makes"
        report(False, "bad_config", what, "use sections, Chunk, or a number for that size in the Input")
        return None
    many = (whole + size - 1) // size
    if many > MAX_PIECES:
        report(False, "limit", f"makes {many} pieces, more than {MAX_PIECES}", "use larger pieces")
        return None
    return [min(size, whole - n * size) for n in range(many)]


@layer(
    "Chunk",
    "shape",
    "Cuts a dimension into a number of equal pieces; the last may be smaller.",
    Field("chunks", "integer", "How many; fewer where they do not come out.", required=True, minimum=1, maximum=1000),
    DIM,
    outputs=PIECES,
    torch="torch.chunk({in}, {chunks}, dim={dim})",
    example=Example({"chunks": 2, "dim": 1}, ("[B, 16]",), ("[B, 8]", "[B, 8]")),
)
def chunk(x: Tensor, c: Config, report: Report) -> Facts | None:
    """torch.chunk: pieces of the size rounded up, so that there may be fewer than asked for."""
    dim, chunks = axis(c["dim"], len(x.shape), "dim", report), c["chunks"]
    if dim is None:
        return None
    whole = x.shape[dim]
    size = (whole + chunks - 1) // chunks
    parts = _pieces(whole, size, report) if isinstance(size, int) else _equal_pieces(whole, size, chunks, report)
    return None if parts is None else Facts(tuple([_with(x, dim, part) for part in parts]), is_view=True)


def _equal_pieces(whole: Dim, size: Dim, chunks: int, report: Report) -> list[Dim]:
    last = whole - size * (chunks - 1)
    fine = at_least(last, 1)
    if fine is not True:
        what = f"a dimension of {brief(whole)} may make fewer than {chunks} pieces"
        report(None, "shape_mismatch", what, f"give that size in the Input as a multiple, such as {chunks}*N")
    return [*[size for _ in range(chunks - 1)], last]


def _with(x: Tensor, dim: int, size: Dim) -> Tensor:
    return Tensor((*x.shape[:dim], size, *x.shape[dim + 1 :]), x.dtype)

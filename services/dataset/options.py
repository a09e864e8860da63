"""How a source is to become data, as asked for: completed by what is usual, refused where it makes no sense."""

from kernel.errors import Rejected
from neuralforge.dataset.v1 import service_pb2 as api

LARGEST_SIDE = 512
MOST_COLUMNS = 2000
LONGEST_COLUMN = 100
DELIMITERS = ("", ",", ";", "\t", "|")


def check_split(split: api.Split) -> api.Split:
    """The split as asked for; raises Rejected unless its shares are whole and it has something to train on."""
    shares = {"train": split.train, "validation": split.validation, "test": split.test}
    for part, share in shares.items():
        if share < 0:
            raise Rejected(f"the {part} share is {share} per mille; give 0 or more", field=f"split.{part}")
    if sum(shares.values()) != 1000:
        listed = " + ".join(str(share) for share in shares.values())
        raise Rejected(f"the shares {listed} sum to {sum(shares.values())}; they must sum to 1000", field="split")
    if not split.train:
        raise Rejected("the train share is 0; a version needs rows to train on", field="split.train")
    if split.seed < 0:
        raise Rejected(f"the seed is {split.seed}; give 0 or more", field="split.seed")
    return split


def check_options(options: api.IngestOptions, kind: int) -> api.IngestOptions:
    """A copy with every choice made; raises Rejected for options of another kind or out of bounds."""
    if not 0 <= options.skip_per_mille <= 1000:
        sentence = f"{options.skip_per_mille} per mille of bad files or rows are to be left out; give 0 to 1000"
        raise Rejected(sentence, field="options.skip_per_mille")
    checked = api.IngestOptions(skip_per_mille=options.skip_per_mille)
    given = options.WhichOneof("kind")
    if kind == api.SOURCE_KIND_IMAGE_FOLDERS:
        if given == "table":
            raise Rejected("the file is a zip of images and the options are for a table", field="options.table")
        checked.images.CopyFrom(_images(options.images))
    else:
        if given == "images":
            raise Rejected("the file is a table and the options are for images", field="options.images")
        checked.table.CopyFrom(_table(options.table))
    return checked


def _images(images: api.ImageOptions) -> api.ImageOptions:
    for name, side in (("height", images.height), ("width", images.width)):
        if not 0 <= side <= LARGEST_SIDE:
            raise Rejected(f"the {name} is {side} pixels; give 1 to {LARGEST_SIDE}", field=f"options.images.{name}")
    if bool(images.height) != bool(images.width):
        raise Rejected("give height and width, or neither", field="options.images.height")
    if images.channels not in (0, 1, 3):
        raise Rejected(f"{images.channels} channels; give 1 (grey) or 3 (colour)", field="options.images.channels")
    fit = images.fit or api.IMAGE_FIT_PAD
    if fit not in (api.IMAGE_FIT_PAD, api.IMAGE_FIT_CROP, api.IMAGE_FIT_STRETCH):
        raise Rejected("the fit is to pad, to crop or to stretch", field="options.images.fit")
    return api.ImageOptions(height=images.height, width=images.width, channels=images.channels, fit=fit)


def _table(table: api.TableOptions) -> api.TableOptions:
    if table.delimiter not in DELIMITERS:
        sentence = f"the delimiter is {table.delimiter[:20]!r}; give ',', ';', a tab or '|'"
        raise Rejected(sentence, field="options.table.delimiter")
    names = [column.name for column in table.columns]
    if len(names) > MOST_COLUMNS or any(not 1 <= len(name) <= LONGEST_COLUMN for name in (*names, table.target or "-")):
        sentence = f"name at most {MOST_COLUMNS} columns by their 1 to {LONGEST_COLUMN} characters"
        raise Rejected(sentence, field="options.table.columns")
    if len(set(names)) != len(names):
        raise Rejected("a column is chosen for twice; choose once for each", field="options.table.columns")
    for column in table.columns:
        if column.kind not in (api.COLUMN_KIND_NUMBER, api.COLUMN_KIND_CATEGORY, api.COLUMN_KIND_IGNORE):
            sentence = f"the column {column.name!r} is to be a number, a category or ignored"
            raise Rejected(sentence, field="options.table.columns")
    checked = api.TableOptions()
    checked.CopyFrom(table)
    checked.missing = table.missing or api.MISSING_CELLS_FAIL
    checked.categories = table.categories or api.CATEGORY_ENCODING_ONE_HOT
    if checked.missing not in api.MissingCells.values() or checked.categories not in api.CategoryEncoding.values():
        raise Rejected(
            "choose what a missing cell means, and how categories are written", field="options.table.missing"
        )
    return checked

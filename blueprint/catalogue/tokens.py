"""Images as sequences of tokens (Dosovitskiy et al. 2020)."""

from blueprint.catalogue.checks import determined, is_spatial, like_weights
from blueprint.catalogue.layer import TRAINABLE, Config, Example, Facts, Field, Report, Tensor, layer
from blueprint.catalogue.words import by, count, sizes
from blueprint.dimensions import at_least, equal, every, product


@layer(
    "PatchEmbed",
    "tokens",
    "Cuts an image into patches, and makes a token of each by a learned projection.",
    Field("in_channels", "integer", "Channels of the image.", minimum=1, unit="channels", determined=True),
    Field("patch_size", "sizes", "Size of a patch (height, width).", minimum=1, count=2, required=True),
    Field("embed_dim", "integer", "Features of a token.", minimum=1, unit="features", required=True),
    Field("bias", "boolean", "Add a learned number to each feature.", default=True),
    Field("flatten", "boolean", "Give tokens [N, L, features], not an image of them.", default=True),
    TRAINABLE,
    torch="PatchEmbed",
    example=Example({"patch_size": 16, "embed_dim": 192}, ("[B, 3, 224, 224]",), ("[B, 196, 192]",), 147648, 28901376),
)
def patch_embed(x: Tensor, c: Config, report: Report) -> Facts | None:
    """A convolution whose kernels stand side by side; what is left at the border is not seen."""
    if not like_weights(x, report) or not is_spatial(x, 2, report):
        return None
    channels = determined(c, "in_channels", x.shape[-3], report)
    patch, spatial = c["patch_size"], x.shape[-2:]
    fits = every(*[at_least(spatial[i], patch[i]) for i in range(2)])
    if fits is not True:
        fit = "does not" if fits is False else "may not"
        what = f"a patch of {by(patch)} {fit} fit the {by(spatial)} image"
        report(fits, "shape_mismatch", what, "use a smaller patch_size, or larger images")
    if channels is None or fits is False:
        return None
    grid = [spatial[i] // patch[i] for i in range(2)]
    whole = every(*[equal(grid[i] * patch[i], spatial[i]) for i in range(2)])
    if whole is not True:
        leaves = "leave" if whole is False else "may leave"
        what = f"patches of {by(patch)} {leaves} a border of the {by(spatial)} image unseen"
        report(None, "shape_mismatch", what, "use images whose size is a multiple of patch_size")
    lead, size = x.shape[:-3], c["embed_dim"]
    weights = channels * patch[0] * patch[1] * size
    out = (*lead, product(grid), size) if c["flatten"] else (*lead, size, *grid)
    return Facts(
        (Tensor(out),),
        params=weights + (size if c["bias"] else 0),
        macs=product((*lead, *grid)) * weights,
        determined={"in_channels": channels},
        keeps_input=True,
    )


@layer(
    "ClassToken",
    "tokens",
    "Puts a learned token before a sequence, whose result then stands for the whole.",
    Field("features", "integer", "Features of a token.", minimum=1, unit="features", determined=True),
    TRAINABLE,
    torch="ClassToken",
    example=Example({}, ("[B, 196, 192]",), ("[B, 197, 192]",), 192),
)
def class_token(x: Tensor, c: Config, report: Report) -> Facts | None:
    if not like_weights(x, report):
        return None
    if len(x.shape) < 2:
        what = f"needs tokens [N, L, features] but gets {sizes(x.shape)}, which has {count(len(x.shape), 'dimension')}"
        report(False, "shape_mismatch", what, "feed it a sequence, by PatchEmbed or Embedding")
        return None
    features = determined(c, "features", x.shape[-1], report)
    if features is None:
        return None
    longer = Tensor((*x.shape[:-2], x.shape[-2] + 1, x.shape[-1]))
    return Facts((longer,), params=features, determined={"features": features})

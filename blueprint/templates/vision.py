"""Vision transformers (Dosovitskiy et al. 2020): an image as a sequence of patches."""

from blueprint.document import Graph
from blueprint.templates.language import HEAD, depth, encoder_layer, heads
from blueprint.templates.sketch import Sketch
from blueprint.templates.template import CHANNELS, Template, classes, dropout, images, size

PATCH = 16


def vit(classes: int, channels: int, size: int, depth: int, heads: int, dropout: float) -> Graph:
    """Patches of 16x16 pixels and one token more, which gathers what the image shows."""
    draw, features = Sketch(), HEAD * heads
    draw.input(shape=images(channels, size))
    draw("patches", "PatchEmbed", patch_size=PATCH, embed_dim=features)
    draw("class_token", "ClassToken")
    draw("position", "LearnedPositionalEmbedding", max_length=(size // PATCH) ** 2 + 1)
    draw("dropout", "Dropout", p=dropout)
    settings = {"nhead": heads, "dim_feedforward": 4 * features, "dropout": dropout}
    layer = encoder_layer(**settings, activation="gelu", layer_norm_eps=1e-6, norm_first=True)
    draw.block("encoder", layer, repeat=depth)
    draw("norm", "LayerNorm", eps=1e-6)
    draw("first", "Select", dim=1, index=0)
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("vit-b-16")


TEMPLATES = (
    Template(
        "vit-b-16",
        "ViT-B/16",
        "Reads an image as a text of patches (2020); 24 layers of 16 heads make the large size.",
        (classes(1000), CHANNELS, size(224, 16, multiple=PATCH), depth(12), heads(12), dropout(0)),
        vit,
    ),
)

"""Networks that give an image for an image."""

from blueprint.document import Graph
from blueprint.templates.sketch import Sketch
from blueprint.templates.template import CHANNELS, Template, images, integer, size, width

LEVELS = 4


def unet(classes: int, channels: int, size: int, width: int) -> Graph:
    """Ronneberger et al. 2015, with padding, so that the map is as large as the image, and batch normalisation."""
    draw = Sketch()
    last = draw.input(shape=images(channels, size))
    for level in range(1, LEVELS + 1):
        draw.block(f"encode{level}", _double(width * 2 ** (level - 1)), last)
        last = draw(f"pool{level}", "MaxPool2d", kernel_size=2)
    draw.block("bottom", _double(width * 2**LEVELS))
    for level in range(LEVELS, 0, -1):
        narrower = width * 2 ** (level - 1)
        up = draw(f"up{level}", "ConvTranspose2d", out_channels=narrower, kernel_size=2, stride=2)
        draw(f"join{level}", "Concat", f"encode{level}", up)
        draw.block(f"decode{level}", _double(narrower))
    draw("classify", "Conv2d", out_channels=classes, kernel_size=1)
    draw("output", "Output")
    return draw.graph("unet")


def _double(channels: int) -> Graph:
    """Two convolutions of 3x3."""
    draw = Sketch()
    draw.input("in")
    for n in (1, 2):
        draw(f"conv{n}", "Conv2d", out_channels=channels, kernel_size=3, padding=1, bias=False)
        draw(f"norm{n}", "BatchNorm2d")
        draw(f"relu{n}", "ReLU")
    draw("out", "Output")
    return draw.graph("two convolutions")


def autoencoder(channels: int, size: int, width: int, latent: int) -> Graph:
    """Three strided convolutions down to `latent` numbers, and three transposed ones back to values from 0 to 1."""
    draw = Sketch()
    draw.input(shape=images(channels, size))
    for n in (1, 2, 3):
        draw(f"conv{n}", "Conv2d", out_channels=width * 2 ** (n - 1), kernel_size=3, stride=2, padding=1)
        draw(f"relu{n}", "ReLU")
    draw("flatten", "Flatten")
    draw("encode", "Linear", out_features=latent)
    small = size // 8
    draw("decode", "Linear", out_features=4 * width * small * small)
    draw("unflatten", "Unflatten", dim=1, unflattened_size=[4 * width, small, small])
    draw("relu4", "ReLU")
    for n, kernels in ((3, 2 * width), (2, width), (1, channels)):
        draw(f"up{n}", "ConvTranspose2d", out_channels=kernels, kernel_size=4, stride=2, padding=1)
        draw(f"up{n}_act", "ReLU" if n > 1 else "Sigmoid")
    draw("output", "Output")
    return draw.graph("conv-autoencoder")


TEMPLATES = (
    Template(
        "unet",
        "U-Net",
        "Names the class of every pixel: four levels down, four up, joined by skip connections (2015).",
        (
            integer("classes", 2, 1, 1000, "How many classes a pixel may have."),
            CHANNELS,
            size(256, 16, multiple=16),
            width(64, 512, "Channels of the first level; each next has twice as many."),
        ),
        unet,
    ),
    Template(
        "conv-autoencoder",
        "Autoencoder",
        "Squeezes an image into a few numbers and paints it again from them.",
        (
            CHANNELS,
            size(32, 8, multiple=8),
            width(32, 512, "Channels of the first convolution; the next have 2 and 4 times as many."),
            integer("latent", 128, 1, 65_536, "Numbers that the image is squeezed into."),
        ),
        autoencoder,
    ),
)

"""One image of a stranger: what it is by its first bytes, whether it decodes whole, and its pixels at one size.

GIF and WebP animations give their first frame. TIFF is left out: its decoder does too much to be given to strangers.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from foundry.ingest.faults import BadFile

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
MAGIC = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF87a": "GIF", b"GIF89a": "GIF", b"BM": "BMP"}
MOST_PIXELS = 25_000_000  # 100 MB as RGBA
GREY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "F")
WHITE = (255, 255, 255, 255)
Pixels = NDArray[np.uint8]
Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # half of where Pillow itself refuses


class Fit(Enum):
    """How an image of another shape becomes one of this shape: with black edges, cut at its sides, or distorted."""

    PAD = "pad"
    CROP = "crop"
    STRETCH = "stretch"


@dataclass(frozen=True, slots=True)
class Target:
    """What every image becomes: `channels` 1 or 3, sizes in pixels."""

    channels: int
    height: int
    width: int
    fit: Fit = Fit.PAD

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.channels, self.height, self.width


@dataclass(frozen=True, slots=True)
class Header:
    """What an image says of itself before it is decoded."""

    width: int
    height: int
    grey: bool


def look(data: bytes) -> Header:
    """The header alone; raises BadFile for what is no image of a kind taken, or too large a one."""
    with _opened(data) as image:
        return Header(image.width, image.height, image.mode in GREY_MODES)


def decode(data: bytes, target: Target) -> Pixels:
    """The whole image as (channels, height, width); raises BadFile unless every byte of it decodes."""
    if _format(data) == "PNG":
        with _opened(data) as image:
            image.verify()  # checks every chunk's CRC, which decoding does not
    with _opened(data) as image:
        image.load()
        flat = _flattened(ImageOps.exif_transpose(image)).convert("L" if target.channels == 1 else "RGB")
        pixels = np.asarray(_fitted(flat, target), dtype=np.uint8)
    return pixels[np.newaxis] if target.channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    kind = _format(data)
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=[kind]) as image:
            warnings.simplefilter("ignore")
            if image.width * image.height > MOST_PIXELS:
                raise BadFile(
                    "too_large", f"has {image.width} x {image.height} pixels; at most {MOST_PIXELS} are taken"
                )
            yield image
    except BadFile:
        raise
    except Image.DecompressionBombError as error:
        raise BadFile("too_large", f"has more than the {MOST_PIXELS} pixels taken") from error
    except Exception as error:  # decoders raise what they like; whatever it is, it is this file's fault
        said = (str(error) or type(error).__name__)[:100]
        cut = isinstance(error, EOFError) or "truncated" in said.lower() or _lacks_its_end(data, kind)
        bad = BadFile("truncated", "is cut short") if cut else BadFile("corrupt", f"does not decode as {kind} ({said})")
        raise bad from error


def _format(data: bytes) -> str:
    """By its first bytes, whatever its name says; raises BadFile for anything but an image of a kind taken."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    for magic, kind in MAGIC.items():
        if data.startswith(magic):
            return kind
    if not data:
        raise BadFile("empty", "is empty")
    raise BadFile("not_an_image", f"is no {', '.join(FORMATS[:-1])} or {FORMATS[-1]} image by its first bytes")


def _lacks_its_end(data: bytes, kind: str) -> bool:
    """Whether an image that does not decode was cut short, by what its kind puts at the end or says of its length."""
    match kind:
        case "PNG":
            return b"IEND" not in data
        case "JPEG":
            return b"\xff\xd9" not in data
        case "GIF":
            return b";" not in data[-16:]
        case "WEBP":
            return int.from_bytes(data[4:8], "little") + 8 > len(data)
        case _:
            return int.from_bytes(data[2:6], "little") > len(data)


def _flattened(image: Image.Image) -> Image.Image:
    """8 bits a channel, nothing to see through: transparency lies on white."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        seen = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, WHITE), seen).convert("RGB")
    return image if image.mode == "L" else image.convert("RGB")


def _fitted(image: Image.Image, target: Target) -> Image.Image:
    size = (target.width, target.height)
    if image.size == size:
        return image
    match target.fit:
        case Fit.PAD:
            return ImageOps.pad(image, size, Image.Resampling.BILINEAR)
        case Fit.CROP:
            return ImageOps.fit(image, size, Image.Resampling.BILINEAR)
        case Fit.STRETCH:
            return image.resize(size, Image.Resampling.BILINEAR)

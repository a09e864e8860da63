"""Contact sheets: what a class looks like, as one small picture of sixteen of its images."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from foundry.dataset_files import digest

SIDE, THUMB = 4, 64
MOST_SHEETS = 100


class ContactSheets:
    """Takes the images of the first MOST_SHEETS classes as they pass, and keeps SIDE x SIDE evenly spaced ones."""

    def __init__(self, counts: Sequence[int]) -> None:
        self._steps = [max(1, count // SIDE**2) for count in counts[:MOST_SHEETS]]
        self._seen = [0] * len(self._steps)
        self._thumbs: list[list[Image.Image]] = [[] for _ in self._steps]

    def add(self, pixels: NDArray[np.uint8], label: int) -> None:
        """One image, (channels, height, width)."""
        if label >= len(self._steps):
            return
        place, thumbs = self._seen[label], self._thumbs[label]
        self._seen[label] += 1
        if len(thumbs) < SIDE**2 and place % self._steps[label] == 0:
            thumbs.append(_thumb(pixels))

    def write(self, folder: Path, classes: Sequence[str]) -> list[dict[str, Any]]:
        """`preview-<label>.png` for each class; what the manifest says of them."""
        previews = []
        for label, thumbs in enumerate(self._thumbs):
            sheet = Image.new(thumbs[0].mode if thumbs else "L", (SIDE * THUMB, SIDE * THUMB))
            for index, thumb in enumerate(thumbs):
                sheet.paste(thumb, (index % SIDE * THUMB, index // SIDE * THUMB))
            path = folder / f"preview-{label:05d}.png"
            sheet.save(path, format="PNG")
            previews.append(digest(path) | {"class": classes[label]})
        return previews


def _thumb(pixels: NDArray[np.uint8]) -> Image.Image:
    """At most THUMB pixels a side; small images are enlarged without smoothing, so that they stay what they are."""
    image = Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
    scale = THUMB / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BILINEAR)

"""The datasets that come with the platform, as data; the job that builds them must find exactly this."""

from kernel.errors import NotFound
from neuralforge.dataset.v1 import service_pb2 as api

BUILTINS = {
    "digits": api.Builtin(
        name="digits",
        title="Handwritten digits",
        summary="1,797 greyscale images of 8 by 8 pixels from 0 to 16 (UCI, 1998; ships with scikit-learn)",
        rows=1797,
        classes=[str(digit) for digit in range(10)],
        input_shape=[1, 8, 8],
    ),
}


def source(name: str) -> api.Builtin:
    """The built-in of that name; raises NotFound naming those that exist."""
    if name not in BUILTINS:
        raise NotFound(f"there is no built-in dataset {name[:80]!r}; choose one of: {', '.join(sorted(BUILTINS))}")
    return BUILTINS[name]

"""The formats an export can be asked for, as data; the job that converts must know exactly these."""

from kernel.errors import Rejected
from neuralforge.export.v1 import service_pb2 as api

FORMATS = {
    "onnx": api.Format(name="onnx", title="ONNX", extension=".onnx"),
}


def require_format(name: str) -> api.Format:
    """The format of that name; raises Rejected naming those that exist."""
    if name not in FORMATS:
        known = ", ".join(sorted(FORMATS))
        raise Rejected(f"there is no export format {name[:80]!r}; choose one of: {known}", field="format")
    return FORMATS[name]

"""The formats a trained network can be taken home in. Loads without torch, so that anything may list them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """`packages` are what this machine needs to write and to run it."""

    name: str
    title: str
    extension: str
    packages: tuple[str, ...]


FORMATS = {
    "onnx": Format("onnx", "ONNX", ".onnx", ("onnx", "onnxscript", "onnxruntime")),
}

"""Other names of layer types, as Keras, ONNX and papers write them, and the settings a name implies.

A name stands here only where it means one type of the catalogue and nothing else: Keras's
`BatchNormalization` may be any of three, its `Maximum` compares two tensors, ours reduces one.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from blueprint.codec import JSON

NOTHING: Mapping[str, JSON] = MappingProxyType({})

# Written with 1D, 2D or 3D, and meaning the type with 1d, 2d or 3d.
BY_DIMENSIONS = {
    "Conv": "Conv",
    "Convolution": "Conv",
    "ConvTranspose": "ConvTranspose",
    "BatchNorm": "BatchNorm",
    "InstanceNorm": "InstanceNorm",
    "MaxPool": "MaxPool",
    "MaxPooling": "MaxPool",
    "AvgPool": "AvgPool",
    "AveragePooling": "AvgPool",
    "AdaptiveAvgPool": "AdaptiveAvgPool",
    "AdaptiveAveragePooling": "AdaptiveAvgPool",
    "AdaptiveMaxPool": "AdaptiveMaxPool",
    "AdaptiveMaxPooling": "AdaptiveMaxPool",
    "Dropout": "Dropout",
    "SpatialDropout": "Dropout",
}
# Written with 1D, 2D or 3D, and meaning one type for all.
WHATEVER_DIMENSIONS = {
    "GlobalAvgPool": "GlobalAvgPool",
    "GlobalAveragePooling": "GlobalAvgPool",
    "GlobalMaxPool": "GlobalMaxPool",
    "GlobalMaxPooling": "GlobalMaxPool",
    "UpSampling": "Upsample",
}
SIMPLE = {
    "Alibi": "ALiBi",
    "CLSToken": "ClassToken",
    "Cat": "Concat",
    "Concatenate": "Concat",
    "Conv1DTranspose": "ConvTranspose1d",
    "Conv2DTranspose": "ConvTranspose2d",
    "Conv3DTranspose": "ConvTranspose3d",
    "Dense": "Linear",
    "DepthwiseConv2D": "DepthwiseConv2d",
    "Div": "Divide",
    "FullyConnected": "Linear",
    "GlobalAveragePooling": "GlobalAvgPool",
    "GlobalMaxPooling": "GlobalMaxPool",
    "GroupNormalization": "GroupNorm",
    "HardShrink": "Hardshrink",
    "HardSigmoid": "Hardsigmoid",
    "HardSwish": "Hardswish",
    "HardTanh": "Hardtanh",
    "LPPool1D": "LPPool1d",
    "LPPool2D": "LPPool2d",
    "LRN": "LocalResponseNorm",
    "LayerNormalization": "LayerNorm",
    "LogSoftMax": "LogSoftmax",
    "Matmul": "MatMul",
    "MaxUnpool2D": "MaxUnpool2d",
    "MaxUnpooling2D": "MaxUnpool2d",
    "MixtureOfExperts": "MoE",
    "Mul": "Multiply",
    "MultiHeadAttention": "MultiheadAttention",
    "PatchEmbedding": "PatchEmbed",
    "PositionalEmbedding": "LearnedPositionalEmbedding",
    "PositionalEncoding": "SinusoidalPositionalEncoding",
    "Pow": "Power",
    "RMSNormalization": "RMSNorm",
    "ReduceMax": "Max",
    "ReduceMean": "Mean",
    "ReduceMin": "Min",
    "ReduceSum": "Sum",
    "RoPE": "RotaryEmbedding",
    "SeparableConv2D": "SeparableConv2d",
    "SeparableConvolution2D": "SeparableConv2d",
    "SimpleRNN": "RNN",
    "SoftMax": "Softmax",
    "SoftPlus": "Softplus",
    "SoftShrink": "Softshrink",
    "SoftSign": "Softsign",
    "SqueezeAndExcite": "SqueezeExcite",
    "SqueezeExcitation": "SqueezeExcite",
    "StochasticDepth": "DropPath",
    "Sub": "Subtract",
    "Swish": "SiLU",
    "TanhShrink": "Tanhshrink",
}
IMPLYING: dict[str, tuple[str, Mapping[str, JSON]]] = {
    "BiGRU": ("GRU", {"bidirectional": True}),
    "BiLSTM": ("LSTM", {"bidirectional": True}),
    "BiRNN": ("RNN", {"bidirectional": True}),
}


def _aliases() -> Iterator[tuple[str, tuple[str, Mapping[str, JSON]]]]:
    for number in "123":
        for name, type in BY_DIMENSIONS.items():
            yield f"{name}{number}D", (f"{type}{number}d", NOTHING)
        for name, type in WHATEVER_DIMENSIONS.items():
            yield f"{name}{number}D", (type, NOTHING)
    for name, type in SIMPLE.items():
        yield name, (type, NOTHING)
    yield from IMPLYING.items()


ALIASES: dict[str, tuple[str, Mapping[str, JSON]]] = dict(_aliases())


def type_of(name: str) -> str:
    """The catalogue's name of a type, or the name itself where it is no alias."""
    return ALIASES[name][0] if name in ALIASES else name

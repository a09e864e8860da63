"""Which numbers a dtype can hold, for settings that become numbers of a tensor."""

LEAST = {"float16": -65504, "int32": -2147483648, "int64": -9223372036854775808, "uint8": 0}
MOST = {"float16": 65504, "int32": 2147483647, "int64": 9223372036854775807, "uint8": 255}


def holds(value: float, dtype: str) -> bool:
    """Whether a dtype can hold a setting; those not named above hold all that settings may be."""
    return dtype not in MOST or (LEAST[dtype] <= value and value <= MOST[dtype])


def passes(value: float) -> bool:
    """Whether PyTorch takes a setting at all: integers have 64 bits, with a sign or without."""
    return not isinstance(value, int) or (value >= LEAST["int64"] and value <= 2 * MOST["int64"] + 1)

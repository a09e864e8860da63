"""Random settings of each layer type, within range but not always fitting: what torch must judge as we do."""

from typing import Any

from hypothesis import strategies as st

Drawn = tuple[dict[str, Any], list[int | str]]

IMAGES = st.tuples(st.just("B"), st.integers(1, 6), st.integers(1, 9), st.integers(1, 9)).map(list) | st.tuples(
    st.integers(1, 6), st.integers(1, 9), st.integers(1, 9)
).map(list)
SHAPES = st.lists(st.integers(1, 6), min_size=1, max_size=3).map(lambda sizes: ["B", *sizes])
BOOLEANS = st.booleans()


def pairs(low: int, high: int) -> st.SearchStrategy[Any]:
    """One integer, or a list of two."""
    one = st.integers(low, high)
    return one | st.tuples(one, one).map(list)


def settings(required: dict[str, Any] | None = None, **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(required or {}, optional=optional)


def without_idle_size(config: dict[str, Any]) -> dict[str, Any]:
    """torch overlooks a wrong num_features where it makes nothing of that size; we do not."""
    idle = config.get("affine") is False and config.get("track_running_stats") is False
    return {name: value for name, value in config.items() if name != "num_features" or not idle}


CASES: dict[str, st.SearchStrategy[Drawn]] = {
    "Conv2d": st.tuples(
        settings(
            {"out_channels": st.integers(1, 6), "kernel_size": pairs(1, 4)},
            stride=pairs(1, 3),
            padding=pairs(0, 4) | st.sampled_from(["same", "valid"]),
            dilation=pairs(1, 3),
            groups=st.integers(1, 4),
            bias=BOOLEANS,
            padding_mode=st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
            in_channels=st.integers(1, 6),
        ),
        IMAGES,
    ),
    "BatchNorm2d": st.tuples(
        settings(
            num_features=st.integers(1, 6),
            eps=st.sampled_from([1e-5, 0.1]),
            momentum=st.sampled_from([None, 0, 0.1, 1]),
            affine=BOOLEANS,
            track_running_stats=BOOLEANS,
        ).map(without_idle_size),
        IMAGES,
    ),
    "LayerNorm": st.tuples(
        settings(
            normalized_shape=st.integers(1, 6) | st.lists(st.integers(1, 6), min_size=1, max_size=3),
            elementwise_affine=BOOLEANS,
            bias=BOOLEANS,
        ),
        SHAPES,
    ),
    "MaxPool2d": st.tuples(
        settings(
            {"kernel_size": pairs(1, 4)},
            stride=pairs(1, 4) | st.none(),
            padding=pairs(0, 2),
            dilation=pairs(1, 3),
            ceil_mode=BOOLEANS,
        ),
        IMAGES,
    ),
    "AvgPool2d": st.tuples(
        settings(
            {"kernel_size": pairs(1, 4)},
            stride=pairs(1, 4) | st.none(),
            padding=pairs(0, 2),
            ceil_mode=BOOLEANS,
            count_include_pad=BOOLEANS,
            divisor_override=st.none() | st.integers(1, 5),
        ),
        IMAGES,
    ),
    "AdaptiveAvgPool2d": st.tuples(
        settings({"output_size": pairs(1, 5) | st.just([None, 3]) | st.none()}),
        IMAGES,
    ),
    "Linear": st.tuples(
        settings({"out_features": st.integers(1, 9)}, in_features=st.integers(1, 6), bias=BOOLEANS), SHAPES
    ),
    "Flatten": st.tuples(settings(start_dim=st.integers(-5, 4), end_dim=st.integers(-5, 4)), SHAPES),
    "Softmax": st.tuples(settings(dim=st.integers(-5, 4)), SHAPES),
    "Dropout": st.tuples(settings(p=st.sampled_from([0, 0.3, 1])), SHAPES),
    "GELU": st.tuples(settings(approximate=st.sampled_from(["none", "tanh"])), SHAPES),
    **{type: st.tuples(st.just({}), SHAPES) for type in ("ReLU", "SiLU", "Tanh", "Sigmoid", "Identity")},
}

TOKENS = st.tuples(
    settings(
        {"num_embeddings": st.integers(1, 9), "embedding_dim": st.integers(1, 6)},
        padding_idx=st.none() | st.integers(-10, 9),
    ),
    SHAPES,
)

"""Networks that read a sequence step by step, of any length T."""

from typing import Any

from blueprint.document import Graph
from blueprint.templates.sketch import Sketch
from blueprint.templates.template import Template, classes, dropout, integer, width


def lstm_classifier(
    classes: int, vocabulary: int, embedding: int, width: int, depth: int, directions: int, dropout: float
) -> Graph:
    """Tokens, their vectors, and what an LSTM thinks after the last one."""
    draw = Sketch()
    draw.input("tokens", shape=["B", "T"], dtype="int64")
    draw("embedding", "Embedding", num_embeddings=vocabulary, embedding_dim=embedding)
    draw("lstm", "LSTM", **_recurrent(width, depth, directions, dropout))
    return _judged(draw, "lstm", classes, dropout, "lstm-classifier")


def gru_classifier(classes: int, features: int, width: int, depth: int, directions: int, dropout: float) -> Graph:
    """Measurements, brought to mean 0 and variance 1 at each step, and what a GRU thinks after the last one."""
    draw = Sketch()
    draw.input("series", shape=["B", "T", features])
    draw("norm", "LayerNorm")
    draw("gru", "GRU", **_recurrent(width, depth, directions, dropout))
    return _judged(draw, "gru", classes, dropout, "gru-classifier")


def _recurrent(width: int, depth: int, directions: int, dropout: float) -> dict[str, Any]:
    """Dropout works between layers, so one layer alone has none."""
    between = dropout if depth > 1 else 0
    return {"hidden_size": width, "num_layers": depth, "bidirectional": directions == 2, "dropout": between}


def _judged(draw: Sketch, reader: str, classes: int, dropout: float, name: str) -> Graph:
    draw("dropout", "Dropout", (reader, "last"), p=dropout)
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph(name)


DIRECTIONS = integer("directions", 2, 1, 2, "1 reads forwards, 2 forwards and backwards.")

TEMPLATES = (
    Template(
        "lstm-classifier",
        "LSTM classifier",
        "Classifies texts given as tokens, such as film reviews.",
        (
            classes(2),
            integer("vocabulary", 20_000, 1, 1_000_000, "How many tokens there are."),
            integer("embedding", 128, 1, 8192, "Size of a token's vector."),
            width(64, 8192, "Size of the state in each direction."),
            integer("depth", 2, 1, 16, "LSTM layers on top of one another."),
            DIRECTIONS,
            dropout(0.5),
        ),
        lstm_classifier,
    ),
    Template(
        "gru-classifier",
        "GRU classifier",
        "Classifies series of measurements, such as what a phone's sensors tell of a person's movements.",
        (
            classes(6),
            integer("features", 9, 1, 65_536, "Measurements at each step."),
            width(128, 8192, "Size of the state in each direction."),
            integer("depth", 1, 1, 16, "GRU layers on top of one another."),
            integer("directions", 1, 1, 2, DIRECTIONS.help),
            dropout(0.2),
        ),
        gru_classifier,
    ),
)

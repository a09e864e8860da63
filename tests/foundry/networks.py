"""Networks the tests of this room share, and a listener that keeps what a run reports."""

from itertools import pairwise

import blueprint
from foundry.train import train


def graph(name, *layers, edges=None):
    """A document of the given (id, type, config) layers, chained unless `edges` says otherwise."""
    ids = [layer[0] for layer in layers]
    pairs = edges or list(pairwise(ids))
    return blueprint.parse(
        {
            "schema": "neuralforge.blueprint/1",
            "name": name,
            "nodes": [{"id": i, "type": kind, "config": config} for i, kind, config in layers],
            "edges": [{"source": source, "target": target} for source, target in pairs],
        }
    )


INPUT = ("in", "Input", {"shape": ["B", 1, 8, 8]})


def residual_graph():
    """Small, with everything that has state or draws random numbers: batch norm, dropout, a residual, a join."""
    return graph(
        "residual net",
        INPUT,
        ("norm", "BatchNorm2d", {}),
        ("c1", "Conv2d", {"out_channels": 8, "kernel_size": 3, "padding": 1}),
        ("n1", "BatchNorm2d", {}),
        ("r1", "ReLU", {}),
        ("c2", "Conv2d", {"out_channels": 8, "kernel_size": [3, 1], "padding": [1, 0], "bias": False}),
        ("g2", "GELU", {"approximate": "tanh"}),
        ("sum", "Add", {}),
        ("cat", "Concat", {}),
        ("pool", "MaxPool2d", {"kernel_size": 2}),
        ("flat", "Flatten", {}),
        ("ln", "LayerNorm", {}),
        ("drop", "Dropout", {"p": 0.25}),
        ("fc", "Linear", {"out_features": 10}),
        ("out", "Output", {}),
        edges=[
            ("in", "norm"),
            ("norm", "c1"),
            ("c1", "n1"),
            ("n1", "r1"),
            ("r1", "c2"),
            ("c2", "g2"),
            ("r1", "sum"),
            ("g2", "sum"),
            ("sum", "cat"),
            ("norm", "cat"),
            ("cat", "pool"),
            ("pool", "flat"),
            ("flat", "ln"),
            ("ln", "drop"),
            ("drop", "fc"),
            ("fc", "out"),
        ],
    )


class Listener:
    """Receives everything a run reports."""

    def __init__(self, stop_after=None):
        self.metrics, self.logs, self.reports, self.checkpoints = [], [], [], []
        self.warnings = []
        self.batches, self.stop_after = 0, stop_after

    def should_stop(self):
        self.batches += 1
        return self.stop_after is not None and self.batches > self.stop_after

    def series(self):
        """Every series joined, as {name: {step: value}}."""
        joined: dict[str, dict[int, float]] = {}
        for metrics in self.metrics:
            for name, (steps, values) in metrics.items():
                joined.setdefault(name, {}).update(zip(steps.tolist(), values.tolist(), strict=True))
        return joined


def run(graph, data, options, listener=None, resume=None):
    """Train with a listener; returns the result."""
    listener = listener or Listener()
    return train(
        graph,
        data,
        options,
        on_metrics=listener.metrics.append,
        on_log=listener.logs.append,
        on_warning=listener.warnings.append,
        on_epoch=listener.reports.append,
        on_checkpoint=listener.checkpoints.append,
        should_stop=listener.should_stop,
        resume=resume,
    )

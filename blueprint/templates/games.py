"""Networks that play games: what to do, and how the game stands."""

from blueprint.document import Graph
from blueprint.templates.sketch import Sketch
from blueprint.templates.template import Template, integer, width


def policy_2048(size: int, exponents: int, width: int, features: int, experts: int, top_k: int) -> Graph:
    """Looks at pairs of neighbouring tiles twice; experts share the work; one head scores moves, one the position.

    `balance` is the loss that keeps all experts at work.
    """
    draw = Sketch()
    draw.input("board", shape=["B", size, size], dtype="int64")
    draw("planes", "BoardInput", size=size, exponents=exponents)
    for n in (1, 2):
        draw(f"conv{n}", "Conv2d", out_channels=width, kernel_size=2)
        draw(f"relu{n}", "ReLU")
    draw("flatten", "Flatten")
    draw("features", "Linear", out_features=features)
    draw("relu3", "ReLU")
    draw("experts", "MoE", num_experts=experts, top_k=top_k, hidden_features=features, normalize=top_k > 1)
    draw("add", "Add", "experts", "relu3")
    draw("policy", "ActionHead", "add", actions=4)
    draw("value", "ValueHead", "add", column=1)
    draw("aux_loss", "AuxLossHead", ("experts", "aux_loss"), column=2)
    draw.output("moves", "policy")
    draw.output("worth", "value", column=1)
    draw.output("balance", "aux_loss", column=2)
    return draw.graph("policy-2048")


TEMPLATES = (
    Template(
        "policy-2048",
        "2048 player",
        "Plays 2048: scores the four moves and tells what the position is worth, with a few experts inside.",
        (
            integer("size", 4, 3, 8, "Height and width of the board in tiles."),
            integer(
                "exponents", 16, 2, 32, "Exponents it tells apart, 0 for no tile; with 16 the largest tile is 32,768."
            ),
            width(128, 4096, "Channels of each convolution."),
            integer("features", 256, 1, 16_384, "Features that the heads read."),
            integer("experts", 4, 2, 64, "Experts, each a perceptron."),
            integer("top_k", 2, 1, 2, "Experts that each position is sent to."),
        ),
        policy_2048,
    ),
)

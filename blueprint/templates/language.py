"""Transformers (Vaswani et al. 2017) that read texts of any length T, or of as many tokens as they learn places for."""

from typing import Any

from blueprint.document import Graph
from blueprint.templates.sketch import Sketch, Source
from blueprint.templates.template import Parameter, Template, classes, dropout, integer

HEAD = 64


def encoder(classes: int, vocabulary: int, depth: int, heads: int, feedforward: int, dropout: float) -> Graph:
    """The encoder of the paper and the mean of what it says of each token, as a classifier of texts."""
    draw = Sketch()
    draw.input("tokens", shape=["B", "T"], dtype="int64")
    draw("embedding", "Embedding", num_embeddings=vocabulary, embedding_dim=HEAD * heads)
    draw("position", "SinusoidalPositionalEncoding")
    draw("dropout", "Dropout", p=dropout)
    layer = encoder_layer(nhead=heads, dim_feedforward=feedforward, dropout=dropout)
    draw.block("encoder", layer, repeat=depth)
    draw("mean", "Mean", dim=1)
    draw("classify", "Linear", out_features=classes)
    draw("output", "Output")
    return draw.graph("transformer-encoder")


def encoder_layer(**settings: Any) -> Graph:
    """What is repeated in an encoder: attention and a perceptron."""
    draw = Sketch()
    draw.input("in")
    draw("layer", "TransformerEncoderLayer", **settings)
    draw("out", "Output")
    return draw.graph("encoder layer")


def bert(vocabulary: int, length: int, depth: int, heads: int, dropout: float) -> Graph:
    """Devlin et al. 2018: what it says of each token and, `pooled`, of the text; `types` tells two sentences apart."""
    draw, features = Sketch(), HEAD * heads
    for tokens in ("tokens", "types"):
        draw.input(tokens, shape=["B", length], dtype="int64")
    draw("word", "Embedding", "tokens", num_embeddings=vocabulary, embedding_dim=features)
    draw("type", "Embedding", "types", column=1, num_embeddings=2, embedding_dim=features)
    draw("position", "LearnedPositionalEmbedding", "word", max_length=length)
    draw("add", "Add", "position", "type")
    draw("norm", "LayerNorm", eps=1e-12)
    draw("dropout", "Dropout", p=dropout)
    draw.block("encoder", _bert_layer(heads, dropout), repeat=depth)
    draw("first", "Select", dim=1, index=0)
    draw("pooler", "Linear", out_features=features)
    draw("tanh", "Tanh")
    draw("pooled", "Output")
    draw.output("hidden", "encoder", column=1)
    return draw.graph("bert-base")


def _bert_layer(heads: int, dropout: float) -> Graph:
    """Attention and a perceptron, each added to what it reads and then normalised."""
    draw = Sketch()
    draw.input("in")
    draw("attention", "SelfAttention", num_heads=heads, dropout=dropout)
    draw("dropout1", "Dropout", p=dropout)
    draw("add1", "Add", "dropout1", "in")
    draw("norm1", "LayerNorm", eps=1e-12)
    _perceptron(draw, HEAD * heads, "none")
    draw("dropout2", "Dropout", p=dropout)
    draw("add2", "Add", "dropout2", "norm1")
    draw("norm2", "LayerNorm", eps=1e-12)
    draw("out", "Output")
    return draw.graph("encoder layer")


def gpt2(vocabulary: int, length: int, depth: int, heads: int, dropout: float) -> Graph:
    """Radford et al. 2019: scores for the next token, made with the transposed matrix of token vectors."""
    draw, features = Sketch(), HEAD * heads
    draw.input("tokens", shape=["B", length], dtype="int64")
    draw("wte", "Embedding", num_embeddings=vocabulary, embedding_dim=features)
    draw("wpe", "LearnedPositionalEmbedding", max_length=length)
    draw("dropout", "Dropout", p=dropout)
    draw.block("decoder", _gpt2_layer(heads, dropout), repeat=depth)
    draw("norm", "LayerNorm")
    draw("transpose", "Transpose", ("wte", "weight"), column=1, dim0=0, dim1=1)
    draw("logits", "MatMul", "norm", "transpose")
    draw("output", "Output")
    return draw.graph("gpt2-small")


def _gpt2_layer(heads: int, dropout: float) -> Graph:
    """Causal attention and a perceptron, each of what has been normalised, added to it as it was before."""
    draw = Sketch()
    draw.input("in")
    draw("norm1", "LayerNorm")
    draw("attention", "SelfAttention", num_heads=heads, dropout=dropout, is_causal=True)
    draw("dropout1", "Dropout", p=dropout)
    draw("add1", "Add", "dropout1", "in")
    draw("norm2", "LayerNorm")
    _perceptron(draw, HEAD * heads, "tanh")
    draw("dropout2", "Dropout", p=dropout)
    draw("add2", "Add", "dropout2", "add1")
    draw("out", "Output")
    return draw.graph("decoder layer")


def _perceptron(draw: Sketch, features: int, approximate: str) -> None:
    draw("expand", "Linear", out_features=4 * features)
    draw("gelu", "GELU", approximate=approximate)
    draw("project", "Linear", out_features=features)


def moe(vocabulary: int, depth: int, heads: int, experts: int, top_k: int, hidden: int) -> Graph:
    """Scores for the next token; a router sends each token to `top_k` experts of each layer (Shazeer et al. 2017).

    The layers' losses, which keep all experts at work, are added up and go to an Output of their own. The weight of
    a single expert is not normalised: it would always be 1, and the router would learn nothing from it.
    """
    draw, features = Sketch(), HEAD * heads
    draw.input("tokens", shape=["B", "T"], dtype="int64")
    draw("embedding", "Embedding", num_embeddings=vocabulary, embedding_dim=features)
    layers = [draw.block(f"layer{n}", _moe_layer(heads, experts, top_k, hidden)) for n in range(1, depth + 1)]
    draw("norm", "RMSNorm")
    draw("logits", "Linear", out_features=vocabulary, bias=False)
    draw("output", "Output")
    losses: list[Source] = [(layer, "aux_loss") for layer in layers]
    if depth > 1:
        losses = [draw("losses", "Add", *losses, column=1)]
    draw("aux_loss", "AuxLossHead", *losses, column=1)
    draw.output("balance", "aux_loss", column=1)
    return draw.graph("moe-transformer")


def _moe_layer(heads: int, experts: int, top_k: int, hidden: int) -> Graph:
    """Causal attention, which turns its queries and keys by their places, and experts, each added to what it reads."""
    draw = Sketch()
    draw.input("in")
    draw("norm1", "RMSNorm")
    draw("attention", "SelfAttention", num_heads=heads, bias=False, is_causal=True, rotary=True)
    draw("add1", "Add", "attention", "in")
    draw("norm2", "RMSNorm")
    draw("experts", "MoE", num_experts=experts, top_k=top_k, hidden_features=hidden, normalize=top_k > 1)
    draw("add2", "Add", "experts", "add1")
    draw("out", "Output")
    draw.output("aux_loss", ("experts", "aux_loss"), column=1)
    return draw.graph("decoder layer")


def vocabulary(default: int) -> Parameter:
    """How many tokens a text is made of."""
    return integer("vocabulary", default, 1, 1_000_000, "How many tokens there are.")


def length(default: int) -> Parameter:
    """How many tokens a text has."""
    return integer("length", default, 1, 1_000_000, "Tokens of a text, and places learned.")


def depth(default: int) -> Parameter:
    """How many layers there are."""
    return integer("depth", default, 1, 256, "How many layers of attention there are.")


def heads(default: int) -> Parameter:
    """How wide a transformer is, in heads."""
    return integer("heads", default, 1, 256, f"Attention heads of {HEAD} features each, which together make the width.")


TEMPLATES = (
    Template(
        "transformer-encoder",
        "Transformer encoder",
        "Classifies texts given as tokens, each of which looks at all others (2017).",
        (
            classes(2),
            vocabulary(20_000),
            depth(6),
            heads(8),
            integer("feedforward", 2048, 1, 65_536, "Features of each layer's perceptron."),
            dropout(0.1),
        ),
        encoder,
    ),
    Template(
        "bert-base",
        "BERT",
        "Reads a text in both directions and tells of each token and of the whole (2018); uncased base size.",
        (vocabulary(30_522), length(512), depth(12), heads(12), dropout(0.1)),
        bert,
    ),
    Template(
        "gpt2-small",
        "GPT-2",
        "Foretells the next token of a text (2019); 24, 36 and 48 layers make the larger sizes.",
        (vocabulary(50_257), length(1024), depth(12), heads(12), dropout(0.1)),
        gpt2,
    ),
    Template(
        "moe-transformer",
        "Mixture of experts",
        "Foretells the next token of a text with layers of several experts, of which each token uses a few.",
        (
            vocabulary(32_000),
            depth(4),
            heads(8),
            integer("experts", 8, 2, 256, "Experts of each layer."),
            integer("top_k", 2, 1, 2, "Experts that each token is sent to."),
            integer("hidden", 2048, 1, 65_536, "Features inside an expert."),
        ),
        moe,
    ),
)

"""Published networks have their published figures: parameters to the last one, multiply-accumulates within 0.5%.

Torchvision's figures are the `num_params` and `_ops` of its weights, shown as "Params" and "GFLOPS" in its
documentation ("Table of all available classification weights"); what it calls an operation there is one
multiply-accumulate. Figures without another source are of the default size.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from blueprint import analyze, instantiate

BILLION = 10**9


@dataclass(frozen=True)
class Published:
    """What somebody has published of a template with the values `given`."""

    template: str
    source: str
    params: int | None = None
    macs: float | None = None
    given: dict[str, Any] = field(default_factory=dict)


def torchvision(template: str, weights: str, params: int, gigamacs: float | None, **given: Any) -> Published:
    macs = None if gigamacs is None else gigamacs * BILLION
    return Published(template, f"torchvision, {weights}_Weights.IMAGENET1K_V1", params, macs, given)


TORCHVISION = [
    torchvision("alexnet", "AlexNet", 61_100_840, 0.714),
    torchvision("vgg-16", "VGG16", 138_357_544, 15.47),
    torchvision("resnet-18", "ResNet18", 11_689_512, 1.814),
    torchvision("resnet-34", "ResNet34", 21_797_672, 3.664),
    torchvision("resnet-50", "ResNet50", 25_557_032, 4.089),
    torchvision("inception-v1", "GoogLeNet", 6_624_904, 1.498),  # without its auxiliary classifiers
    torchvision("mobilenet-v2", "MobileNet_V2", 3_504_872, 0.301),
    torchvision("densenet-121", "DenseNet121", 7_978_856, 2.834),
    torchvision("efficientnet-b0", "EfficientNet_B0", 5_288_548, 0.386),
    torchvision("efficientnet-b0", "EfficientNet_B1", 7_794_184, 0.687, width=1.0, depth=1.1, size=240),
    torchvision("efficientnet-b0", "EfficientNet_B2", 9_109_994, 1.088, width=1.1, depth=1.2, size=288),
    torchvision("efficientnet-b0", "EfficientNet_B3", 12_233_232, 1.827, width=1.2, depth=1.4, size=300),
    torchvision("efficientnet-b0", "EfficientNet_B4", 19_341_616, 4.394, width=1.4, depth=1.8, size=380),
    torchvision("efficientnet-b0", "EfficientNet_B5", 30_389_784, 10.266, width=1.6, depth=2.2, size=456),
    torchvision("efficientnet-b0", "EfficientNet_B6", 43_040_704, 19.068, width=1.8, depth=2.6, size=528),
    torchvision("efficientnet-b0", "EfficientNet_B7", 66_347_960, 37.746, width=2.0, depth=3.1, size=600),
    torchvision("convnext-t", "ConvNeXt_Tiny", 28_589_128, 4.456),
    torchvision("convnext-t", "ConvNeXt_Small", 50_223_688, None, depth=27),
    torchvision("convnext-t", "ConvNeXt_Base", 88_591_464, None, depth=27, width=128),
    torchvision("convnext-t", "ConvNeXt_Large", 197_767_336, 34.361, depth=27, width=192),
    torchvision("vit-b-16", "ViT_B_16", 86_567_656, 17.564),
    torchvision("vit-b-16", "ViT_L_16", 304_326_632, 61.555, depth=24, heads=16),
]

PROFILER = "flops-profiler 0.1.1, its README on PyPI: BertModel, batch 1, 128 tokens"
SIZING = "karpathy/nanoGPT, transformer_sizing.ipynb: forward_total of 1,024 tokens, halved"
OPENAI = "openai/gpt-2's weights, counted by transformers (GPT2LMHeadModel.num_parameters); the head is tied"
GOOGLE = "google-research/bert, uncased weights, counted by transformers (BertModel.num_parameters), with the pooler"
OTHERS = [
    Published("bert-base", GOOGLE, 109_482_240),
    Published("bert-base", GOOGLE, 335_141_888, given={"depth": 24, "heads": 16}),
    Published("bert-base", PROFILER, macs=11.17 * BILLION, given={"length": 128}),
    Published("gpt2-small", OPENAI, 124_439_808),
    Published("gpt2-small", OPENAI, 354_823_168, given={"depth": 24, "heads": 16}),
    Published("gpt2-small", OPENAI, 774_030_080, given={"depth": 36, "heads": 20}),
    Published("gpt2-small", OPENAI, 1_557_611_200, given={"depth": 48, "heads": 25}),
    Published("gpt2-small", SIZING, macs=291_648_307_200 / 2),
    # The modern form: KernelBench, level 3, problem 4; also the sum of what the paper says of each layer, below.
    Published("lenet-5", "KernelBench's LeNet-5 (one full C3, a linear end)", 61_706),
    # Keras counts one bias vector for each gate, cuDNN and PyTorch two: 4 * 64 more in 2 layers and 2 directions.
    Published(
        "lstm-classifier",
        "keras.io/examples/nlp/bidirectional_lstm_imdb: 2,757,761 in Keras",
        2_757_761 + 4 * 64 * 2 * 2,
        given={"classes": 1},
    ),
]
ALL = TORCHVISION + OTHERS


@pytest.mark.parametrize("published", ALL, ids=[f"{p.template}, {p.source}" for p in ALL])
def test_a_template_has_its_published_figures(published: Published) -> None:
    totals = analyze(instantiate(published.template, published.given)).totals
    if published.params is not None:
        assert totals.params == published.params
    if published.macs is not None:
        assert totals.macs == pytest.approx(published.macs, rel=0.005)


@pytest.mark.parametrize(
    ("layer", "params", "connections"),
    [("c1", 156, 122_304), ("c5", 48_120, 48_120), ("f6", 10_164, 10_164)],
)
def test_lenet_has_the_layers_of_the_paper(layer: str, params: int, connections: int) -> None:
    """LeCun et al. 1998, section II.B; a connection is a multiply-accumulate or the addition of a bias."""
    figures = analyze(instantiate("lenet-5")).nodes[layer]
    outputs = {"c1": 6 * 28 * 28, "c5": 120, "f6": 84}
    assert figures.params == params
    assert figures.macs + outputs[layer] == connections


def test_a_layer_of_bert_costs_what_is_published() -> None:
    """931.14 MMACs for 128 tokens and 7.09 M parameters, by flops-profiler's README."""
    figures = analyze(instantiate("bert-base", {"length": 128})).nodes["encoder"]
    assert figures.macs == pytest.approx(12 * 931.14e6, rel=1e-5)
    assert figures.params == 12 * 7_087_872


def test_a_narrow_unet_has_the_size_that_papers_compare_with() -> None:
    """Zhou et al. 2018 (UNet++), table 2: 7.76M for a U-Net with 32, 64, 128, 256 and 512 channels and one class."""
    totals = analyze(instantiate("unet", {"width": 32, "classes": 1})).totals
    assert round(totals.params / 10**6, 2) == 7.76

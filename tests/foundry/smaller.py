"""Templates whose published size is too much for a test are drawn smaller here; their structure stays."""

SMALLER: dict[str, dict[str, int | float]] = {
    "alexnet": {"size": 96, "width": 16, "features": 128},
    "vgg-16": {"size": 32, "width": 8, "features": 64},
    "resnet-18": {"size": 64, "width": 16},
    "resnet-34": {"size": 64, "width": 16},
    "resnet-50": {"size": 64, "width": 16},
    "inception-v1": {"size": 64},
    "mobilenet-v2": {"size": 64, "width": 0.5},
    "efficientnet-b0": {"size": 64, "width": 0.5},
    "densenet-121": {"size": 64, "growth": 8},
    "convnext-t": {"size": 64, "width": 24},
    "unet": {"size": 64, "width": 8},
    "lstm-classifier": {"vocabulary": 200},
    "transformer-encoder": {"vocabulary": 200, "depth": 2, "feedforward": 256},
    "bert-base": {"vocabulary": 200, "length": 16, "depth": 2},
    "gpt2-small": {"vocabulary": 200, "length": 16, "depth": 2},
    "moe-transformer": {"vocabulary": 200, "depth": 2, "experts": 4, "hidden": 64},
    "vit-b-16": {"size": 32, "depth": 2},
}
# Named sizes of the templates' inputs, beside the batch.
SIZES = {"T": 5}

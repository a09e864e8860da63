"""What a network does: build it from a blueprint, train, evaluate and export it, without any service.

This is the only room that imports torch. Nothing is imported here, so that the parts which need no torch
(`foundry.splits`, `foundry.dataset_files`) stay quick to load.
"""

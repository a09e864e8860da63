"""Layers that PyTorch has no class for: one plain class a file, pasted into emitted source as it stands.

A file imports nothing but torch, `nn`, `F` and math, and its class nothing but those; what its `__init__` takes are
settings of the layer, by name, and sizes the input determines.
"""

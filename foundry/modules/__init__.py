"""Layers that PyTorch has no class for: one plain class a file, pasted into emitted source as it stands.

A file imports nothing but torch, `nn`, `F`, math, and other classes of this folder, which are pasted before it; what
its `__init__` takes are settings of the layer, by name, and sizes the input determines.
"""

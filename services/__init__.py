"""The six services. Each is a folder of its own and knows only `kernel`, `blueprint` and the contracts."""

"""Files of people as data sets: read with suspicion, in bounded memory, every fault explained at its place."""

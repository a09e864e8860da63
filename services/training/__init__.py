"""Training runs: queued, given a device, worked on by a job, watched live, and kept so that they can be reproduced."""

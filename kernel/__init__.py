"""What every service needs and no domain noun: event log, messaging, gRPC, grants, files, jobs, settings."""

import os

# Children of ours are new programs, never forks that go on using gRPC; its fork handlers only print warnings.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

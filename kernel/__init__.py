"""What every service needs and no domain noun: event log, messaging, gRPC, grants, files, jobs, settings."""

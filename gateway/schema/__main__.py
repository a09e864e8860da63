"""Writes the schema to `gateway/schema.graphql`: `python -m gateway.schema`."""

from pathlib import Path

from gateway.schema import SCHEMA

FILE = Path(__file__).parents[1] / "schema.graphql"

if __name__ == "__main__":
    FILE.write_text(f"{SCHEMA}\n")

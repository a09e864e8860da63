"""`python -m tests.corpus.freeze`: adds examples of event types and fields that the corpus does not know yet.

It never changes a line: what was once written has to be read the same for ever.
"""

import base64
from collections.abc import Iterator

from google.protobuf.message import Message

from kernel.settings import CONTEXTS
from tests.corpus.entries import Entry, add, as_json, event_types, messages, read
from tests.corpus.filling import alternatives, extreme, filled, paths


def missing(context: str) -> Iterator[tuple[str, str, Message]]:
    """(type, note, example) of what no entry shows."""
    types, known = event_types(context), read(context)
    for name, message in messages(context).items():
        entries = [entry for entry in known if entry.type == name]
        shown = {path for entry in entries for path in paths(types.decode(name, entry.stored, entry.schema_version))}
        for number in range(alternatives(message)):
            example = filled(message, number)
            if not shown.issuperset(paths(example)):
                yield name, "every field set", example
        if not entries:
            yield name, "extreme values", extreme(message)
            yield name, "nothing set", message()


def freeze(context: str) -> int:
    """How many lines were added."""
    types = event_types(context)
    entries = []
    for name, note, example in missing(context):
        data, version = example.SerializeToString(deterministic=True), types.schema_version(name)
        event = as_json(types.decode(name, data, version))
        entries.append(Entry(name, version, note, base64.b64encode(data).decode(), event))
    add(context, entries)
    return len(entries)


if __name__ == "__main__":
    for each in CONTEXTS:
        print(f"{each}: {freeze(each)} added")

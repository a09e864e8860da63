/** What the engine refuses with; each message is one sentence, the same as Python's. */

/** A value is not what it must be. */
export class ValueError extends Error {}

/** The document cannot be read at all: not JSON, another schema, or over a limit. */
export class DocumentError extends ValueError {}

/** An expression outgrew what a person could read. */
export class TooComplex extends ValueError {}

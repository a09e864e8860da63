"""Tokens of credentials that people hand out: `<kind>_<id>_<secret>`. Only the hash of the secret is kept."""

import hmac

from kernel.errors import Unauthenticated
from services.workspace.sessions import hashed

API_KEY = "nf"
SHARE_LINK = "nfs"
LONGEST = 200


def token(kind: str, id: str, secret: str) -> str:
    return f"{kind}_{id}_{secret}"


def split(kind: str, text: str) -> tuple[str, str]:
    """(id, secret) of a token of that kind; raises Unauthenticated for what was never one."""
    found, _, rest = text.partition("_")
    id, _, secret = rest.partition("_")
    if found != kind or not id.isalnum() or not secret or len(text) > LONGEST:
        raise Unauthenticated(f"this is none of our tokens, which look like {kind}_<id>_<secret>")
    return id, secret


def matches(secret: str, secret_hash: bytes) -> bool:
    return bool(secret_hash) and hmac.compare_digest(hashed(secret), secret_hash)

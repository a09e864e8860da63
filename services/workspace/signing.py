"""Signs grants with the key `grant`; its id is a hash of the public key, so that keys can be rotated."""

import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.timestamp_pb2 import Timestamp

from kernel.grants import Grant, sign
from neuralforge.workspace.v1 import service_pb2 as api


class GrantSigner:
    """The only place where grants are made."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.public = api.Key(id=hashlib.sha256(raw).hexdigest()[:16], public_key=raw)

    def sign(self, grant: Grant) -> tuple[str, Timestamp]:
        """(token, when it expires)."""
        return sign(grant, self._key, self.public.id), Timestamp(seconds=int(grant.expires))

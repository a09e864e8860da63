"""Signs grants with the key `grant`; its id is a hash of the public key, so that keys can be rotated."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.timestamp_pb2 import Timestamp

from kernel.grants import Grant, sign
from kernel.keys import key_id, raw
from neuralforge.workspace.v1 import service_pb2 as api


class GrantSigner:
    """The only place where grants are made."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        public = key.public_key()
        self.public = api.Key(id=key_id(public), public_key=raw(public))

    def sign(self, grant: Grant) -> tuple[str, Timestamp]:
        """(token, when it expires)."""
        return sign(grant, self._key, self.public.id), Timestamp(seconds=int(grant.expires))

"""Personal data in events, which are for ever: encrypted with a key per person, which is not.

The keys are in the table `personal_keys`, outside the log, each encrypted with a key that derives from the key ring's.
Without its row nothing a person told us can be read again, neither here nor in a copy of the log. AES-256-GCM
throughout; the person's id is authenticated beside the data, so that no row or event passes for another person's.
"""

import secrets
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kernel.database import Database

NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class PersonalData:
    email: str
    name: str


class Vault:
    """`wrapping_key`: 32 bytes."""

    def __init__(self, database: Database, wrapping_key: bytes) -> None:
        self._database = database
        self._wrapping = AESGCM(wrapping_key)

    async def seal(self, user_id: str, data: PersonalData) -> bytes:
        """The data under the person's key, which is made where there is none yet."""
        key = await self._key(user_id)
        if key is None:
            made = _encrypt(self._wrapping, AESGCM.generate_key(256), user_id)
            await self._database.execute(
                "INSERT INTO personal_keys (user_id, wrapped) VALUES (%s, %s) ON CONFLICT DO NOTHING", user_id, made
            )
            key = await self._key(user_id)
            assert key
        return _encrypt(AESGCM(key), msgspec.json.encode(data), user_id)

    async def open(self, user_id: str, sealed: bytes) -> PersonalData | None:
        """What was sealed; None once the person's key is gone. Raises InvalidTag for anybody else's."""
        key = await self._key(user_id)
        if key is None:
            return None
        return msgspec.json.decode(_decrypt(AESGCM(key), sealed, user_id), type=PersonalData)

    async def shred(self, user_id: str) -> None:
        """Deletes the person's key."""
        await self._database.execute("DELETE FROM personal_keys WHERE user_id = %s", user_id)

    async def _key(self, user_id: str) -> bytes | None:
        row = await self._database.fetch_one("SELECT wrapped FROM personal_keys WHERE user_id = %s", user_id)
        return _decrypt(self._wrapping, row[0], user_id) if row else None


def _encrypt(cipher: AESGCM, data: bytes, user_id: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, data, user_id.encode())


def _decrypt(cipher: AESGCM, data: bytes, user_id: str) -> bytes:
    return cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], user_id.encode())

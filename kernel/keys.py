"""Ed25519 keys in one folder: `grant` signs grants, each service's own proves who it is to `workspace`.

What people told us is protected by secrets that derive from `personal`.
A cluster mounts into each container only the files it needs; one machine creates them all on its first start.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

GRANT_KEY = "grant"
PERSONAL_KEY = "personal"
SECRET_BYTES = 32


class KeyRing:
    """The keys in `folder`: `<name>.pem` private, `<name>.pub.pem` public."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, names: Iterable[str]) -> None:
        """Creates the key pairs that are missing, readable by their owner alone."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in names:
            if not self._private(name).exists():
                key = Ed25519PrivateKey.generate()
                _write(self._public(name), _public_pem(key.public_key()))
                _write(self._private(name), _private_pem(key))

    def names(self) -> list[str]:
        """Whose private keys there are."""
        return sorted(path.stem for path in self._folder.glob("*.pem") if not path.name.endswith(".pub.pem"))

    def hand(self, folder: Path, *, private: Iterable[str], public: Iterable[str] = ()) -> "KeyRing":
        """A key ring in `folder` with copies of these keys only, for a process that needs no others."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in folder.glob("*.pem"):
            path.unlink()
        for name in private:
            _write(folder / self._private(name).name, self._private(name).read_bytes())
        for name in (*private, *public):
            _write(folder / self._public(name).name, self._public(name).read_bytes())
        return KeyRing(folder)

    def private(self, name: str) -> Ed25519PrivateKey:
        """The private key of `name`; raises SystemExit naming the file that is missing or damaged."""
        path = self._private(name)
        if not path.exists():
            raise SystemExit(f"the private key {path} is missing; mount it, or let `neuralforge up` create it")
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise SystemExit(f"{path} holds no Ed25519 private key in PEM form; mount the right one")
        return key

    def secret(self, name: str, purpose: str) -> bytes:
        """SECRET_BYTES that only holders of the private key can derive, others for each purpose (RFC 5869)."""
        derivation = HKDF(hashes.SHA256(), SECRET_BYTES, salt=None, info=purpose.encode())
        return derivation.derive(self.private(name).private_bytes_raw())

    def public_keys(self) -> Mapping[str, Ed25519PublicKey]:
        """Every public key there is, by name."""
        found: dict[str, Ed25519PublicKey] = {}
        for path in sorted(self._folder.glob("*.pub.pem")):
            key = serialization.load_pem_public_key(path.read_bytes())
            assert isinstance(key, Ed25519PublicKey)
            found[path.name.removesuffix(".pub.pem")] = key
        return found

    def grant_keys(self) -> Mapping[str, Ed25519PublicKey]:
        """The public key that verifies grants, by its id, where this folder holds it."""
        keys = self.public_keys()
        return {key_id(keys[GRANT_KEY]): keys[GRANT_KEY]} if GRANT_KEY in keys else {}

    def _private(self, name: str) -> Path:
        return self._folder / f"{name}.pem"

    def _public(self, name: str) -> Path:
        return self._folder / f"{name}.pub.pem"


def key_id(key: Ed25519PublicKey) -> str:
    """A hash of the key, so that keys can be rotated."""
    return hashlib.sha256(raw(key)).hexdigest()[:16]


def raw(key: Ed25519PublicKey) -> bytes:
    """The key's 32 bytes."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _private_pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _write(path: Path, data: bytes) -> None:
    partial = path.with_suffix(".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    partial.replace(path)

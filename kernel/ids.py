"""Identifiers: 100 random bits as 20 characters that are safe in URLs, DNS labels, subjects and file names."""

import base64
import secrets


def new_id() -> str:
    """A fresh identifier, lower-case base 32 that starts with a letter."""
    text = base64.b32encode(secrets.token_bytes(15)).decode().lower()[:19]
    return secrets.choice("abcdefghijklmnop") + text

# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a passphrase opens, PKCS#12 and private keys; and the error for what the library does not read. Messages never repeat a content."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

from ..errors import InvalidInput
from ..libraries import UnsupportedAlgorithm, pkcs12, serialization, x509
from ..text import one_line
from .der_repair import LONGEST_CAUSE
from .formats import AS_DELIVERED, ENCRYPTED_KEY, CryptoObject

# What the library raises for what it cannot read; before 50, a name with a kind of text that does not exist is a bare KeyError.
UNREADABLE: tuple[type[Exception], ...] = (
    (
        ValueError,
        TypeError,
        KeyError,
        OverflowError,
        UnsupportedAlgorithm,
        x509.InvalidVersion,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    )
    if x509
    else (ValueError,)
)

Read = TypeVar("Read")


def read_key(item: CryptoObject, field: str, passphrase: str | None) -> Any:
    """The private key of an item that is one. Raises InvalidInput."""
    locked = item.kind == ENCRYPTED_KEY
    if locked and not passphrase:
        raise InvalidInput(field, "this private key is encrypted", "declare its passphrase too")
    load = serialization.load_pem_private_key if item.content.startswith(b"-----") else serialization.load_der_private_key
    try:
        return _opened(
            lambda secret: load(item.content, secret, unsafe_skip_rsa_key_validation=True), _passphrases(passphrase) if locked else [None]
        )
    except UNREADABLE as error:
        if locked:
            raise InvalidInput(
                field, "this passphrase does not open this private key, or the key is damaged", "correct the passphrase"
            ) from error
        raise unreadable(field, "private key", error) from error


def open_pkcs12(content: bytes, field: str, passphrase: str | None) -> Any:
    """cryptography's PKCS12KeyAndCertificates. Raises InvalidInput."""
    try:
        return _opened(lambda secret: pkcs12.load_pkcs12(content, secret), _passphrases(passphrase))
    except UNREADABLE as error:
        problem = "this passphrase does not open this PKCS#12" if passphrase else "this PKCS#12 wants a passphrase"
        damaged = "correct the passphrase; or the file is damaged: give it as it was delivered, whole"
        hint = damaged if passphrase else "declare its passphrase"
        raise InvalidInput(field, f"{problem} ({one_line(error, LONGEST_CAUSE)})", hint) from error


def unreadable(field: str, kind: str, error: Exception) -> InvalidInput:
    """The error for a file that is no `what`, with the library's reason."""
    return InvalidInput(field, f"this is no {kind} that can be read: {one_line(error, LONGEST_CAUSE)}", AS_DELIVERED)


def _passphrases(passphrase: str | None) -> list[bytes | None]:
    """As it was typed, then as other systems write the same accents: one sign each (NFC), or letter and accent (NFD, on a Mac)."""
    if not passphrase:
        return [None, b""]
    forms = (passphrase, unicodedata.normalize("NFC", passphrase), unicodedata.normalize("NFD", passphrase))
    return [form.encode() for form in dict.fromkeys(forms)]


def _opened(load: Callable[[bytes | None], Read], passphrases: list[bytes | None]) -> Read:
    """What the first passphrase opens. Raises what the library raised for the first of them."""
    first: Exception | None = None
    for passphrase in passphrases:
        try:
            return load(passphrase)
        except UNREADABLE as error:
            first = first or error
    raise first or ValueError("no passphrase")

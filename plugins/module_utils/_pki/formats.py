# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file holds, by its content: neither its name nor the label of a PEM block is believed (RFC 7468 lists the labels; people mix them up).

PEM with text around it, base64 without any armour, DER, in UTF-8 or UTF-16. What is nothing of this is named, so that people know what they sent.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from itertools import islice

from .der import BIT_STRING, ENUMERATED, EXPLICIT_0, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, SEQUENCE, UTC_TIME, Element, read_element

CERTIFICATE, PKCS7, PKCS12, KEY, ENCRYPTED_KEY = "certificate", "pkcs7", "pkcs12", "key", "locked_key"
CRL, OCSP_RESPONSE, REQUEST, PUBLIC_KEY, ENVELOPE = "crl", "ocsp_response", "request", "public_key", "envelope"
UNKNOWN = ""

# Of each kind: what it is called, and what to do where something else is wanted.
NAMES: dict[str, tuple[str, str]] = {
    CERTIFICATE: ("a certificate", "give it where a certificate is asked for"),
    PKCS7: ("a PKCS#7 with certificates (.p7b)", "give it where a certificate is asked for"),
    PKCS12: ("a PKCS#12 (.p12, .pfx)", "give it as the certificate, with its passphrase"),
    KEY: ("a private key without its certificate", "give the certificate that the PSCE delivered; the key has an option of its own"),
    ENCRYPTED_KEY: (
        "an encrypted private key without its certificate",
        "give the certificate that the PSCE delivered; the key has an option of its own",
    ),
    CRL: ("a list of revoked certificates (CRL)", "give it as `crl`"),
    OCSP_RESPONSE: ("an OCSP response", "give it as `ocsp`"),
    REQUEST: ("a certificate signing request (CSR), which goes to the PSCE", "give the certificate that the PSCE issued for it"),
    PUBLIC_KEY: ("a public key", "give the whole certificate"),
    ENVELOPE: ("an encrypted message (PKCS#7 enveloped data)", "decrypt it first, or ask the PSCE for the certificate in the clear"),
}
AS_DELIVERED = "give the file as it was delivered, whole"
SAVE_ATTACHMENT = "save the attachment itself, and give that file"
# Its own type (JKS, JCEKS) is found by keytool.
CONVERT = "convert it: keytool -importkeystore -srckeystore FILE -destkeystore file.p12 -deststoretype pkcs12"
LOOK = "look at what it says, and fetch the file again"
EXTRACT = "extract it, and give the file inside"
# Beginnings of files of other kinds: pattern, what it is, what to do.
FOREIGN: tuple[tuple[re.Pattern[bytes], str, str], ...] = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), kind, todo)
    for pattern, kind, todo in (
        (rb"\xfe\xed\xfe\xed", "a Java keystore (JKS)", CONVERT),
        (rb"\xce\xce\xce\xce", "a Java keystore (JCEKS)", CONVERT),
        (rb"PK(?:\x03\x04|\x05\x06)", "a ZIP archive (or an office document)", EXTRACT),
        (rb"\x1f\x8b", "a gzip archive", EXTRACT),
        (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", EXTRACT),
        (rb"Rar!\x1a\x07", "a RAR archive", EXTRACT),
        (rb"%PDF-", "a PDF", AS_DELIVERED),
        (rb"\xd0\xcf\x11\xe0", "a message of Outlook (.msg) or an old office document", SAVE_ATTACHMENT),
        (rb"\x89PNG|\xff\xd8\xff|GIF8", "an image", AS_DELIVERED),
        (rb"-----BEGIN OPENSSH PRIVATE KEY", "a private key of OpenSSH", "convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY"),
        (rb"ssh-(?:rsa|ed25519)|ecdsa-sha2-|---- BEGIN SSH2", "a public key of SSH", "give the certificate that the PSCE delivered"),
        (rb"PuTTY-User-Key-File", "a key of PuTTY (.ppk)", "export it in the form of OpenSSL or PKCS#8"),
        (rb"-----BEGIN PGP", "a key or message of OpenPGP", AS_DELIVERED),
        (rb"\s*(?:<!doctype html|<html|<head|<\?xml[^>]*>\s*<!doctype html)", "an HTML page, such as an error page of a server", LOOK),
        (rb"\s*<", "an XML file", AS_DELIVERED),
        (
            rb"(?:[A-Za-z-]+: [^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)*(?:MIME-Version|Content-Type|Received|From): ",
            "an e-mail",
            SAVE_ATTACHMENT,
        ),
        (rb"\s*[{\[]\s*[\"{\]}]", "a JSON file", AS_DELIVERED),
    )
)
BEGIN = re.compile(rb"-----BEGIN [^-\r\n]+-----")
BLOCK = re.compile(rb"-----BEGIN ([^-\r\n]+)-----(.*?)-----END \1-----", re.DOTALL)
HEADERS = re.compile(rb"\A(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+\s*\n")
WRITTEN_LINE_END = re.compile(rb"\\[nrt]")
BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")
PLAIN_BLOCK = rb"^-----BEGIN %s-----\r?\n(?:[A-Za-z0-9+/=]{1,76}\r?\n)+-----END %s-----\r?$"
PLAIN_CERTIFICATE = re.compile(PLAIN_BLOCK % (b"CERTIFICATE", b"CERTIFICATE"), re.MULTILINE)
PLAIN_KEY = re.compile(rb"^-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----\r?\n(?:[A-Za-z0-9+/=]{1,76}\r?\n)+-----END \1-----\r?$", re.MULTILINE)
CERTIFICATE_LABELS = re.compile(r"CERTIFICATE$|CMS$|PKCS ?#?7")
# DER of object identifiers (RFC 2315, 14), without tag and length.
SIGNED_DATA, ENVELOPED_DATA = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010703")
TIMES = (UTC_TIME, GENERALIZED_TIME)
PFX_VERSION = 3


@dataclass(frozen=True)
class CryptoObject:
    """One thing that a file held. kind: one of NAMES, or UNKNOWN. content: DER; a key that PEM itself encrypts: its PEM. label: of its PEM block."""

    kind: str
    content: bytes
    label: str = ""


class UnrecognisedFile(ValueError):
    """description: the content's kind, in words ("a ZIP archive"), empty where nobody knows. todo: what to do."""

    def __init__(self, description: str, todo: str = AS_DELIVERED) -> None:
        super().__init__(description)
        self.description, self.todo = description, todo


class TruncatedFile(UnrecognisedFile):
    """description: a whole sentence."""


def detect_objects(content: bytes) -> list[CryptoObject]:
    """Everything that a file holds, in its order. Raises NotRecognised where it is nothing of a PKI, or cut."""
    if not content.strip(b"\0 \t\r\n"):
        raise UnrecognisedFile("an empty file" if not content else "a file of blanks", "fetch or export it again")
    text = _text(content)
    objects = _der_items(content) if _kind_or_unknown(content) else _blocks(text) if BEGIN.search(text) else _bare(content, text)
    if objects:
        return objects
    for pattern, description, todo in FOREIGN:
        if pattern.match(text):
            raise UnrecognisedFile(description, todo)
    raise UnrecognisedFile("")


def certificate_pem(der: bytes) -> bytes:
    """A certificate in PEM, in lines of 64 signs (RFC 7468)."""
    text = base64.b64encode(der)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return b"\n".join([b"-----BEGIN CERTIFICATE-----", *lines, b"-----END CERTIFICATE-----", b""])


def is_plain_pem(content: bytes, certificates: int) -> bool:
    """Whether OpenSSL reads these certificates as they stand: PEM, ordinary blocks, nothing else made of."""
    return len(PLAIN_CERTIFICATE.findall(content)) == certificates and content[:1] != b"\xef"


def is_plain_key(content: bytes) -> bool:
    """Whether OpenSSL reads this key as it stands, without a passphrase."""
    return PLAIN_KEY.search(content) is not None and content[:1] != b"\xef"


def _text(content: bytes) -> bytes:
    """Without a byte order mark, and UTF-16 (as Windows writes text) as UTF-8."""
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:]
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if marked or (len(content) > 2 and not content[0] and content[1]) or content[1:2] == b"\0":
        codec = "utf-16" if marked else ("utf-16-be" if not content[0] else "utf-16-le")
        try:
            return content.decode(codec).encode()
        except UnicodeDecodeError:
            return content
    return content


def _blocks(text: bytes) -> list[CryptoObject]:
    """Raises NotRecognised where a block has no end: what follows it would be missing in silence."""
    blocks = BLOCK.finditer(text)
    if BEGIN.search(BLOCK.sub(b"", text)):
        raise TruncatedFile("a block in this file begins and never ends: it was cut")
    return [item for match in blocks for item in _items(match[1].decode("ascii", "replace").strip(), match[0], match[2])]


def _items(label: str, block: bytes, body: bytes) -> list[CryptoObject]:
    """None of a block of another trade (OpenPGP, SSH, parameters of a curve)."""
    body = WRITTEN_LINE_END.sub(b"\n", body).lstrip().replace(b"\r\n", b"\n")
    if label.startswith(("PGP", "OPENSSH")) or label.endswith("PARAMETERS"):
        return []
    headers = HEADERS.match(body)
    if headers and b"ENCRYPTED" in headers[0]:
        lines = b"\n".join(line.strip() for line in WRITTEN_LINE_END.sub(b"\n", block).splitlines())
        return [CryptoObject(ENCRYPTED_KEY, lines, label)]
    der = _decoded(b"".join((body[headers.end() :] if headers else body).split()))
    objects = _der_items(der, label)
    if objects[0].kind == UNKNOWN and CERTIFICATE_LABELS.search(label) and der[:1] == b"\x30":
        return [CryptoObject(CERTIFICATE, der, label)]  # whoever reads it will say what is wrong
    # After the certificate OpenSSL writes what it is trusted for: here the trust store says that.
    return objects[:1] if label.startswith("TRUSTED") else objects


def _bare(content: bytes, text: bytes) -> list[CryptoObject]:
    """DER that is damaged, or base64 without any armour; none where it is neither."""
    if content[:1] == b"\x30" and not text[:64].isascii():
        return [CryptoObject(UNKNOWN, content)]
    body = WRITTEN_LINE_END.sub(b"", b"".join(text.split()))
    der = _decoded(body) if BASE64.fullmatch(body) else b""
    return _der_items(der) if der[:1] == b"\x30" else []


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        return b""


def _der_items(der: bytes, label: str = "") -> list[CryptoObject]:
    """Several where they were put together; without the blanks or NULs that copying leaves at the end. Any other rest stays, to be refused."""
    objects, rest = [], der
    while rest.strip(b"\0 \t\r\n"):
        try:
            whole = bytes(read_element(rest).raw)
        except ValueError:
            whole = rest
        objects.append(CryptoObject(_kind_or_unknown(whole), whole, label))
        rest = rest[len(whole) :]
    return objects or [CryptoObject(UNKNOWN, b"", label)]


def _kind_or_unknown(der: bytes) -> str:
    try:
        return kind_of(der)
    except ValueError:
        return UNKNOWN


def kind_of(der: bytes) -> str:
    """One of NAMES, by the structure (RFC 5280, 5208, 5958, 2986, 7292, 2315, 6960), or UNKNOWN. Raises ValueError where it is no DER."""
    outer = read_element(der)
    parts = list(islice(outer.children(), 3)) if outer.tag == SEQUENCE else []
    tags = [part.tag for part in parts]
    if tags[:1] == [OID]:
        return {SIGNED_DATA: PKCS7, ENVELOPED_DATA: ENVELOPE}.get(bytes(parts[0].body), UNKNOWN)
    if tags[:1] == [ENUMERATED]:
        return OCSP_RESPONSE
    if tags[:1] == [INTEGER]:
        if tags[1:2] == [SEQUENCE] and int.from_bytes(parts[0].body, "big") == PFX_VERSION:
            return PKCS12
        return KEY if tags[1:2] in ([SEQUENCE], [INTEGER], [OCTET_STRING]) else UNKNOWN
    if tags == [SEQUENCE, OCTET_STRING]:
        return ENCRYPTED_KEY
    if tags == [SEQUENCE, BIT_STRING]:
        return PUBLIC_KEY
    return _signed(parts[0]) if tags == [SEQUENCE, SEQUENCE, BIT_STRING] else UNKNOWN


def _signed(content: Element) -> str:
    """Certificate, CRL or request: told apart by how the signed part begins."""
    tags = [part.tag for part in islice(content.children(), 5)]
    if tags[:1] == [EXPLICIT_0]:
        return CERTIFICATE
    if tags[2:3] and (tags[2] in TIMES or (tags[:1] == [INTEGER] and tags[3:4] and tags[3] in TIMES)):
        return CRL
    if tags[:4] == [INTEGER, SEQUENCE, SEQUENCE, EXPLICIT_0] or tags == [INTEGER, SEQUENCE, SEQUENCE]:
        return REQUEST
    return CERTIFICATE if tags[:4] == [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE] else UNKNOWN

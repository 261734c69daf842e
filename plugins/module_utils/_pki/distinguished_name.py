# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a text is the name of a CA: servers and tools write the same name in one order or the other, with blanks or without.

RFC 4514 begins with the last attribute and joins by commas; OpenSSL writes in the order of the certificate, also as /C=FR/O=...
"""

from __future__ import annotations

import re
from typing import Any

from ..libraries import x509

# Attributes that RFC 4514 does not name, as tools write them. Others are written by their OID.
LABELS = {
    "ORGANIZATIONIDENTIFIER": "2.5.4.97",
    "SERIALNUMBER": "2.5.4.5",
    "EMAILADDRESS": "1.2.840.113549.1.9.1",
    "E": "1.2.840.113549.1.9.1",
}
BLANKS = re.compile(r"(?<!\\)([,+=])\s+|\s+(?=[,+=])")
SLASH = re.compile(r"/(?=[A-Za-z0-9.]+=)")
LABEL = re.compile(r"(^|(?<!\\)[,+])(?:OID\.)?([A-Za-z0-9.]+)=")


def is_name_of(name: Any, written: str) -> bool:
    """Whether both have the same attributes, in any order; letters and blanks compared as RFC 5280, 7.1 does. name: cryptography's."""
    read = _read(written)
    return read is not None and _attributes(read) == _attributes(name)


def _read(written: str) -> Any:
    """None where this is no name."""
    text = written.strip()
    if text.startswith("/"):
        text = ",".join(part.replace(",", "\\,").replace("+", "\\+") for part in SLASH.split(text)[1:])
    text = BLANKS.sub(r"\1", text)
    text = LABEL.sub(lambda match: f"{match[1]}{LABELS.get(match[2].upper(), match[2].upper())}=", text)
    try:
        return x509.Name.from_rfc4514_string(text)
    except ValueError:
        return None


def _attributes(name: Any) -> list[tuple[str, str]]:
    return sorted((attribute.oid.dotted_string, " ".join(str(attribute.value).split()).casefold()) for attribute in name)

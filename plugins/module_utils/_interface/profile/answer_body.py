# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The body of an answer as data, before its records are read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ..._http.messages import Response
from .templates import word

CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)


def parse_json(response: Response) -> Any:
    """JSON in the character set that the answer names; else in UTF-8, 16 or 32, as it shows itself. Raises ValueError or LookupError."""
    charset = CHARSET.search(response.headers.get("content-type", ""))
    return json.loads(response.body.decode(charset[1]) if charset and charset[1].lower() not in ("utf-8", "utf8") else response.body)


def list_keyed(content: Any, key: str | None) -> Any:
    """A mapping as the list of its values, each with its key in this field; anything else as it is."""
    if key is None or not isinstance(content, dict):
        return content
    return [{**item, key: name} if isinstance(item, dict) else item for name, item in content.items()]


def with_http(content: Any, name: str | None, response: Response) -> Any:
    """What was found, with status and headers (names in lower case) of its answer under this name."""
    if name is None:
        return content
    answer: Mapping[str, Any] = {"status": response.status, "headers": response.headers}
    return {**(content if isinstance(content, dict) else {}), name: answer}


def is_same_word(content: Any, expected: str) -> bool:
    return not isinstance(content, (dict, list)) and word(content) == expected

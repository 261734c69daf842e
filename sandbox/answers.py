# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers before they are HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import Refusal
from sandbox.rules import Ruling

JSON = "application/json"
PDF = "application/pdf"
TEXT = "text/plain"


@dataclass
class Answer:
    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    rule: str | None = None


def json_answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), headers=headers or {})


def refusal_answer(refusal: Refusal) -> Answer:
    answer = json_answer(
        {"erreur": {"code": refusal.code, "regle": refusal.rule, "message": refusal.message}}, refusal.status, refusal.headers
    )
    answer.rule = refusal.rule
    return answer


def text_refusal(refusal: Refusal) -> Answer:
    """As the PSCE refuses: EST wants text for a person (RFC 7030, 4.2.3)."""
    return Answer(refusal.status, f"{refusal.message}\n".encode(), TEXT, refusal.headers, refusal.rule)


def refuse_if(ruling: Ruling | None, status: int) -> None:
    if ruling:
        raise Refusal(status, ruling.code, ruling.message, ruling.rule)

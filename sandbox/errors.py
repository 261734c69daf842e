# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways of saying no: to a client over HTTP, and to a person at the keyboard."""

from __future__ import annotations


class Refusal(Exception):
    """An answer that refuses: an HTTP status, a stable code, the rule that refuses, a message in French."""

    def __init__(self, status: int, code: str, message: str, rule: str | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.rule = rule
        self.headers = headers or {}


class UserError(Exception):
    """What a person did cannot be done; the text says what, and what to do. The command exits with `exit_code`."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code

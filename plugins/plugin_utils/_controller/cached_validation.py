# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many declarations against one argument spec: those that differ in nothing but their texts are checked once.

Ansible takes 0.3 ms to check one collectivité, and leaves texts as they are: names, addresses, SIRETs. Their rules are checked elsewhere.
"""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from .options import Spec, uncheckable

# Declarations of different shapes; a fleet has a few, one whose hosts each name files or fingerprints of their own has many.
REMEMBERED = 1000
# A spec with nothing else leaves a text alone.
LEFT_ALONE = {"type", "required", "default", "no_log"}


class InvalidDeclaration(Exception):
    """messages: all that is wrong, as Ansible words it; of an unknown option, that it is one."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


class CachedValidator:
    """One argument spec. `validated` gives what ArgumentSpecValidator gives."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._validator = ArgumentSpecValidator(spec)
        self._known: dict[Any, dict[str, Any]] = {}

    def validated(self, given: dict[str, Any]) -> dict[str, Any]:
        """Checked and converted, with defaults; what is no text is shared with others, and not to be changed. Raises InvalidDeclaration."""
        shape, texts = _split(given, self._spec)
        if shape not in self._known:
            try:
                checked = self._validator.validate(given)
            except Exception as error:
                raise InvalidDeclaration(uncheckable(given, self._spec)) from error
            if checked.error_messages:
                raise InvalidDeclaration([_worded(each) for each in checked.errors.errors])
            if len(self._known) == REMEMBERED:
                self._known.clear()
            self._known[shape] = checked.validated_parameters
        return _joined(self._known[shape], texts)


def _worded(error: Any) -> str:
    """Of an option that there is none of, Ansible leaves it to the module to say so."""
    return f"unknown option {error.msg}" if isinstance(error, UnsupportedError) else str(error.msg)


def _split(given: dict[str, Any], spec: Spec) -> tuple[Any, dict[str, Any]]:
    """(all but the texts, in a form that can be compared; the texts, those of a mapping in a mapping)."""
    shape: list[Any] = []
    texts: dict[str, Any] = {}
    for name, value in given.items():
        of = spec.get(name, {})
        if _is_left_alone(value, of):
            texts[name] = value
            shape.append(name)
        elif isinstance(value, dict) and of.get("type") == "dict" and "options" in of:
            inner, texts[name] = _split(value, of["options"])
            shape.append((name, "with", inner))
        else:
            shape.append((name, repr(value)))
    return tuple(shape), texts


def _is_left_alone(value: Any, of: dict[str, Any]) -> bool:
    if not isinstance(value, str) or not of.keys() <= LEFT_ALONE:
        return False
    kind = of.get("type")
    # In a path, Ansible looks for a home and for variables of the environment.
    return kind == "str" or (kind == "path" and "$" not in value and not value.startswith("~"))


def _joined(whole: dict[str, Any], texts: dict[str, Any]) -> dict[str, Any]:
    return whole | {name: _joined(whole[name], text) if isinstance(text, dict) else text for name, text in texts.items()}

# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that options name, read on the controller: profile, trust store, form, anchors, documents."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError

from ...module_utils.errors import InvalidInput
from ...module_utils.user_files import read_regular
from . import profile_file, trust_store
from .anchor_files import read_anchors
from .shipped_files import FORMS, PROFILES, TRUST_STORES, ShippedFiles, UnreadableFile, read_yaml

# Characters of a wrong path.
MOST_SHOWN = 100
DOCUMENTS = ("document", "next_document")


class UnusableFile(AnsibleActionFail):
    """A file on the controller cannot be used. option: what names it. reason, hint: what is wrong, and what to do.

    Raised `from None`: Ansible would write the message of each cause behind it once more.
    """

    def __init__(self, option: str, reason: str, hint: str = "", code: str = "invalid_input", **details: Any) -> None:
        self.option, self.reason, self.hint = option, reason, hint
        problem = InvalidInput(option, reason, hint, **details)
        super().__init__(problem.sentence, result={"error": problem.as_dict() | {"code": code}})


class ControllerFiles:
    """absolute: makes a path whole, relative to the playbook. find: a file of a role or beside the playbook; raises AnsibleError."""

    def __init__(self, absolute: Callable[[str], str], find: Callable[[str], str]) -> None:
        self._absolute = absolute
        self._find = find

    def content(self, option: str, declared: Any) -> Any:
        """What stands in the file that the option names; what was declared in its place stays. Raises UnusableFile."""
        if option in DOCUMENTS:
            return self._document(option, str(declared))
        if option == "signature_anchors":
            return self._anchors(declared)
        readers = {"profile": self._profile, "trust_store": self._trust_store, "form": self._form}
        return readers[option](declared) if isinstance(declared, str) else declared

    def _profile(self, name: str) -> Any:
        return self._declared_file("profile", PROFILES, profile_file.load, name, "invalid_profile")

    def _trust_store(self, name: str) -> Any:
        return self._declared_file("trust_store", TRUST_STORES, trust_store.load, name)

    def _form(self, name: str) -> Any:
        """The mapping of a form's fields, as YAML has it."""
        return self._declared_file("form", FORMS, read_yaml, name)

    def _declared_file(
        self, option: str, shipped: ShippedFiles, load: Callable[[Path], Any], name: str, code: str = "invalid_input"
    ) -> Any:
        """What a shipped file of this name holds, or the user's own at this path."""
        is_file = False
        try:
            path = shipped.find(name) or Path(self._absolute(name))
            is_file = path.is_file()
            return load(path)
        except (OSError, ValueError) as error:  # too long, NUL, no Unicode
            raise UnusableFile(
                option, f"{name[:MOST_SHOWN]!r} is no path ({getattr(error, 'strerror', None) or error})", shipped.hint()
            ) from None
        except UnreadableFile as error:
            details = {"problems": error.problems} if option == "profile" else {}
            raise UnusableFile(option, str(error), "" if is_file else shipped.hint(), code, **details) from None

    def _anchors(self, declared: Any) -> list[str]:
        if not isinstance(declared, (str, list)):
            raise UnusableFile("signature_anchors", f"{declared!r} is no list of PEM files")
        try:
            return read_anchors(declared, self._absolute)
        except (UnreadableFile, OSError, ValueError) as error:
            raise UnusableFile("signature_anchors", str(error)) from None

    def _document(self, option: str, name: str) -> str | None:
        """The document in base64, or None while it is not there: then somebody still has to sign it, and the module says so."""
        try:
            path = self._find(name)
        except (AnsibleError, ValueError):
            return None
        try:
            return base64.b64encode(read_regular(path)).decode()
        except OSError as error:
            raise UnusableFile(option, f"{path} cannot be read ({error.strerror})") from None

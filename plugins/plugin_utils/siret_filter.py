# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the filters and tests on SIRET share: text only, and errors that Ansible shows as the template's."""

from __future__ import annotations

from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ..module_utils.errors import AntaiError
from ..module_utils.libraries import CORE, require


def from_text(read: Callable[[str], str], value: object, plugin: str) -> str:
    """read(value). Raises AnsibleFilterError, in the plugin's name, where the value is no text or read refuses it."""
    if not isinstance(value, str):
        raise AnsibleFilterError(f"{plugin}: {value!r} is {type(value).__name__}, not text: quote it, or its leading zeros may be lost")
    try:
        require(CORE)
        return read(str(value))
    except AntaiError as error:
        raise AnsibleFilterError(f"{plugin}: {error.message}" + (f" ({error.hint})" if error.hint else "")) from error

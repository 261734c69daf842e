# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions that change nothing of anybody's: they tell what the variables of the hosts hold, on the terminal and in files of the controller."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from .files import write_whole


class TellingAction(ActionBase):
    """options: the argument spec. `tell` makes the result of the checked options and the variables."""

    _requires_connection = False
    _supports_check_mode = True
    options: dict[str, dict[str, Any]] = {}

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validated, given = self.validate_argument_spec(self.options)
        return result | self.tell(given, task_vars or {})

    def tell(self, given: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    @staticmethod
    def path(given: str) -> Path:
        """A path that an option gives. Fails the task where it is relative: Ansible would put the file beside the playbook, inside the collection."""
        if not os.path.isabs(given):
            raise AnsibleActionFail(
                f"{given} is not an absolute path; give the whole path of the file, or of the folder that it is to lie in"
            )
        return Path(given)

    @staticmethod
    def write(option: str, path: Path, content: bytes, **mode: int) -> None:
        """As write_whole. Fails the task where the file cannot be written."""
        try:
            write_whole(path, content, **mode)
        except OSError as error:
            raise AnsibleActionFail(
                f"{option}: {path} cannot be written ({error.strerror}); give a folder that you may write to"
            ) from error

# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions that change nothing of anybody's: they tell what the variables of the hosts hold, on the terminal and in files of the controller."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail

from ...module_utils._store.files import write_named
from ...module_utils.user_files import read_regular
from .redacting_action import RedactingAction

# Where the files of a report go together: every playbook hands on antai_report_folder.
FOLDER: dict[str, dict[str, Any]] = {"folder": {"type": "path"}}


def terminal_width(display: Any) -> int | None:
    """Characters of a line of the terminal, as COLUMNS says, or the terminal itself; None where there is none, as in a log: nothing is cut there.

    display: Ansible's own; it holds 79 where it knows no better.
    """
    declared = os.environ.get("COLUMNS", "")
    if declared.isdigit() and int(declared):
        return int(declared)
    for stream in (1, 2):
        try:
            return os.get_terminal_size(stream).columns or None
        except OSError:  # no terminal; from ansible-core 2.19 on a worker never has one
            continue
    return display.columns + 1 if getattr(display, "columns", 79) > 79 else None


def as_json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


class ReportAction(RedactingAction):
    """options: the argument spec. `tell` makes the result of the checked options and the variables."""

    _requires_connection = False
    _supports_check_mode = True
    options: dict[str, dict[str, Any]] = {}

    def outcome(self, variables: dict[str, Any]) -> dict[str, Any]:
        self.use_known_language()
        _validated, given = self.validate_argument_spec(self.options)
        return self.tell(given, variables)

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

    def written(self, given: dict[str, Any], stem: str, contents: dict[str, Callable[[], bytes]]) -> list[str]:
        """The same in several forms, by kind (csv, json): each under the option of that name, and all in `folder` as stem.kind. Check mode writes none."""
        if self._task.check_mode:
            return []
        places = [(kind, self.path(given[kind])) for kind in contents if given.get(kind)]
        if given["folder"]:
            places += [("folder", self.path(given["folder"]) / f"{stem}.{kind}") for kind in contents]
        for option, path in places:
            self.write(option, path, contents[option if option in contents else path.suffix[1:]]())
        return [str(path) for _option, path in places]

    @staticmethod
    def read(option: str, path: Path) -> bytes | None:
        """What lies there, or None. Fails the task where it cannot be read."""
        try:
            return read_regular(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise AnsibleActionFail(f"{option}: {path} cannot be read ({error.strerror})") from error

    @staticmethod
    def write(option: str, path: Path, content: bytes) -> None:
        """As write_named. Fails the task where the file cannot be written."""
        try:
            write_named(path, content)
        except OSError as error:
            raise AnsibleActionFail(
                f"{option}: {path} cannot be written ({error.strerror}); give a folder that you may write to"
            ) from error

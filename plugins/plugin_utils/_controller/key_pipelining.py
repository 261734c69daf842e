# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key that is given as content travels to the module through a pipe: without pipelining Ansible would lay it in a file on the target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible import constants
from ansible.errors import AnsibleActionFail

CONTENTS = ("private_key_content", "certificate_content")


def holds_key(arguments: dict[str, Any]) -> bool:
    """Whether a module's arguments may hold a private key."""
    entries = arguments.get("certificates") or ()
    if isinstance(entries, str):  # a list in a string, which the module would read as one
        return any(name in entries for name in CONTENTS)
    return any(each.get(name) for each in (arguments, *entries) if isinstance(each, dict) for name in CONTENTS)


@contextmanager
def key_pipelining_for(connection: Any, arguments: dict[str, Any], *, asynchronous: bool) -> Iterator[None]:
    """While a module with these arguments is shipped. Raises AnsibleActionFail where that cannot be done without a file."""
    if not holds_key(arguments):
        yield
        return
    reason = _obstacle(connection, asynchronous)
    if reason:
        raise AnsibleActionFail(
            f"a key given as content never touches a disk, and {reason}; or declare the key as a file where the task runs (private_key)"
        )
    before = connection.always_pipeline_modules
    connection.always_pipeline_modules = True
    try:
        yield
    finally:
        connection.always_pipeline_modules = before


def _obstacle(connection: Any, asynchronous: bool) -> str:
    if asynchronous:
        return "async keeps what a task was given in a file: run this task without it"
    if constants.DEFAULT_KEEP_REMOTE_FILES:
        return "ANSIBLE_KEEP_REMOTE_FILES keeps it on the target: unset it"
    if not connection.has_pipelining:
        return f"the connection {connection.transport} knows no pipelining: use another, or delegate the task to the controller"
    if connection.become and not connection.become.pipelining:
        return f"{connection.become.name} knows no pipelining: become by another method"
    return ""

# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of every action: what leaves it, as a result or as an error, leaves without the values of secrets, whatever Ansible made of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ...module_utils._options.declaration import CONNECTION
from ...module_utils.errors import UnexpectedFailure
from ...module_utils.redact import Redactor
from ...module_utils.text import escape_controls
from .options import carried
from .parent_process import end_with_parent

SECRETS_OF_ENVIRONMENT = {field.option_name: field.env for field in CONNECTION if field.secret and field.env}


LANGUAGES = ("fr", "en")


class RedactingAction(ActionBase):
    """An action gives its result in `outcome`."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        end_with_parent()
        result: dict[str, Any] = super().run(tmp, task_vars)
        redactor = Redactor(self._secrets())
        try:
            outcome = self.outcome(task_vars or {})
        except AnsibleError as error:
            if not _quotes(error, redactor):
                raise
            return {**result, **redactor.clean(getattr(error, "result", None) or {}), "failed": True, "msg": redactor.clean(str(error))}
        except Exception as error:  # its text and its traceback could quote anything
            failure = UnexpectedFailure(error)
            return {**result, "failed": True, "msg": failure.sentence, "error": failure.as_dict()}
        return {**result, **self.redacted(outcome, redactor)}

    def outcome(self, variables: dict[str, Any]) -> dict[str, Any]:
        """What the task comes to; variables: of its host. Raises AnsibleError."""
        raise NotImplementedError

    def redacted(self, outcome: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
        """As it leaves."""
        clean: dict[str, Any] = redactor.clean(outcome)
        return clean

    def use_known_language(self) -> None:
        """A run over many takes its language from one host's variables: where that is none, it is the host's own fault, and not the run's."""
        if self._task.args.get("language") not in (None, *LANGUAGES):
            self._task.args = {name: value for name, value in self._task.args.items() if name != "language"}

    def show(self, text: str) -> None:
        """Print what people read, a blank line before and after."""
        self._display.display(f"\n{escape_controls(text)}\n")

    def _secrets(self) -> dict[str, Any]:
        """The task's options, and what stands in the environment for a secret one."""
        environment = {option: os.environ[name] for option, name in SECRETS_OF_ENVIRONMENT.items() if name in os.environ}
        return environment | {name: carried(value) for name, value in self._task.args.items()}


def _quotes(error: BaseException, redactor: Redactor) -> bool:
    """Whether the error, or one that led to it and that Ansible shows as well, holds a secret or a control character."""
    return any(redactor.clean(text) != text for each in _chain(error) for text in (str(each), repr(getattr(each, "result", None) or "")))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the variables of the play's hosts to the hosts of a fleet: checked as the modules check their options, all problems kept by host."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from ansible.errors import AnsibleError

from ...module_utils._options.declaration import CONNECTION, JUDGING, ORDERING
from ...module_utils._options.declaration import FIELDS as DECLARED
from ...module_utils._options.declared_text import check_texts
from ...module_utils._options.spec import connection_spec
from ...module_utils._pki.trust import TrustStore, read_store
from ...module_utils._reconcile.onboarding import ONBOARDING_INFO
from ...module_utils.errors import AntaiError, InvalidInput, UnexpectedFailure
from .._controller.cached_validation import CachedValidator, InvalidDeclaration
from .._controller.controller_files import DOCUMENTS, MOST_SHOWN, UnusableFile
from .._controller.host_variables import HostVariables, UnusableVariable
from .._controller.reference import disagreements
from .declared_host import DeclaredHost

# Files that most hosts share.
SHARED = ("profile", "form", "signature_anchors")
KINDS: dict[str, tuple[type, ...]] = {
    "profile": (str, dict),
    "form": (str, dict),
    "trust_store": (str, dict),
    "signature_anchors": (str, list),
}
WORDS: dict[type, str] = {str: "path", dict: "mapping", list: "list of paths"}
STATE = "antai_certificate_state"
REQUEST_WAIT = "antai_request_wait_timeout"
# Seconds: a day.
LONGEST_WAIT = 86_400.0
SPEC = ONBOARDING_INFO.spec
TEXTS = connection_spec() | SPEC
FIELDS = tuple(each for each in DECLARED.values() if each.option_name in SPEC or each in CONNECTION)
OPTIONS = {field.variable: field.option_name for field in FIELDS} | {STATE: "state"}
VARIABLES = (*OPTIONS, REQUEST_WAIT)
CONNECTION_OPTIONS = {field.option_name for field in CONNECTION}
# Empty means not set, as in the role `connection`.
MAY_BE_EMPTY = {field.variable for field in (*ORDERING, *JUDGING, *CONNECTION)}


class DeclaredHosts:
    """read: (option, what was declared) -> the content of the file that it names, as the action of each module reads it."""

    def __init__(self, variables: HostVariables, read: Callable[[str, Any], Any]) -> None:
        self._variables = variables
        self._reader = read
        self._read: dict[tuple[str, str], Any] = {}
        self._stores: dict[str, TrustStore] = {}
        self._connection = CachedValidator(connection_spec())
        self._collectivite = CachedValidator(SPEC)
        self._ordering = CachedValidator({field.option_name: field.spec() for field in ORDERING})
        self._environment = {field.option_name: os.environ[field.env] for field in CONNECTION if field.env and field.env in os.environ}

    def of(self, hosts: Iterable[str]) -> list[DeclaredHost]:
        return [self._declare(host) for host in hosts]

    def connection_of(self, host: str) -> dict[str, Any]:
        """How this host speaks with ANTAI, and orders, checked; the profile is read. For who knows no SIRET yet. Raises InvalidInput."""
        try:
            variables = self._variables.of(host, (field.variable for field in (*CONNECTION, *ORDERING)))
            declared = self._environment | self._options(variables)
            profile = self._content("profile", declared)
        except UnusableVariable as error:
            raise InvalidInput(error.variable, error.why, f"correct the variable of {host}; nothing was sent") from error
        except UnusableFile as error:
            raise InvalidInput(error.option, error.reason, error.hint or f"correct the variable of {host}; nothing was sent") from error
        speaking = {name: value for name, value in declared.items() if name in CONNECTION_OPTIONS and name != "profile"}
        ordering = {name: value for name, value in declared.items() if name not in CONNECTION_OPTIONS}
        parameters = _validated(self._connection, speaking, host) | _validated(self._ordering, ordering, host) | {"profile": profile}
        return check_texts(parameters, TEXTS)

    def _declare(self, host: str) -> DeclaredHost:
        declared: dict[str, Any] = {}
        try:
            variables = self._variables.of(host, VARIABLES)
            declared = self._environment | self._options(variables)
            return self._checked(host, declared, variables.get(REQUEST_WAIT) or 0)
        except UnusableVariable as error:
            problem: AntaiError = InvalidInput(error.variable, error.why, f"correct the variable of {host}; nothing was sent")
        except UnusableFile as error:
            problem = InvalidInput(error.option, error.reason, error.hint or f"correct the variable of {host}; nothing was sent")
        except AnsibleError as error:  # a vault that does not open
            problem = InvalidInput("declaration", str(error), f"correct the variables antai_* of {host}; nothing was sent")
        except AntaiError as error:
            problem = error
        except Exception as error:  # whatever stands in one host's variables, the others go through
            problem = UnexpectedFailure(error)
        return DeclaredHost(host, declared, problem)

    @staticmethod
    def _options(variables: dict[str, Any]) -> dict[str, Any]:
        return {OPTIONS[name]: value for name, value in variables.items() if name in OPTIONS and (value or name not in MAY_BE_EMPTY)}

    def _checked(self, host: str, declared: dict[str, Any], request_wait: Any) -> DeclaredHost:
        # Read and checked once for all: there is no need to copy them for each host.
        shared = {option: self._content(option, declared) for option in SHARED} | {"trust_store": self._trusted(declared)}
        speaking = {name: value for name, value in declared.items() if name in CONNECTION_OPTIONS and name not in shared}
        itself = {name: value for name, value in declared.items() if name not in CONNECTION_OPTIONS and name not in shared}
        parameters = _validated(self._connection, speaking, host) | _validated(self._collectivite, itself, host) | shared
        parameters = check_texts(parameters, TEXTS)
        for option in DOCUMENTS:
            if parameters[option]:
                parameters[f"{option}_content"] = self._reader(option, parameters[option])
        odd = disagreements(parameters["siret"], parameters["name"], parameters["departement"])
        return DeclaredHost(host, parameters, None, _seconds(request_wait), tuple(odd))

    def _content(self, option: str, declared: dict[str, Any]) -> Any:
        """What the file holds, or what was declared in its place; read once for all hosts that name the same."""
        value = declared.get(option)
        kinds = KINDS[option]
        if value is not None and not isinstance(value, kinds):
            wanted = " and no ".join(WORDS[kind] for kind in kinds)
            raise InvalidInput(option, f"{str(value)[:MOST_SHOWN]!r} is no {wanted}", "correct the variable")
        if not isinstance(value, (str, list)) or not value:
            return value
        key = (option, str(value))
        if key not in self._read:
            self._read[key] = self._reader(option, value)
        return self._read[key]

    def _trusted(self, declared: dict[str, Any]) -> TrustStore | None:
        """Parsed once for all hosts that declare the same."""
        content = self._content("trust_store", declared)
        if content is None:
            return None
        key = repr(declared["trust_store"])
        if key not in self._stores:
            self._stores[key] = read_store(content)
        return self._stores[key]


def _validated(validator: CachedValidator, declared: dict[str, Any], host: str) -> dict[str, Any]:
    """Raises InvalidInput with all that is wrong."""
    try:
        return validator.validated(declared)
    except InvalidDeclaration as error:
        raise InvalidInput("declaration", str(error), f"correct the variables antai_* of {host}; nothing was sent") from error


def _seconds(value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_WAIT:
        raise InvalidInput(
            REQUEST_WAIT, f"{str(value)[:MOST_SHOWN]!r} is no number of seconds", f"give a number from 0 to {LONGEST_WAIT:.0f}"
        )
    return seconds

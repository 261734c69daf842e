# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each module does, whoever runs it: from checked parameters to a result.

Two shells run it: the module (module_adapter.py), and the action inside Ansible's own process (plugin_utils/_controller/action.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .._http.revocation_fetcher import RevocationFetcher
from .._interface.agent import Agent
from .._interface.connection import credentials, endpoints
from .._interface.operations import Operations
from .._interface.profile.profile import Profile
from .._options.declaration import CONNECTION
from .._options.declared_text import check_texts
from .._options.spec import Spec, behaviour_spec, connection_spec
from .._pdf.document import holds_document
from .._pki.trust import read_store
from .._plan.foreseen import Foreseen
from .._plan.settings import Settings
from .._resources.base import Context
from .._resources.kinds import DeclaringKind, InfoKind
from .._store.files import write_private
from .._store.store import Store
from ..errors import AntaiError, InvalidInput, ProfileError, UnexpectedFailure
from ..libraries import require_for
from ..redact import Redactor
from ..siret import check_siret
from .runner import run

Parameters = dict[str, Any]
Result = dict[str, Any]

# Option of the connection -> environment variable that stands in for it.
ENVIRONMENT = {each.option_name: each.env for each in CONNECTION if each.env}


@dataclass(frozen=True)
class Work:
    """spec: the options. do: (parameters, redactor, check_mode) -> result. environment: option -> variable that stands in for it."""

    spec: Spec
    do: Callable[[Parameters, Redactor, bool], Result]
    environment: dict[str, str] = field(default_factory=dict)


def declaring(kind: DeclaringKind) -> Work:
    """Declare a resource of this kind."""
    return Work(
        connection_spec() | kind.spec | behaviour_spec(),
        lambda parameters, redactor, check_mode: _declare(kind, parameters, redactor, check_mode),
        ENVIRONMENT,
    )


def informing(kind: InfoKind) -> Work:
    """Read only: answer what this kind asks."""
    return Work(
        connection_spec() | kind.spec,
        lambda parameters, redactor, check_mode: _inform(kind, parameters, redactor, check_mode),
        ENVIRONMENT,
    )


def validating(spec: Spec, validate: Callable[[Parameters], Result]) -> Work:
    """Judge a file; speaks with nobody of ANTAI's."""
    return Work(spec, lambda parameters, redactor, _check_mode: redactor.clean(validate(parameters)))


def perform(work: Work, parameters: Parameters, check_mode: bool) -> Result:
    """The result, whatever happens. One that failed holds failed, msg and error; `warnings` may stand in any."""
    redactor = Redactor(parameters)
    try:
        require_for(documents=holds_document(parameters))
        parameters = check_texts(parameters, work.spec)
        result: Result = redactor.clean(_with_store_warnings(work.do(parameters, redactor, check_mode), parameters))
        return result
    except AntaiError as error:
        return _failed(error, redactor)
    except Exception as error:
        return _failed(UnexpectedFailure(error), redactor)


def _with_store_warnings(result: Result, parameters: Parameters) -> Result:
    """An entry of the trust store that cannot be read is left out aloud."""
    given = parameters.get("trust_store")
    told = read_store(given).warnings() if isinstance(given, dict) else []
    return result | {"warnings": [*result.get("warnings", []), *told]} if told else result


def _failed(error: AntaiError, redactor: Redactor) -> Result:
    return {"failed": True, "msg": redactor.clean(error.sentence), "error": redactor.clean(error.as_dict())}


def _declare(kind: DeclaringKind, parameters: Parameters, redactor: Redactor, check_mode: bool) -> Result:
    resource = kind.build(parameters)
    settings = Settings(check_mode, parameters["wait"], parameters["wait_timeout"], parameters["language"])
    context = build_context(parameters, redactor, resource.siret)
    if check_mode:
        context.operations.foreseen = Foreseen.of(parameters["foreseen"] or ())
    try:
        result = run(resource, context, settings)
    finally:
        context.close()
    if result["waiting"] and parameters["fail_on_waiting"] and not check_mode:
        first = result["waiting"][0]
        result |= {"failed": True, "msg": f"waiting for {first['on']}: {first['next_action']['text']}"}
    return result


def _inform(kind: InfoKind, parameters: Parameters, redactor: Redactor, check_mode: bool) -> Result:
    context = build_context(parameters, redactor, parameters.get("siret"))
    try:
        answer = kind.answer(parameters, context, Settings(language=parameters["language"]))
    finally:
        context.close()
    told: Result = redactor.clean({"changed": False, **answer, "operations": dict(context.operations.counts)})
    transcript = told.pop("transcript", None)
    if transcript and not check_mode:
        try:
            write_private(parameters["record"], json.dumps(transcript, ensure_ascii=False, indent=1).encode() + b"\n", "record")
        except InvalidInput as error:  # what was found is worth more than its record
            told["warnings"] = [*told.get("warnings", []), f"the transcript was not written: {error.sentence}"]
    return told


def build_context(parameters: Parameters, redactor: Redactor, siret: str | None) -> Context:
    """The operations and the store that the connection options describe."""
    if not isinstance(parameters["profile"], dict):
        raise ProfileError(
            ["profile: is not set, or was not read by the action; name a shipped profile (sandbox) or give the path of yours"]
        )
    found = endpoints(parameters)
    agent = Agent(Profile(parameters["profile"]), found, credentials(parameters, redactor))
    store = Store(parameters["store"], check_siret(siret)) if parameters["store"] and siret else None
    return Context(Operations(agent), store, RevocationFetcher(parameters["timeout"], proxy_settings=found.proxy_settings))

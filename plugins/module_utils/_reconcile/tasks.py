# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each module does, whoever runs it: from checked parameters to a result.

Two shells run it: the module (module_adapter.py), and the action inside Ansible's own process (plugin_utils/_controller/module_action.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from .._interface.agent import Agent
from .._interface.connection import credentials, endpoints
from .._interface.operations import Operations
from .._interface.profile.profile import Profile
from .._options.declaration import CONNECTION
from .._options.declared_text import check_texts
from .._options.spec import Spec, behaviour_spec, connection_spec
from .._plan.foreseen import Foreseen
from .._plan.settings import Settings
from .._resources.base import Context
from .._resources.kinds import NOTHING, DeclaringKind, InfoKind, Needs, Parameters
from .._store.actor import Actor, assume
from .._store.files import write_private
from .._store.store import Store
from ..errors import AntaiError, InvalidInput, ProfileError, UnexpectedFailure
from ..libraries import require_for
from ..redact import Redactor
from ..siret import check_siret
from .runner import run

Result = dict[str, Any]

# Option of the connection -> environment variable that stands in for it.
ENVIRONMENT = {option.option_name: option.env for option in CONNECTION if option.env}


@dataclass(frozen=True)
class Task:
    """spec: the options. action: (parameters, redactor, check_mode) -> result. environment: option -> variable that stands in for it."""

    spec: Spec
    action: Callable[[Parameters, Redactor, bool], Result]
    environment: dict[str, str] = field(default_factory=dict)
    needs: Needs = NOTHING


def declaring(kind: DeclaringKind) -> Task:
    """Declare a resource of this kind."""
    return Task(
        connection_spec() | kind.spec | behaviour_spec(),
        partial(_declare, kind),
        ENVIRONMENT,
        kind.needs,
    )


def informing(kind: InfoKind) -> Task:
    """Read only: answer what this kind asks."""
    return Task(
        connection_spec() | kind.spec,
        partial(_inform, kind),
        ENVIRONMENT,
        kind.needs,
    )


def validating(spec: Spec, validate: Callable[[Parameters], Result], needs: Needs = NOTHING) -> Task:
    """Validate a file; speaks with nobody of ANTAI's."""
    return Task(spec, partial(_validate, validate), needs=needs)


def keeping(spec: Spec, keep: Callable[[Parameters, bool], Result]) -> Task:
    """Look after the store; speaks with nobody. keep: (parameters, whether it may write) -> result."""
    return Task(spec, partial(_keep, keep))


def run_task(task: Task, parameters: Parameters, check_mode: bool) -> Result:
    """The result, whatever happens. One that failed holds failed, msg and error; `warnings` may stand in any."""
    redactor = Redactor(parameters)
    try:
        require_for(documents=task.needs.documents(parameters))
        parameters = check_texts(parameters, task.spec)
        result = task.action(parameters, redactor, check_mode)
        warnings = task.needs.warnings(parameters)
        if warnings:
            result = result | {"warnings": [*result.get("warnings", []), *warnings]}
        return cast(Result, redactor.clean(result))
    except AntaiError as error:
        return _failed(error, redactor)
    except Exception as error:
        return _failed(UnexpectedFailure(error), redactor)


def _failed(error: AntaiError, redactor: Redactor) -> Result:
    return {"failed": True, "msg": redactor.clean(error.sentence), "error": redactor.clean(error.as_dict())}


def _declare(kind: DeclaringKind, parameters: Parameters, redactor: Redactor, check_mode: bool) -> Result:
    assume(Actor.of(parameters["actor"]))
    resource = kind.build(parameters)
    settings = Settings(check_mode, parameters["wait"], parameters["wait_timeout"], parameters["language"])
    context = build_context(parameters, redactor, resource.siret, kind.needs)
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
    context = build_context(parameters, redactor, parameters.get("siret"), kind.needs)
    try:
        answer = kind.answer(parameters, context, Settings(language=parameters["language"]))
    finally:
        context.close()
    result: Result = redactor.clean({"changed": False, **answer, "operations": dict(context.operations.counts)})
    transcript = result.pop("transcript", None)
    if transcript and not check_mode:
        try:
            write_private(parameters["record"], json.dumps(transcript, ensure_ascii=False, indent=1).encode() + b"\n", "record")
        except InvalidInput as error:  # what was learned is worth more than its record
            result["warnings"] = [*result.get("warnings", []), f"the transcript was not written: {error.sentence}"]
    return result


def _validate(validate: Callable[[Parameters], Result], parameters: Parameters, redactor: Redactor, check_mode: bool) -> Result:
    return validate(parameters)


def _keep(keep: Callable[[Parameters, bool], Result], parameters: Parameters, redactor: Redactor, check_mode: bool) -> Result:
    return keep(parameters, not check_mode)


def build_context(parameters: Parameters, redactor: Redactor, siret: str | None, needs: Needs = NOTHING) -> Context:
    """The operations and the store that the connection options describe."""
    if not isinstance(parameters["profile"], dict):
        raise ProfileError(
            ["profile: is not set, or was not read by the action; name a shipped profile (sandbox) or give the path of yours"]
        )
    servers = endpoints(parameters)
    agent = Agent(Profile(parameters["profile"]), servers, credentials(parameters, redactor))
    store = Store(parameters["store"], check_siret(siret)) if parameters["store"] and siret else None
    return Context(Operations(agent), store, needs.fetcher(parameters["timeout"], servers.proxy_settings))

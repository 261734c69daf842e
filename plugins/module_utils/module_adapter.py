# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible modules around the road: options in, exit_json or fail_json out. The only file of module_utils that knows Ansible."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule, env_fallback

from .arguments import DECLARING, Spec, behaviour_spec, connection_spec
from .auth import NAMES as CREDENTIALS
from .auth import Credentials
from .declaration import CONNECTION
from .errors import AntaiError, InvalidInput, ProfileError
from .https import ClientCertificate
from .info import INFORMING
from .libraries import require
from .operations import Endpoints, Operations
from .profile import Profile
from .redact import Redactor
from .resources.base import Resource, World
from .runner import Settings, run
from .siret import check_siret
from .store import Store
from .validation import SPEC, validate


def declaring_module(kind: str) -> None:
    """Run the module that declares this kind of resource (a key of DECLARING)."""
    module = AnsibleModule(argument_spec=_connection() | DECLARING[kind].spec | behaviour_spec(), supports_check_mode=True)
    _finish(module, lambda parameters, redactor: _declare(kind, parameters, redactor, module.check_mode))


def informing_module(kind: str) -> None:
    """Run the read-only module of this kind (a key of INFORMING)."""
    module = AnsibleModule(argument_spec=_connection() | INFORMING[kind].spec, supports_check_mode=True)
    _finish(module, lambda parameters, redactor: _inform(kind, parameters, redactor))


def validating_module() -> None:
    """Run the module that validates a certificate file; it speaks with nobody but the addresses in the certificate."""
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    _finish(module, lambda parameters, redactor: redactor.clean(validate(parameters)))


def _connection() -> Spec:
    spec = connection_spec()
    for field in CONNECTION:
        if field.env:
            spec[field.option_name]["fallback"] = (env_fallback, [field.env])
    return spec


def _declare(kind: str, parameters: dict[str, Any], redactor: Redactor, check_mode: bool) -> dict[str, Any]:
    resource: Resource = DECLARING[kind].build(parameters)
    settings = Settings(check_mode, parameters["wait"], parameters["wait_timeout"], parameters["language"])
    world = build_world(parameters, redactor, resource.siret)
    try:
        result = run(resource, world, settings)
    finally:
        world.operations.close()
    if result["waiting"] and parameters["fail_on_waiting"] and not check_mode:
        first = result["waiting"][0]
        result |= {"failed": True, "msg": f"waiting for {first['on']}: {first['next_action']['text']}"}
    return result


def _inform(kind: str, parameters: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    world = build_world(parameters, redactor, parameters.get("siret"))
    try:
        answer = INFORMING[kind].answer(parameters, world, Settings(language=parameters["language"]))
    finally:
        world.operations.close()
    return redactor.clean({"changed": False, **answer, "operations": dict(world.operations.counts)})


def build_world(parameters: dict[str, Any], redactor: Redactor, siret: str | None) -> World:
    """The operations and the store that the connection options describe."""
    if not isinstance(parameters["profile"], dict):
        raise ProfileError(
            ["profile: is not set, or was not read by the action; name a shipped profile (sandbox) or give the path of yours"]
        )
    credentials = Credentials(redactor=redactor, **{name: parameters[name] for name in (*CREDENTIALS, "token_url")})
    endpoints = Endpoints(
        parameters["portal_url"],
        parameters["sifps_url"],
        parameters["portal_ca_file"],
        parameters["sifps_ca_file"],
        parameters["timeout"],
        _client_certificate(parameters),
    )
    store = Store(parameters["store"], check_siret(siret)) if parameters["store"] and siret else None
    return World(Operations(Profile(parameters["profile"]), endpoints, credentials), store)


def _client_certificate(parameters: dict[str, Any]) -> ClientCertificate | None:
    given = (parameters["client_certificate"], parameters["client_key"])
    if not any(given):
        return None
    if not all(given):
        missing = "client_key" if given[0] else "client_certificate"
        raise InvalidInput(missing, "is not set", "declare both, the certificate and its key, or neither")
    return ClientCertificate(*given)


def _finish(module: AnsibleModule, work: Any) -> None:
    redactor = Redactor(module.params)
    try:
        require()
        result = work(module.params, redactor)
    except AntaiError as error:
        told = redactor.clean(error.as_dict())
        module.fail_json(msg=redactor.clean(error.sentence), error=told)
    for warning in result.pop("warnings", []):
        module.warn(warning)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)

# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SI FPS: its operations. Mutual TLS; the client certificate is the identity. Paths and fields are ours."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sandbox import psce_register, rules, validation, views
from sandbox.answers import Answer, json_answer, refuse_if
from sandbox.authentication import PresentedCertificate
from sandbox.clock import moment
from sandbox.errors import Refusal
from sandbox.face import CheckedCall, OperationHandler
from sandbox.rules import Ruling
from sandbox.sandbox_state import SandboxState


def _certificate(call: CheckedCall) -> PresentedCertificate:
    if call.caller.certificate is None:
        raise Refusal(403, "CERTIFICAT_ABSENT", "Aucun certificat client n'est présenté.")
    return call.caller.certificate


def _facts(call: CheckedCall) -> rules.CertificateFacts:
    """With what changes after the certificate was issued. The SI FPS asks the PSCE's register itself, so it knows at once."""
    certificate = _certificate(call)
    return replace(certificate.facts, revoque_le=psce_register.revoked_on(call.sandbox.db, certificate.empreinte))


def _installed(call: CheckedCall, siret: str) -> Any:
    sql = "SELECT etat, dernier_echange_le FROM certificat WHERE siret = ? AND empreinte = ?"
    return call.sandbox.db.fetch_one(sql, siret, _certificate(call).empreinte)


# --- installation (letter, operation 1) ---


def install_values(call: CheckedCall) -> None:
    validation.check_siret(call.body["siret"])
    validation.check_not_blank({"prestataire": call.body["prestataire"]})


def _editor_known(call: CheckedCall) -> bool | None:
    """None without editor headers: the collectivité itself, whose certificate is its proof."""
    identifier, key = call.parameters["X-Editeur"], call.parameters["X-Editeur-Cle"]
    if identifier is None and key is None:
        return None
    row = call.sandbox.db.fetch_one("SELECT cle, qualifie FROM editeur WHERE id = ?", identifier)
    return bool(row and row["qualifie"] and hmac.compare_digest(row["cle"].encode(), (key or "").encode()))


def certificate_install(call: CheckedCall) -> Answer:
    sandbox, certificate, siret = call.sandbox, _certificate(call), call.body["siret"]
    refuse_if(rules.judge_install(_facts(call), siret, _editor_known(call), sandbox.account_state(siret), call.now), 403)
    installed = _installed(call, siret)
    if installed is None:
        install(sandbox, siret, certificate, call.body["prestataire"])
    return Answer(201 if installed is None else 200, views.certificate(sandbox.db, siret, certificate.empreinte))


def install(sandbox: SandboxState, siret: str, certificate: PresentedCertificate, provider: str) -> None:
    """R3: it is not active yet."""
    now, lag = sandbox.now(), timedelta(seconds=sandbox.policy.listing_lag_seconds)
    sandbox.db.insert(
        "certificat",
        siret=siret,
        empreinte=certificate.empreinte,
        sujet=certificate.sujet,
        emetteur=certificate.emetteur,
        prestataire=provider,
        etat="INACTIF",
        etat_depuis=now,
        valide_du=certificate.facts.valide_du,
        valide_au=certificate.facts.valide_au,
        installe_le=now,
        liste_le=moment(sandbox.clock.now() + lag),
    )


# --- exchange (letter, operation 3) ---


def _judge(call: CheckedCall, siret: str) -> tuple[str, Ruling | None, Any]:
    installed = _installed(call, siret)
    state, ruling = rules.judge_exchange(
        _facts(call),
        siret,
        call.sandbox.account_state(siret),
        installed["etat"] if installed else None,
        call.sandbox.conventions(siret),
        call.now,
    )
    return state, ruling, installed


def exchange_query(call: CheckedCall) -> Answer:
    siret = call.parameters["siret"]
    state, ruling, installed = _judge(call, siret)
    rule = ruling.rule if ruling and state != "INCONNU" else None
    # Who presents another collectivité's SIRET learns nothing about it.
    mine = rules.judge_identity(_certificate(call).facts, siret) is None
    answer = json_answer(
        {
            "siret": siret,
            "empreinte": _certificate(call).empreinte,
            "etat": state,
            "regle": rule,
            "message": ruling.message if ruling else "Ce certificat peut échanger pour ce SIRET.",
            "dernier_echange_le": installed["dernier_echange_le"] if installed and mine else None,
        }
    )
    answer.rule = rule
    return answer


def fps_values(call: CheckedCall) -> None:
    validation.check_siret(call.body["numero"][:14])


def fps_send(call: CheckedCall) -> Answer:
    number = call.body["numero"]
    refuse_if(_judge(call, number[:14])[1], 403)
    if call.sandbox.db.fetch_one("SELECT 1 FROM fps WHERE numero = ?", number):
        raise Refusal(409, "FPS_DEJA_RECU", "Ce numéro de FPS a déjà été accepté.")
    empreinte = _certificate(call).empreinte
    call.sandbox.db.insert("fps", numero=number, empreinte=empreinte, accepte_le=call.now)
    call.sandbox.db.run("UPDATE certificat SET dernier_echange_le = ? WHERE siret = ? AND empreinte = ?", call.now, number[:14], empreinte)
    return json_answer({"numero": number, "accepte_le": call.now}, 201)


HANDLERS = {
    "certificateInstall": OperationHandler(certificate_install, install_values),
    "exchangeQuery": OperationHandler(exchange_query),
    "fpsSend": OperationHandler(fps_send, fps_values),
}

# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of steps: all that a run can do, by code, and what everybody who reads a plan or a journal needs to know of it.

A resource plans a step by its code (Step.code); report, brake, status, check mode and journal look here.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._texts.text import Bilingual

# States that a step leaves a certificate in, in the terms of the space.
ACTIVE, INACTIVE, NOT_INSTALLED = "active", "inactive", "not_installed"
# Kinds of what the safety brake counts.
DEACTIVATION, REMOVAL, CLOSURE = "deactivation", "removal", "closure"
ACTIVATE, DEACTIVATE, REMOVE = "certificate_activate", "certificate_deactivate", "certificate_remove"


@dataclass(frozen=True)
class StepKind:
    """done: what was done, for people.

    leads_to: the state that it leaves its certificate in, at ANTAI; "" where it changes none there. operation: of the interface's catalogue, where
    the step is that one operation on a certificate. takes_away: the kind that the safety brake counts it as: it ends a dialogue that works; "" where
    it does not (a rotation ends one only where another works). asks: it only asks whether somebody has decided; fetches: it only reads a document
    at ANTAI, and writes in the store alone; for_signing: the document that it fetches is one that somebody has yet to sign.
    """

    done: Bilingual
    leads_to: str = ""
    operation: str = ""
    takes_away: str = ""
    asks: bool = False
    fetches: bool = False
    for_signing: bool = False

    @property
    def leaves_waiting(self) -> bool:
        """Whether the person that its resource waits for is waited for all the same, done or not."""
        return self.asks or self.for_signing


STEPS: dict[str, StepKind] = {
    # The account
    "request_account": StepKind(Bilingual("espace demandé", "space requested")),
    "update_account": StepKind(Bilingual("espace mis à jour", "space updated")),
    "close_account": StepKind(Bilingual("espace clos", "space closed"), takes_away=CLOSURE),
    # The order of a certificate
    "make_request": StepKind(Bilingual("clé et demande de certificat créées", "key and certificate request made")),
    "hand_out": StepKind(Bilingual("demande remise au PSCE", "request handed to the PSCE")),
    "pick_up": StepKind(Bilingual("certificat relevé", "certificate picked up")),
    "enroll": StepKind(Bilingual("certificat demandé au service EST du PSCE", "certificate asked of the PSCE's EST service")),
    "ask_again": StepKind(Bilingual("service EST du PSCE interrogé à nouveau", "PSCE's EST service asked again"), asks=True),
    "repair_link": StepKind(Bilingual("demande de certificat retrouvée", "certificate request found again")),
    "import_key": StepKind(Bilingual("clé et certificat importés", "key and certificate imported")),
    "discard_request": StepKind(Bilingual("demande de certificat abandonnée", "certificate request discarded")),
    "note_delivery": StepKind(Bilingual("livraison inutilisable notée", "unusable delivery noted")),
    "adopt_store": StepKind(Bilingual("clé perdue notée au journal", "lost key noted in the journal")),
    "repair_links": StepKind(Bilingual("liens du dépôt rétablis", "links of the store made anew")),
    "finish_move": StepKind(Bilingual("déplacement interrompu terminé", "interrupted move finished")),
    # The convention
    "fetch_blank": StepKind(Bilingual("convention vierge relevée", "blank convention fetched"), fetches=True, for_signing=True),
    "prefill_convention": StepKind(Bilingual("convention préremplie", "convention prefilled")),
    "upload_convention": StepKind(Bilingual("convention déposée", "convention uploaded")),
    "renew_convention": StepKind(Bilingual("convention suivante déposée", "next convention uploaded")),
    "fetch_countersigned": StepKind(Bilingual("convention contresignée relevée", "countersigned convention fetched"), fetches=True),
    "fetch_next_countersigned": StepKind(
        Bilingual("convention suivante contresignée relevée", "next countersigned convention fetched"), fetches=True
    ),
    # A certificate at ANTAI
    "install_certificate": StepKind(Bilingual("certificat installé", "certificate installed"), INACTIVE),
    "activate_certificate": StepKind(Bilingual("certificat activé", "certificate activated"), ACTIVE, ACTIVATE),
    "deactivate_certificate": StepKind(Bilingual("certificat désactivé", "certificate deactivated"), INACTIVE, DEACTIVATE, DEACTIVATION),
    "remove_certificate": StepKind(Bilingual("certificat retiré", "certificate removed"), NOT_INSTALLED, REMOVE, REMOVAL),
    # A rotation
    "install_next": StepKind(Bilingual("nouveau certificat installé", "new certificate installed"), INACTIVE),
    "activate_next": StepKind(Bilingual("nouveau certificat activé", "new certificate activated"), ACTIVE, ACTIVATE),
    "swap": StepKind(Bilingual("nouveau certificat mis en service", "new certificate taken into use")),
    "ask_reload": StepKind(Bilingual("rechargement redemandé", "reload asked for again")),
    "confirm_reload": StepKind(Bilingual("rechargement fait", "reload done")),
    "leave_reload": StepKind(
        Bilingual("aucun rechargement commandé (antai_reload_command vide)", "no reload ordered (antai_reload_command is empty)")
    ),
    "deactivate_previous": StepKind(Bilingual("ancien certificat désactivé", "old certificate deactivated"), INACTIVE, DEACTIVATE),
    "remove_previous": StepKind(Bilingual("ancien certificat retiré", "old certificate removed"), NOT_INSTALLED, REMOVE),
    "drop_previous": StepKind(Bilingual("clé de l'ancien certificat effacée", "key of the old certificate deleted")),
    "set_aside": StepKind(Bilingual("nouveau certificat écarté", "new certificate set aside")),
    "deactivate_rejected": StepKind(Bilingual("certificat écarté désactivé", "certificate set aside deactivated"), INACTIVE, DEACTIVATE),
    "drop_rejected": StepKind(Bilingual("clé du certificat écarté effacée", "key of the certificate set aside deleted")),
    "activate_previous": StepKind(Bilingual("ancien certificat réactivé", "old certificate activated again"), ACTIVE, ACTIVATE),
    "swap_back": StepKind(Bilingual("retour à l'ancien certificat", "old certificate taken into use again")),
    "mark_compromised": StepKind(Bilingual("clé notée comme compromise", "key noted as compromised")),
    "deactivate_compromised": StepKind(
        Bilingual("certificat à la clé compromise désactivé", "certificate of a compromised key deactivated"), INACTIVE, DEACTIVATE
    ),
}


def state_after(code: str) -> str | None:
    """The state that a certificate is in after this step; None where it changes none. code: also one of a journal that another release wrote."""
    return (STEPS[code].leads_to or None) if code in STEPS else None

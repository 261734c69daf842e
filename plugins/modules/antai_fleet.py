#!/usr/bin/python
# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: antai_fleet
short_description: Bring all collectivités of the play as far as they can go, at once
version_added: 0.1.0
description:
  - Does for every host of the play what the role C(collectivites.antai.onboarding) does for one, in one task and one process, over shared
    connections and with one login for each agent. It reads the fleet by the lists of the interface, compares, and touches only what drifted; an
    object is read again before it is written to.
  - Where many change, what ANTAI has answered is read by the lists too, for all at once, and each goes on from there. What was read so may be
    written upon for half a minute where there is a store, unless another run has held the collectivité there since; else the object is read
    once more.
  - What is to be done stands in the variables of the hosts, the same as the roles read (C(antai_siret), C(antai_certificates), C(antai_portal_url)...),
    with templates and vault. Only variables of the inventory are seen, not a play's C(vars), not C(vars_files), not the defaults of a role.
  - Runs once for all hosts of the play, on the controller, whatever C(forks) and C(serial) groups them into; C(--limit) and slices touch their own hosts only.
    A host that is not in the inventory any more is left as it is. The strategy C(free) cannot run it.
  - Two hosts with the same SIRET are both refused, before any request for them.
  - The task succeeds although some hosts failed, so that it does not end the play for all of them; C(failures) in RV(summary) names them. The playbook
    C(collectivites.antai.onboard_fleet) makes exactly those fail.
options:
  workers:
    description: How many collectivités are worked on at the same time, and how many connections are kept to each endpoint; from 1 to 1000.
    type: int
    default: 16
  requests_per_second:
    description:
      - How many requests each endpoint (portal, SI FPS) gets at most, over all workers, evenly spaced; above 0. Without it, as fast as the workers can.
      - When a server asks to wait (C(Retry-After)), all workers wait.
    type: float
  brake:
    description:
      - How many certificates the run may deactivate or remove, accounts it may close and hosts it may give another SIRET than in their
        earlier run, taken together. A run that plans more stops before its first write and lists them in RV(summary). Name the number
        to let it through; V(0) lets nothing through.
      - What must not be ordered is no matter of a number - where a certificate of this provider is active in the space, and its key is not in the store,
        the run stops whatever this says.
      - By default the greater of 3 and 5% of the collectivités in the run.
      - The SIRET of an earlier run is remembered in the store (C(antai_store)), by the name of the host; without a store its change is not noticed.
    type: int
  canary:
    description:
      - How many collectivités a run that would write to more of them writes to first, one of each agent in turn. They are read again, and the SI FPS is
        asked about their certificates (but for O(prove=never)).
      - Where one of them does not end as planned - its write failed, what was accepted is still to be done, the SI FPS refuses it - nothing is written
        for the others, and the run fails. One that wrote nothing is replaced by the next.
      - V(0) writes to all at once.
    type: int
    default: 3
  deadline:
    description:
      - How many seconds the run may take, above 0; without it there is no end. Afterwards nothing further is begun - a step that was begun goes to its
        end, within the time-out of its requests - and who is not done fails with the code C(deadline). The progress line says how long is left.
    type: float
  prove:
    description:
      - How often the SI FPS itself is asked whether a certificate whose key lies here may exchange (one connection with each certificate).
      - V(daily) asks about each active one at least once in 24 hours, spread over the runs of the day by its fingerprint, and at every run about one
        that was never proved or is not authorised. What it answered is kept in the store (C(proofs.json)); without a store nothing is remembered, and
        every run asks about all of them. Where nobody answers, it is tried again later, after ever longer pauses.
      - V(always) asks about all, at every run, and where nobody answers that collectivité fails. V(never) asks about none, unless this run has to for a
        reason of its own.
      - What is not proved for long is told by M(collectivites.antai.antai_report) (O(collectivites.antai.antai_report#module:proof_max_age)).
    type: str
    choices: [always, daily, never]
    default: daily
  prove_max:
    description:
      - About how many certificates one run asks at most; what was proved longest ago comes first. A first run, or the return from an outage, is spread
        by it over several.
    type: int
    default: 1000
  orders_only:
    description:
      - Look only at what would be ordered, and fail, once, where it must not be, because a certificate exists already whose key is not in the store,
        or because it would be more than C(antai_order_limit). Nothing is written. The role C(onboarding) begins with it.
      - Where the stores hold everything, nobody is asked. A single order is left to the task that makes it.
    type: bool
    default: false
  whole_inventory:
    description:
      - Where the inventory of this run is a slice, the path of the whole one, as C(ansible-playbook -i) takes it (relative to the playbook), so that
        a space that another slice declares is not taken for one that nobody declares. Of its hosts only C(antai_siret) is read.
      - With C(--limit) it is not needed, for the inventory is known as a whole.
    type: path
  held:
    description:
      - What to do about a collectivité that another run is working on at this moment (it holds the lock in the store).
      - V(fail) makes that collectivité fail. V(skip) leaves it to the other run, and tells so (C(held) of its entry); a schedule wants that.
    type: str
    choices: [fail, skip]
    default: fail
  progress:
    description:
      - How to say how far the run has come, always on standard error. V(live) is one line that changes, V(plain) a line every ten seconds;
        V(auto) takes V(live) where standard error is a terminal, and V(plain) elsewhere. V(none) says nothing.
    type: str
    choices: [auto, live, plain, none]
    default: auto
  language:
    description: Language of the progress. That of the texts in the results is C(antai_language) of each host.
    type: str
    choices: [fr, en]
    default: fr
attributes:
  check_mode:
    description: Reads and plans everything, and writes nothing.
    support: full
  diff_mode:
    description: Returns what changes, or in check mode would change, for each host.
    support: full
requirements:
  - requests
  - cryptography >= 45.0.1
  - jmespath
  - python-stdnum
author: collectivites.antai contributors (@collectivites-antai)
seealso:
  - module: collectivites.antai.antai_onboarding_info
  - module: collectivites.antai.antai_report
"""

EXAMPLES = r"""
- name: Bring every collectivité as far as it can go, gently
  collectivites.antai.antai_fleet:
    workers: 8
    requests_per_second: 20
  register: antai_fleet_result

- name: Twelve providers are forbidden today, and that is meant
  collectivites.antai.antai_fleet:
    brake: 12
"""

RETURN = r"""
hosts:
  description:
    - One entry for each host of the play.
    - C(status) is as RV(collectivites.antai.antai_onboarding_info#module:status), as last seen; C(waiting) adds what a step of this run met
      that could not be done; C(held) tells that it was left to another run (O(held=skip)); C(steps) are those of this run with their outcome;
      C(diff) has C(before) and C(after) for each resource that changed. A host can be C(failed) and C(changed).
  returned: success
  type: dict
  sample: {"albi": {"host": "albi", "siret": "21810004800014", "changed": true, "failed": false, "held": false, "msg": "",
    "status": {"siret": "21810004800014", "name": "Albi", "stage": "onboarded", "stage_text": "in service", "steps": [], "waiting": [],
    "certificate_until": "2028-11-22T08:00:00Z", "dialogues": []},
    "waiting": [], "steps": [{"code": "activate_certificate", "target": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "reason": "declared active, and the convention is in force", "outcome": "done"}], "diff": {"before": {}, "after": {}}, "warnings": [],
    "operations": {"read": 2, "write": 1, "session": 0}}}
summary:
  description:
    - Numbers of collectivités (C(total), C(changed), C(waiting), C(failed), C(onboarded), C(held), and C(stages) by stage), C(operations) by class
      with those of lists and logins, and C(requests), all that went over HTTP, repetitions included.
    - C(failures) are the hosts that failed, and why. C(brake) tells whether it held the run (C(engaged)), the C(limit), and all that was
      C(planned) to be taken away.
    - C(undeclared) are the spaces that the lists show and no host of the inventory declares, closed ones left out. Nothing is done about them.
      C(declared_elsewhere) are those of them that a host had in an earlier run from the same store and that this inventory has not (another
      slice's, or one that has left). Both are null where that is not known, because no list was read to its end.
    - C(problems) are what the run knows of itself and its outcome has to tell, each with its C(code), a sentence (C(text)) and the C(hosts) that it is
      about. C(list_incomplete) is a list that could not be read, or is not whole; each collectivité was read singly instead, and who else may have a
      space is not known.
    - C(journals) is the head of the journal of each store, an anchor for M(collectivites.antai.antai_journal).
  returned: success
  type: dict
  sample: {"total": 622, "changed": 1, "failed": 0, "waiting": 3, "onboarded": 619, "held": 0,
    "msg": "622 collectivités: 1 changed, 3 waiting, 0 failed, 619 onboarded",
    "stages": {"account": 3, "onboarded": 619}, "failures": [], "operations": {"read": 9, "write": 1, "session": 2}, "requests": 12,
    "brake": {"engaged": false, "limit": 31, "planned": []}, "undeclared": [], "declared_elsewhere": [], "problems": [],
    "journals": [], "warnings": []}
msg:
  description: The summary in one sentence; where the brake held the run, why, and how to let it through.
  returned: always
  type: str
  sample: "622 collectivités: 1 changed, 3 waiting, 0 failed, 619 onboarded"
"""

# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of every module: how to speak with ANTAI, as whom, and where to keep things."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  profile:
    description:
      - The interface to speak, as data. No interface of ANTAI is public; whoever was given its specification describes it in a profile.
      - The name of a shipped profile (V(sandbox), the interface of this project's sandbox, which is not ANTAI's), the path of your own
        YAML file on the controller, or the content of one.
      - Read on the controller, where the environment variable E(ANTAI_PROFILE) stands in for it.
    type: raw
  portal_url:
    description:
      - Base URL of the portal (espace numérique), beginning with C(https://) and without a login in it.
      - E(ANTAI_PORTAL_URL) stands in for it.
    type: str
  portal_ca_file:
    description:
      - PEM file of the CA that signs the portal's server certificate. No other is trusted. Verification is never off.
      - Where it is not set, the CAs are those that the Python package C(requests) brings, not the system's. For these, name their file
        (C(/etc/ssl/certs/ca-certificates.crt) on Debian, C(/etc/pki/tls/certs/ca-bundle.crt) on Red Hat).
      - E(ANTAI_PORTAL_CA_FILE) stands in for it.
    type: path
  sifps_url:
    description:
      - Base URL of the SI FPS, beginning with C(https://) and without a login in it.
      - E(ANTAI_SIFPS_URL) stands in for it.
    type: str
  sifps_ca_file:
    description:
      - PEM file of the CA that signs the server certificate of the SI FPS; without it, as for O(portal_ca_file).
      - E(ANTAI_SIFPS_CA_FILE) stands in for it.
    type: path
  username:
    description:
      - Login of an agent on the portal. Without one, only the follow-up of the account request can be read.
      - E(ANTAI_USERNAME) stands in for it.
    type: str
  password:
    description:
      - Password of that agent.
      - E(ANTAI_PASSWORD) stands in for it.
    type: str
  editor_id:
    description:
      - Name under which the SI FPS knows the editor that installs certificates. Without it, the collectivité itself installs.
      - E(ANTAI_EDITOR_ID) stands in for it.
    type: str
  editor_key:
    description:
      - The editor's key to the SI FPS.
      - E(ANTAI_EDITOR_KEY) stands in for it.
    type: str
  token:
    description:
      - Permanent access token, for a profile whose authentication is V(bearer).
      - E(ANTAI_TOKEN) stands in for it.
    type: str
  client_id:
    description:
      - Identifier of the program at the service that gives access tokens, for a profile whose authentication is
        V(oauth2_client_credentials).
      - E(ANTAI_CLIENT_ID) stands in for it.
    type: str
  client_secret:
    description:
      - Secret that goes with O(client_id).
      - E(ANTAI_CLIENT_SECRET) stands in for it.
    type: str
  token_url:
    description:
      - Where access tokens are given, where that is not the address in the profile.
      - E(ANTAI_TOKEN_URL) stands in for it.
    type: str
  api_key:
    description:
      - Key for a profile whose authentication is V(api_key).
      - E(ANTAI_API_KEY) stands in for it.
    type: str
  client_certificate:
    description:
      - PEM file of the client certificate for the faces whose profile says V(client_certificate=declared).
        Operations that are about a certificate of the collectivité present that one instead.
      - E(ANTAI_CLIENT_CERTIFICATE) stands in for it.
    type: path
  client_key:
    description:
      - PEM file of the key of O(client_certificate).
      - E(ANTAI_CLIENT_KEY) stands in for it.
    type: path
  proxy:
    description:
      - HTTP proxy before ANTAI's servers and the addresses of CRLs, as C(http://host:port) or C(http://user:password@host:port); with
        C(https://) the proxy itself is spoken to over TLS, and the same CA file verifies it. A secret, for it may hold a password.
      - Where it is not set, the proxy variables of the environment decide. C(NO_PROXY) of the environment is obeyed either way.
      - A module that runs inside Ansible's process sees the environment of C(ansible-playbook), never a task's C(environment).
      - Behind a proxy that inspects TLS, the CA file must hold the proxy's CA.
      - E(ANTAI_PROXY) stands in for it.
    type: str
  use_proxy:
    description:
      - If V(false), no proxy is used, whatever the environment says.
      - E(ANTAI_USE_PROXY) stands in for it.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait for a connection, and for each part of an answer; above 0. A whole exchange lasts at most four times as long.
      - E(ANTAI_TIMEOUT) stands in for it.
    type: float
    default: 30.0
  store:
    description:
      - Folder, as an absolute path on the machine where the task runs, that keeps the keys, requests, certificates and documents of all
        collectivités, one folder for each SIRET. Directories are made 0700 and files 0600.
      - No key is ever made without it.
      - E(ANTAI_STORE) stands in for it.
    type: path
  language:
    description:
      - Language of the texts for people. Messages of errors are in English.
      - E(ANTAI_LANGUAGE) stands in for it.
    type: str
    choices: [fr, en]
    default: fr
requirements:
  - requests
  - cryptography >= 45.0.1
  - jmespath
  - python-stdnum
"""

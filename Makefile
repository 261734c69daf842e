# collectivites.antai: everything a clone needs. It takes GNU make, git (for `make sanity`) and Python >= 3.11; the rest is set up here.
#
#   make PYTHON=/path/to/python3.12 ...   the interpreter that .venv is built with
#   make onboard ARGS="--limit albi -v"   more arguments for ansible-playbook (onboard), pytest (test, unit) or ansible-test (sanity)

PYTHON    ?=
ARGS      ?=
VENV      := .venv
BIN       := $(VENV)/bin
BUILD     := build
LINK      := $(BUILD)/collections/ansible_collections/collectivites/antai
NAME      := ansible_collections.collectivites.antai
SANDBOX   := --state .sandbox
NATIONAL  := --state .sandbox-national --policy inventories/national/people.yaml
# pytest workers: as many as CI has cores.
WORKERS   ?= 2
# On which `make pythons-proof` tries the unit tests, beside the one of .venv.
OTHER_PYTHONS ?= 3.12 3.13
COVERAGE  := 95

# What `make sanity` looks at: the package as it would be published. ansible-test wants this path.
PACKAGE   := $(BUILD)/package
UNPACKED  := $(BUILD)/sanity/ansible_collections/collectivites/antai
# ansible-test keeps its environments in its home; ours lies in build/, the user's stays as it is.
TEST_HOME := $(CURDIR)/$(BUILD)/home

# What pip says in there is of no use to a reader (it is all in build/sanity.log).
PIP_TALK  := '^(Collecting|  |Downloading|Looking in|Processing|Installing|Obtaining|Requirement|Successfully|Using cached|WARNING: (Location|Using locale|Reviewing previous))|━'

IN_VENV   := PATH="$(CURDIR)/$(BIN):$$PATH"

export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(BUILD)/collections
export ANSIBLE_HOME := $(CURDIR)/$(BUILD)/ansible
export LC_ALL := C.UTF-8
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONNOUSERSITE := 1
unexport ANSIBLE_CONFIG ANSIBLE_COLLECTIONS_PATHS PYTHONHOME VIRTUAL_ENV

SHELL       := /bin/sh
.SHELLFLAGS := -euc
MAKEFLAGS   += --no-print-directory --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

##@ Use

.PHONY: help
help: ## this list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: onboard
onboard: setup ## onboard the demo communes against the sandbox, ending in the table (ARGS= for ansible-playbook)
	@$(IN_VENV) $(BIN)/python -m sandbox run $(SANDBOX) -- \
	  $(BIN)/ansible-playbook -i inventories/demo playbooks/onboard.yml $(ARGS)

.PHONY: audit
audit: setup ## tell where the demo communes stand, write nothing, and prove it
	@$(IN_VENV) $(BIN)/python -m sandbox run $(SANDBOX) -- \
	  $(BIN)/ansible-playbook -i inventories/demo playbooks/audit.yml $(ARGS)

.PHONY: doctor
doctor: setup ## does everything fit, before the first write? The demo communes but the one without a mandate (ARGS="--limit ajaccio" shows it)
	@$(IN_VENV) $(BIN)/python -m sandbox run $(SANDBOX) -- \
	  $(BIN)/ansible-playbook -i inventories/demo playbooks/doctor.yml --limit 'antai:!without_mandate' $(ARGS)

.PHONY: national
national: setup ## reconcile the 622 communes of inventories/national against a sandbox of their own (state in .sandbox-national/)
	@$(IN_VENV) $(BIN)/python -m sandbox run $(NATIONAL) -- \
	  $(BIN)/ansible-playbook -i inventories/national/collectivites.yml playbooks/reconcile.yml $(ARGS)

.PHONY: sandbox
sandbox: setup ## run the sandbox in the foreground (state in .sandbox/; Ctrl-C ends it)
	@exec $(BIN)/python -m sandbox serve $(SANDBOX) $(ARGS)

##@ Develop

.PHONY: setup
setup: $(VENV)/.stamp | $(LINK) ## environment and link folder (every other target does this first)
	@:

.PHONY: test
test: molecule unit ## molecule scenarios, then pytest with the branch coverage of the plugins' utilities

.PHONY: unit
unit: setup ## pytest alone (ARGS= for pytest)
	@echo "== pytest, $(WORKERS) workers; branch coverage of plugins' utilities must reach $(COVERAGE)%"
	@$(IN_VENV) $(BIN)/python -m pytest -n $(WORKERS) --cov --cov-branch --cov-report=term --cov-fail-under=$(COVERAGE) --durations=20 $(ARGS)

.PHONY: molecule
molecule: setup ## the scenarios of extensions/molecule alone
	@set -- extensions/molecule/*/molecule.yml; \
	if [ -e "$$1" ]; then \
	  echo "== molecule, $$# scenario(s)"; \
	  for each in "$$@"; do $(IN_VENV) molecule test --scenario-name "$$(basename "$$(dirname "$$each")")"; done; \
	else echo "== molecule: no scenario yet"; fi

.PHONY: lint
lint: lint-ruff lint-mypy lint-yaml lint-ansible lint-changelog lint-docs ## all linters (make -k lint: don't stop at the first)

.PHONY: lint-ruff lint-mypy lint-yaml lint-ansible lint-changelog lint-docs
lint-ruff: setup
	@echo "== ruff"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: make format does it."; exit 1; }

lint-mypy: setup
	@echo "== mypy"
	@code=0; \
	$(BIN)/mypy --no-error-summary --python-version 3.10 -p $(NAME).plugins || code=1; \
	$(BIN)/mypy --no-error-summary --python-version 3.11 -p sandbox || code=1; \
	exit $$code

lint-yaml: setup
	@echo "== yamllint"
	@$(BIN)/yamllint --strict .

lint-ansible: setup
	@echo "== ansible-lint"
	@$(IN_VENV) ansible-lint --profile production --offline --strict -q
	@echo "== ansible-lint, the playbooks that the roles' READMEs show"
	@$(BIN)/python -m tests.support.readme_examples $(BUILD)/examples
	@cd $(BUILD)/examples && $(IN_VENV) ansible-lint --profile production --offline --strict -q playbooks

lint-changelog: setup
	@echo "== antsibull-changelog"
	@$(IN_VENV) antsibull-changelog lint

lint-docs: $(UNPACKED)
	@echo "== antsibull-docs"
	@cd $(PACKAGE)/src && $(IN_VENV) antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=all --skip-rstcheck .

.PHONY: format
format: setup ## let ruff format the Python files and mend what it can
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

.PHONY: sanity
sanity: $(UNPACKED) ## ansible-test sanity over the package as published (ARGS="--test pep8" for one test)
	@version=$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	echo "== ansible-test sanity on Python $$version (the first time: some 40 s for its own environments)"; \
	cache="$(TEST_HOME)/.ansible/test/cache"; mkdir -p "$$cache" "$(TEST_HOME)/.config"; \
	for v in 23_1_2 24_2 25_2; do printf 'import ensurepip\nensurepip.bootstrap()\n' > "$$cache/get_pip_$$v.py"; done; \
	if [ -d "$$HOME/.config/pip" ]; then ln -sfn "$$HOME/.config/pip" "$(TEST_HOME)/.config/pip"; fi; \
	log="$(CURDIR)/$(BUILD)/sanity.log"; cd $(UNPACKED); \
	{ HOME="$(TEST_HOME)" $(IN_VENV) ansible-test sanity --color no --python "$$version" --requirements $(ARGS) \
	  || echo "ansible-test failed with exit code $$?"; } 2>&1 | tee "$$log" | grep --line-buffered -v -E $(PIP_TALK) || true; \
	if grep -q -e '^ansible-test failed' -e 'All targets skipped' "$$log"; then exit 1; fi

.PHONY: lock
lock: ## lock the versions of requirements-dev.in, with all they need, into requirements-dev.txt
	@test -x $(VENV)-lock/bin/pip-compile || { $(find-python); "$$python" -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install -qq pip-tools==7.6.2; }
	@$(VENV)-lock/bin/pip-compile -qq --strip-extras --no-header --no-emit-options --no-emit-index-url --no-emit-find-links \
	  --no-emit-trusted-host --annotation-style=line --output-file requirements-dev.txt requirements-dev.in

.PHONY: audit-deps
audit-deps: ## known vulnerabilities of the locked packages (pip-audit; it asks PyPI, and fails where PyPI cannot answer)
	@test -x $(VENV)-audit/bin/pip-audit || { $(find-python); "$$python" -m venv $(VENV)-audit && $(VENV)-audit/bin/pip install -qq pip-audit==2.10.1; }
	@$(VENV)-audit/bin/pip-audit --strict --disable-pip --no-deps --progress-spinner off -r requirements-dev.txt $(ARGS)

.PHONY: clean
clean: ## remove everything that make made, the sandbox's state too
	rm -rf $(VENV) $(VENV)-lock $(VENV)-audit $(BUILD) .sandbox .sandbox-national .ansible .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

##@ Prove (what takes minutes to an hour, other Pythons or other producers; not part of make test)

.PHONY: proofs
proofs: certificates-proof convention-proof rotation-proof pythons-proof mutants bench ## all of these, hours in all (make -k proofs: don't stop at the first)

.PHONY: certificates-proof
certificates-proof: setup ## every rule on certificates, against certificates that just pass and just fail, made by two sources
	@echo "== real certificates, and broken files (bit flips, cuts, noise)"
	@$(IN_VENV) $(BIN)/python -m pytest -q --no-header -W ignore::UserWarning tests/certificates_proof/test_real.py tests/certificates_proof/test_malformed.py
	@echo "== every rule, PKITS, a second opinion, and the number of signatures"
	@PYTHONPATH="$(CURDIR)/$(BUILD)/collections:$(CURDIR)" $(BIN)/python -m tests.certificates_proof

.PHONY: journal-proof
journal-proof: setup ## 10,000 random edits, removals and swaps in a journal of 1,000 lines: all found
	@PYTHONPATH="$(CURDIR)/$(BUILD)/collections:$(CURDIR)" $(BIN)/python -m tests.journal_proof $(ARGS)

.PHONY: bench
bench: setup ## what a fleet costs, four ways, against the same sandbox; an hour (ARGS="--quick": minutes), build/bench.json
	@PYTHONPATH="$(CURDIR)/$(BUILD)/collections:$(CURDIR)" $(BIN)/python -m tests.bench $(ARGS)

.PHONY: rotation-proof
rotation-proof: setup ## a rotation, a switch of provider and back while a client sends FPS; then killed after every step, and run again
	@PYTHONPATH="$(CURDIR)/$(BUILD)/collections:$(CURDIR)" $(BIN)/python -m tests.rotation_proof

.PHONY: convention-proof
convention-proof: setup ## 622 conventions prefilled and read back field by field; PDFs good and bad, each its right verdict
	@PYTHONPATH="$(CURDIR)/$(BUILD)/collections:$(CURDIR)" $(BIN)/python -W ignore::UserWarning -m tests.convention_proof

.PHONY: mutants
mutants: setup ## mutation testing of module_utils/_pki and _resources, by mutmut; minutes to an hour (ARGS="--keep", "--report", "_resources/space.py")
	@PYTHONPATH="$(CURDIR)/$(BUILD)/collections:$(CURDIR)" $(BIN)/python -m tests.mutants --workers $(WORKERS) $(ARGS)

.PHONY: pythons-proof
pythons-proof: | $(LINK) ## unit and meta tests on the other Pythons that are here, each in an environment of its own
	@for version in $(OTHER_PYTHONS); do \
	  if ! "python$$version" -c 'import ensurepip, venv' 2>/dev/null; then echo "== python$$version is not here: nothing shown for it"; continue; fi; \
	  $(MAKE) setup VENV="$(BUILD)/python$$version" PYTHON="python$$version"; \
	  echo "== unit and meta tests, Python $$version"; \
	  PATH="$(CURDIR)/$(BUILD)/python$$version/bin:$$PATH" python -m pytest -q -n $(WORKERS) tests/unit tests/meta; \
	done

.PHONY: form-corpus
form-corpus: setup ## make the forms of tests/form_corpus anew, with the programs that its README names (LibreOffice, npm...)
	@$(BIN)/python -m tests.form_corpus.generate $(BUILD)/form-corpus

# --- how the pieces are made ----------------------------------------------------------------------------------------------------------

# Sets $python to an interpreter that is new enough and can build an environment (a shim may exist and yet not run; an active .venv
# gives way to the interpreter behind it).
LOOK = import os, sys, ensurepip, venv; sys.version_info >= (3, 11) or sys.exit(1); print(os.path.realpath(sys.executable))
define find-python
python=; \
for candidate in $(if $(PYTHON),"$(PYTHON)",python3.11 python3.12 python3.13 python3); do \
  if python=$$("$$candidate" -c '$(LOOK)' 2>/dev/null); then break; else python=; fi; \
done; \
if [ -z "$$python" ]; then \
  echo "No usable Python found: 3.11 or newer with the modules venv and ensurepip (Debian: apt install python3 python3-venv)." >&2; \
  echo "Tried: $(or $(PYTHON),python3.11 python3.12 python3.13 python3). Name another with: make PYTHON=/path/to/python3.11 ..." >&2; \
  exit 1; \
fi
endef

$(VENV)/.stamp: requirements-dev.txt
	@$(find-python); \
	echo "== set-up: .venv from $$("$$python" -V), $$(grep -c == $<) pinned packages (half a minute to two minutes, only once)"; \
	rm -rf $(VENV); "$$python" -m venv $(VENV); \
	$(BIN)/python -m pip install -qq -r $<; \
	touch $@

# Ansible, the tests and mypy see the collection under its full name through this link.
$(LINK): | $(BUILD)
	@mkdir -p $(@D); ln -sfn ../../../.. $@

$(BUILD):
	@mkdir -p $@

# The working tree (what git knows or would take), built and unpacked: the files a user gets, and no others.
# The empty git there is for ansible-test: it would ask ours, which ignores build/, and skip everything.
.PHONY: $(UNPACKED)
$(UNPACKED): setup
	@rm -rf $(PACKAGE) $(BUILD)/sanity; mkdir -p $(PACKAGE)/src $@
	@git ls-files -co --exclude-standard -z \
	  | xargs -0 sh -c 'for f do if [ -e "$$f" ] || [ -h "$$f" ]; then printf "%s\0" "$$f"; fi; done' sh \
	  | tar --null -T - -cf - | tar -xf - -C $(PACKAGE)/src
	@$(IN_VENV) ansible-galaxy collection build $(PACKAGE)/src --output-path $(PACKAGE) >$(PACKAGE)/build.log 2>&1 || { cat $(PACKAGE)/build.log >&2; exit 1; }
	@tar -xzf $(PACKAGE)/collectivites-antai-*.tar.gz -C $@
	@git -C $@ init --quiet

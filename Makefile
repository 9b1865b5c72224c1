# Two commands do all the set-up: `make inspect` and `make test`.

PYTHON ?= python3
CAPTURE ?= captures/seed-nest12.pcap
MINUTES ?= 5
# Of the tests: one more than processors, since some wait for brokers; at most four.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 4 ? n + 1 : 4)))
VENV := .venv
BIN := $(VENV)/bin
# What is compiled, so that a change of it is what runs, too.
NATIVE := setup.py $(wildcard protocol/*.[ch] inspector/sources/*.[ch])
STRICT := -std=c11 -O2 -Wall -Wextra -Werror -Iprotocol -DPy_LIMITED_API=0x030B0000
PIP := $(BIN)/pip --disable-pip-version-check --quiet

# Thousands of processes are started, which all compile the same modules if none may keep
# what was compiled.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help inspect test tools fuzz fuzz-c soak mutants check format vectors captures cases pictures docs clean

help: ## show what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

inspect: $(VENV)/inspect ## install, and inspect a capture of a real Nest application
	@$(BIN)/protocol-inspect $(CAPTURE)

test: tools $(VENV)/dev nest/v10/node_modules nest/v11/node_modules nest/v12/node_modules ## install what the tests need, and run them all
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

tools: ## see to the programs of the system that the tests use
	@tests/tools.sh

fuzz: $(VENV)/dev nest/v10/node_modules nest/v11/node_modules nest/v12/node_modules ## compare with real Nest for MINUTES on fresh cases, or the cases of SEED
	$(BIN)/python -m tests.differential.fuzz --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

fuzz-c: $(VENV)/dev ## let libFuzzer compare C with Python for MINUTES (needs clang and its libFuzzer)
	$(BIN)/python -m tests.native.libfuzzer --minutes $(MINUTES) $(if $(CORPUS),--corpus $(CORPUS))

soak: MINUTES = 10
soak: $(VENV)/dev nest/v12/node_modules ## traffic with faults for MINUTES (10): servers killed, stopped and stalled, connections cut
	$(BIN)/python -m tests.soak.run --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

mutants: $(VENV)/dev ## which small changes of MODULE its own tests notice (MORE=--all: of all)
	$(BIN)/python -m tests.mutation $(MODULE) $(MORE)

check: $(VENV)/dev ## formatting, lint, types and the contracts between the packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@command -v $(CC) >/dev/null || { echo 'make check compiles what is in C: it needs a compiler, $(CC)' >&2; exit 1; }
	for source in $(filter %.c,$(NATIVE)); do \
	    $(CC) $(STRICT) "-I$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("include"))')" \
	        -c "$$source" -o /dev/null || exit 1; \
	done

format: $(VENV)/dev ## format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

vectors: tools $(VENV)/dev nest/v10/node_modules nest/v11/node_modules nest/v12/node_modules ## write docs/vectors again, by asking real Nest, over nats-server too
	$(BIN)/python -m docs.vectors.generate

captures: tools $(VENV)/dev nest/v10/node_modules nest/v11/node_modules nest/v12/node_modules ## record all captures again (needs tcpdump's permission)
	$(BIN)/python -m captures.record

cases: tools $(VENV)/dev nest/v12/node_modules ## record the captures of what goes wrong again (needs haproxy and redis-server, too)
	$(BIN)/python -m captures.cases

pictures: $(VENV)/dev ## draw the pictures of the README again
	$(BIN)/python -m pytest tests/test_pictures.py --update-golden --quiet

docs: $(VENV)/dev ## write docs/cli.md and the pages for man from the help texts, and the index of findings
	$(BIN)/python -m pytest --quiet --update-golden tests/inspector/commands/test_manual.py tests/inspector/findings/test_index.py tests/inspector/commands/test_conformance.py -k make_docs

clean: ## remove what was installed and built
	rm -rf $(VENV) nest/*/node_modules nest/*/build build
	rm -f $(addsuffix /_*.so,protocol inspector/sources)

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

# Editable, so that a change is what runs; pinned, so that it runs tomorrow.
$(VENV)/inspect: pyproject.toml constraints.txt $(NATIVE) | $(VENV)/bin/pip
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/dev: pyproject.toml constraints.txt $(NATIVE) | $(VENV)/bin/pip
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

nest/%/node_modules: nest/%/package-lock.json | $(VENV)/dev
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --prefix nest/$* --silent
	@touch $@

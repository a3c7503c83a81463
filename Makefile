# Every target is the nox session of the same name, run with a pinned nox: make lint, make docs ARGS=--serve, …
PYTHON ?= python3
SESSIONS := tests apitests e2e docs lint generate steps try demo dev inprocess bench imports matrix fmt lock

.PHONY: help test $(SESSIONS)
.NOTPARALLEL:

help:
	@exec $(PYTHON) scripts/bootstrap.py --list

test: tests

$(SESSIONS):
	@exec $(PYTHON) scripts/bootstrap.py -s $@ $(if $(ARGS),-- $(ARGS))

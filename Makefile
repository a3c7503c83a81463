# Every target is the nox session of the same name, run with a pinned nox: make lint, make docs ARGS=--serve, …
PYTHON ?= python3
SESSIONS := tests build apitests sanity play lint fmt generate baseline lock todo update check_flyte_config build_python build_image
# part:job begin
SESSIONS += try inprocess smoke register build_demo_docker
# part:job end
# part:localcluster begin
SESSIONS += e2e dev
# part:localcluster end
# part:book begin
SESSIONS += rename adopt
SESSIONS += demo docs docs_seconds web alternatives steps walk adopt_operator decide sidecar paid bench experiment faults dashboard imports matrix quality
# part:book end

.PHONY: help test $(SESSIONS)
.NOTPARALLEL:

help:
	@exec $(PYTHON) scripts/bootstrap.py --list

test: tests

$(SESSIONS):
	@exec $(PYTHON) scripts/bootstrap.py -s $@ $(if $(ARGS),-- $(ARGS))

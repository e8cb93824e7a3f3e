# The two commands of the README. All the work is in make.py, which Windows calls by itself.
# Options go in ARGS: make test ARGS="-k camera -x", make run ARGS="--camera demo".
PYTHON ?= python3
ARGS ?=

.PHONY: run test

run:
	@$(PYTHON) make.py run $(ARGS)

test:
	@$(PYTHON) make.py test $(ARGS)

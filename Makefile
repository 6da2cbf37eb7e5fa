# Every target is a command of tools/; see `make help`. Only relative names here, for
# make cannot handle a project folder with spaces in its name otherwise.
PY := python3 -B

.PHONY: help run test lint format terms shell update demo bench clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

run:  ## set up what is missing, serve the suite with demo data on port 8069
	@$(PY) -m tools run

test:  ## run every test; or ADDON=crm_css, F=path/to/test_file.py, K=expression
	@$(PY) -m tools test $(if $(ADDON),--addon '$(ADDON)') $(if $(F),--file '$(F)') $(if $(K),-k '$(K)')

lint:  ## check formatting, code, translations
	@$(PY) -m tools lint

format:  ## let the formatters rewrite the files
	@$(PY) -m tools lint --fix

terms:  ## write the .pot files, and bring the .po files in line with them
	@$(PY) -m tools terms

shell:  ## an Odoo shell on the demo database; a script piped into it runs
	@$(PY) -m tools shell

update:  ## upgrade the suite's addons in the demo database
	@$(PY) -m tools update

demo:  ## rebuild the demo database
	@$(PY) -m tools demo

bench:  ## measure everything, or B=P15: prints ratios, writes bench.json
	@$(PY) -m tools bench $(B)

clean:  ## remove everything that the set-up made
	@$(PY) -m tools clean

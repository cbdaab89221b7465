# Every target is a script in scripts/, which can be called without make as well.

.DEFAULT_GOAL := help
.PHONY: help demo run test simulate mutations torture bench bench-mqtt build release format lint clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Build Keyway and watch a door being unlocked through the public API
	@scripts/demo

run: ## The same on ./keyway-data, then keep the server running until Ctrl-C
	@scripts/demo --keep

test: ## Everything that CI checks: lint, builds, unit tests, tests from outside
	@scripts/test

simulate: ## Run SEEDS simulations (1000): clock, devices, store, crashes and callers from one seed each
	@scripts/simulate --seeds $(or $(SEEDS),1000)

mutations: ## Show that the simulation sees deliberate bugs
	@scripts/check-mutations

torture: ## Kill the server KILLS times (50) under load, and check that nothing was lost or done twice
	@scripts/torture --kills $(or $(KILLS),50)

bench: ## Measure Keyway beside its limits, and write Benchmarks/RESULTS.md
	@scripts/bench

bench-mqtt: ## Measure the way to a lock behind an MQTT broker, beside the broker's own round trip
	@scripts/bench-mqtt --samples $(or $(SAMPLES),2000)

build: ## Debug build, tests included
	@scripts/build debug

release: ## Release build of the server
	@scripts/build release

format: ## Rewrite the Swift sources in the house style
	@scripts/format

lint: ## Check style, imports and doc comments
	@scripts/lint

clean: ## Remove what was built; downloaded packages and ./keyway-data stay
	@scripts/clean

# SPDX-License-Identifier: MIT
# tests.mk - building and running the tests; included by the Makefile
T := $(B)/tests/unit

# One program a file; each takes what it needs of the product from an archive.
UNIT := $(patsubst tests/unit/%.c,$(T)/%,$(wildcard tests/unit/test_*.c))
FUZZ := $(patsubst tests/unit/%.c,$(T)/%,$(wildcard tests/unit/fuzz_*.c))
BACK_TESTS := $(foreach m,$(BACKS),$(patsubst tests/unit/back/%.c, \
	$(T)/back/%.$(m),$(filter-out %/harness.c,$(wildcard \
	tests/unit/back/*.c))))
BENCH := $(patsubst tests/bench/%.c,$(B)/tests/bench/%,$(wildcard \
	tests/bench/*_bench.c)) $(B)/tests/bench/load $(B)/tests/bench/steps

$(T)/product.a: $(CORE_O) $(COORD_O) $(RUN_O) $(WATCH_O) \
		$(call whole,inspect)
	$(call say,AR,$@)
	@mkdir -p $(@D)
	rm -f $@
	ar qc $@ $(sort $^)
	ranlib $@

$(T)/test_own $(T)/test_gs $(T)/test_unwind: $(call objs,$(NONE_SRC)) # hooks lead to all of it
$(UNIT): $(T)/%: $(O)/tests/unit/%.c.o $(T)/product.a
	$(LINK) $^ -lcmocka $(LIBS)
$(B)/tests/bench/load: $(O)/tests/bench/load_rank.c.o \
		$(O)/tests/bench/load_line.c.o
$(BENCH): $(B)/tests/bench/%: $(O)/tests/bench/%.c.o $(T)/product.a
	$(LINK) $(filter %.o,$^) $(filter %.a,$^) $(LIBS)
# gcc 12 takes MPI_STATUSES_IGNORE for an array.
$(O)/mpich/tests/%.o: mpich_CFLAGS += -Wno-stringop-overflow

# Damaged files are read by code built to notice what it must not do.
IMAGE_SRC := $(wildcard image/*.c) common/durable.c
$(FUZZ): $(T)/%: tests/unit/%.c $(IMAGE_SRC) $(wildcard common/*.h image/*.h)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O1 -g $(WARN) $(INCLUDES) \
		-fsanitize=address,undefined -o $@ $(filter %.c,$^) $(LIBS)

# Fuzz targets, which clang builds: make fuzz.
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard \
	tests/fuzz/*.c))
$(B)/tests/fuzz/product.a: $(call whole,common client image run coordinator) \
		$(INSPECT_O)
	$(call say,AR,$@)
	@mkdir -p $(@D)
	rm -f $@
	ar qc $@ $(sort $^)
	ranlib $@
$(FUZZERS): $(B)/tests/fuzz/%: $(O)/tests/fuzz/%.c.o $(B)/tests/fuzz/product.a
	$(LINK) $^ $(FUZZ_LINK) $(LIBS)
$(B)/tests/fuzz/fuzz_%: FUZZ_LINK = -fsanitize=fuzzer

# The back on a fake core, over each MPI.
define back_tests
$(T)/back/harness.$(1).a: $(O)/$(1)/tests/unit/back/harness.c.o
	@mkdir -p $$(@D)
	rm -f $$@
	ar qc $$@ $$^
$(T)/back/%.$(1): $(O)/$(1)/tests/unit/back/%.c.o $(T)/back/harness.$(1).a \
		$(BACK_SRC:%=$(O)/$(1)/%.o) $(call objs, \
		common/keep.c common/launcher.c common/text.c) \
		$(O)/$(1)/$(GEN)/back_$(1).c.o
	$$(LINK) $$(sort $$(filter %.o,$$^)) $$(filter %.a,$$^) $$(LIBS) \
		$$($(1)_LIBS)
endef
$(foreach m,$(BACKS),$(eval $(call back_tests,$(m))))
.SECONDARY:

.PHONY: tests units fuzzers deps demo demo-slurm check unit stress soak fuzz lint bench
tests: $(UNIT) $(FUZZ) $(BACK_TESTS) $(BENCH)
# test_own looks at the system calls of libc, which a sanitizer makes itself.
units: $(filter-out %/test_own,$(UNIT))
fuzzers: $(FUZZERS)

# What was missing when this file was read may be there now: make anew.
AGAIN = $(MAKE) --no-print-directory $(if $(findstring \
	jobserver,$(MAKEFLAGS)),,-j$(shell nproc))
# The product again, with random delays at the seams: common/stress.h.
DELAYS = STRESS=1 B=build/stress all
# The unit tests again, each error that a sanitizer sees being a failure.
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined
SANITIZED = WERROR= B=build/asan CFLAGS="-O1 -g $(SANITIZE)" \
	LDFLAGS="$(SANITIZE)" units
# What reads the files and messages of others, as libFuzzer wants it.
FUZZED = CC=clang WERROR= B=build/fuzz \
	CFLAGS="-O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link" \
	LDFLAGS="$(SANITIZE)" fuzzers
deps:
	.ci/deps test
demo:
	.ci/deps demo
	+$(AGAIN) all
	tests/demo/run
demo-slurm:
	.ci/deps slurm
	+$(AGAIN) all
	tests/demo/slurm
check: export MANA_CHECK_BEGAN := $(shell date +%s)
check:
	.ci/deps test
	+$(AGAIN) all
	+-$(AGAIN) -k tests
	+-$(AGAIN) -k $(SANITIZED)
	+-! command -v clang >/dev/null || $(AGAIN) -k $(FUZZED)
	+-$(AGAIN) $(DELAYS)
	tests/check
unit:
	.ci/deps unit
	+$(AGAIN) all
	+-$(AGAIN) -k tests
	+-$(AGAIN) -k $(SANITIZED)
	+-! command -v clang >/dev/null || $(AGAIN) -k $(FUZZED)
	tests/check unit
stress:
	.ci/deps unit
	+$(AGAIN) all
	+$(AGAIN) $(DELAYS)
	tests/stress/run
soak:
	.ci/deps unit
	+$(AGAIN) all
	tests/stress/soak
fuzz:
	.ci/deps test
	+$(AGAIN) $(FUZZED)
	tests/fuzz/run
lint:
	.ci/deps test
	+$(AGAIN) gen
	tests/lint
bench:
	.ci/deps test
	+$(AGAIN) all tests
	tests/bench/run

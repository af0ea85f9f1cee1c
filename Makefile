# SPDX-License-Identifier: MIT
# mana - a transparent, MPI-aware split-process checkpointer; see make help
ifeq ($(origin CC),default)
CC      := gcc
endif
PREFIX  ?= /usr/local
prefix  ?= $(PREFIX)
B       := build
BIN     := $(B)/bin
LIB     := $(B)/lib/mana
O       := $(B)/obj
VERSION := 0.1
.DELETE_ON_ERROR:

# Goals that only build use every processor, unless told.
ifeq ($(filter-out all tests gen fronts,$(MAKECMDGOALS))$(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif

# Goals that build install what is missing first; the others only name it.
MAKES_DEPS := demo demo-slurm check unit bench soak fuzz \
	lint deps
ifeq ($(filter $(MAKES_DEPS) help clean,$(MAKECMDGOALS)),)
MISSING := $(shell .ci/deps --missing build)
ifneq ($(MISSING),)
$(error mana: cannot build: packages are missing: run "make deps", or as root \
	apt-get install $(MISSING))
endif
endif

# V=1 shows whole command lines.
ifeq ($(V),1)
say = @:
else
.SILENT:
say = @printf '  %-5s %s\n' '$(1)' '$(patsubst $(B)/%,%,$(2))'
endif

# Tables leave out fields that are 0, which clang would warn of.
WARN     := -Wall -Wextra -Wshadow -Wmissing-prototypes \
	-Wno-missing-field-initializers $(if $(WERROR),-Werror)
INCLUDES := -D_GNU_SOURCE=1 -I. -Icommon -Icommon/arch/x86_64 -I$(B)/gen
CFLAGS   ?= -O2 -g
ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(WARN) $(INCLUDES) -fPIE \
	-fno-stack-protector -fvisibility=hidden -DMANA_VERSION_TEXT='"$(VERSION)"' -MMD -MP
ifdef FSGSBASE
ALL_CFLAGS += -DFSGSBASE=$(FSGSBASE)
endif
# Zydis 4, to move the lower half's TLS to GS (lower-half/gs.h) and to find
# unusual system calls (lower-half/sites.h); without it, or with HAVE_ZYDIS=
# (empty), FS is switched at each crossing.
ifeq ($(origin HAVE_ZYDIS),undefined)
HAVE_ZYDIS := $(shell echo 'int is_4 = ZYDIS_STACK_WIDTH_64;' | $(CC) \
	-include Zydis/Zydis.h -fsyntax-only -x c - 2>/dev/null && echo 1)
endif
WITH_ZYDIS := $(addprefix lower-half/,gs.c gs_scan.c piece.c sites.c)
WITHOUT_ZYDIS := $(addprefix lower-half/,gs_none.c sites_none.c)
ALL_CFLAGS += $(if $(HAVE_ZYDIS),-DHAVE_ZYDIS=1)
ifdef STRESS
ALL_CFLAGS += -DMANA_STRESS
endif
# Code that runs under the upper FS, in signal handlers, or before libc: no
# TLS, no vector registers, no calls of memcpy and memset made by gcc.
BARE := -ffreestanding -mgeneral-regs-only \
	$(if $(findstring clang,$(CC)),,-fno-tree-loop-distribute-patterns)

# The MPI libraries that there is a back for, and how each is compiled against
# and linked: docs/adding.md. What the standard has deprecated is ours to offer
# all the same.
BACKS          := mpich openmpi
MPI_WARN       := -Wno-deprecated-declarations
mpich_CFLAGS   := $(shell pkg-config --cflags mpich 2>/dev/null) -DMANA_MPICH
mpich_LIBS     := -lmpich
openmpi_CFLAGS := $(shell pkg-config --cflags ompi-c 2>/dev/null) \
	-DMANA_OPENMPI
openmpi_LIBS   := $(shell pkg-config --libs ompi-c 2>/dev/null)
# Each program is a client of the coordinator, or is one itself.
CLIENT_LIBS := -ljansson -lnettle
LIBS := -lhwloc -lelf -lzstd -lxxhash -lffi -lpthread $(CLIENT_LIBS) \
	$(if $(HAVE_ZYDIS),-lZydis)

# The plugin of Slurm, where its headers are.
SPANK := $(if $(wildcard /usr/include/slurm/spank.h),$(LIB)/mana_spank.so)

BARE_SRC := common/keep.c common/launcher.c $(wildcard upper-half/*.c) \
	$(addprefix lower-half/,stop.c sample.c own.c own_call.c)

# A directory is linked as a whole: docs/design.md, "Directories".
objs  = $(patsubst %,$(O)/%.o,$(1))
whole = $(call objs,$(filter-out upper-half/vdso.S \
	$(if $(HAVE_ZYDIS),$(WITHOUT_ZYDIS),$(WITH_ZYDIS)), \
	$(foreach d,$(1),$(wildcard $(d)/*.c $(d)/*.S))))
CLIENT_O := $(call whole,common client)
LAUNCH_O := $(call whole,launch) $(CLIENT_O)
RUN_O    := $(call whole,run) $(LAUNCH_O)
INSPECT_O := $(call whole,inspect image) $(LAUNCH_O) \
	$(call objs,restart/pick_image.c restart/saved_files.c lower-half/names.c)
COORD_O  := $(call whole,coordinator) $(CLIENT_O)
GATHERER_O := $(call whole,gatherer) $(CLIENT_O)
COMMAND_O := $(call whole,command) $(CLIENT_O)
WATCH_O  := $(call whole,watch) $(CLIENT_O)
CORE_O   := $(call whole,image upper-half lower-half restart) $(LAUNCH_O)
BACK_SRC := $(wildcard mpi-wrappers/back/*/*.c)
NONE_SRC := mpi-wrappers/none_back.c

PROGRAMS := $(addprefix $(BIN)/,mana_run mana_launch mana_restart \
	mana_coordinator mana_command mana_status mana_inspect)
LOWER := $(addprefix $(LIB)/lower-,none $(BACKS))
GATHERER := $(LIB)/mana_gatherer

.PHONY: all
all: $(PROGRAMS) $(LOWER) $(GATHERER) $(SPANK)

include mpi-wrappers/gen.mk

$(call objs,$(BARE_SRC)): BARE_FLAGS = $(BARE)
$(O)/%.c.o: %.c | $(GEN_H)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(BARE_FLAGS) -c $< -o $@
$(O)/%.S.o: %.S
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DVDSO_FILE='"$(B)/gen/vdso.so"' -c $< -o $@
$(O)/lower-half/vdso_image.S.o: $(B)/gen/vdso.so

$(B)/gen/vdso.so: upper-half/vdso.S upper-half/vdso.lds
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(CC) -shared -nostdlib -fPIC -Wl,-soname=linux-vdso.so.1 \
		-Wl,--hash-style=both -Wl,--build-id=none \
		-Wl,-T,upper-half/vdso.lds -Wl,-z,max-page-size=4096 -o $@ $<

LOWER_O := $(call objs,programs/lower.c) $(CORE_O)
LINK = $(call say,LD,$@); mkdir -p $(@D); $(CC) -pie -Wl,-z,now \
	$(LDFLAGS) -o $@
$(LIB)/lower-none: $(LOWER_O) $(call objs,$(NONE_SRC))
	$(LINK) $(sort $^) $(LIBS)

# The back, once per MPI.
define back_rules
$(O)/$(1)/%.c.o: %.c | $(GEN_H)
	$$(call say,CC,$$< for $(1))
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_CFLAGS) $$($(1)_CFLAGS) $$(MPI_WARN) -c $$< -o $$@
$(LIB)/lower-$(1): $(LOWER_O) $(BACK_SRC:%=$(O)/$(1)/%.o) \
		$(O)/$(1)/$(GEN)/back_$(1).c.o
	$$(LINK) $$(sort $$^) $$(LIBS) $$($(1)_LIBS)
endef
$(foreach m,$(BACKS),$(eval $(call back_rules,$(m))))

$(BIN)/mana_launch: $(call objs,programs/mana_launch.c) $(LAUNCH_O)
	$(LINK) $^ $(CLIENT_LIBS)
$(BIN)/mana_restart: $(BIN)/mana_launch
	ln -sf mana_launch $@
$(BIN)/mana_run: $(call objs,programs/mana_run.c) $(RUN_O)
	$(LINK) $^ $(CLIENT_LIBS)
$(BIN)/mana_coordinator: $(call objs,programs/mana_coordinator.c) $(COORD_O)
	$(LINK) $^ $(CLIENT_LIBS)
$(GATHERER): $(call objs,programs/mana_gatherer.c) $(GATHERER_O)
	$(LINK) $^ $(CLIENT_LIBS)
$(BIN)/mana_command: $(call objs,programs/mana_command.c) $(COMMAND_O) \
		$(WATCH_O)
	$(LINK) $(sort $^) $(CLIENT_LIBS) -lncurses -ltinfo
$(BIN)/mana_status: $(BIN)/mana_command
	ln -sf mana_command $@
$(BIN)/mana_inspect: $(call objs,programs/mana_inspect.c) $(INSPECT_O)
	$(LINK) $^ -lelf -lzstd -lxxhash $(CLIENT_LIBS) -lpthread

$(LIB)/mana_spank.so: slurm/mana_spank.c common/proc_stat.c common/proc_stat.h \
		common/last_part.h
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(CC) $(filter-out -fPIE -MMD -MP,$(ALL_CFLAGS)) -fPIC -shared \
		$(LDFLAGS) -o $@ $(filter %.c,$^)

include tests/tests.mk

.PHONY: install uninstall clean help compile_commands
# What make would run says how each file is compiled.
compile_commands: $(GEN_H) $(GEN_BACK) $(GEN)/handles_mpich.h
	+$(MAKE) --no-print-directory -Bn B=$(B) V=1 all tests | \
		python3 tests/compile_commands.py >$(B)/compile_commands.json
D = $(DESTDIR)$(prefix)
COMPLETIONS := share/bash-completion/completions
install: all
	$(call say,INST,$(D))
	install -d -m 755 $(D)/bin $(D)/lib/mana $(D)/share/man/man1 \
		$(D)/share/doc/mana/docs $(D)/share/mana $(D)/$(COMPLETIONS)
	install -m 755 $(addprefix $(BIN)/mana_,run launch coordinator \
		command inspect) $(D)/bin
	ln -sf mana_launch $(D)/bin/mana_restart
	ln -sf mana_command $(D)/bin/mana_status
	install -m 755 $(LOWER) $(GATHERER) $(FRONTS) $(SPANK) $(D)/lib/mana
	install -m 644 docs/*.1 $(D)/share/man/man1
	install -m 644 upper-half/mana-gdb.py slurm/*.job slurm/mana-slurm.sh \
		$(D)/share/mana
	install -m 644 $(COMPLETIONS)/mana_run $(D)/$(COMPLETIONS)
	$(foreach p,$(filter-out %/mana_run,$(PROGRAMS)),ln -sf mana_run \
		$(D)/$(COMPLETIONS)/$(notdir $(p));)
	install -m 644 README.md $(D)/share/doc/mana
	install -m 644 docs/*.md $(D)/share/doc/mana/docs
uninstall:
	rm -f $(PROGRAMS:$(BIN)/%=$(D)/bin/%) \
		$(PROGRAMS:$(BIN)/%=$(D)/$(COMPLETIONS)/%)
	rm -f $(patsubst docs/%,$(D)/share/man/man1/%,$(wildcard docs/*.1))
	rm -rf $(D)/lib/mana $(D)/share/mana $(D)/share/doc/mana
clean:
	rm -rf $(B)
help:
	@sed -n 's/^#: //p' Makefile
#: make                     everything, into build/bin and build/lib/mana
#: make deps                apt-get install what building and testing need
#: make demo                the main job, shown, on MPICH and on Open MPI
#: make demo-slurm          a batch job that survives two time limits
#: make check               all tests, about 55 minutes on 2 cores
#: make unit                the short ones alone
#: make lint                house rules, clang-format and -tidy, cppcheck ...
#: make bench               side by side with native, into docs/bench.md
#: make install             to PREFIX (/usr/local), under DESTDIR; uninstall
#: make stress              random trials of threads, signals, forks: 20 minutes
#: make soak                1000 rounds of checkpoint, kill, restart: 20 minutes
#: make fuzz                damaged messages and files, by libFuzzer: 4 minutes
#: make FSGSBASE=0          B=DIR: as for kernels before 5.9, for tests;
#:                          HAVE_ZYDIS=: as where that library is missing
#: make STRESS=1            B=DIR: with random delays at the seams, for tests
#: make compile_commands    build/compile_commands.json, for clangd
#: make clean               CC=clang, CFLAGS=..., V=1 work as everywhere

-include $(shell find $(O) -name '*.d' 2>/dev/null)

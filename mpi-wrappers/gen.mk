# gen.mk - generated sources and the fronts; included by the Makefile
B   ?= build
GEN := $(B)/gen
MW := mpi-wrappers
GEN_PY := $(wildcard $(MW)/*.py)
GEN_IN := $(wildcard $(MW)/*.tbl $(MW)/front/*/*.tbl) $(GEN_PY)
GEN_H := $(addprefix $(GEN)/,seam.h mpi_table.h back.h ask.h front_ask.h \
	files.h front_local.h hot.h back_table.h conv_ints.h handles.h closed.h)
GEN_BACK := $(BACKS:%=$(GEN)/back_%.c)
FRONTS := $(addprefix $(B)/lib/mana/front-,mpich.so openmpi.so \
	openmpi-mpifh.so)

MPICH_INC ?= /usr/include/x86_64-linux-gnu/mpich
OPENMPI_INC ?= /usr/lib/x86_64-linux-gnu/openmpi/include

.PHONY: gen fronts
gen: $(GEN_H) $(GEN_BACK)
fronts: $(FRONTS)

$(GEN_H) &: $(GEN_IN)
	$(call say,GEN,$@)
	python3 $(MW)/gen_headers.py $(GEN)

# What the libraries here have: other releases of them have more, or less.
$(GEN)/symbols_mpifh: SYMBOLS_OF = $(filter -L%,$(openmpi_LIBS)) -lmpi_mpifh
$(GEN)/symbols_%: SYMBOLS_OF = $($*_LIBS)
$(GEN)/symbols_%: $(MW)/gen_symbols.py
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	python3 $(MW)/gen_symbols.py $@ $(CC) $(filter -L% -l%,$(SYMBOLS_OF))

$(GEN)/back_%.c: $(GEN_IN) $(GEN)/symbols_%
	$(call say,GEN,$@)
	python3 $(MW)/gen_back.py $(GEN)/symbols_$* $@

$(GEN)/front_%.c $(GEN)/front_%.ld $(GEN)/missing_%.c &: $(GEN_IN) \
		$(GEN)/symbols_%
	$(call say,GEN,$@)
	python3 $(MW)/gen_front.py $(GEN)/symbols_$* $(GEN)/front_$*.c \
		$(GEN)/front_$*.ld $(GEN)/missing_$*.c

$(GEN)/handles_mpich.h: $(GEN_IN)
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	python3 $(MW)/gen_handles.py mpich $@

$(GEN)/data_openmpi.c: $(GEN_IN) $(GEN)/symbols_openmpi
	$(call say,GEN,$@)
	python3 $(MW)/gen_handles.py openmpi $@ $(GEN)/symbols_openmpi

# Freestanding: loaded in place of a library the application chose. -O2 and no
# debugging of symbols: they are the real library's. What answers on the spot
# costs a fifth more when it reaches from one line of the cache into another:
# functions begin at one, their far parts stay where short jumps reach.
FRONT_CFLAGS = -std=gnu11 -O2 -g -ffreestanding -fPIC -fno-stack-protector \
	-falign-functions=64 \
	$(if $(findstring clang,$(CC)),,-fno-reorder-blocks-and-partition) \
	-fvisibility=hidden -ftls-model=initial-exec $(WARN) $(MPI_WARN) \
	-I$(GEN) -I$(MW)/front -I$(MW) -Icommon -Icommon/arch/x86_64

front_src = $(GEN)/front_$(1).c $(GEN)/missing_$(1).c $(wildcard $(MW)/front/*.c $(MW)/front/$(1)/*.c)
front_obj = $(patsubst %.c,$(B)/obj/front-$(1)/%.o,$(notdir $(call \
	front_src,$(1))))
FRONT_HEADERS := $(wildcard $(MW)/*.h $(MW)/front/*.h $(MW)/front/*/*.h \
	common/*.h common/arch/x86_64/*.h)

$(B)/obj/front-mpich/%.o: FRONT_INC = -I$(MPICH_INC) -I$(MW)/front/mpich
$(B)/obj/front-openmpi/%.o: FRONT_INC = -I$(OPENMPI_INC) \
	-I$(MW)/front/openmpi

define front_rule
$(B)/obj/front-$(1)/%.o: $(3)/%.c $(FRONT_HEADERS) $(GEN_H) $(2)
	@mkdir -p $$(@D)
	$$(call say,CC,$$< for a front)
	$$(CC) $$(FRONT_CFLAGS) $$(FRONT_INC) -c $$< -o $$@
endef

$(foreach d,$(GEN) $(MW)/front $(MW)/front/mpich,$(eval \
	$(call front_rule,mpich,$(GEN)/handles_mpich.h,$(d))))
$(foreach d,$(GEN) $(MW)/front $(MW)/front/openmpi,$(eval \
	$(call front_rule,openmpi,,$(d))))

FRONT_LINK = -shared -nostdlib -Wl,-z,now -Wl,--hash-style=gnu

$(B)/lib/mana/front-mpich.so: $(call front_obj,mpich) $(GEN)/front_mpich.ld
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(CC) $(FRONT_LINK) -Wl,-soname,libmpich.so.12 -o $@ $^

$(B)/lib/mana/front-openmpi.so: $(call front_obj,openmpi) \
		$(B)/obj/front-openmpi/data_openmpi.o $(GEN)/front_openmpi.ld
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(CC) $(FRONT_LINK) -Wl,-soname,libmpi.so.40 -o $@ $^

# Open MPI's Fortran functions: libmpi_mpifh.so.40, over the front.
$(GEN)/mpifh.c $(GEN)/mpifh.ld $(GEN)/missing_mpifh.c &: $(GEN_IN) \
		$(GEN)/symbols_mpifh
	$(call say,GEN,$@)
	python3 $(MW)/gen_fortran.py $(GEN)/symbols_mpifh $(GEN)/mpifh.c \
		$(GEN)/mpifh.ld $(GEN)/missing_mpifh.c

$(B)/obj/front-mpifh/%.o: FRONT_INC = -I$(OPENMPI_INC) -I$(MW)/front/mpifh
$(foreach d,$(GEN) $(MW)/front/mpifh,$(eval \
	$(call front_rule,mpifh,,$(d))))

$(B)/lib/mana/front-openmpi-mpifh.so: $(patsubst %.c,$(B)/obj/front-mpifh/%.o, \
		mpifh.c missing_mpifh.c \
		$(notdir $(wildcard $(MW)/front/mpifh/*.c))) \
		$(GEN)/mpifh.ld $(B)/lib/mana/front-openmpi.so
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(CC) $(FRONT_LINK) -Wl,-soname,libmpi_mpifh.so.40 -o $@ $^

all: fronts

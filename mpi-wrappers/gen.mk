# gen.mk - generated sources and the fronts; included by the Makefile
GEN := build/gen
GEN_IN := $(wildcard mpi-wrappers/*.tbl mpi-wrappers/*.py)
GEN_H := $(addprefix $(GEN)/,seam.h mpi_table.h back.h back_table.h conv_ints.h \
	handles.h)

.PHONY: gen
gen: $(GEN_H)

$(GEN_H) &: $(GEN_IN)
	python3 mpi-wrappers/gen_headers.py $(GEN)

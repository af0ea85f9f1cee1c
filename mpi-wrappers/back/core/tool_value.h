/* SPDX-License-Identifier: MIT */
/* tool_value.h - MPI_T's variables, and the values that programs give them */
#ifndef MANA_BACK_TOOL_VALUE_H
#define MANA_BACK_TOOL_VALUE_H

#include <mpi.h>

#define VARIABLE_NAME 256

/* A variable as it is described; what a library does not tell stays empty. */
struct variable {
	char name[VARIABLE_NAME];
	MPI_Datatype type;
	MPI_T_enum items;
	int bind;
};

/* The control or performance variable of an index. An error of MPI_T. */
int variable_cvar(int index, struct variable *v);
int variable_pvar(int index, struct variable *v);
/* The bytes of one element; 0 for types that no variable has. */
int variable_bytes(MPI_Datatype t);

/* Restart: the values that the program wrote under this library. */
void values_write(void);

#endif

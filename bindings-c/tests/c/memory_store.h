/* A store written in C, over arrays under one lock: what a host's author has to write, in its smallest form. */
#ifndef MEMORY_STORE_H
#define MEMORY_STORE_H

#include "depesza.h"

/* Writes the functions into `table`, and returns an empty store for `userdata`; NULL when there is no memory. */
void *memory_store_open(depesza_store_table_t *table);

#endif

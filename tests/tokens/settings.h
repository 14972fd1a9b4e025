/* The file that tells a test device what to be: one "name=value" a line, read anew at each call,
   so that a test can remove the token or break a function while it is in use. */
#ifndef TOKENS_SETTINGS_H
#define TOKENS_SETTINGS_H

#include <stddef.h>

typedef struct {
    char text[16384];
} settings;

/* Reads the file that the environment variable names; 0 on success. */
int settings_read(settings *all, const char *variable);

/* The value of a name, or fallback. */
const char *setting(const settings *all, const char *name, char *value, size_t size,
                    const char *fallback);

unsigned long setting_number(const settings *all, const char *name, unsigned long fallback);

/* A whole file into memory; returns its length, 0 when it is missing or too large. */
size_t file_bytes(const char *path, unsigned char *out, size_t most);

/* Whether the file that name points at exists; true where the name is not set. */
int setting_present(const settings *all, const char *name);

/* "fail=FUNCTION:n:code": the code for the n-th call of that function (0: every call), else 0.
   count is the caller's number of this call, from 1. */
unsigned long setting_fault(const settings *all, const char *function, unsigned long count);

#endif

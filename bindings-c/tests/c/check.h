/* A test harness in one header: CHECK notes a failure and goes on; RUN runs one test; report() ends the program. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <string.h>

#include "depesza.h"

static int checks_failed = 0;
static int tests_ran = 0;

#define CHECK(condition)                                                                                                \
    do {                                                                                                                \
        if (!(condition)) {                                                                                             \
            checks_failed++;                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                             \
        }                                                                                                               \
    } while (0)

/* A call that is to succeed; otherwise says what the library says. */
#define OK(call)                                                                                                        \
    do {                                                                                                                \
        depesza_status_t status_ = (call);                                                                              \
        if (status_ != DEPESZA_OK) {                                                                                    \
            depesza_error_t error_;                                                                                     \
            depesza_last_error(&error_);                                                                                \
            checks_failed++;                                                                                            \
            fprintf(stderr, "%s:%d: %s: status %u, %.*s: %.*s\n", __FILE__, __LINE__, #call, (unsigned)status_,         \
                    (int)error_.code.len, error_.code.data, (int)error_.message.len, error_.message.data);              \
        }                                                                                                               \
    } while (0)

/* A call that is to fail with this status and this code. */
#define FAILS(call, wanted, wanted_code)                                                                                \
    do {                                                                                                                \
        depesza_status_t status_ = (call);                                                                              \
        depesza_error_t error_;                                                                                         \
        depesza_last_error(&error_);                                                                                    \
        if (status_ != (wanted) || error_.status != (wanted) || !is(error_.code, wanted_code)) {                        \
            checks_failed++;                                                                                            \
            fprintf(stderr, "%s:%d: %s: status %u, code %.*s, not %u, %s\n", __FILE__, __LINE__, #call,                 \
                    (unsigned)status_, (int)error_.code.len, error_.code.data, (unsigned)(wanted), wanted_code);        \
        }                                                                                                               \
    } while (0)

#define RUN(test)                                                                                                       \
    do {                                                                                                                \
        int before_ = checks_failed;                                                                                    \
        test();                                                                                                         \
        tests_ran++;                                                                                                    \
        printf("%s %s\n", checks_failed == before_ ? "ok   " : "FAIL ", #test);                                         \
    } while (0)

/* A text with its length. */
#define T(literal) (literal), (sizeof(literal) - 1)

/* A text of a structure. */
static inline depesza_str_t s(const char *text) {
    depesza_str_t str = {text, text ? strlen(text) : 0};
    return str;
}

static inline int is(depesza_str_t text, const char *wanted) {
    return text.len == strlen(wanted) && (text.len == 0 || memcmp(text.data, wanted, text.len) == 0);
}

static inline int report(void) {
    printf("%d tests, %d checks failed\n", tests_ran, checks_failed);
    return checks_failed == 0 && tests_ran > 0 ? 0 : 1;
}

#endif

/* What is called for every message allocates nothing once a thread has done it for one as long. Counts the allocations of the whole process, with
 * glibc's own functions behind. */
#include "check.h"

#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static size_t allocations;

void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    allocations++;
    return __libc_realloc(old, size);
}

int posix_memalign(void **made, size_t alignment, size_t size) {
    allocations++;
    *made = __libc_memalign(alignment, size);
    return *made ? 0 : 12;
}

/* How many allocations ten calls make after a first one. */
#define AFTER_THE_FIRST(count, call)                                                                                    \
    do {                                                                                                                \
        OK(call);                                                                                                       \
        size_t before_ = allocations;                                                                                   \
        for (int i_ = 0; i_ < 10; i_++) {                                                                               \
            OK(call);                                                                                                   \
        }                                                                                                               \
        count = allocations - before_;                                                                                  \
    } while (0)

static void are_counted(void) {
    size_t count;
    depesza_string_t answer = {NULL, 0};
    AFTER_THE_FIRST(count, (depesza_string_free(&answer), depesza_text(T("links"), T("{\"text\": \"a.pl\"}"), &answer)));
    CHECK(count >= 10);
    OK(depesza_string_free(&answer));
}

static void none_for_a_text(void) {
    char out[400];
    size_t len, count;
    depesza_segments_t cost;
    const char polish[] = "Dzień dobry, przypominamy o wizycie w środę o 9:30. Prosimy odpisać TAK lub NIE.";
    AFTER_THE_FIRST(count, depesza_segments(T(polish), 0, &cost));
    CHECK(count == 0);
    AFTER_THE_FIRST(count, depesza_finish(T(polish), DEPESZA_DIACRITICS_PLAIN, 0, out, sizeof out, &len, &cost));
    CHECK(count == 0);
    AFTER_THE_FIRST(count, depesza_finish(T(polish), DEPESZA_DIACRITICS_POLISH, 0, out, sizeof out, &len, &cost));
    CHECK(count == 0);
    AFTER_THE_FIRST(count, depesza_transliterate(T(polish), out, sizeof out, &len));
    CHECK(count == 0);
}

static void none_for_a_message(void) {
    char out[400];
    size_t len, count;
    depesza_segments_t cost;
    depesza_catalogue_t *catalogue = NULL;
    depesza_template_t *visits = NULL, *calls = NULL;
    OK(depesza_catalogue_new(DEPESZA_SUBJECT_VISITS, &catalogue));
    OK(depesza_template_compile(T("Dzień dobry (imie), czekamy (data) o (godzina), (lekarz)."), catalogue, 0, 0, &visits));
    OK(depesza_catalogue_free(&catalogue));
    OK(depesza_catalogue_new(DEPESZA_SUBJECT_CALLS, &catalogue));
    OK(depesza_template_compile(T("Oddzwonimy: (numer), (godzina)."), catalogue, 0, 0, &calls));
    OK(depesza_catalogue_free(&catalogue));

    depesza_str_t row[4] = {s("Łucja"), s("20.11.2026"), s("12:30"), s("dr Ewa Nowak")};
    AFTER_THE_FIRST(count, depesza_render_row(visits, row, 4, out, sizeof out, &len, &cost));
    CHECK(count == 0 && len == strlen("Dzien dobry Lucja, czekamy 20.11.2026 o 12:30, dr Ewa Nowak."));
    depesza_visit_detail_t visit = {{2026, 11, 20, 12, 30, 0}, s("dr Ewa Nowak"), s("")};
    depesza_visit_values_t values;
    memset(&values, 0, sizeof values);
    values.first_name = s("Łucja");
    values.visits = &visit;
    values.visits_count = 1;
    AFTER_THE_FIRST(count, depesza_render_visit(visits, &values, out, sizeof out, &len, &cost));
    CHECK(count == 0 && len == strlen("Dzien dobry Lucja, czekamy 20.11.2026 o 12:30, dr Ewa Nowak."));
    depesza_call_values_t call;
    memset(&call, 0, sizeof call);
    call.number = s("501 234 567");
    call.start = visit.start;
    AFTER_THE_FIRST(count, depesza_render_call(calls, &call, out, sizeof out, &len, &cost));
    CHECK(count == 0);
    OK(depesza_template_free(&visits));
    OK(depesza_template_free(&calls));
}

static void none_for_a_row_of_a_batch(void) {
    enum { ROWS = 1000 };
    static depesza_str_t names[ROWS];
    size_t count;
    for (int i = 0; i < ROWS; i++) {
        names[i] = s("Łucja");
    }
    depesza_catalogue_t *catalogue = NULL;
    depesza_template_t *visits = NULL;
    depesza_batch_t *batch = NULL;
    OK(depesza_catalogue_new(DEPESZA_SUBJECT_VISITS, &catalogue));
    OK(depesza_template_compile(T("Dzień dobry (imie)!"), catalogue, 0, 0, &visits));
    OK(depesza_catalogue_free(&catalogue));
    OK(depesza_batch_new(&batch));
    depesza_column_t column = {DEPESZA_COLUMN_TEXTS, ROWS, names, s(NULL), NULL, NULL};
    AFTER_THE_FIRST(count, depesza_render_batch(visits, ROWS, &column, 1, batch));
    CHECK(count <= 10 * 8); /* the columns of a call, not its rows */
    OK(depesza_batch_free(&batch));
    OK(depesza_template_free(&visits));
}

int main(void) {
    RUN(are_counted);
    RUN(none_for_a_text);
    RUN(none_for_a_message);
    RUN(none_for_a_row_of_a_batch);
    return report();
}

/* What a program can do wrong, refused where it can be: NULL, bad UTF-8, lengths, codes, handles of another kind, freeing twice. */
#include "check.h"

static depesza_catalogue_t *catalogue;
static depesza_template_t *compiled;

static void nulls(void) {
    depesza_segments_t cost;
    depesza_reply_t reply;
    char out[8];
    size_t len = 77;
    FAILS(depesza_segments(NULL, 1, 0, &cost), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_segments(T("a"), 0, NULL), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_finish(T("a"), 0, 0, NULL, 8, &len, NULL), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_finish(T("a"), 0, 0, out, 8, NULL, NULL), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_classify(T("a"), 0, 0, NULL), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_classify(NULL, 3, 0, 0, &reply), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_catalogue_new(0, NULL), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_template_compile(T("a"), NULL, 0, 0, &compiled), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_render_row(NULL, NULL, 0, out, 8, &len, NULL), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_render_visit(compiled, NULL, out, 8, &len, NULL), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_call(NULL, T("campaigns"), T("{}"), NULL), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_tell_visits(NULL, T("k"), NULL, 0, 0, NULL), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_store_checks(NULL, NULL, NULL, NULL, (uint32_t *)&cost), DEPESZA_BAD_VALUE, "bad_value");
    CHECK(depesza_last_error(NULL) == DEPESZA_NULL_POINTER);
    CHECK(len == 77);
}

static void bad_utf8(void) {
    static const char *const texts[] = {"\xff", "a\xc5", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80"};
    depesza_segments_t cost = {9, 9, 9, 9};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        FAILS(depesza_segments(texts[i], strlen(texts[i]), 0, &cost), DEPESZA_BAD_UTF8, "bad_utf8");
        depesza_str_t value = {texts[i], strlen(texts[i])};
        char out[64];
        size_t len;
        FAILS(depesza_render_row(compiled, &value, 1, out, sizeof out, &len, NULL), DEPESZA_BAD_UTF8, "bad_utf8");
    }
    CHECK(cost.encoding == 9 && cost.count == 9);
    depesza_error_t error;
    OK(depesza_last_error(&error));
    CHECK(is(error.field, "values") && is(error.message, "values: expected UTF-8"));
}

static void lengths(void) {
    depesza_segments_t cost;
    char out[8];
    size_t len;
    FAILS(depesza_segments("a", SIZE_MAX, 0, &cost), DEPESZA_BAD_LENGTH, "bad_length");
    FAILS(depesza_segments("a", (size_t)DEPESZA_MAX_BYTES + 1, 0, &cost), DEPESZA_BAD_LENGTH, "bad_length");
    FAILS(depesza_finish("a", (size_t)-1, 0, 0, out, 8, &len, NULL), DEPESZA_BAD_LENGTH, "bad_length");
    depesza_str_t value = {"a", SIZE_MAX};
    FAILS(depesza_render_row(compiled, &value, 1, out, 8, &len, NULL), DEPESZA_BAD_LENGTH, "bad_length");
    FAILS(depesza_render_row(compiled, &value, SIZE_MAX, out, 8, &len, NULL), DEPESZA_BAD_LENGTH, "bad_length");
    depesza_batch_t *batch = NULL;
    OK(depesza_batch_new(&batch));
    depesza_column_t column = {DEPESZA_COLUMN_UTF8, SIZE_MAX, NULL, {"a", 1}, (const int32_t *)(const void *)&cost, NULL};
    FAILS(depesza_render_batch(compiled, 1, &column, 1, batch), DEPESZA_BAD_LENGTH, "bad_length");
    column.count = 0;
    FAILS(depesza_render_batch(compiled, SIZE_MAX, &column, 1, batch), DEPESZA_BAD_VALUE, "bad_value");
    OK(depesza_batch_free(&batch));
    depesza_phone_policy_t policy = {{NULL, 0}, NULL, 5};
    depesza_number_t number;
    FAILS(depesza_phone_parse(T("1"), &policy, &number), DEPESZA_NULL_POINTER, "null_pointer");
}

static void codes(void) {
    depesza_segments_t cost;
    char out[8];
    size_t len;
    depesza_catalogue_t *other = NULL;
    FAILS(depesza_segments(T("a"), 7, &cost), DEPESZA_BAD_VALUE, "bad_value");
    FAILS(depesza_finish(T("a"), 3, 0, out, 8, &len, NULL), DEPESZA_BAD_VALUE, "bad_value");
    FAILS(depesza_finish(T("a"), UINT32_MAX, 0, out, 8, &len, NULL), DEPESZA_BAD_VALUE, "bad_value");
    FAILS(depesza_catalogue_new(3, &other), DEPESZA_BAD_VALUE, "bad_value");
    CHECK(other == NULL);
    depesza_rules_t *rules = NULL;
    FAILS(depesza_rules_load(T("r"), T(""), 2, &rules), DEPESZA_BAD_VALUE, "bad_value");
    CHECK(depesza_table_name(0).len > 0 && depesza_table_name(60000).data == NULL);
    CHECK(depesza_index_name(0).len > 0 && depesza_index_name(60000).data == NULL);
}

/* Addresses that are no T of this library, in memory that can be read. */
static void handles(void) {
    char out[8];
    size_t len;
    depesza_str_t value = {"a", 1};
    FAILS(depesza_render_row((const depesza_template_t *)(const void *)catalogue, &value, 1, out, 8, &len, NULL), DEPESZA_BAD_HANDLE,
          "bad_handle");
    uint64_t zeros[4] = {0, 0, 0, 0};
    FAILS(depesza_render_row((const depesza_template_t *)(void *)zeros, &value, 1, out, 8, &len, NULL), DEPESZA_BAD_HANDLE, "bad_handle");
    FAILS(depesza_render_row((const depesza_template_t *)(void *)((char *)zeros + 1), &value, 1, out, 8, &len, NULL),
          DEPESZA_BAD_HANDLE, "bad_handle");
    depesza_template_t *as_template = (depesza_template_t *)(void *)catalogue;
    FAILS(depesza_template_free(&as_template), DEPESZA_BAD_HANDLE, "bad_handle");
    CHECK(as_template != NULL);
    /* freed twice through one variable, and none at all */
    depesza_batch_t *batch = NULL;
    OK(depesza_batch_new(&batch));
    OK(depesza_batch_free(&batch));
    CHECK(batch == NULL);
    OK(depesza_batch_free(&batch));
    OK(depesza_batch_free(NULL));
    OK(depesza_string_free(NULL));
    FAILS(depesza_batch_view(batch, (depesza_batch_view_t *)(void *)zeros), DEPESZA_NULL_POINTER, "null_pointer");
    /* memory that nobody lent to a callback; what was lent and is used late is in src/ffi.rs */
    FAILS(depesza_answer_try_later((depesza_answers_t *)(void *)zeros, 0, 1), DEPESZA_BAD_HANDLE, "bad_handle");
    FAILS(depesza_lookup_not_found(NULL), DEPESZA_NULL_POINTER, "null_pointer");
    FAILS(depesza_found_practice(NULL, value, 0), DEPESZA_NULL_POINTER, "null_pointer");
}

static void panics_are_statuses(void) {
    depesza_segments_t cost;
    FAILS(depesza_panic_check(), DEPESZA_PANIC, "panic");
    OK(depesza_segments(T("a"), 0, &cost));
    depesza_error_t error;
    OK(depesza_last_error(&error));
    CHECK(error.status == DEPESZA_PANIC); /* what goes well leaves the last error as it is */
}

static void personal_data_stays_out_of_errors(void) {
    depesza_number_t number;
    FAILS(depesza_phone_parse(T("501 234 56x"), NULL, &number), DEPESZA_REFUSED, "malformed");
    depesza_error_t error;
    OK(depesza_last_error(&error));
    char message[256];
    snprintf(message, sizeof message, "%.*s", (int)error.message.len, error.message.data);
    CHECK(strstr(message, "501") == NULL && strlen(message) > 5);
}

int main(void) {
    OK(depesza_catalogue_new(DEPESZA_SUBJECT_VISITS, &catalogue));
    OK(depesza_template_compile(T("Witaj, (imie)!"), catalogue, 0, 0, &compiled));
    RUN(nulls);
    RUN(bad_utf8);
    RUN(lengths);
    RUN(codes);
    RUN(handles);
    RUN(panics_are_statuses);
    RUN(personal_data_stays_out_of_errors);
    OK(depesza_template_free(&compiled));
    OK(depesza_catalogue_free(&catalogue));
    return report();
}

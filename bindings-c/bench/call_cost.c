/* What one call costs through the C ABI, into the caller's buffer, beside the same call in Rust from bytes; the check of UTF-8 is in both.
 *
 * Both run in this process in turn, two hundred calls each, many times. What is compared is a low percentile, for whatever else the machine does makes
 * calls slower and never faster. Prints a ratio and whether it is within 1.2 for each, and fails when one is not and --strict was given. */
#include <depesza.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct rust_rows rust_rows;
uint32_t rust_segments(const char *text, size_t len, uint32_t calls);
uint32_t rust_finish(const char *text, size_t len, uint32_t calls);
rust_rows *rust_compile(const char *body, size_t len);
uint32_t rust_render(const rust_rows *rows, const char *first, size_t first_len, const char *second, size_t second_len, uint32_t calls);

enum { CALLS = 200, ROUNDS = 8000, PERCENTILE = 2 };
static const double GOAL = 1.2;

static const char plain[] = "Dzien dobry, przypominamy o wizycie w piatek 20.11.2026 o godzinie 12:30 u doktor Ewy Nowak w "
                            "gabinecie przy ulicy Lipowej 5. Prosimy odpisac TAK lub NIE";
static const char polish[] = "Dzień dobry, przypominamy o wizycie w piątek 20.11.2026 o godzinie 12:30 u doktor Ewy Nowak w "
                             "gabinecie przy ulicy Łąkowej 5. Prosimy odpisać TAK lub NIE.";
static const char body[] = "Dzień dobry (imie), przypominamy o wizycie w piątek 20.11.2026 o godzinie (godzina) u doktor Ewy Nowak w "
                           "gabinecie przy ulicy Łąkowej 5. Prosimy odpisać TAK lub NIE";

static depesza_template_t *compiled;
static rust_rows *rows;
static const depesza_str_t values[2] = {{"Łucja", 6}, {"12:30", 5}};
static char out[512];

static uint32_t c_segments(const char *text, size_t len) {
    uint32_t parts = 0;
    for (int i = 0; i < CALLS; i++) {
        depesza_segments_t cost;
        if (depesza_segments(text, len, 8, &cost) == DEPESZA_OK) {
            parts += cost.count;
        }
    }
    return parts;
}

static uint32_t c_finish(const char *text, size_t len) {
    uint32_t parts = 0;
    for (int i = 0; i < CALLS; i++) {
        depesza_segments_t cost;
        size_t out_len;
        if (depesza_finish(text, len, DEPESZA_DIACRITICS_PLAIN, 8, out, sizeof out, &out_len, &cost) == DEPESZA_OK) {
            parts += cost.count;
        }
    }
    return parts;
}

static uint32_t c_render(const char *text, size_t len) {
    uint32_t parts = 0;
    (void)text, (void)len;
    for (int i = 0; i < CALLS; i++) {
        depesza_segments_t cost;
        size_t out_len;
        if (depesza_render_row(compiled, values, 2, out, sizeof out, &out_len, &cost) == DEPESZA_OK) {
            parts += cost.count;
        }
    }
    return parts;
}

static uint32_t r_segments(const char *text, size_t len) { return rust_segments(text, len, CALLS); }
static uint32_t r_finish(const char *text, size_t len) { return rust_finish(text, len, CALLS); }
static uint32_t r_render(const char *text, size_t len) {
    (void)text, (void)len;
    return rust_render(rows, values[0].data, values[0].len, values[1].data, values[1].len, CALLS);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b) {
    double one = *(const double *)a, other = *(const double *)b;
    return (one > other) - (one < other);
}

static int compare(const char *what, uint32_t (*c)(const char *, size_t), uint32_t (*rust)(const char *, size_t), const char *text) {
    static double of_c[ROUNDS], of_rust[ROUNDS];
    size_t len = strlen(text);
    if (c(text, len) != rust(text, len)) {
        fprintf(stderr, "%s: the two do not count the same\n", what);
        exit(1);
    }
    for (int i = 0; i < ROUNDS; i++) {
        double begin = seconds();
        c(text, len);
        double middle = seconds();
        rust(text, len);
        of_rust[i] = seconds() - middle;
        of_c[i] = middle - begin;
    }
    qsort(of_c, ROUNDS, sizeof *of_c, by_size);
    qsort(of_rust, ROUNDS, sizeof *of_rust, by_size);
    double mine = of_c[ROUNDS * PERCENTILE / 100], its = of_rust[ROUNDS * PERCENTILE / 100];
    int met = mine <= GOAL * its;
    printf("%-36s %7.1f ns  %7.1f ns  %5.2f times  %s\n", what, mine * 1e9 / CALLS, its * 1e9 / CALLS, mine / its, met ? "met" : "MISSED");
    return met;
}

int main(int count, char **arguments) {
    depesza_catalogue_t *catalogue = NULL;
    if (depesza_catalogue_new(DEPESZA_SUBJECT_VISITS, &catalogue) != DEPESZA_OK ||
        depesza_template_compile(body, strlen(body), catalogue, DEPESZA_DIACRITICS_PLAIN, 8, &compiled) != DEPESZA_OK) {
        return 1;
    }
    rows = rust_compile(body, strlen(body));
    printf("a message of 150 characters                C ABI        Rust         goal: at most %.1f times\n", GOAL);
    int met = compare("count, GSM-7", c_segments, r_segments, plain) + compare("count, Polish letters", c_segments, r_segments, polish) +
              compare("finish, GSM-7", c_finish, r_finish, plain) + compare("finish, Polish letters", c_finish, r_finish, polish) +
              compare("render, finish and count a row", c_render, r_render, polish);
    depesza_template_free(&compiled);
    depesza_catalogue_free(&catalogue);
    return met == 5 || count < 2 || strcmp(arguments[1], "--strict") != 0 ? 0 : 1;
}

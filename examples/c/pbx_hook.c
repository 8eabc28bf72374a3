/* SMS after a call, as a plug-in of a telephone exchange has it.
 *
 *   pbx_hook RULES CDR DATABASE live     calls come in as they are read from CDR; the process dies before the last ones are stored
 *   pbx_hook RULES CDR DATABASE again    starts after that: reads the CDR once more, and sends what was lost from memory
 *   pbx_hook RULES CDR DATABASE late     calls come in while the worker is held up: what does not fit into the ring is read from CDR
 *
 * The hook runs in the exchange's own thread, which must not wait: it copies the call into a ring of fixed size and returns. A worker takes
 * calls out of the ring, stores them in one commit each time, sends what is due through the gateway below, which prints, and waits for the next
 * call or the next message.
 *
 * What a crash loses is what was in the ring, and a full ring takes no more. The exchange has written those calls to its CDR, so the worker reads
 * it from the beginning after a start and when a call did not fit: a call is known by its exchange and its identifier, and telling it again changes
 * nothing. (Where the line is written after the hook was called, read once more some seconds later; a long CDR is read from where everything before
 * is known to be stored.) What is read late still sends only within a rule's `max_age_min`, an hour unless the rule says otherwise: patients
 * get no answer to yesterday's calls.
 *
 * A call that is refused is written to the log and left out; a database that is away is tried again, and nothing is lost.
 *
 * Lines of the CDR here: id;caller;called;began;ended;ring seconds;talk seconds;disposition (times in milliseconds). Real ones are read by
 * adapters/call-records. */
#include <depesza.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef SLOTS
#define SLOTS 256 /* calls that wait in memory */
#endif
enum { AT_ONCE = 32, RETRY_MS = 1000, LONGEST_MS = 3600000 };

/* A call in memory of fixed size: longer fields are no telephone numbers and no identifiers. */
typedef struct {
    char id[64], caller[32], called[32], disposition[16];
    int64_t began_ms, ended_ms;
    uint32_t ring_s, talk_s;
} call;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t woken_up, waits;
    call slots[SLOTS];
    unsigned first, count, left_to_the_cdr;
    int woken, closed;
    int64_t waits_until_ms; /* 0 while the worker is at work */
    int64_t ahead_ms;       /* of the machine's clock: what happens here happened on a day of its own */
} ring = {.lock = PTHREAD_MUTEX_INITIALIZER, .woken_up = PTHREAD_COND_INITIALIZER, .waits = PTHREAD_COND_INITIALIZER};

static void wake(void) { /* with the lock */
    ring.woken = 1;
    pthread_cond_signal(&ring.woken_up);
}

/* The hook: called by the exchange when a call has ended. */
static void call_ended(const call *ended) {
    pthread_mutex_lock(&ring.lock);
    if (ring.count < SLOTS) {
        ring.slots[(ring.first + ring.count++) % SLOTS] = *ended;
    } else {
        ring.left_to_the_cdr++;
    }
    wake();
    pthread_mutex_unlock(&ring.lock);
}

static int64_t machine_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The worker's clock. An exchange takes the machine's as it is. */
static int64_t now_ms(void) {
    pthread_mutex_lock(&ring.lock);
    int64_t ahead_ms = ring.ahead_ms;
    pthread_mutex_unlock(&ring.lock);
    return machine_ms() + ahead_ms;
}

/* Writes to the log why the last call of the library failed; its messages quote no telephone number. */
static void complain(const char *what) {
    depesza_error_t error;
    depesza_last_error(&error);
    fprintf(stderr, "%s: %.*s\n", what, (int)error.message.len, error.message.data);
}

static int well(depesza_status_t status, const char *what) {
    if (status != DEPESZA_OK) {
        complain(what);
    }
    return status == DEPESZA_OK;
}

static depesza_str_t str(const char *text) {
    depesza_str_t made = {text, strlen(text)};
    return made;
}

/* The gateway: prints a message instead of sending it. */
static depesza_status_t print(void *userdata, const depesza_submission_t *batch, size_t count, depesza_answers_t *answers) {
    (void)userdata;
    for (size_t i = 0; i < count; i++) {
        printf("%.*s <- %.*s\n", (int)batch[i].to.len, batch[i].to.data, (int)batch[i].body.len, batch[i].body.data);
        depesza_status_t status = depesza_answer_accepted(answers, i, &batch[i].reference, 1, batch[i].parts, -1);
        if (status != DEPESZA_OK) {
            return status;
        }
    }
    return DEPESZA_OK;
}

static depesza_engine_t *engine;

static depesza_call_status_t status_of(const char *disposition) {
    return strcmp(disposition, "ANSWERED") == 0 ? DEPESZA_CALL_ANSWERED
           : strcmp(disposition, "BUSY") == 0   ? DEPESZA_CALL_BUSY
           : strcmp(disposition, "FAILED") == 0 ? DEPESZA_CALL_FAILED
                                                : DEPESZA_CALL_NO_ANSWER;
}

/* Stores calls in one commit; when one of them is refused, each by itself and without that one. Says 0 when the database cannot be used: the
 * same calls are to be told again. */
static int store(const call *calls, size_t count) {
    depesza_call_t facts[AT_ONCE];
    if (count == 0) {
        return 1;
    }
    memset(facts, 0, sizeof facts);
    for (size_t i = 0; i < count; i++) {
        facts[i].system = str("pbx");
        facts[i].id = str(calls[i].id);
        facts[i].status = status_of(calls[i].disposition);
        facts[i].caller = str(calls[i].caller);
        facts[i].called = str(calls[i].called);
        facts[i].started_at_ms = calls[i].began_ms;
        facts[i].ended_at_ms = calls[i].ended_ms;
        facts[i].ring_s = calls[i].ring_s;
        facts[i].talk_s = calls[i].talk_s;
        facts[i].raw_status = str(calls[i].disposition);
    }
    switch (depesza_tell_calls(engine, "lipowa", 6, facts, count, now_ms(), NULL)) {
    case DEPESZA_OK:
        return 1;
    case DEPESZA_UNAVAILABLE:
    case DEPESZA_CORRUPT:
    case DEPESZA_PANIC:
        complain("calls wait for the database");
        return 0;
    default:
        break;
    }
    if (count == 1) {
        char what[96];
        snprintf(what, sizeof what, "call %s is left out", calls->id);
        complain(what);
        return 1;
    }
    for (size_t i = 0; i < count; i++) {
        if (!store(&calls[i], 1)) {
            return 0;
        }
    }
    return 1;
}

/* A line's next field, ended by NUL; it may be empty. NULL after the last one. */
static char *field(char **line) {
    char *begin = *line;
    if (begin) {
        char *end = begin + strcspn(begin, ";\r\n");
        *line = *end == ';' ? end + 1 : NULL;
        *end = 0;
    }
    return begin;
}

static int text(char **line, char *to, size_t room) {
    const char *from = field(line);
    if (!from || strlen(from) >= room) {
        return 0;
    }
    strcpy(to, from);
    return 1;
}

static int number(char **line, int64_t most, int64_t *to) {
    char *from = field(line), *end;
    errno = 0;
    *to = from ? strtoll(from, &end, 10) : -1;
    return from && *from && !*end && errno == 0 && *to >= 0 && *to <= most;
}

/* The next call of the CDR; lines that are none are counted, for the log. */
static int read_call(FILE *cdr, call *read, unsigned *skipped) {
    char line[512];
    while (fgets(line, sizeof line, cdr)) {
        char *rest = line;
        int64_t ring_s, talk_s;
        if (text(&rest, read->id, sizeof read->id) && text(&rest, read->caller, sizeof read->caller) &&
            text(&rest, read->called, sizeof read->called) && number(&rest, INT64_MAX, &read->began_ms) &&
            number(&rest, INT64_MAX, &read->ended_ms) && number(&rest, UINT32_MAX, &ring_s) && number(&rest, UINT32_MAX, &talk_s) &&
            text(&rest, read->disposition, sizeof read->disposition) && !rest) {
            read->ring_s = (uint32_t)ring_s;
            read->talk_s = (uint32_t)talk_s;
            return 1;
        }
        ++*skipped;
    }
    return 0;
}

/* Stores the whole CDR. What is known changes nothing. Says 0 when it is to be read again. */
static int read_cdr(const char *path) {
    call calls[AT_ONCE];
    size_t count = 0;
    unsigned skipped = 0;
    int stored = 1;
    FILE *cdr = fopen(path, "r");
    if (!cdr) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 0;
    }
    while (stored && read_call(cdr, &calls[count], &skipped)) {
        if (++count == AT_ONCE) {
            stored = store(calls, count);
            count = 0;
        }
    }
    stored = stored && store(calls, count);
    fclose(cdr);
    if (skipped) {
        fprintf(stderr, "lines of the CDR that are no calls: %u\n", skipped);
    }
    return stored;
}

/* Does what is due, and says when to come again. */
static int64_t send_due(void) {
    int64_t now = now_ms(), due_ms, until_ms = now + LONGEST_MS;
    uint8_t waiting;
    depesza_worked_t worked;
    depesza_dispatched_t sent;
    if (!well(depesza_work(engine, now, 100, &worked), "work") || !well(depesza_dispatch(engine, now, 100, &sent), "dispatch") ||
        !well(depesza_next_due(engine, &due_ms, &waiting), "next due")) {
        return now + RETRY_MS;
    }
    if ((worked.more && worked.commits) || (sent.more && sent.submitted)) {
        return 0;
    }
    if (waiting && due_ms < until_ms) {
        until_ms = due_ms;
    }
    return until_ms > now ? until_ms : now + RETRY_MS; /* what is due and was left is in another process's hands */
}

/* The worker: out of the ring, into the database, to the gateway, until the ring is closed. */
static void *work(void *cdr) {
    call batch[AT_ONCE];
    size_t count = 0;
    unsigned left_to_the_cdr = 0;
    int64_t until_ms = 0;
    for (;;) {
        pthread_mutex_lock(&ring.lock);
        int64_t at_ms = until_ms > ring.ahead_ms ? until_ms - ring.ahead_ms : 0;
        struct timespec at = {(time_t)(at_ms / 1000), (long)(at_ms % 1000) * 1000000};
        ring.waits_until_ms = until_ms;
        pthread_cond_signal(&ring.waits);
        for (int over = 0; !ring.woken && !over;) {
            over = pthread_cond_timedwait(&ring.woken_up, &ring.lock, &at);
        }
        ring.woken = 0;
        ring.waits_until_ms = 0;
        while (ring.count > 0 && count < AT_ONCE) {
            batch[count++] = ring.slots[ring.first];
            ring.first = (ring.first + 1) % SLOTS;
            ring.count--;
        }
        left_to_the_cdr += ring.left_to_the_cdr;
        ring.left_to_the_cdr = 0;
        int more = ring.count > 0, closed = ring.closed;
        pthread_mutex_unlock(&ring.lock);

        int stored = store(batch, count); /* what is not stored stays in the batch */
        count = stored ? 0 : count;
        if (stored && left_to_the_cdr) {
            stored = read_cdr(cdr);
            left_to_the_cdr = stored ? 0 : left_to_the_cdr;
        }
        until_ms = stored ? send_due() : now_ms() + RETRY_MS;
        if (stored && more) {
            until_ms = 0;
        } else if (closed) {
            return NULL;
        }
    }
}

static void stop(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static void open_engine(const char *rules_path, const char *database) {
    static char content[1 << 20];
    char url[1024];
    FILE *file = fopen(rules_path, "rb");
    if (!file) {
        stop("the rules cannot be read");
    }
    size_t len = fread(content, 1, sizeof content, file);
    fclose(file);

    depesza_rules_t *rules = NULL;
    depesza_engine_options_t *options = NULL;
    depesza_capabilities_t can = {DEPESZA_REFERENCE_NONE, 0, 100, 0};
    depesza_gateway_table_t table;
    memset(&table, 0, sizeof table);
    table.size = sizeof table;
    table.submit = print;
    snprintf(url, sizeof url, "sqlite:%s", database);
    if (!well(depesza_rules_load(rules_path, strlen(rules_path), content, len, DEPESZA_RULES_TOML, &rules), "the rules") ||
        !well(depesza_engine_options_new(&options), "options") ||
        !well(depesza_engine_options_store_url(options, url, strlen(url)), "the database") ||
        !well(depesza_engine_options_gateway(options, "printer", 7, &can, &table, NULL), "the gateway") ||
        !well(depesza_engine_open(options, &engine), "the engine") ||
        !well(depesza_rules_save(rules, engine, "pbx", 3, 1794816000000), "the rules")) {
        stop("no SMS");
    }
    depesza_engine_options_free(&options);
    depesza_rules_free(&rules);
}

/* From here on the day that is played: an exchange has none of it. */

static void clock_to(int64_t instant_ms) {
    pthread_mutex_lock(&ring.lock);
    ring.ahead_ms = instant_ms - machine_ms();
    wake();
    pthread_mutex_unlock(&ring.lock);
}

/* Lets the worker do all that is due until then, each a moment after the clock was moved to just before it. */
static void play_until(int64_t end_ms) {
    for (;;) {
        pthread_mutex_lock(&ring.lock);
        while (ring.woken || ring.waits_until_ms == 0) {
            pthread_cond_wait(&ring.waits, &ring.lock);
        }
        int64_t next_ms = ring.waits_until_ms;
        pthread_mutex_unlock(&ring.lock);
        if (next_ms > end_ms) {
            return;
        }
        clock_to(next_ms - 20);
        pthread_mutex_lock(&ring.lock);
        while (ring.woken || ring.waits_until_ms == next_ms) {
            pthread_cond_wait(&ring.waits, &ring.lock);
        }
        pthread_mutex_unlock(&ring.lock);
    }
}

static int by_size(const void *a, const void *b) {
    long one = *(const long *)a, other = *(const long *)b;
    return (one > other) - (one < other);
}

int main(int count, char **arguments) {
    if (count != 5 || depesza_abi() != DEPESZA_ABI) {
        fprintf(stderr, "pbx_hook RULES CDR DATABASE live|again|late, with libdepesza of ABI %d\n", DEPESZA_ABI);
        return 2;
    }
    int is_live = strcmp(arguments[4], "live") == 0, is_late = strcmp(arguments[4], "late") == 0;
    static call day[256];
    long took_ns[256];
    int calls = 0;
    unsigned skipped = 0;
    FILE *cdr = fopen(arguments[2], "r");
    while (cdr && calls < 256 && read_call(cdr, &day[calls], &skipped)) {
        calls++;
    }
    if (calls < 3) {
        stop("the CDR has too few calls");
    }
    fclose(cdr);
    int told = is_live ? calls - 2 : is_late ? calls : 0;
    open_engine(arguments[1], arguments[3]);

    pthread_t worker;
    clock_to(day[told ? 0 : calls - 1].ended_ms);
    ring.left_to_the_cdr = is_live || is_late ? 0 : 1; /* an exchange has 1 at every start */
    if (!is_late && pthread_create(&worker, NULL, work, arguments[2]) != 0) {
        stop("no thread");
    }
    for (int i = 0; i < told; i++) {
        struct timespec before, after;
        clock_to(day[i].ended_ms);
        clock_gettime(CLOCK_MONOTONIC, &before);
        call_ended(&day[i]);
        clock_gettime(CLOCK_MONOTONIC, &after);
        took_ns[i] = (after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec;
    }
    if (is_late && pthread_create(&worker, NULL, work, arguments[2]) != 0) {
        stop("no thread");
    }
    play_until(day[calls - 1].ended_ms + 600000);

    pthread_mutex_lock(&ring.lock);
    ring.closed = 1;
    wake();
    pthread_mutex_unlock(&ring.lock);
    pthread_join(worker, NULL);
    if (told > 0) {
        qsort(took_ns, (size_t)told, sizeof *took_ns, by_size);
        fprintf(stderr, "the hook took %ld ns (median)\n", took_ns[told / 2]);
    }
    if (is_live) {
        call_ended(&day[calls - 2]);
        call_ended(&day[calls - 1]);
        fflush(NULL);
        _exit(3); /* the exchange crashes: nobody takes these calls out of the ring */
    }
    depesza_engine_free(&engine);
    return 0;
}

/* SMS after a call, as a plug-in of a telephone exchange has it.
 *
 *   pbx_hook RULES CDR DATABASE live     calls come in as they are read from CDR; the process dies before the last ones are stored
 *   pbx_hook RULES CDR DATABASE again    starts after that: reads the CDR once more, and sends what was lost from memory
 *
 * The hook runs in the exchange's own thread, which must not wait: it copies the call into a ring of fixed size and returns. A worker takes
 * calls out of the ring, stores them in one commit each time, and sends what is due through the gateway below, which prints.
 *
 * What a crash loses is what was in the ring. The exchange has written those calls to its CDR, so after a start the CDR is read again from the
 * beginning: a call is known by its exchange and its identifier, and telling it again changes nothing. When the ring is full, a call is left to the
 * same reading.
 *
 * Lines of the CDR here: id;caller;called;began;ended;ring seconds;talk seconds;disposition (times in milliseconds). Real ones are read by
 * adapters/call-records. */
#include <depesza.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 256, AT_ONCE = 32 };

/* A call in memory of fixed size: longer fields are no telephone numbers and no identifiers. */
typedef struct {
    char id[64], caller[32], called[32], disposition[16];
    int64_t began_ms, ended_ms;
    uint32_t ring_s, talk_s;
} call;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t some;
    call slots[SLOTS];
    unsigned first, count, left_to_the_cdr;
    int closed;
} ring = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {{{0}, {0}, {0}, {0}, 0, 0, 0, 0}}, 0, 0, 0, 0};

/* The hook: called by the exchange when a call has ended. */
static void call_ended(const call *ended) {
    pthread_mutex_lock(&ring.lock);
    if (ring.count < SLOTS) {
        ring.slots[(ring.first + ring.count++) % SLOTS] = *ended;
        pthread_cond_signal(&ring.some);
    } else {
        ring.left_to_the_cdr++;
    }
    pthread_mutex_unlock(&ring.lock);
}

/* What went wrong, and the end: an exchange would write it to its log and go on without SMS. */
static void require(depesza_status_t status, const char *what) {
    if (status != DEPESZA_OK) {
        depesza_error_t error;
        depesza_last_error(&error);
        fprintf(stderr, "%s: %.*s\n", what, (int)error.message.len, error.message.data);
        exit(1);
    }
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

/* Stores calls in one commit. */
static void store(const call *calls, size_t count) {
    depesza_call_t facts[AT_ONCE];
    int64_t now_ms = 0;
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
        now_ms = calls[i].ended_ms > now_ms ? calls[i].ended_ms : now_ms;
    }
    require(depesza_tell_calls(engine, "lipowa", 6, facts, count, now_ms, NULL), "the calls were not stored");
}

/* Sends everything that waits. An exchange does it when it is due, by its own clock; this day is over, so the clock jumps. */
static void send_all(void) {
    for (;;) {
        int64_t due_ms;
        uint8_t waiting;
        depesza_dispatched_t did;
        require(depesza_next_due(engine, &due_ms, &waiting), "next_due");
        if (!waiting) {
            return;
        }
        require(depesza_dispatch(engine, due_ms, 100, &did), "dispatch");
    }
}

/* The worker: out of the ring, into the database. */
static void *work(void *unused) {
    (void)unused;
    for (;;) {
        call calls[AT_ONCE];
        size_t count = 0;
        pthread_mutex_lock(&ring.lock);
        while (ring.count == 0 && !ring.closed) {
            pthread_cond_wait(&ring.some, &ring.lock);
        }
        while (ring.count > 0 && count < AT_ONCE) {
            calls[count++] = ring.slots[ring.first];
            ring.first = (ring.first + 1) % SLOTS;
            ring.count--;
        }
        pthread_mutex_unlock(&ring.lock);
        if (count == 0) {
            return NULL;
        }
        store(calls, count);
    }
}

static int read_call(FILE *cdr, call *read) {
    char line[512];
    while (fgets(line, sizeof line, cdr)) {
        long long began_ms, ended_ms;
        memset(read, 0, sizeof *read);
        if (sscanf(line, "%63[^;];%31[^;];%31[^;];%lld;%lld;%u;%u;%15[^;\n]", read->id, read->caller, read->called, &began_ms,
                   &ended_ms, &read->ring_s, &read->talk_s, read->disposition) == 8) {
            read->began_ms = began_ms;
            read->ended_ms = ended_ms;
            return 1;
        }
    }
    return 0;
}

static char *content(const char *path, size_t *len) {
    FILE *file = fopen(path, "rb");
    char *made = malloc(1 << 20);
    if (!file || !made) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    *len = fread(made, 1, 1 << 20, file);
    fclose(file);
    return made;
}

static void open_engine(const char *rules_path, const char *database) {
    size_t len;
    char *text = content(rules_path, &len), url[1024];
    depesza_rules_t *rules = NULL;
    require(depesza_rules_load(rules_path, strlen(rules_path), text, len, DEPESZA_RULES_TOML, &rules), "the rules");
    free(text);

    depesza_engine_options_t *options = NULL;
    depesza_capabilities_t can = {DEPESZA_REFERENCE_NONE, 0, 100, 0};
    depesza_gateway_table_t table;
    memset(&table, 0, sizeof table);
    table.size = sizeof table;
    table.submit = print;
    snprintf(url, sizeof url, "sqlite:%s", database);
    require(depesza_engine_options_new(&options), "options");
    require(depesza_engine_options_store_url(options, url, strlen(url)), "the database");
    require(depesza_engine_options_gateway(options, "printer", 7, &can, &table, NULL), "the gateway");
    require(depesza_engine_open(options, &engine), "the engine");
    depesza_engine_options_free(&options);
    require(depesza_rules_save(rules, engine, "pbx", 3, 1794816000000), "the rules");
    depesza_rules_free(&rules);
}

static int by_size(const void *a, const void *b) {
    long one = *(const long *)a, other = *(const long *)b;
    return (one > other) - (one < other);
}

/* A day of calls through the hook; the last `lost` are in the ring when the process dies. */
static void live(FILE *cdr, int lost) {
    pthread_t worker;
    call day[SLOTS];
    long took_ns[SLOTS];
    int count = 0;
    while (count < SLOTS && read_call(cdr, &day[count])) {
        count++;
    }
    if (count <= lost || pthread_create(&worker, NULL, work, NULL) != 0) {
        fprintf(stderr, "the day is too short, or there is no thread\n");
        exit(1);
    }
    for (int i = 0; i < count - lost; i++) {
        struct timespec before, after;
        clock_gettime(CLOCK_MONOTONIC, &before);
        call_ended(&day[i]);
        clock_gettime(CLOCK_MONOTONIC, &after);
        took_ns[i] = (after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec;
    }
    pthread_mutex_lock(&ring.lock);
    ring.closed = 1;
    pthread_cond_signal(&ring.some);
    pthread_mutex_unlock(&ring.lock);
    pthread_join(worker, NULL);
    send_all();
    qsort(took_ns, (size_t)(count - lost), sizeof *took_ns, by_size);
    fprintf(stderr, "the hook took %ld ns (median)\n", took_ns[(count - lost) / 2]);

    for (int i = count - lost; i < count; i++) {
        call_ended(&day[i]);
    }
    fflush(NULL);
    _exit(3); /* the exchange crashes: nobody takes these calls out of the ring */
}

/* After a start: the whole CDR once more. What is known changes nothing. */
static void again(FILE *cdr) {
    call calls[AT_ONCE];
    size_t count = 0;
    while (read_call(cdr, &calls[count])) {
        if (++count == AT_ONCE) {
            store(calls, count);
            count = 0;
        }
    }
    store(calls, count);
    send_all();
}

int main(int count, char **arguments) {
    if (count != 5 || depesza_abi() != DEPESZA_ABI) {
        fprintf(stderr, "pbx_hook RULES CDR DATABASE live|again, with libdepesza of ABI %d\n", DEPESZA_ABI);
        return 2;
    }
    FILE *cdr = fopen(arguments[2], "r");
    if (!cdr) {
        fprintf(stderr, "%s: %s\n", arguments[2], strerror(errno));
        return 2;
    }
    open_engine(arguments[1], arguments[3]);
    if (strcmp(arguments[4], "live") == 0) {
        live(cdr, 2);
    }
    again(cdr);
    fclose(cdr);
    depesza_engine_free(&engine);
    return 0;
}

/* Gateways that the library brings, over servers on this machine: an SMSC of one connection, and a provider over HTTP that takes every message. */
#include "check.h"
#include "practice.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Longer than anything here takes. */
#define LONG_MS 30000

/* A server of one listener, in a thread that ends when `stop` closes the connection. */
typedef struct server {
    int listener, client;
    unsigned port;
    void (*serve)(struct server *);
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int bound, unbound, submitted;
} server;

static int whole(int from, void *to, size_t length) {
    for (size_t got = 0; got < length;) {
        ssize_t more = recv(from, (char *)to + got, length - got, 0);
        if (more <= 0) {
            return 0;
        }
        got += (size_t)more;
    }
    return 1;
}

static void told(server *of, int *what) {
    pthread_mutex_lock(&of->lock);
    ++*what;
    pthread_cond_broadcast(&of->changed);
    pthread_mutex_unlock(&of->lock);
}

static int count(server *of, const int *what) {
    pthread_mutex_lock(&of->lock);
    int seen = *what;
    pthread_mutex_unlock(&of->lock);
    return seen;
}

static int accepted(server *of) {
    int client = accept(of->listener, NULL, NULL);
    pthread_mutex_lock(&of->lock);
    of->client = client;
    pthread_mutex_unlock(&of->lock);
    return client;
}

static void closed(server *of) {
    pthread_mutex_lock(&of->lock);
    close(of->client);
    of->client = -1;
    pthread_mutex_unlock(&of->lock);
}

static void *run(void *of) {
    server *self = of;
    self->serve(self);
    return NULL;
}

static void start(server *self, void (*serve)(server *)) {
    struct sockaddr_in at;
    socklen_t length = sizeof at;
    memset(self, 0, sizeof *self);
    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    self->serve = serve;
    self->client = -1;
    self->listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(self->listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(self->listener, 4) == 0);
    CHECK(getsockname(self->listener, (struct sockaddr *)&at, &length) == 0);
    self->port = ntohs(at.sin_port);
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->changed, NULL);
    CHECK(pthread_create(&self->thread, NULL, run, self) == 0);
}

static void stop(server *self) {
    pthread_mutex_lock(&self->lock);
    shutdown(self->listener, SHUT_RDWR);
    if (self->client >= 0) {
        shutdown(self->client, SHUT_RDWR);
    }
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    close(self->listener);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->lock);
}

/* -------------------------------------------------------------------------------------------------------------------- SMPP */

static void put32(unsigned char *to, uint32_t value) {
    value = htonl(value);
    memcpy(to, &value, sizeof value);
}

static void pdu(server *self, uint32_t command, uint32_t sequence, const void *body, size_t length) {
    unsigned char all[512];
    put32(all, (uint32_t)(16 + length));
    put32(all + 4, command);
    put32(all + 8, 0);
    put32(all + 12, sequence);
    memcpy(all + 16, body, length);
    CHECK(send(self->client, all, 16 + length, MSG_NOSIGNAL) == (ssize_t)(16 + length));
}

static void smsc(server *self) {
    int client = accepted(self);
    unsigned char head[16], body[1024];
    while (client >= 0 && whole(client, head, sizeof head)) {
        uint32_t length, command, sequence;
        memcpy(&length, head, 4), memcpy(&command, head + 4, 4), memcpy(&sequence, head + 12, 4);
        length = ntohl(length), command = ntohl(command), sequence = ntohl(sequence);
        if (length < 16 || length - 16 > sizeof body || !whole(client, body, length - 16)) {
            break;
        }
        if (command & 0x80000000u) {
            continue;
        }
        int binds = command == 9, submits = command == 4, unbinds = command == 6;
        /* counted before the answer: who has the answer may look at the count at once */
        if (binds) {
            told(self, &self->bound);
        } else if (submits) {
            told(self, &self->submitted);
        } else if (unbinds) {
            told(self, &self->unbound);
        }
        pdu(self, command | 0x80000000u, sequence, binds ? "smsc" : "id-1", binds || submits ? 5 : 0);
        if (unbinds) {
            break;
        }
    }
    if (client >= 0) {
        closed(self);
    }
}

/* An incoming message of a few letters. */
static void delivers(server *self, const char *from, const char *to, const char *text) {
    unsigned char body[256] = {0};
    size_t at = 1;
    const char *numbers[] = {from, to};
    for (int i = 0; i < 2; i++) {
        body[at++] = 1, body[at++] = 1;
        memcpy(body + at, numbers[i], strlen(numbers[i]) + 1);
        at += strlen(numbers[i]) + 1;
    }
    /* class, protocol, priority, two times, two flags, coding, default message */
    at += 9;
    body[at++] = (unsigned char)strlen(text);
    memcpy(body + at, text, strlen(text));
    pdu(self, 5, 1, body, at + strlen(text));
}

static void an_smsc_on_a_connection(void) {
    server peer;
    start(&peer, smsc);
    char json[512];
    snprintf(json, sizeof json,
             "{\"id\": \"smpp\", \"kind\": \"smpp\", \"host\": \"127.0.0.1\", \"port\": %u, \"system_id\": \"clinic\", \"password\": \"poufne\","
             " \"connect_wait_ms\": %d, \"response_timeout_ms\": %d, \"submit_timeout_ms\": %d, \"close_timeout_ms\": %d}",
             peer.port, LONG_MS, LONG_MS, 2 * LONG_MS, LONG_MS);
    depesza_engine_options_t *options = NULL;
    depesza_engine_t *engine = NULL;
    OK(depesza_engine_options_new(&options));
    OK(depesza_engine_options_store_url(options, T("memory:")));
    OK(depesza_engine_options_gateway_json(options, json, strlen(json)));
    OK(depesza_engine_open(options, &engine));
    OK(depesza_engine_options_free(&options));
    practice(engine);

    depesza_dispatched_t did;
    OK(depesza_dispatch(engine, due(engine), 100, &did));
    CHECK(did.accepted == 1 && count(&peer, &peer.submitted) == 1);
    call(engine, "messages_of_visit", "{\"practice\": \"kowalska\", \"visit\": \"120\"}", "\"id-1\"");

    int64_t now_ms = MONDAY + 3 * DAY + 2 * HOUR;
    depesza_received_t received = {9, 9};
    OK(depesza_receive(engine, now_ms, 0, &received));
    CHECK(received.told == 0 && received.unrouted == 0);
    delivers(&peer, "48501234567", "48500100200", "TAK");
    OK(depesza_receive(engine, now_ms, LONG_MS, &received));
    CHECK(received.told == 1 && received.unrouted == 0);
    call(engine, "visit", "{\"practice\": \"kowalska\", \"visit\": \"120\"}", "\"yes\"");
    FAILS(depesza_callback(engine, T("smpp"), T("MsgId=1&status=404"), now_ms, &received), DEPESZA_BAD_VALUE, "bad_arguments");
    FAILS(depesza_receive(engine, now_ms, DEPESZA_MAX_WAIT_MS + 1, &received), DEPESZA_BAD_VALUE, "bad_value");
    FAILS(depesza_receive(engine, INT64_MAX, 0, &received), DEPESZA_BAD_VALUE, "bad_value");
    FAILS(depesza_receive(engine, now_ms, 0, NULL), DEPESZA_NULL_POINTER, "null_pointer");
    CHECK(received.told == 1);

    OK(depesza_engine_free(&engine));
    CHECK(count(&peer, &peer.unbound) == 1);
    stop(&peer);
}

/* ------------------------------------------------------------------------------------------------------------------ SMSAPI */

/* One request a connection, whatever it is, answered with one accepted message. */
static void provider(server *self) {
    static const char answer[] = "{\"count\":1,\"list\":[{\"id\":\"sms-1\",\"points\":0.16,\"number\":\"48501234567\","
                                 "\"submitted_number\":\"501234567\",\"status\":\"QUEUE\",\"idx\":\"%s\"}]}";
    int client;
    while ((client = accepted(self)) >= 0) {
        char request[8192] = "", body[512], all[1024];
        size_t got = 0, end = 0;
        while (!end || got < end) {
            ssize_t more = recv(client, request + got, sizeof request - 1 - got, 0);
            if (more <= 0) {
                break;
            }
            got += (size_t)more;
            request[got] = 0;
            char *blank = strstr(request, "\r\n\r\n"), *length = strstr(request, "ontent-");
            while (length && strncmp(length, "ontent-Length:", 14) != 0 && strncmp(length, "ontent-length:", 14) != 0) {
                length = strstr(length + 1, "ontent-");
            }
            if (blank) {
                end = (size_t)(blank + 4 - request) + (length ? strtoul(length + 14, NULL, 10) : 0);
            }
        }
        if (got == 0) {
            closed(self);
            continue;
        }
        char idx[64] = "";
        char *given = strstr(request, "idx=");
        if (given) {
            sscanf(given, "idx=%63[0-9a-z-]", idx);
        }
        snprintf(body, sizeof body, answer, idx);
        snprintf(all, sizeof all, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                 strlen(body), body);
        told(self, &self->submitted);
        CHECK(send(client, all, strlen(all), MSG_NOSIGNAL) == (ssize_t)strlen(all));
        shutdown(client, SHUT_WR);
        while (recv(client, all, sizeof all, 0) > 0) {
        }
        closed(self);
    }
}

static void a_provider_that_calls(void) {
    server peer;
    start(&peer, provider);
    char json[256], form[256];
    snprintf(json, sizeof json, "{\"id\": \"smsapi\", \"kind\": \"smsapi\", \"token\": \"poufne\", \"base_url\": \"http://127.0.0.1:%u/\"}",
             peer.port);
    depesza_engine_options_t *options = NULL;
    depesza_engine_t *engine = NULL, *other = NULL;
    OK(depesza_engine_options_new(&options));
    OK(depesza_engine_options_store_url(options, T("memory:")));
    OK(depesza_engine_options_gateway_json(options, json, strlen(json)));
    FAILS(depesza_engine_options_gateway_json(options, json, strlen(json)), DEPESZA_BAD_VALUE, "bad_value");
    OK(depesza_engine_open(options, &engine));
    OK(depesza_engine_open(options, &other));
    OK(depesza_engine_free(&other));
    OK(depesza_engine_options_free(&options));
    practice(engine);

    depesza_dispatched_t did;
    OK(depesza_dispatch(engine, due(engine), 100, &did));
    CHECK(did.accepted == 1 && count(&peer, &peer.submitted) == 1);

    int64_t now_ms = MONDAY + 3 * DAY + 2 * HOUR;
    depesza_received_t received = {9, 9};
    OK(depesza_callback(engine, T("smsapi"), T("MsgId=sms-1&status=404"), now_ms, &received));
    CHECK(received.told == 1 && received.unrouted == 0);
    call(engine, "messages_of_visit", "{\"practice\": \"kowalska\", \"visit\": \"120\"}", "\"delivered\"");
    OK(depesza_callback(engine, T("smsapi"), T("MsgId=nobodys&status=404"), now_ms, &received));
    CHECK(received.told == 0 && received.unrouted == 1);
    snprintf(form, sizeof form, "sms_to=48500100200&sms_from=48501234567&sms_text=NIE&sms_date=%lld", (long long)(now_ms / 1000));
    OK(depesza_callback(engine, T("smsapi"), form, strlen(form), now_ms, &received));
    CHECK(received.told == 1);
    call(engine, "visit", "{\"practice\": \"kowalska\", \"visit\": \"120\"}", "\"no\"");
    FAILS(depesza_callback(engine, T("smsapi"), T("poufne=1"), now_ms, &received), DEPESZA_BAD_VALUE, "bad_arguments");
    FAILS(depesza_callback(engine, T("nobody"), T("MsgId=1&status=404"), now_ms, &received), DEPESZA_BAD_VALUE, "bad_arguments");
    /* nothing comes by a connection of this kind, so nobody waits for it */
    OK(depesza_receive(engine, now_ms, LONG_MS, &received));
    CHECK(received.told == 0 && received.unrouted == 0);
    OK(depesza_engine_free(&engine));
    stop(&peer);
}

/* Whether a text that need not end with NUL says something. */
static int says(depesza_str_t text, const char *what) {
    for (size_t at = 0; at + strlen(what) <= text.len; at++) {
        if (memcmp(text.data + at, what, strlen(what)) == 0) {
            return 1;
        }
    }
    return 0;
}

static void options_that_are_none(void) {
    static const struct {
        const char *json, *field;
    } faulty[] = {
        {"{\"id\": \"g\", \"kind\": \"pigeon\"}", "kind"},
        {"{\"id\": \"\", \"kind\": \"smsapi\", \"token\": \"poufne\"}", "id"},
        {"{\"id\": \"g\", \"kind\": \"smsapi\"}", "token"},
        {"{\"id\": \"g\", \"kind\": \"smsapi\", \"token\": \"t\", \"max_parts\": \"poufne\"}", "max_parts"},
        {"{\"id\": \"g\", \"kind\": \"smpp\", \"system_id\": \"poufne\", \"password\": \"poufne\"}", "host"},
    };
    depesza_engine_options_t *options = NULL;
    OK(depesza_engine_options_new(&options));
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
        depesza_error_t error;
        FAILS(depesza_engine_options_gateway_json(options, faulty[i].json, strlen(faulty[i].json)), DEPESZA_BAD_VALUE, "bad_arguments");
        OK(depesza_last_error(&error));
        CHECK(is(error.field, faulty[i].field) && says(error.message, faulty[i].field) && !says(error.message, "poufne"));
    }
    FAILS(depesza_engine_options_gateway_json(options, "\xff", 1), DEPESZA_BAD_UTF8, "bad_utf8");
    OK(depesza_engine_options_free(&options));
}

int main(void) {
    RUN(an_smsc_on_a_connection);
    RUN(a_provider_that_calls);
    RUN(options_that_are_none);
    return report();
}

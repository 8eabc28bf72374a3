#include "memory_store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *data;
    size_t len;
} text;

typedef struct {
    text practice;
    uint64_t version;
} practice;

typedef struct {
    text practice;
    uint16_t table;
    text id;
    text doc;
} row;

typedef struct {
    text practice;
    uint16_t index;
    text key;
    uint16_t table;
    text id;
} entry;

typedef struct {
    pthread_mutex_t lock;
    practice *practices;
    size_t practices_len, practices_room;
    row *rows;
    size_t rows_len, rows_room;
    entry *entries;
    size_t entries_len, entries_room;
} store;

/* Memory is never short in a test; a real store answers DEPESZA_UNAVAILABLE and changes nothing. */
static void *grown(void *old, size_t len, size_t *room, size_t size) {
    if (len < *room) {
        return old;
    }
    *room = *room ? *room * 2 : 16;
    void *grown = realloc(old, *room * size);
    if (!grown) {
        abort();
    }
    return grown;
}

static text copy(depesza_str_t of) {
    text made = {malloc(of.len + 1), of.len};
    if (!made.data) {
        abort();
    }
    if (of.len > 0) {
        memcpy(made.data, of.data, of.len);
    }
    made.data[of.len] = 0;
    return made;
}

static depesza_str_t lend(text of) {
    depesza_str_t lent = {of.data, of.len};
    return lent;
}

static int compare(const char *a, size_t a_len, const char *b, size_t b_len) {
    size_t least = a_len < b_len ? a_len : b_len;
    int order = least ? memcmp(a, b, least) : 0;
    return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int order(text a, text b) { return compare(a.data, a.len, b.data, b.len); }
static int order_str(text a, depesza_str_t b) { return compare(a.data, a.len, b.data, b.len); }
static int same(text a, depesza_str_t b) { return order_str(a, b) == 0; }

static uint64_t version_of(store *in, depesza_str_t of) {
    for (size_t i = 0; i < in->practices_len; i++) {
        if (same(in->practices[i].practice, of)) {
            return in->practices[i].version;
        }
    }
    return 0;
}

static void set_version(store *in, depesza_str_t of, uint64_t version) {
    for (size_t i = 0; i < in->practices_len; i++) {
        if (same(in->practices[i].practice, of)) {
            in->practices[i].version = version;
            return;
        }
    }
    in->practices = grown(in->practices, in->practices_len, &in->practices_room, sizeof *in->practices);
    practice made = {copy(of), version};
    in->practices[in->practices_len++] = made;
}

static row *row_of(store *in, depesza_str_t practice, uint16_t table, depesza_str_t id) {
    for (size_t i = 0; i < in->rows_len; i++) {
        row *it = &in->rows[i];
        if (it->table == table && same(it->id, id) && same(it->practice, practice)) {
            return it;
        }
    }
    return NULL;
}

static void drop_entry(store *in, size_t place) {
    entry *it = &in->entries[place];
    free(it->practice.data);
    free(it->key.data);
    free(it->id.data);
    *it = in->entries[--in->entries_len];
}

/* Entries of a row: all of them, or those of one index and key. */
static void drop_entries(store *in, depesza_str_t practice, const depesza_write_t *of, const depesza_entry_t *one) {
    for (size_t i = in->entries_len; i-- > 0;) {
        entry *it = &in->entries[i];
        int mine = it->table == of->row.table && same(it->id, of->row.id) && same(it->practice, practice);
        if (mine && (!one || (it->index == one->index && same(it->key, one->key)))) {
            drop_entry(in, i);
        }
    }
}

static void write_row(store *in, depesza_str_t practice, const depesza_write_t *of) {
    row *known = row_of(in, practice, of->row.table, of->row.id);
    if (!of->doc.data) {
        drop_entries(in, practice, of, NULL);
        if (known) {
            free(known->practice.data);
            free(known->id.data);
            free(known->doc.data);
            *known = in->rows[--in->rows_len];
        }
        return;
    }
    if (known) {
        free(known->doc.data);
        known->doc = copy(of->doc);
    } else {
        in->rows = grown(in->rows, in->rows_len, &in->rows_room, sizeof *in->rows);
        row made = {copy(practice), of->row.table, copy(of->row.id), copy(of->doc)};
        in->rows[in->rows_len++] = made;
    }
    for (size_t i = 0; i < of->remove_count; i++) {
        drop_entries(in, practice, of, &of->remove[i]);
    }
    for (size_t i = 0; i < of->add_count; i++) {
        drop_entries(in, practice, of, &of->add[i]);
        in->entries = grown(in->entries, in->entries_len, &in->entries_room, sizeof *in->entries);
        entry made = {copy(practice), of->add[i].index, copy(of->add[i].key), of->row.table, copy(of->row.id)};
        in->entries[in->entries_len++] = made;
    }
}

static depesza_status_t on_version(void *userdata, depesza_str_t practice, uint64_t *version) {
    store *in = userdata;
    pthread_mutex_lock(&in->lock);
    *version = version_of(in, practice);
    pthread_mutex_unlock(&in->lock);
    return DEPESZA_OK;
}

static depesza_status_t on_commit(void *userdata, const depesza_commit_t *commit, uint64_t *version) {
    store *in = userdata;
    depesza_status_t status = DEPESZA_OK;
    pthread_mutex_lock(&in->lock);
    uint64_t now = version_of(in, commit->practice);
    if (now != commit->version) {
        *version = now;
        status = DEPESZA_CONFLICT;
    } else {
        for (size_t i = 0; i < commit->writes_count; i++) {
            write_row(in, commit->practice, &commit->writes[i]);
        }
        *version = now + 1;
        set_version(in, commit->practice, *version);
    }
    pthread_mutex_unlock(&in->lock);
    return status;
}

static depesza_status_t on_read(void *userdata, depesza_str_t practice, const depesza_row_key_t *rows, size_t count,
                                depesza_found_t *found) {
    store *in = userdata;
    depesza_status_t status = DEPESZA_OK;
    pthread_mutex_lock(&in->lock);
    for (size_t i = 0; i < count && status == DEPESZA_OK; i++) {
        row *it = row_of(in, practice, rows[i].table, rows[i].id);
        if (it) {
            status = depesza_found_doc(found, i, lend(it->doc));
        }
    }
    pthread_mutex_unlock(&in->lock);
    return status;
}

static int by_id(const void *a, const void *b) { return order((*(row *const *)a)->id, (*(row *const *)b)->id); }

static depesza_status_t on_list(void *userdata, depesza_str_t practice, uint16_t table, depesza_str_t from,
                                depesza_str_t to, uint32_t limit, depesza_found_t *found) {
    store *in = userdata;
    depesza_status_t status = DEPESZA_OK;
    pthread_mutex_lock(&in->lock);
    row **some = calloc(in->rows_len + 1, sizeof *some);
    size_t len = 0;
    for (size_t i = 0; some && i < in->rows_len; i++) {
        row *it = &in->rows[i];
        if (it->table == table && same(it->practice, practice) && order_str(it->id, from) >= 0 &&
            order_str(it->id, to) < 0) {
            some[len++] = it;
        }
    }
    if (len) {
        qsort(some, len, sizeof *some, by_id);
    }
    for (size_t i = 0; i < len && i < limit && status == DEPESZA_OK; i++) {
        depesza_str_t no_key = {"", 0};
        status = depesza_found_row(found, no_key, table, lend(some[i]->id), lend(some[i]->doc));
    }
    pthread_mutex_unlock(&in->lock);
    status = some ? status : DEPESZA_UNAVAILABLE;
    free(some);
    return status;
}

static int by_key(const void *a, const void *b) {
    const entry *one = *(entry *const *)a, *other = *(entry *const *)b;
    int keys = order(one->key, other->key);
    int tables = (one->table > other->table) - (one->table < other->table);
    return keys ? keys : tables ? tables : order(one->id, other->id);
}

static depesza_status_t on_scan(void *userdata, depesza_str_t practice, const depesza_scan_t *scan,
                                depesza_found_t *found) {
    store *in = userdata;
    depesza_status_t status = DEPESZA_OK;
    pthread_mutex_lock(&in->lock);
    entry **some = calloc(in->entries_len + 1, sizeof *some);
    size_t len = 0;
    for (size_t i = 0; some && i < in->entries_len; i++) {
        entry *it = &in->entries[i];
        if (it->index == scan->index && same(it->practice, practice) && order_str(it->key, scan->from) >= 0 &&
            order_str(it->key, scan->to) < 0) {
            some[len++] = it;
        }
    }
    if (len) {
        qsort(some, len, sizeof *some, by_key);
    }
    for (size_t i = 0; i < len && i < scan->limit && status == DEPESZA_OK; i++) {
        entry *it = some[scan->descending ? len - 1 - i : i];
        row *of = row_of(in, practice, it->table, lend(it->id));
        status = of ? depesza_found_row(found, lend(it->key), it->table, lend(it->id), lend(of->doc)) : DEPESZA_CORRUPT;
    }
    pthread_mutex_unlock(&in->lock);
    status = some ? status : DEPESZA_UNAVAILABLE;
    free(some);
    return status;
}

static int by_practice(const void *a, const void *b) {
    const entry *one = *(entry *const *)a, *other = *(entry *const *)b;
    int practices = order(one->practice, other->practice);
    int tables = (one->table > other->table) - (one->table < other->table);
    return practices ? practices : tables ? tables : order(one->id, other->id);
}

static depesza_status_t on_find(void *userdata, uint16_t index, depesza_str_t key, depesza_found_t *found) {
    store *in = userdata;
    depesza_status_t status = DEPESZA_OK;
    pthread_mutex_lock(&in->lock);
    entry **some = calloc(in->entries_len + 1, sizeof *some);
    size_t len = 0;
    for (size_t i = 0; some && i < in->entries_len; i++) {
        if (in->entries[i].index == index && same(in->entries[i].key, key)) {
            some[len++] = &in->entries[i];
        }
    }
    if (len) {
        qsort(some, len, sizeof *some, by_practice);
    }
    for (size_t i = 0; i < len && status == DEPESZA_OK; i++) {
        status = depesza_found_shared(found, lend(some[i]->practice), some[i]->table, lend(some[i]->id));
    }
    pthread_mutex_unlock(&in->lock);
    status = some ? status : DEPESZA_UNAVAILABLE;
    free(some);
    return status;
}

typedef struct {
    text practice;
    int64_t at_ms;
} waiting;

static int by_instant(const void *a, const void *b) {
    const waiting *one = a, *other = b;
    int instants = (one->at_ms > other->at_ms) - (one->at_ms < other->at_ms);
    return instants ? instants : order(one->practice, other->practice);
}

static depesza_status_t on_due(void *userdata, uint16_t queue, int64_t until_ms, uint32_t limit,
                               depesza_found_t *found) {
    store *in = userdata;
    depesza_status_t status = DEPESZA_OK;
    pthread_mutex_lock(&in->lock);
    waiting *some = calloc(in->practices_len + 1, sizeof *some);
    size_t len = 0;
    for (size_t i = 0; some && i < in->practices_len; i++) {
        waiting earliest = {in->practices[i].practice, INT64_MAX};
        for (size_t j = 0; j < in->entries_len; j++) {
            entry *it = &in->entries[j];
            char digits[16] = "";
            if (it->index != queue || it->key.len < 15 || order(it->practice, earliest.practice) != 0) {
                continue;
            }
            memcpy(digits, it->key.data, 15);
            int64_t at_ms = strtoll(digits, NULL, 10);
            if (at_ms < earliest.at_ms) {
                earliest.at_ms = at_ms;
            }
        }
        if (earliest.at_ms <= until_ms && earliest.at_ms != INT64_MAX) {
            some[len++] = earliest;
        }
    }
    if (len) {
        qsort(some, len, sizeof *some, by_instant);
    }
    for (size_t i = 0; i < len && i < limit && status == DEPESZA_OK; i++) {
        status = depesza_found_practice(found, lend(some[i].practice), some[i].at_ms);
    }
    pthread_mutex_unlock(&in->lock);
    status = some ? status : DEPESZA_UNAVAILABLE;
    free(some);
    return status;
}

static void on_free(void *userdata) {
    store *in = userdata;
    /* nobody else uses it any more; what others wrote under the lock is seen by whoever takes it last */
    pthread_mutex_lock(&in->lock);
    pthread_mutex_unlock(&in->lock);
    while (in->entries_len) {
        drop_entry(in, in->entries_len - 1);
    }
    for (size_t i = 0; i < in->rows_len; i++) {
        free(in->rows[i].practice.data);
        free(in->rows[i].id.data);
        free(in->rows[i].doc.data);
    }
    for (size_t i = 0; i < in->practices_len; i++) {
        free(in->practices[i].practice.data);
    }
    free(in->entries);
    free(in->rows);
    free(in->practices);
    pthread_mutex_destroy(&in->lock);
    free(in);
}

void *memory_store_open(depesza_store_table_t *table) {
    store *made = calloc(1, sizeof *made);
    if (!made || pthread_mutex_init(&made->lock, NULL) != 0) {
        free(made);
        return NULL;
    }
    memset(table, 0, sizeof *table);
    table->size = sizeof *table;
    table->version = on_version;
    table->read = on_read;
    table->list = on_list;
    table->scan = on_scan;
    table->commit = on_commit;
    table->find = on_find;
    table->due = on_due;
    table->free = on_free;
    return made;
}

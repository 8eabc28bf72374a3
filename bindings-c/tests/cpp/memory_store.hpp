// A store in memory on std::map: what a host's own store has to do, in the shortest way.
#pragma once

#include <depesza.hpp>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <utility>

class memory_store : public depesza::store {
public:
    depesza::status version(std::string_view practice, std::uint64_t& version) override {
        const std::lock_guard lock(mutex_);
        const auto* known = find_practice(practice);
        version = known ? known->version : 0;
        return depesza::status::ok;
    }

    depesza::status read(std::string_view practice, const depesza::row_keys& rows, depesza::found& found) override {
        const std::lock_guard lock(mutex_);
        const auto* known = find_practice(practice);
        if (!known) return depesza::status::ok;
        std::size_t place = 0;
        for (const auto asked : rows) {
            const auto row = known->rows.find({asked.table, std::string(asked.id)});
            if (row != known->rows.end()) found.doc(place, row->second.doc);
            ++place;
        }
        return depesza::status::ok;
    }

    depesza::status list(std::string_view practice, std::uint16_t table, std::string_view from, std::string_view to, std::uint32_t limit,
                         depesza::found& found) override {
        const std::lock_guard lock(mutex_);
        const auto* known = find_practice(practice);
        if (!known || from >= to) return depesza::status::ok;
        const auto end = known->rows.lower_bound({table, std::string(to)});
        for (auto row = known->rows.lower_bound({table, std::string(from)}); row != end && limit > 0; ++row, --limit) {
            found.row(table, row->first.second, row->second.doc);
        }
        return depesza::status::ok;
    }

    depesza::status scan(std::string_view practice, const depesza::scan& asked, depesza::found& found) override {
        const std::lock_guard lock(mutex_);
        const auto* known = find_practice(practice);
        if (!known || asked.from >= asked.to) return depesza::status::ok;
        const auto place = [&](std::string_view key) { return known->entries.lower_bound({asked.index, std::string(key), {}}); };
        auto first = place(asked.from);
        auto last = place(asked.to);
        const auto give = [&](const index_entry& one) {
            const auto& [index, key, row] = one;
            found.row(key, row.first, row.second, known->rows.at(row).doc);
        };
        auto left = asked.limit;
        if (asked.descending) {
            for (; first != last && left > 0; --left) give(*--last);
        } else {
            for (; first != last && left > 0; --left) give(*first++);
        }
        return depesza::status::ok;
    }

    depesza::status commit(const depesza::commit& all, std::uint64_t& version) override {
        const std::lock_guard lock(mutex_);
        const auto* known = find_practice(all.practice);
        const auto now = known ? known->version : 0;
        version = now;
        if (now != all.version) return depesza::status::conflict;
        // changed aside, then swapped in: an exception on the way leaves all as it was
        auto after = known ? *known : of_practice{};
        for (const auto write : all.writes) after.apply(write);
        version = ++after.version;
        practices_[std::string(all.practice)] = std::move(after);
        return depesza::status::ok;
    }

    depesza::status find(std::uint16_t index, std::string_view key, depesza::found& found) override {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, known] : practices_) {
            auto entry = known.entries.lower_bound({index, std::string(key), {}});
            for (; entry != known.entries.end() && std::get<0>(*entry) == index && std::get<1>(*entry) == key; ++entry) {
                const auto& row = std::get<2>(*entry);
                found.shared(id, row.first, row.second);
            }
        }
        return depesza::status::ok;
    }

    depesza::status due(std::uint16_t queue, depesza::instant until, std::uint32_t limit, depesza::found& found) override {
        const std::lock_guard lock(mutex_);
        std::set<std::pair<std::int64_t, std::string>> waiting;
        for (const auto& [id, known] : practices_) {
            const auto entry = known.entries.lower_bound({queue, {}, {}});
            if (entry == known.entries.end() || std::get<0>(*entry) != queue) continue;
            const auto at = std::stoll(std::get<1>(*entry).substr(0, 15));
            if (at <= until.time_since_epoch().count()) waiting.emplace(at, id);
        }
        for (const auto& [at, id] : waiting) {
            if (limit-- == 0) break;
            found.practice(id, depesza::instant(std::chrono::milliseconds(at)));
        }
        return depesza::status::ok;
    }

private:
    using row_name = std::pair<std::uint16_t, std::string>;
    using index_entry = std::tuple<std::uint16_t, std::string, row_name>;

    struct row {
        std::string doc;
        std::set<std::pair<std::uint16_t, std::string>> entries;
    };

    struct of_practice {
        std::uint64_t version = 0;
        std::map<row_name, row> rows;
        std::set<index_entry> entries;

        void apply(const depesza::write& write) {
            const row_name name{write.row.table, std::string(write.row.id)};
            if (!write.doc) {
                if (const auto gone = rows.find(name); gone != rows.end()) {
                    for (const auto& [index, key] : gone->second.entries) entries.erase({index, key, name});
                    rows.erase(gone);
                }
                return;
            }
            auto& changed = rows[name];
            changed.doc = *write.doc;
            for (const auto entry : write.remove) {
                changed.entries.erase({entry.index, std::string(entry.key)});
                entries.erase({entry.index, std::string(entry.key), name});
            }
            for (const auto entry : write.add) {
                changed.entries.emplace(entry.index, entry.key);
                entries.emplace(entry.index, entry.key, name);
            }
        }
    };

    const of_practice* find_practice(std::string_view id) const {
        const auto known = practices_.find(id);
        return known == practices_.end() ? nullptr : &known->second;
    }

    std::mutex mutex_;
    std::map<std::string, of_practice, std::less<>> practices_;
};

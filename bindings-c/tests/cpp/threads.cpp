// Eight threads on one engine, one template, one set of rules.
#include <depesza.hpp>

#include <doctest/doctest.h>

#include "memory_store.hpp"
#include "world.hpp"

#include <atomic>
#include <set>
#include <thread>

namespace {

constexpr int threads = 8;
constexpr int each = 12;

template <class Work>
void at_once(Work&& work) {
    std::atomic<int> ready{0};
    std::vector<std::thread> all;
    for (int one = 0; one < threads; ++one) {
        all.emplace_back([&, one] {
            ++ready;
            while (ready < threads) std::this_thread::yield();
            work(one);
        });
    }
    for (auto& one : all) one.join();
}

void each_message_goes_once(const world& it) {
    // doctest's assertions are for its own thread
    std::atomic<int> failed{0};
    it.open_practice();
    it.remind();
    at_once([&](int thread) {
        for (int turn = 0; turn < each; ++turn) {
            const auto number = std::to_string(100 + thread * each + turn);
            const auto phone = "501 000 " + number;
            const auto told = it.engine.tell("kowalska", patient_with(number, phone), monday);
            const auto booked = it.engine.tell("kowalska", visit_of(number, number), monday);
            failed += !told || !booked || booked->kind != depesza::outcome_kind::applied;
            failed += !it.engine.call("campaigns", R"({"practice": "kowalska"})");
        }
    });
    CHECK(failed == 0);
    it.work();
    std::atomic<std::uint64_t> accepted{0};
    at_once([&](int) {
        for (int turn = 0; turn < 100; ++turn) {
            const auto sent = it.engine.dispatch(thursday, 5);
            failed += !sent;
            if (sent) accepted += sent->accepted;
        }
    });
    CHECK(failed == 0);
    // the last of what another dispatcher held
    while (it.engine.dispatch(thursday, 100).value().more) {
    }
    const auto taken = it.gateway->taken();
    std::set<std::string> references, numbers;
    for (const auto& message : taken) {
        references.insert(message.reference);
        numbers.insert(message.to);
    }
    CHECK(taken.size() == std::size_t(threads * each));
    CHECK(references.size() == taken.size());
    CHECK(numbers.size() == taken.size());
}

} // namespace

TEST_CASE("eight threads on one engine: each message goes once") { each_message_goes_once(world()); }

TEST_CASE("eight threads over a store of the host's") { each_message_goes_once(world(std::make_shared<memory_store>())); }

TEST_CASE("eight threads render one template, and each has its own last error") {
    const auto names = depesza::catalogue::create(depesza::subject::visits).value();
    const auto body = depesza::message_template::compile("Witaj (imie), jesteś nr (nazwisko)", names).value();
    std::atomic<int> wrong{0};
    at_once([&](int thread) {
        char room[100];
        const auto number = std::to_string(thread);
        const auto expected = "Witaj Anna, jestes nr " + number;
        for (int turn = 0; turn < 1000; ++turn) {
            const auto done = body.render(room, "Anna", number);
            wrong += !done || done->text != expected;
            const auto even = thread % 2 == 0;
            const auto failed = even ? body.render(room, "", number) : body.render(room, number);
            wrong += failed || failed.error().field() != (even ? "imie" : "values");
        }
    });
    CHECK(wrong == 0);
}

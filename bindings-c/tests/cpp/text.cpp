// Texts: counting, finishing, cutting; failures and misuse; nothing allocated on the hot path.
#include <depesza.hpp>
#include <depesza.hpp> // twice in one file, and in every other file of this program

#include <doctest/doctest.h>

#include "allocations.hpp"

#include <string>
#include <type_traits>

using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {
const auto bad_utf8 = "Wizyta \xC5"sv;
}

TEST_CASE("the library is the header's") {
    CHECK(depesza::same_abi());
    CHECK(depesza_abi() == DEPESZA_ABI);
    CHECK(depesza_version() == DEPESZA_VERSION);
    CHECK(depesza_version() == DEPESZA_VERSION_MAJOR * 1000000 + DEPESZA_VERSION_MINOR * 1000 + DEPESZA_VERSION_PATCH);
    const auto text = std::to_string(DEPESZA_VERSION_MAJOR) + '.' + std::to_string(DEPESZA_VERSION_MINOR) + '.' + std::to_string(DEPESZA_VERSION_PATCH);
    CHECK(depesza::version() == text);
}

TEST_CASE("segments") {
    const auto plain = depesza::segments("Do zobaczenia jutro!").value();
    CHECK(plain.encoding == depesza::encoding::gsm7);
    CHECK(plain.units == 20);
    CHECK(plain.count == 1);
    CHECK(plain.remaining == 140);
    CHECK(depesza::segments("żółw").value().encoding == depesza::encoding::ucs2);
    CHECK(depesza::segments(std::string(161, 'a')).value().count == 2);
    // with a reference of 16 bits a part holds 152 septets instead of 153
    CHECK(depesza::segments(std::string(306, 'a')).value().count == 2);
    CHECK(depesza::segments(std::string(306, 'a'), depesza::reference_bits::sixteen).value().count == 3);
    CHECK(depesza::segments(""sv).value().count == 1);
    CHECK(depesza::segments(std::string_view()).value().count == 1);
    CHECK(depesza::segments("a\0b"sv).value().count == 1);
}

TEST_CASE("a failure is a result, or an exception") {
    const auto counted = depesza::segments(bad_utf8);
    REQUIRE_FALSE(counted);
    CHECK(counted.error().status() == depesza::status::bad_utf8);
    CHECK(counted.error().code() == "bad_utf8");
    CHECK(counted.error().field() == "text");
    CHECK(counted.error().message() == "text: expected UTF-8");
    CHECK(counted.error().what() == counted.error().message());
    CHECK(counted.error().faults().empty());
    CHECK_THROWS_AS((void)counted.value(), depesza::error);
    CHECK_THROWS_WITH((void)counted.value(), "text: expected UTF-8");
    CHECK_THROWS_AS((void)counted.value(), std::exception);

    // an error keeps what it says when another call fails
    const auto kept = counted.error();
    CHECK_FALSE(depesza::finish("a", depesza::buffer(nullptr, 3)));
    CHECK(kept.code() == "bad_utf8");
    CHECK(counted.error().message() == "text: expected UTF-8");
}

TEST_CASE("a result of nothing") {
    auto names = depesza::catalogue::create(depesza::subject::visits).value();
    const auto added = names.add_link("ankieta", "https://k.pl/a");
    CHECK(added);
    CHECK_NOTHROW(added.value());
    CHECK(added.error().status() == depesza::status::ok);
    const auto again = names.add_link("Ankieta", "https://k.pl/b");
    CHECK_FALSE(again);
    CHECK(again.error().status() == depesza::status::refused);
    CHECK_THROWS_AS(again.value(), depesza::error);
}

TEST_CASE("finish into the caller's memory") {
    char room[64];
    const auto done = depesza::finish("Żółw: do jutra", room).value();
    CHECK(done.text == "Zolw: do jutra");
    CHECK(done.text.data() == room);
    CHECK(done.cost.encoding == depesza::encoding::gsm7);
    CHECK(depesza::finish("Żółw", room, depesza::diacritics::polish).value().text == "Żółw");
    CHECK(depesza::finish("Żółw", room, depesza::diacritics::when_free).value().text == "Żółw");
    CHECK(depesza::finish("a\0ż"sv, room, depesza::diacritics::polish).value().text == "a\0ż"sv);

    std::array<char, 4> exact{};
    CHECK(depesza::finish("Żółw", exact).value().text == "Zolw");
    std::array<char, 3> small{'x', 'x', 'x'};
    const auto refused = depesza::finish("Żółw", small);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status() == depesza::status::too_small);
    CHECK(refused.error().message() == "out: expected room for 4");
    CHECK(small == std::array<char, 3>{'x', 'x', 'x'});
    CHECK(depesza::finish("a", depesza::buffer(nullptr, 3)).error().status() == depesza::status::null_pointer);
    CHECK(depesza::finish("", depesza::buffer(nullptr, 0)).value().text.empty());
}

TEST_CASE("finish into a string that grows") {
    std::string out = "what it held";
    const auto long_text = std::string(500, 'x') + "ż";
    CHECK(depesza::finish(long_text, out).value().text == std::string(500, 'x') + "z");
    CHECK(out.size() == 501);
    CHECK(depesza::finish("Ćma", out).value().text == "Cma");
    CHECK(out == "Cma");
    CHECK_FALSE(depesza::finish(bad_utf8, out));
    CHECK(out.empty());
}

TEST_CASE("transliterate") {
    char room[64];
    CHECK(depesza::transliterate("zażółć gęślą jaźń", room).value() == "zazolc gesla jazn");
    std::string out;
    CHECK(depesza::transliterate("ŁÓDŹ", out).value() == "LODZ");
    CHECK(depesza::transliterate(bad_utf8, room).error().status() == depesza::status::bad_utf8);
}

TEST_CASE("split gives places, not copies") {
    const auto text = std::string(153, 'a') + std::string(10, 'b');
    const auto cut = depesza::split(text).value();
    REQUIRE(cut.size() == 2);
    CHECK_FALSE(cut.empty());
    CHECK(cut[0] == std::string(153, 'a'));
    CHECK(cut[1] == std::string(10, 'b'));
    CHECK(cut[1].data() == text.data() + 153);

    const auto too_long = depesza::split(std::string(153 * 256, 'a'));
    REQUIRE_FALSE(too_long);
    CHECK(too_long.error().code() == "too_long");

    depesza::split_options keep;
    keep.keep_links = true;
    const auto link = std::string(150, 'a') + " https://k.pl/ankieta";
    CHECK(depesza::split(link, keep).value()[1] == "https://k.pl/ankieta");
}

TEST_CASE("the rest about texts, as JSON") {
    const auto links = depesza::text_as_json("links", R"({"text": "tu: www.k.pl"})").value();
    CHECK(links.view() == R"({"links":["www.k.pl"]})");
    CHECK(links.c_str() == links.view());
    CHECK(depesza::text_as_json("links", "{").error().status() == depesza::status::bad_value);
    CHECK(depesza::text_as_json("nothing", R"({"text": ""})").error().field() == "operation");
}

TEST_CASE("lengths that cannot be") {
    const char one = 'a';
    const auto negative = std::string_view(&one, static_cast<std::size_t>(-1));
    CHECK(depesza::segments(negative).error().status() == depesza::status::bad_length);
    const auto past = std::string_view(&one, std::size_t(DEPESZA_MAX_BYTES) + 1);
    CHECK(depesza::segments(past).error().status() == depesza::status::bad_length);
}

TEST_CASE("what replies say") {
    CHECK(depesza::classify("TAK").value().answer == depesza::answer::yes);
    CHECK(depesza::classify("oczywiście", depesza::grammar::strict).value().answer == depesza::answer::other);
    CHECK(depesza::classify("Так").value().answer == depesza::answer::other);
    CHECK(depesza::classify("Так", depesza::grammar::strict, depesza::reply_languages::ukrainian).value().answer == depesza::answer::yes);
    CHECK(depesza::classify("STOP").value().opt_out == depesza::opt_out::alone);
    CHECK(depesza::classify("x", static_cast<depesza::grammar>(7)).error().status() == depesza::status::bad_value);
}

TEST_CASE("numbers") {
    const auto read = depesza::parse_number("501 234 567").value();
    CHECK(read.e164() == "+48501234567");
    CHECK(read.calling_code() == 48);
    CHECK(read.kind() == depesza::number_kind::mobile);
    depesza::phone_policy policy;
    policy.allowed_prefixes = {"+49", "+380"};
    CHECK(depesza::recipient("+49 151 23456789", policy).value() == "+4915123456789");
    CHECK(depesza::recipient("+49 151 23456789").error().code() == "outside_prefixes");
    policy.default_prefix = "+49";
    CHECK(depesza::recipient("0151 23456789", policy).value() == "+4915123456789");
    CHECK(depesza::parse_number("").error().code() == "empty");
    CHECK(depesza::withheld("anonymous").value());
    CHECK_FALSE(depesza::withheld("+48501234567").value());
    // an error quotes no number
    CHECK(std::string(depesza::parse_number("501 234 56").error().what()).find("501") == std::string::npos);
}

// what would be read after it is gone does not compile
template <class Number, class = void>
constexpr bool shows_e164 = false;
template <class Number>
constexpr bool shows_e164<Number, std::void_t<decltype(std::declval<Number>().e164())>> = true;
static_assert(shows_e164<const depesza::number&> && !shows_e164<depesza::number>);
static_assert(std::is_convertible_v<const depesza::owned_text&, std::string_view>);
static_assert(!std::is_convertible_v<depesza::owned_text, std::string_view>);
static_assert(std::is_same_v<decltype(std::declval<depesza::result<std::string>>().value()), std::string>);

TEST_CASE("an error that was moved from still tells") {
    auto failed = depesza::error(depesza::status::conflict, "version");
    const auto moved = std::move(failed);
    CHECK(failed.message() == "version");
    CHECK(moved.message() == "version");
    auto other = depesza::error(depesza::status::corrupt);
    other = std::move(failed);
    CHECK(failed.status() == depesza::status::conflict);
    CHECK(other.status() == depesza::status::conflict);
}

TEST_CASE("a panic inside the library is a status") {
    const auto panicked = depesza_panic_check();
    CHECK(panicked == DEPESZA_PANIC);
    CHECK(depesza::error::last(panicked).code() == "panic");
}

TEST_CASE("handles only move, and one that was moved from is empty") {
    static_assert(!std::is_copy_constructible_v<depesza::catalogue> && !std::is_copy_assignable_v<depesza::catalogue>);
    static_assert(!std::is_copy_constructible_v<depesza::message_template> && !std::is_copy_constructible_v<depesza::batch>);
    static_assert(!std::is_copy_constructible_v<depesza::rules> && !std::is_copy_constructible_v<depesza::engine>);
    static_assert(!std::is_copy_constructible_v<depesza::engine_options> && !std::is_copy_constructible_v<depesza::owned_text>);
    static_assert(std::is_nothrow_move_constructible_v<depesza::catalogue> && std::is_nothrow_move_assignable_v<depesza::catalogue>);
    static_assert(std::is_nothrow_move_constructible_v<depesza::engine> && std::is_nothrow_move_assignable_v<depesza::engine>);
    static_assert(std::is_nothrow_move_constructible_v<depesza::owned_text> && std::is_nothrow_move_assignable_v<depesza::owned_text>);
    static_assert(std::is_nothrow_copy_constructible_v<depesza::error>);

    auto first = depesza::catalogue::create(depesza::subject::visits).value();
    auto* raw = first.get();
    auto second = std::move(first);
    CHECK(second.get() == raw);
    CHECK(first.get() == nullptr);
    CHECK(first.add_link("a", "k.pl").error().status() == depesza::status::null_pointer);
    first = std::move(second);
    CHECK(first.get() == raw);
    auto& itself = first;
    first = std::move(itself);
    CHECK(first.get() == raw);
    auto text = depesza::text_as_json("links", R"({"text": ""})").value();
    const auto moved = std::move(text);
    CHECK(moved.view() == R"({"links":[]})");
}

TEST_CASE("the hot path allocates nothing in C++") {
    char room[512];
    std::string grown;
    grown.reserve(512);
    const auto names = depesza::catalogue::create(depesza::subject::visits).value();
    const auto body = depesza::message_template::compile("Dzień dobry (imie), czekamy (data|jutro).", names).value();
    const auto before = allocations();
    auto parts = 0U;
    for (int turn = 0; turn < 10; ++turn) {
        parts += depesza::segments("Żółw: do jutra").value().count;
        parts += depesza::finish("Żółw: do jutra", room).value().cost.count;
        parts += depesza::finish("Żółw: do jutra", grown).value().cost.count;
        parts += body.render(room, "Łucja", "").value().cost.count;
        parts += static_cast<unsigned>(depesza::split("Żółw: do jutra").value().size());
        parts += static_cast<unsigned>(depesza::transliterate("Żółw", room).value().size()) / 4;
    }
    CHECK(allocations() == before);
    CHECK(parts == 60);
}

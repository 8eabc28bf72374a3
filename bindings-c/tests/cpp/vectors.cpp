// Every case of vectors/ by its id, through depesza.hpp; as many run as there are. The folder is given by DEPESZA_VECTORS.
#include <depesza.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <vector>

using nlohmann::json;

namespace {

json vectors(const std::string& room) {
    const char* folder = std::getenv("DEPESZA_VECTORS");
    REQUIRE_MESSAGE(folder != nullptr, "DEPESZA_VECTORS: expected the folder vectors/");
    std::ifstream file(std::string(folder) + "/" + room + ".json");
    REQUIRE_MESSAGE(file.good(), room);
    return json::parse(file);
}

/// A text in full, or put together of pieces (vectors/README.md).
std::string full(const json& text) {
    if (text.is_string()) return text;
    std::string all;
    for (const auto& piece : text) {
        if (piece.is_string()) {
            all += piece.get<std::string>();
            continue;
        }
        for (int times = piece.at("times"); times > 0; --times) all += piece.at("repeat").get<std::string>();
    }
    return all;
}

/// Whether an answer has what is expected: keys that are not named are not compared, and a text may be expected in pieces.
bool matches(const json& expected, const json& got) {
    if (expected.is_array() && got.is_string()) return full(expected) == got;
    if (expected.is_object() && got.is_object()) {
        return std::all_of(expected.items().begin(), expected.items().end(),
                           [&](const auto& item) { return got.contains(item.key()) && matches(item.value(), got.at(item.key())); });
    }
    if (expected.is_array() && got.is_array()) {
        return expected.size() == got.size() && std::equal(expected.begin(), expected.end(), got.begin(), matches);
    }
    return expected == got;
}

/// What a case came to: its answer, or its error as the vectors write it.
struct outcome {
    json answer;
    json error;
};

template <class Run>
void run_all(const std::string& room, Run&& run) {
    const auto all = vectors(room);
    std::size_t ran = 0;
    std::set<std::string> ids;
    for (const auto& one : all.at("cases")) {
        const auto id = one.at("id").get<std::string>();
        INFO(room << " " << id);
        CHECK_MESSAGE(ids.insert(id).second, "an id twice");
        const outcome came = run(one);
        if (one.contains("error")) {
            CHECK_MESSAGE(matches(one.at("error"), came.error), came.error.dump() << came.answer.dump());
        } else {
            CHECK_MESSAGE(matches(one.at("expect"), came.answer), came.answer.dump() << came.error.dump());
        }
        ++ran;
    }
    CHECK(ran == all.at("count").get<std::size_t>());
    std::printf("%s: %zu of %zu\n", room.c_str(), ran, all.at("count").get<std::size_t>());
}

depesza::reference_bits bits_of(const json& input) {
    return static_cast<depesza::reference_bits>(input.value("reference_bits", 8U));
}

depesza::diacritics letters_of(const json& input) {
    const auto name = input.value("diacritics", "plain");
    if (name == "polish") return depesza::diacritics::polish;
    if (name == "when_free") return depesza::diacritics::when_free;
    REQUIRE(name == "plain");
    return depesza::diacritics::plain;
}

json wire(const depesza::cost& cost) {
    return {{"encoding", cost.encoding == depesza::encoding::gsm7 ? "GSM-7" : "UCS-2"},
            {"units", cost.units},
            {"count", cost.count},
            {"remaining", cost.remaining}};
}

outcome split(const std::string& text, const json& told) {
    depesza::split_options options;
    options.reference_bits = bits_of(told);
    options.keep_clusters = told.value("clusters", "ignore") == "keep";
    options.keep_links = told.value("links", "ignore") == "keep";
    const auto cut = depesza::split(text, options);
    if (!cut) {
        unsigned parts = 0;
        CHECK(std::sscanf(cut.error().what(), "text: %u parts", &parts) == 1);
        return {{}, {{"code", cut.error().code()}, {"parts", parts}}};
    }
    json parts = json::array();
    for (std::size_t part = 0; part < cut->size(); ++part) parts.push_back((*cut)[part]);
    return {{{"parts", parts}}, {}};
}

outcome text_case(const json& one) {
    const auto operation = one.at("operation").get<std::string>();
    auto input = one.at("input");
    const auto text = full(input.at("text"));
    if (operation == "segments") return {wire(depesza::segments(text, bits_of(input)).value()), {}};
    if (operation == "split") return split(text, input.value("options", json::object()));
    if (operation == "finish") {
        std::string room;
        const auto done = depesza::finish(text, room, letters_of(input), bits_of(input)).value();
        return {{{"text", done.text}, {"segments", wire(done.cost)}}, {}};
    }
    input["text"] = text;
    const auto answer = depesza::text_as_json(operation, input.dump());
    if (!answer) return {{}, json::parse(answer.error().faults()).at(0)};
    auto got = json::parse(answer->view());
    if (operation == "transliterate" && !input.contains("missing") && !input.contains("overrides")) {
        std::string plain;
        CHECK(depesza::transliterate(text, plain).value() == got.at("text").get<std::string>());
    }
    return {got, {}};
}

outcome reply_case(const json& one) {
    const auto& policy = one.at("input").value("policy", json::object());
    const auto grammar = policy.value("grammar", "strict") == "strict" ? depesza::grammar::strict : depesza::grammar::tolerant;
    const auto languages = policy.value("languages", json::array());
    const auto ukrainian = std::find(languages.begin(), languages.end(), "ukrainian") != languages.end();
    const auto text = one.at("input").at("text").get<std::string>();
    const auto read =
        depesza::classify(text, grammar, ukrainian ? depesza::reply_languages::ukrainian : depesza::reply_languages::polish).value();
    static const char* const answers[] = {"other", "yes", "no"};
    static const char* const opt_outs[] = {"absent", "alone", "mentioned"};
    return {{{"reply", answers[static_cast<int>(read.answer)]}, {"opt_out", opt_outs[static_cast<int>(read.opt_out)]}}, {}};
}

outcome phone_case(const json& one) {
    const auto& input = one.at("input");
    const auto text = input.at("text").get<std::string>();
    const auto told = input.value("policy", json::object());
    // the texts of the policy live in `told`
    depesza::phone_policy policy;
    if (told.contains("default_prefix")) policy.default_prefix = told.at("default_prefix").get_ref<const std::string&>();
    if (told.contains("allowed_prefixes")) {
        for (const auto& prefix : told.at("allowed_prefixes")) policy.allowed_prefixes.push_back(prefix.get_ref<const std::string&>());
    }
    const auto op = input.at("op").get<std::string>();
    if (op == "withheld") return {depesza::withheld(text).value(), {}};
    if (op == "parse") {
        static const char* const kinds[] = {"unknown", "mobile", "landline", "mobile_or_landline", "voip", "premium", "toll_free",
                                            "shared_cost", "personal", "pager", "universal_access", "voicemail"};
        const auto read = depesza::parse_number(text, policy);
        if (!read) return {{}, read.error().code()};
        return {{{"e164", read->e164()}, {"calling_code", read->calling_code()}, {"kind", kinds[static_cast<int>(read->kind())]}}, {}};
    }
    REQUIRE(op == "recipient");
    const auto to = depesza::recipient(text, policy);
    if (!to) return {{}, json::parse(to.error().faults()).at(0)};
    return {{{"e164", *to}}, {}};
}

depesza::local_time local_time(const std::string& text) {
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    REQUIRE(std::sscanf(text.c_str(), "%4u-%2u-%2uT%2u:%2u:%2u", &year, &month, &day, &hour, &minute, &second) == 6);
    const auto small = [](unsigned number) { return static_cast<std::uint8_t>(number); };
    return {static_cast<std::uint16_t>(year), small(month), small(day), small(hour), small(minute), small(second)};
}

std::string_view text_of(const json& object, const char* name) {
    return object.contains(name) ? std::string_view(object.at(name).get_ref<const std::string&>()) : std::string_view();
}

/// The values of the host's placeholders, where the catalogue has them; a name that it does not have is nobody's.
std::vector<std::optional<std::string_view>> extra_of(const depesza::catalogue& names, const json& input, const json& values) {
    std::vector<std::optional<std::string_view>> extra(input.contains("custom") ? input.at("custom").size() : 0);
    if (!values.contains("extra")) return extra;
    for (const auto& [name, value] : values.at("extra").items()) {
        if (const auto place = names.find(name)) extra.at(*place) = value.get_ref<const std::string&>();
    }
    return extra;
}

depesza::result<depesza::message> rendered(const depesza::message_template& body, const depesza::catalogue& names, const json& input,
                                                   bool calls, std::string& out) {
    static const json none = json::object();
    const auto& values = input.contains("values") ? input.at("values") : none;
    const auto language = input.value("language", "pl") == "pl" ? depesza::language::pl : depesza::language::en;
    if (calls) {
        depesza::call_values told;
        told.language = language;
        told.number = text_of(values, "number");
        told.dialled_number = text_of(values, "dialled_number");
        if (values.contains("start")) told.start = local_time(values.at("start"));
        if (values.contains("talk_s")) told.talk = std::chrono::seconds(values.at("talk_s").get<std::int64_t>());
        told.extra = extra_of(names, input, values);
        return body.render(out, told);
    }
    depesza::visit_values told;
    told.language = language;
    told.first_name = text_of(values, "first_name");
    told.first_name_vocative = text_of(values, "first_name_vocative");
    told.last_name = text_of(values, "last_name");
    told.practice = text_of(values, "practice");
    told.address = text_of(values, "address");
    told.phone = text_of(values, "phone");
    if (values.contains("visits")) {
        for (const auto& visit : values.at("visits")) {
            told.visits.push_back({local_time(visit.at("start")), text_of(visit, "doctor"), text_of(visit, "room")});
        }
    }
    told.extra = extra_of(names, input, values);
    return body.render(out, told);
}

outcome template_case(const json& one) {
    const auto operation = one.at("operation").get<std::string>();
    const auto& input = one.at("input");
    const auto subject = input.at("subject").get<std::string>();
    const auto calls = subject == "calls";
    REQUIRE((calls || subject == "visits" || subject == "people"));
    auto names = depesza::catalogue::create(calls                ? depesza::subject::calls
                                            : subject == "visits" ? depesza::subject::visits
                                                                  : depesza::subject::people)
                     .value();
    if (input.contains("custom")) {
        for (const auto& custom : input.at("custom")) {
            names.add({text_of(custom, "name"), text_of(custom.at("description"), "pl"), text_of(custom.at("description"), "en"),
                       text_of(custom, "sample")})
                .value();
        }
    }
    if (input.contains("links")) {
        for (const auto& link : input.at("links")) names.add_link(text_of(link, "name"), text_of(link, "url")).value();
    }
    if (operation == "link") {
        const auto added = names.add_link(text_of(input.at("link"), "name"), text_of(input.at("link"), "url"));
        return added ? outcome{json::object(), {}} : outcome{{}, json::parse(added.error().faults())};
    }
    // what is rendered without being finished is what every letter of it stays in
    const auto letters = operation == "render" ? depesza::diacritics::polish : letters_of(input);
    const auto body = depesza::message_template::compile(text_of(input, "body"), names, letters, bits_of(input));
    if (operation == "compile") {
        if (!body) return {{}, json::parse(body.error().faults())};
        return {{{"placeholders", json::parse(body->placeholders().value().view())}}, {}};
    }
    REQUIRE((operation == "render" || operation == "finish"));
    std::string out;
    const auto done = rendered(body.value(), names, input, calls, out);
    if (!done) {
        CHECK(done.error().status() == depesza::status::missing_value);
        return {{}, {{{"code", done.error().code()}, {"placeholder", done.error().field()}}}};
    }
    return {{{"text", done->text}, {"segments", wire(done->cost)}}, {}};
}

} // namespace

TEST_CASE("vectors: text") { run_all("text", text_case); }
TEST_CASE("vectors: reply") { run_all("reply", reply_case); }
TEST_CASE("vectors: template") { run_all("template", template_case); }

TEST_CASE("vectors: phone") {
    run_all("phone", [](const json& one) {
        auto came = phone_case(one);
        // a number that cannot be read has a code and no more
        if (came.error.is_string()) came.error = {{"reason", came.error}, {"code", came.error}};
        return came;
    });
}

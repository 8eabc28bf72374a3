// The header without exceptions and RTTI: everything by results. Built with -fno-exceptions -fno-rtti; its status is the verdict.
#include <depesza.hpp>

#include <cstdio>

#define EXPECT(condition)                                               \
    do {                                                                \
        if (!(condition)) {                                             \
            std::fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
            return 1;                                                   \
        }                                                               \
    } while (false)

namespace {

class silent : public depesza::gateway {
public:
    depesza::capabilities capabilities() const override { return {}; }
    depesza::status submit(const depesza::submissions&, depesza::answers&) override { return depesza::status::unavailable; }
};

} // namespace

int main() {
    EXPECT(depesza::same_abi());
    char room[32];
    const auto done = depesza::finish("Żółw", room);
    EXPECT(done && done->text == "Zolw" && (*done).cost.count == 1);
    const auto refused = depesza::finish("\xFF", room);
    EXPECT(!refused && refused.error().code() == "bad_utf8");
    auto options = depesza::engine_options::create();
    EXPECT(options && options->use_url("memory:") && options->add_gateway("silent", std::make_shared<silent>()));
    auto engine = depesza::engine::open(*options);
    EXPECT(engine && engine->next_due() && !*engine->next_due());
    return 0;
}

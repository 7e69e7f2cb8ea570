#include "support/model.hpp"

namespace plume::model {
namespace {

/// A counter that forgets everything at its third reset, which its model does not.
struct ForgetfulTrial {
    using Operation = char;
    static Operation draw(Random& random) { return "+-r"[random() % 3]; }
    static std::vector<Operation> alphabet() { return {'+', 'r'}; }
    static std::string show(const Operation& operation) { return {operation}; }
    std::optional<std::string> apply(const Operation& operation) {
        if (operation == '+') ++count;
        if (operation == 'r' && ++resets == 3 && count > 0) return "count lost";
        return std::nullopt;
    }
    int count = 0;
    int resets = 0;
};

struct HonestTrial : ForgetfulTrial {
    std::optional<std::string> apply(const Operation& /*operation*/) {
        ++applied;
        return std::nullopt;
    }
    static inline uint64_t applied = 0;
};

TEST(Model, a_failing_sequence_is_shrunk_to_what_it_needs) {
    const auto found = find_disagreement<ForgetfulTrial>({.operations = 10'000});
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->what, "count lost");
    ASSERT_EQ(found->steps.size(), 4u);
    EXPECT_EQ(found->steps.back(), "r");
    EXPECT_NE(describe(*found).find("PLUME_MODEL_SEED="), std::string::npos);
}

TEST(Model, every_short_sequence_is_tried) {
    EXPECT_FALSE(find_exhaustively<ForgetfulTrial>(3).has_value());
    EXPECT_TRUE(find_exhaustively<ForgetfulTrial>(4).has_value());
    HonestTrial::applied = 0;
    EXPECT_FALSE(find_exhaustively<HonestTrial>(5).has_value());
    EXPECT_EQ(HonestTrial::applied, 32u * 5u);
}

TEST(Model, as_many_operations_as_planned) {
    HonestTrial::applied = 0;
    EXPECT_FALSE(find_disagreement<HonestTrial>({.operations = 1'234, .life = 100}).has_value());
    EXPECT_EQ(HonestTrial::applied, 1'234u);
}

/// Says nothing of a lost count; only its books tell.
struct QuietTrial : ForgetfulTrial {
    std::optional<std::string> apply(const Operation& operation) {
        is_lost = ForgetfulTrial::apply(operation).has_value() || is_lost;
        return std::nullopt;
    }
    std::optional<std::string> compare() const {
        ++looks;
        return is_lost ? std::optional<std::string>("count lost") : std::nullopt;
    }
    bool is_lost = false;
    static inline uint64_t looks = 0;
};

TEST(Model, a_rare_look_at_the_books_finds_the_same_step) {
    const auto often = find_disagreement<QuietTrial>({.operations = 10'000});
    const auto rarely = find_disagreement<QuietTrial>({.operations = 10'000, .look = 64});
    ASSERT_TRUE(often.has_value());
    ASSERT_TRUE(rarely.has_value());
    EXPECT_EQ(rarely->steps, often->steps);
    EXPECT_EQ(rarely->drawn_length, often->drawn_length);
}

TEST(Model, books_are_looked_at_at_the_end_of_a_life) {
    EXPECT_TRUE(find_disagreement<QuietTrial>({.operations = 40, .life = 20, .look = 64}));
    QuietTrial::looks = 0;
    EXPECT_FALSE(find_disagreement<QuietTrial>({.operations = 2, .life = 2, .look = 64}));
    EXPECT_EQ(QuietTrial::looks, 1u);
}

/// A machine of few states, one step of which is wrong: many ways lead to the same place.
struct MachineTrial {
    static constexpr size_t states = 7;
    static constexpr size_t letters = 3;
    using Operation = size_t;
    static std::vector<Operation> alphabet() { return {0, 1, 2}; }
    static std::string show(const Operation& letter) { return std::to_string(letter); }
    std::optional<std::string> apply(const Operation& letter) {
        if (state == faulty && letter == 0) return "the fault";
        state = next[state][letter];
        return std::nullopt;
    }
    auto parts() { return std::tie(state); }

    size_t state = 0;
    static inline std::array<std::array<size_t, letters>, states> next;
    static inline size_t faulty = 0;

    /// In how many steps the fault can be met; nothing when it cannot be.
    static std::optional<size_t> distance() {
        std::vector<size_t> now{0};
        for (size_t steps = 1; steps <= states; ++steps) {
            std::vector<size_t> after;
            for (const size_t from : now) {
                if (from == faulty) return steps;
                after.insert(after.end(), next[from].begin(), next[from].end());
            }
            std::ranges::sort(after);
            after.erase(std::ranges::unique(after).begin(), after.end());
            now = after;
        }
        return std::nullopt;
    }
};

TEST(Model, a_search_that_leaves_out_known_places_misses_nothing) {
    Random random(1);
    size_t far = 0;
    for (int machine = 0; machine < 500; ++machine) {
        for (auto& row : MachineTrial::next)
            for (size_t& to : row) to = random() % MachineTrial::states;
        MachineTrial::faulty = random() % MachineTrial::states;
        const auto distance = MachineTrial::distance();
        uint64_t tried = 0;
        if (!distance) {
            EXPECT_FALSE(find_exhaustively<MachineTrial>(9, &tried));
            // Every place with every number of steps left, not 3^9.
            EXPECT_LE(tried, MachineTrial::states * MachineTrial::letters * 9);
            continue;
        }
        if (*distance > 3) ++far;
        EXPECT_FALSE(find_exhaustively<MachineTrial>(*distance - 1));
        for (size_t length = *distance; length < 9; ++length)
            EXPECT_TRUE(find_exhaustively<MachineTrial>(length)) << length;
    }
    EXPECT_GT(far, 20u);
}

}  // namespace
}  // namespace plume::model

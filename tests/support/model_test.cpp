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
    EXPECT_EQ(HonestTrial::applied, number_from_environment("PLUME_MODEL_OPERATIONS", 1'234));
}

}  // namespace
}  // namespace plume::model

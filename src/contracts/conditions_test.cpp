#include "contracts/conditions.hpp"

#include <gtest/gtest.h>

#include "contracts/addresses.hpp"
#include "support/world.hpp"

namespace plume {
namespace {

using contracts::conditions;
using test::Outcome;
using test::person;
using test::World;

/// Answers in every way a condition can meet.
class Oracle : public Contract {
    static constexpr Slot<u256> written_{0};

public:
    using Contract::Contract;

    void construct() {}
    u256 word(u256 value) const { return value; }
    std::tuple<bool, u256> pair(bool first) const { return {first, u256_max}; }
    void nothing() const {}
    bool refusal() const { refuse(ErrorString{"no"}); }
    bool hungry(uint64_t gas) const {
        charge(gas);
        return true;
    }
    bool write() {
        set(written_, u256_max);
        return true;
    }
    /// What `evaluate` makes of a condition in a call of this contract.
    uint8_t ask(Condition condition) const {
        return static_cast<uint8_t>(evaluate(*this, condition));
    }

    static constexpr auto constructor = Method<"constructor()", &Oracle::construct>{};
    static constexpr auto abi = Methods<
        Method<"word(uint256 value) view returns (uint256)", &Oracle::word>,
        Method<"pair(bool first) view returns (bool, uint256)", &Oracle::pair>,
        Method<"nothing() view", &Oracle::nothing>,
        Method<"refusal() view returns (bool)", &Oracle::refusal>,
        Method<"hungry(uint64 gas) view returns (bool)", &Oracle::hungry>,
        Method<"write() returns (bool)", &Oracle::write>,
        Method<"ask((address target, bytes data) condition) view returns (uint8)", &Oracle::ask>>{};
    static constexpr auto declarations = Declarations<>{};
};

constexpr uint8_t no = 0;
constexpr uint8_t yes = 1;
constexpr uint8_t error = 2;

class ConditionsTest : public testing::Test {
protected:
    ConditionsTest() : world({&oracle_type, 1}) {
        oracle = world.create(person(1), "Oracle", {}).value<Address>();
    }

    Condition say(const u256& word) const {
        return {oracle, World::calldata<"word(uint256)">(word)};
    }
    Condition truth(uint8_t value) const { return say(u256{value}); }
    Condition hungry(uint64_t gas) const {
        return {oracle, World::calldata<"hungry(uint64)">(gas)};
    }

    template <FixedText signature, class... T>
    static Condition combined(const T&... arguments) {
        return {conditions, World::calldata<signature>(arguments...)};
    }
    static Condition all(std::vector<Condition> parts) {
        return combined<"all((address,bytes)[])">(parts);
    }
    static Condition any(std::vector<Condition> parts) {
        return combined<"any((address,bytes)[])">(parts);
    }
    static Condition at_least(uint8_t k, std::vector<Condition> parts) {
        return combined<"atLeast(uint8,(address,bytes)[])">(k, parts);
    }
    static Condition negation(Condition part) { return combined<"not((address,bytes))">(part); }
    static Condition after(uint64_t time) { return combined<"after_(uint64)">(time); }
    static Condition compare(const Condition& read, uint8_t op, const u256& rhs) {
        return combined<"compare(address,bytes,uint8,uint256)">(read.target, read.data, op, rhs);
    }

    /// What a contract that releases money would see.
    uint8_t outcome(const Condition& condition) {
        const Outcome out = world.ask<"ask((address,bytes))">(oracle, condition);
        EXPECT_TRUE(out.ok()) << name_of(out.result.status);
        const auto from_outside = world.ask<"eval((address,bytes))">(conditions, condition);
        EXPECT_TRUE(from_outside.ok());
        EXPECT_EQ(out.value<uint8_t>(), from_outside.value<uint8_t>())
            << "eval and evaluate are one";
        return out.value<uint8_t>();
    }
    Outcome call(const Condition& condition) {
        return world.ask_data(person(1), condition.target, condition.data);
    }

    const NativeType oracle_type = native_type<Oracle>(900, 1, "Oracle");
    World world;
    Address oracle;
};

TEST_F(ConditionsTest, selectors_are_those_of_the_solidity_interface) {
    const auto selector = [](const Condition& c) { return to_hex(BytesView(c.data).first(4)); };
    EXPECT_EQ(selector(all({})), to_hex(BytesView(keccak256("all((address,bytes)[])")).first(4)));
    EXPECT_EQ(selector(negation({})),
              to_hex(BytesView(keccak256("not((address,bytes))")).first(4)));
    EXPECT_EQ(selector(after(0)), to_hex(BytesView(keccak256("after_(uint64)")).first(4)));
    for (const Condition& c : {all({truth(yes)}), any({truth(yes)}), at_least(1, {truth(yes)}),
                               negation(truth(no)), after(0), compare(say(1), 0, 1)})
        EXPECT_EQ(outcome(c), yes);
}

TEST_F(ConditionsTest, exactly_the_words_one_and_zero_decide) {
    EXPECT_EQ(outcome(say(u256{1u})), yes);
    EXPECT_EQ(outcome(say(u256{})), no);
    for (const u256& word : {u256{2u}, u256{256u}, u256{1u} << 64, u256{1u} << 255, u256_max,
                             (u256{1u} << 255) + u256{1u}})
        EXPECT_EQ(outcome(say(word)), error);
}

TEST_F(ConditionsTest, the_first_word_of_a_longer_answer_decides) {
    EXPECT_EQ(outcome({oracle, World::calldata<"pair(bool)">(true)}), yes);
    EXPECT_EQ(outcome({oracle, World::calldata<"pair(bool)">(false)}), no);
}

TEST_F(ConditionsTest, what_gives_no_answer_is_an_error) {
    EXPECT_EQ(outcome({oracle, World::calldata<"refusal()">()}), error);
    EXPECT_EQ(outcome({oracle, World::calldata<"nothing()">()}), error);
    EXPECT_EQ(outcome({oracle, World::calldata<"unknown()">()}), error);
    EXPECT_EQ(outcome({oracle, {}}), error);
    EXPECT_EQ(outcome({person(7), World::calldata<"word(uint256)">(u256{1u})}), error);
    EXPECT_EQ(outcome({Address{}, {}}), error);
}

TEST_F(ConditionsTest, what_writes_is_an_error_and_writes_nothing) {
    EXPECT_EQ(outcome({oracle, World::calldata<"write()">()}), error);
    EXPECT_TRUE(world.state().load(oracle, u256{}).is_zero());
}

TEST_F(ConditionsTest, a_condition_has_its_gas_and_no_more) {
    // hungry() pays for the dispatch of its own call as well: two words in and one out.
    constexpr uint64_t overhead = gas::native_call + 3 * gas::native_word;
    EXPECT_EQ(outcome(hungry(condition_gas_max - overhead)), yes);
    EXPECT_EQ(outcome(hungry(condition_gas_max - overhead + 1)), error);
}

TEST_F(ConditionsTest, too_little_gas_refuses_and_never_decides) {
    const Condition condition = hungry(150'000);
    const Bytes input = World::calldata<"ask((address,bytes))">(condition);
    for (uint64_t gas = 20'000; gas < 260'000; gas += 5'000) {
        const Outcome out = world.send_data(person(1), oracle, input, {}, gas);
        if (out.ok())
            EXPECT_EQ(out.value<uint8_t>(), yes) << gas;
        else
            EXPECT_TRUE(out.refused_as<InsufficientGas>()) << gas;
        EXPECT_EQ(out.ok(), gas > 205'000) << gas;
    }
}

TEST_F(ConditionsTest, all_any_and_not_follow_the_three_valued_tables) {
    struct Row {
        uint8_t a, b, all, any;
    };
    for (const Row& row : {Row{no, no, no, no}, Row{no, yes, no, yes}, Row{yes, no, no, yes},
                           Row{yes, yes, yes, yes}, Row{no, error, error, error},
                           Row{error, no, error, error}, Row{yes, error, error, error},
                           Row{error, yes, error, error}, Row{error, error, error, error}}) {
        EXPECT_EQ(outcome(all({truth(row.a), truth(row.b)})), row.all);
        EXPECT_EQ(outcome(any({truth(row.a), truth(row.b)})), row.any);
    }
    EXPECT_EQ(outcome(negation(truth(no))), yes);
    EXPECT_EQ(outcome(negation(truth(yes))), no);
    EXPECT_EQ(outcome(negation(truth(error))), error);
    EXPECT_EQ(outcome(negation(negation(truth(error)))), error);
}

TEST_F(ConditionsTest, at_least_counts_and_any_error_spoils_the_count) {
    const std::vector<Condition> two_of_three{truth(yes), truth(no), truth(yes)};
    EXPECT_EQ(outcome(at_least(1, two_of_three)), yes);
    EXPECT_EQ(outcome(at_least(2, two_of_three)), yes);
    EXPECT_EQ(outcome(at_least(3, two_of_three)), no);
    EXPECT_EQ(outcome(at_least(1, {truth(yes), truth(yes), truth(error)})), error);
    EXPECT_EQ(outcome(at_least(3, {truth(no), truth(no), truth(error)})), error);
}

TEST_F(ConditionsTest, a_threshold_of_none_or_more_than_all_is_refused) {
    using InvalidThreshold = Conditions::InvalidThreshold;
    EXPECT_TRUE(call(at_least(0, {truth(yes)})).refused_with(InvalidThreshold{0, u256{1u}}));
    EXPECT_TRUE(call(at_least(2, {truth(yes)})).refused_with(InvalidThreshold{2, u256{1u}}));
}

TEST_F(ConditionsTest, errors_name_the_part_that_did_not_decide) {
    const Outcome out = call(all({truth(yes), {person(9), {}}}));
    EXPECT_TRUE(out.refused_with(Conditions::Undecided{person(9)}));
    EXPECT_TRUE(call(negation(truth(error))).refused_with(Conditions::Undecided{oracle}));
}

TEST_F(ConditionsTest, none_and_too_many_parts_are_refused) {
    using InvalidPartCount = Conditions::InvalidPartCount;
    const auto parts = [&](size_t count) { return std::vector<Condition>(count, truth(yes)); };
    EXPECT_TRUE(call(all({})).refused_with(InvalidPartCount{u256{}}));
    EXPECT_TRUE(call(any({})).refused_with(InvalidPartCount{u256{}}));
    EXPECT_EQ(outcome(all({})), error);
    EXPECT_EQ(outcome(all(parts(Conditions::part_count_max))), yes);
    EXPECT_TRUE(call(all(parts(Conditions::part_count_max + 1)))
                    .refused_with(InvalidPartCount{u256{Conditions::part_count_max + 1}}));
}

TEST_F(ConditionsTest, compare_holds_any_number_against_another) {
    struct Row {
        u256 lhs, rhs;
        std::array<bool, 6> holds;  // EQ NE LT LE GT GE
    };
    for (const Row& row : {Row{5, 5, {true, false, false, true, false, true}},
                           Row{4, 5, {false, true, true, true, false, false}},
                           Row{6, 5, {false, true, false, false, true, true}},
                           Row{u256_max, 0, {false, true, false, false, true, true}},
                           Row{0, u256_max, {false, true, true, true, false, false}}})
        for (uint8_t op = 0; op < 6; ++op)
            EXPECT_EQ(outcome(compare(say(row.lhs), op, row.rhs)), row.holds[op] ? yes : no)
                << unsigned{op};
}

TEST_F(ConditionsTest, compare_refuses_unknown_operators_and_answers_that_are_none) {
    EXPECT_TRUE(call(compare(say(1), 6, 1)).refused_with(UnknownComparison{6}));
    EXPECT_TRUE(call(compare(say(1), 255, 1)).refused_with(UnknownComparison{255}));
    EXPECT_TRUE(
        call(compare({person(7), {}}, 1, 5)).refused_with(Conditions::Undecided{person(7)}));
    EXPECT_TRUE(call(compare({oracle, World::calldata<"nothing()">()}, 1, 5))
                    .refused_with(Conditions::Undecided{oracle}));
    EXPECT_TRUE(call(compare({oracle, World::calldata<"refusal()">()}, 1, 5))
                    .refused_with(Conditions::Undecided{oracle}));
}

TEST_F(ConditionsTest, an_error_cannot_be_compared_into_a_truth) {
    const Condition broken = combined<"eval((address,bytes))">(truth(error));
    EXPECT_EQ(call(broken).value<uint8_t>(), error);
    EXPECT_TRUE(call(compare(broken, 0, u256{error})).refused_as<Conditions::NotANumber>());
    EXPECT_EQ(outcome(compare(broken, 0, u256{error})), error);
    EXPECT_EQ(outcome(broken), error);
    EXPECT_EQ(outcome(all({broken})), error);
}

TEST_F(ConditionsTest, eval_stands_for_the_condition_it_asks) {
    for (const uint8_t value : {no, yes}) {
        const Condition asked = combined<"eval((address,bytes))">(truth(value));
        EXPECT_EQ(outcome(asked), value);
        EXPECT_EQ(outcome(all({asked})), value);
        EXPECT_EQ(outcome(combined<"eval((address,bytes))">(asked)), value);
    }
}

TEST_F(ConditionsTest, amounts_follow_a_number_on_a_line_or_by_steps) {
    const Address one = truth(yes).target;
    const Bytes asks_one = truth(yes).data;
    const auto linear = [&](uint64_t from, uint64_t to, uint64_t floor, uint64_t cap) {
        return world.ask<"linear(address,bytes,uint256,uint256,uint256,uint256)">(
            conditions, one, asks_one, u256{from}, u256{to}, u256{floor}, u256{cap});
    };
    EXPECT_EQ(linear(0, 4, 10, 20).value<u256>(), u256{12u}) << "10 + 10 / 4, rounded down";
    EXPECT_EQ(linear(1, 4, 10, 20).value<u256>(), u256{10u});
    EXPECT_EQ(linear(0, 1, 10, 20).value<u256>(), u256{20u});
    EXPECT_TRUE(linear(4, 4, 10, 20).refused_as<Conditions::InvalidLine>());
    EXPECT_TRUE(linear(0, 4, 20, 10).refused_as<Conditions::InvalidLine>());
    const auto tiers = [&](std::vector<u256> steps, std::vector<u256> amounts) {
        return world.ask<"tiers(address,bytes,uint256[],uint256[])">(conditions, one, asks_one,
                                                                     steps, amounts);
    };
    const u256 a{7u};
    EXPECT_EQ(tiers({u256{}, u256{1u}, u256{2u}}, {a, a + a, a + a + a}).value<u256>(), a + a);
    EXPECT_EQ(tiers({u256{2u}}, {a}).value<u256>(), u256{});
    EXPECT_TRUE(tiers({}, {}).refused_as<Conditions::InvalidTiers>());
    EXPECT_TRUE(tiers({a}, {a, a}).refused_as<Conditions::InvalidTiers>());
    EXPECT_TRUE(tiers({a, a}, {a, a}).refused_as<Conditions::InvalidTiers>());
    std::vector<u256> many;
    for (uint64_t i = 0; i < Conditions::tiers_max; ++i) many.push_back(u256{i});
    EXPECT_EQ(tiers(many, many).value<u256>(), u256{1u});
    many.push_back(u256{99u});
    EXPECT_TRUE(tiers(many, many).refused_as<Conditions::InvalidTiers>());
}

TEST_F(ConditionsTest, a_number_of_this_contract_is_no_truth) {
    const Condition amount{conditions, World::calldata<"tiers(address,bytes,uint256[],uint256[])">(
                                           truth(yes).target, truth(yes).data,
                                           std::vector<u256>{u256{}}, std::vector<u256>{u256{1u}})};
    EXPECT_EQ(outcome(all({amount})), error);
    EXPECT_EQ(outcome(negation(amount)), error);
    EXPECT_TRUE(world
                    .ask<"tiers(address,bytes,uint256[],uint256[])">(
                        conditions, conditions, amount.data, std::vector<u256>{u256{}},
                        std::vector<u256>{u256{1u}})
                    .refused_as<Conditions::NotANumber>());
}

TEST_F(ConditionsTest, after_means_strictly_later) {
    const uint64_t now = world.block().timestamp;
    EXPECT_EQ(outcome(after(now - 1)), yes);
    EXPECT_EQ(outcome(after(now)), no);
    EXPECT_EQ(outcome(after(~0ull)), no);
    world.advance(1);
    EXPECT_EQ(outcome(after(now)), yes);
}

TEST_F(ConditionsTest, conditions_nest_to_their_bound_and_no_further) {
    // The outermost `not` is level 0; `nesting_max` more may stand inside of it.
    Condition nested = truth(no);
    for (unsigned level = 0; level <= Conditions::nesting_max; ++level) nested = negation(nested);
    EXPECT_EQ(outcome(nested), (Conditions::nesting_max + 1) % 2 == 1 ? yes : no);
    const Condition too_deep = negation(nested);
    EXPECT_EQ(outcome(too_deep), error);
    EXPECT_TRUE(call(too_deep).refused_as<Conditions::NestedTooDeep>());
}

TEST_F(ConditionsTest, eval_does_not_reset_the_depth) {
    Condition nested = truth(yes);
    for (unsigned level = 0; level < 3 * Conditions::nesting_max; ++level)
        nested = combined<"eval((address,bytes))">(nested);
    EXPECT_EQ(outcome(nested), error);
}

TEST_F(ConditionsTest, all_parts_share_the_gas_of_the_whole) {
    EXPECT_EQ(outcome(all({hungry(90'000), hungry(90'000)})), yes);
    EXPECT_EQ(outcome(all({hungry(90'000), hungry(110'000)})), error);
    EXPECT_EQ(outcome(all({all({hungry(90'000)}), negation(negation(hungry(110'000)))})), error);
    EXPECT_EQ(outcome(compare(hungry(199'000), 0, 1)), error);
}

TEST_F(ConditionsTest, garbage_as_parts_is_an_error) {
    Condition broken = all({truth(yes)});
    broken.data.resize(broken.data.size() - 32);
    EXPECT_EQ(outcome(broken), error);
    EXPECT_EQ(outcome(all({broken})), error);
    EXPECT_EQ(outcome({conditions, {}}), error);
    EXPECT_EQ(outcome(all({{conditions, {1, 2, 3}}})), error);
    EXPECT_EQ(outcome({conditions, World::calldata<"unknown()">()}), error);
}

}  // namespace
}  // namespace plume

#include "contracts/agent_validation.hpp"

#include <gtest/gtest.h>

#include "support/agents.hpp"

namespace plume {
namespace {

using namespace literals;
using contracts::agents;
using test::Outcome;
using test::person;
using V = AgentValidation;

class AgentValidationTest : public testing::Test {
protected:
    AgentValidationTest() { id = world.send<"register()">(owner, agents).value<u256>(); }

    Outcome ask_for(const Hash& hash, const Address& by, const Address& of) {
        return world.send<"validationRequest(address,uint256,string,bytes32)">(
            by, agents, of, id, std::string("ipfs://work"), hash);
    }
    Outcome respond(const Hash& hash, uint8_t value, const Address& by = person(5),
                    const std::string& tag = "") {
        return world.send<"validationResponse(bytes32,uint8,string,bytes32,string)">(
            by, agents, hash, value, std::string("ipfs://report"), keccak256("report"), tag);
    }
    std::tuple<uint64_t, uint8_t> summary(const std::vector<Address>& validators,
                                          const std::string& tag = "") {
        return *abi::decode<uint64_t, uint8_t>(
            world.ask<"getSummary(uint256,address[],string)">(agents, id, validators, tag)
                .result.output);
    }
    static Hash hash(int n) { return keccak256(std::to_string(n)); }

    test::World world;
    const Address owner = person(1);
    const Address validator = person(5);
    u256 id;
};

TEST_F(AgentValidationTest, only_the_validator_named_responds_and_nothing_is_overwritten) {
    EXPECT_TRUE(ask_for(hash(1), person(9), validator)
                    .refused_as<AgentIdentity::ERC721InsufficientApproval>());
    EXPECT_TRUE(ask_for(hash(1), owner, validator).ok());
    EXPECT_TRUE(ask_for(hash(1), owner, person(6)).refused_as<V::ValidationExists>());
    EXPECT_TRUE(respond(hash(2), 1).refused_as<V::UnknownValidation>());
    EXPECT_TRUE(respond(hash(1), 1, person(6)).refused_as<V::NotValidator>());
    EXPECT_TRUE(respond(hash(1), 101).refused_as<V::ResponseInvalid>());
    EXPECT_TRUE(respond(hash(1), 40, validator, "soft").ok());
    EXPECT_TRUE(respond(hash(1), 90, validator, "hard").ok());
    const auto all =
        world.ask<"validationResponses(bytes32,uint256,uint256)">(agents, hash(1), 0_u256, u256_max)
            .value<std::vector<ValidationEntry>>();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].response, 40);
    EXPECT_EQ(all[1].tag, "hard");
    const auto last = *abi::decode<Address, u256, uint8_t, Hash, std::string, u256>(
        world.ask<"getValidationStatus(bytes32)">(agents, hash(1)).result.output);
    EXPECT_EQ(std::get<0>(last), validator);
    EXPECT_EQ(std::get<2>(last), 90);
    EXPECT_EQ(std::get<4>(last), "hard");
}

TEST_F(AgentValidationTest, nobody_validates_himself) {
    EXPECT_TRUE(ask_for(hash(1), owner, owner).refused_as<V::ValidatorInvalid>());
    EXPECT_TRUE(ask_for(hash(1), owner, {}).refused_as<V::ValidatorInvalid>());
    world.send<"setApprovalForAll(address,bool)">(owner, agents, person(4), true);
    EXPECT_TRUE(ask_for(hash(1), owner, person(4)).refused_as<V::ValidatorInvalid>());
}

TEST_F(AgentValidationTest, a_summary_averages_the_last_responses) {
    for (int n = 0; n < 3; ++n) ask_for(hash(n), owner, person(static_cast<uint16_t>(5 + n)));
    respond(hash(0), 10);
    respond(hash(0), 50);
    respond(hash(1), 91, person(6), "hard");
    EXPECT_EQ(summary({}), (std::tuple{uint64_t{2}, uint8_t{70}})) << "rounded down";
    EXPECT_EQ(summary({person(6)}), (std::tuple{uint64_t{1}, uint8_t{91}}));
    EXPECT_EQ(summary({}, "hard"), (std::tuple{uint64_t{1}, uint8_t{91}}));
    EXPECT_EQ(summary({person(7)}), (std::tuple{uint64_t{0}, uint8_t{0}}));
    EXPECT_EQ(world.ask<"getAgentValidations(uint256)">(agents, id).value<std::vector<Hash>>(),
              (std::vector{hash(0), hash(1), hash(2)}));
    EXPECT_EQ(
        world.ask<"getValidatorRequests(address)">(agents, person(6)).value<std::vector<Hash>>(),
        std::vector{hash(1)});
    EXPECT_TRUE((world
                     .ask<"getSummary(uint256,address[],string)">(
                         agents, id, std::vector<Address>(V::validators_max + 1), std::string())
                     .refused_as<V::TooMany>()));
}

TEST_F(AgentValidationTest, lists_have_bounds) {
    for (uint64_t n = 0; n < V::validations_max; ++n)
        ASSERT_TRUE(ask_for(hash(static_cast<int>(n)), owner, validator).ok());
    EXPECT_TRUE(ask_for(hash(-1), owner, validator).refused_as<V::TooMany>());
    for (uint64_t n = 0; n < V::responses_max; ++n) ASSERT_TRUE(respond(hash(0), 7).ok());
    EXPECT_TRUE(respond(hash(0), 7).refused_as<V::TooMany>());
    EXPECT_TRUE(respond(hash(1), 7, validator, std::string(V::tag_size_max, 't')).ok());
    EXPECT_TRUE(respond(hash(1), 7, validator, std::string(V::tag_size_max + 1, 't'))
                    .refused_as<AgentIdentity::TextTooLong>());
    EXPECT_EQ(
        world
            .ask<"validationResponses(bytes32,uint256,uint256)">(agents, hash(0), 60_u256, 100_u256)
            .value<std::vector<ValidationEntry>>()
            .size(),
        4u);
    EXPECT_EQ(world.ask<"getValidatorRequests(address)">(agents, validator)
                  .value<std::vector<Hash>>()
                  .size(),
              V::validations_max);
}

TEST_F(AgentValidationTest, an_account_sets_its_own_memory) {
    const Outcome out = world.send<"setLastMemoryHash(bytes32)">(owner, agents, hash(1));
    EXPECT_EQ(out.events<V::LastMemoryHashSet>(agents), (std::vector{std::tuple{owner, hash(1)}}));
    EXPECT_EQ(world.ask<"memoryRoot(address)">(agents, owner).value<Hash>(), hash(1));
    EXPECT_EQ(world.ask<"getLastMemoryHash(address)">(agents, owner).value<Hash>(), hash(1));
    EXPECT_EQ(world.ask<"memoryRoot(address)">(agents, validator).value<Hash>(), Hash{});
}

}  // namespace
}  // namespace plume

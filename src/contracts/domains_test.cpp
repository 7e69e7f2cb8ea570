#include "contracts/domains.hpp"

#include "contracts/condition.hpp"
#include "support/tokens.hpp"

namespace plume {
namespace {

using test::Outcome;
using test::person;

class Domains : public test::RegulatedTokenTest {
protected:
    const Address other_attester = person(22);

    Domains() {
        test::register_schema(world, "bool accredited");
        accredited = eas::schema_uid("bool accredited", {}, true);
    }
    Outcome accredit(const Address& by, const Address& account, uint64_t expiration_time = 0) {
        return test::attest(world, by, accredited,
                            {.recipient = account,
                             .expiration_time = expiration_time,
                             .revocable = true,
                             .ref_uid = {},
                             .data = abi::encode(true),
                             .value = {}});
    }
    bool holds(const Address& account, const Hash& domain) {
        return world.ask<"holds(address,bytes32)">(contracts::attestations, account, domain)
            .value<bool>();
    }
    Hash credential(const Address& account, const Address& by) {
        return world
            .ask<"credential(address,bytes32,address)">(contracts::attestations, account,
                                                        accredited, by)
            .value<Hash>();
    }
    uint16_t residence(const Address& account, const Hash& domain) {
        return world.ask<"residence(address,bytes32)">(contracts::attestations, account, domain)
            .value<uint16_t>();
    }
    Outcome create(const std::vector<Credential>& credentials) {
        return world.send<"createDomain((bytes32,address,uint8)[])">(
            founder, contracts::attestations, credentials);
    }

    Hash accredited;
};

TEST_F(Domains, a_credential_is_the_last_word_of_its_attester_while_that_is_live) {
    EXPECT_EQ(credential(alice, attester), Hash{});
    const Hash first = accredit(attester, alice).value<Hash>();
    EXPECT_EQ(credential(alice, attester), first);
    EXPECT_EQ(credential(alice, other_attester), Hash{});
    EXPECT_EQ(credential(bob, attester), Hash{});
    const Hash second = accredit(attester, alice).value<Hash>();
    EXPECT_EQ(credential(alice, attester), second);
    ASSERT_TRUE(test::revoke(world, attester, accredited, second).ok());
    EXPECT_EQ(credential(alice, attester), Hash{}) << "an older word does not come back";
    const Hash third = accredit(attester, alice, world.block().timestamp + 10).value<Hash>();
    EXPECT_EQ(credential(alice, attester), third);
    world.advance(10);
    EXPECT_EQ(credential(alice, attester), Hash{}) << "expired";
}

TEST_F(Domains, one_credential_of_each_group_is_needed) {
    const Hash residence_schema = domains::residence_schema_uid();
    const Hash domain = create({{residence_schema, attester, 0},
                                {residence_schema, other_attester, 0},
                                {accredited, attester, 1}})
                            .value<Hash>();
    EXPECT_FALSE(holds(alice, domain));
    ASSERT_TRUE(attest_residence(alice, 756).ok());
    EXPECT_FALSE(holds(alice, domain));
    ASSERT_TRUE(accredit(other_attester, alice).ok());
    EXPECT_FALSE(holds(alice, domain)) << "not this attester's word";
    ASSERT_TRUE(accredit(attester, alice).ok());
    EXPECT_TRUE(holds(alice, domain));
    EXPECT_EQ(residence(alice, domain), 756u);
    EXPECT_EQ(residence(bob, domain), 0u);
    ASSERT_TRUE(accredit(attester, bob).ok());
    EXPECT_FALSE(holds(bob, domain)) << "the first group is missing";
}

TEST_F(Domains, one_is_its_content) {
    const std::vector<Credential> list{{accredited, attester, 0}};
    const Outcome made = create(list);
    const Hash domain = made.value<Hash>();
    EXPECT_EQ(domain, keccak256(abi::encode(list)));
    EXPECT_EQ(made.events<domains::DomainCreated>(contracts::attestations),
              (std::vector{std::tuple(domain, founder)}));
    const Outcome again = create(list);
    EXPECT_EQ(again.value<Hash>(), domain);
    EXPECT_TRUE(again.logs.empty());
    EXPECT_TRUE(world.ask<"isDomain(bytes32)">(contracts::attestations, domain).value<bool>());
    EXPECT_EQ(world.ask<"domainCredentials(bytes32)">(contracts::attestations, domain)
                  .value<std::vector<Credential>>(),
              list);
    const Hash unknown{{1}};
    EXPECT_FALSE(world.ask<"isDomain(bytes32)">(contracts::attestations, unknown).value<bool>());
    EXPECT_TRUE(world.ask<"holds(address,bytes32)">(contracts::attestations, alice, unknown)
                    .refused_with(domains::UnknownDomain{unknown}));
}

TEST_F(Domains, one_lists_a_bounded_number_of_credentials_in_order_of_groups) {
    const auto refuses = [&](size_t count) {
        return create(std::vector(count, Credential{accredited, attester, 0}))
            .refused_with(domains::InvalidDomain{u256{count}, u256{domains::credentials_max}});
    };
    EXPECT_TRUE(refuses(0));
    EXPECT_FALSE(refuses(domains::credentials_max));
    EXPECT_TRUE(refuses(domains::credentials_max + 1));
    EXPECT_TRUE(create({{accredited, attester, 1}, {accredited, attester, 0}})
                    .refused_as<domains::InvalidDomain>());
}

TEST_F(Domains, the_largest_is_looked_up_within_the_gas_of_a_condition) {
    std::vector<Credential> list;
    for (uint8_t i = 0; i < domains::credentials_max; ++i)
        list.push_back({accredited, person(static_cast<uint16_t>(50 + i)), i});
    const Hash domain = create(list).value<Hash>();
    for (const Credential& one : list) ASSERT_TRUE(accredit(one.attester, alice).ok());
    const Outcome out = world.ask<"holds(address,bytes32)">(contracts::attestations, alice, domain);
    EXPECT_TRUE(out.value<bool>());
    EXPECT_LT(out.gas_used, condition_gas_max);
}

TEST_F(Domains, a_residence_is_a_country) {
    const auto attest = [&](const Bytes& data) {
        return test::attest(world, attester, domains::residence_schema_uid(),
                            {.recipient = alice,
                             .expiration_time = 0,
                             .revocable = true,
                             .ref_uid = {},
                             .data = data,
                             .value = {}});
    };
    EXPECT_TRUE(attest(abi::encode(uint16_t{0})).refused_with(domains::InvalidResidence{}));
    EXPECT_TRUE(attest(abi::encode(uint16_t{1'000})).refused_with(domains::InvalidResidence{}));
    EXPECT_TRUE(attest({}).refused_with(domains::InvalidResidence{}));
    EXPECT_TRUE(attest(abi::encode(uint16_t{999})).ok());
    EXPECT_EQ(world.ask<"residenceSchema()">(contracts::attestations).value<Hash>(),
              eas::schema_uid("uint16 country", {}, true));
}

}  // namespace
}  // namespace plume

#include "contracts/attestations.hpp"

#include <gtest/gtest.h>

#include "contracts/condition.hpp"
#include "support/records.hpp"

namespace plume {
namespace {

using contracts::attestations;
using test::Outcome;
using test::person;
using test::World;

constexpr uint8_t at_least = static_cast<uint8_t>(Comparison::greater_or_equal);

class AttestationsTest : public testing::Test {
protected:
    AttestationsTest() {
        mission = test::found_mission(world, founder);
        for (uint16_t i = 0; i < 3; ++i)
            seats[i] = test::appoint(world, founder, mission, agent(i)).value<Hash>();
        world.next_block();
    }

    static Address agent(uint16_t i) { return person(static_cast<uint16_t>(100 + i)); }
    Indication said(int64_t value) const { return {mission, indicator, 10, 20, i256::of(value)}; }
    Hash say(uint16_t who, int64_t value, uint64_t expires = 0) {
        const Outcome out = test::indicate(world, agent(who), said(value), expires);
        EXPECT_TRUE(out.ok());
        return out.value<Hash>();
    }
    Outcome kpi(uint8_t op, int64_t value, uint8_t quorum) {
        return world.ask<"kpi(bytes32,bytes32,uint64,uint64,uint8,int256,uint8)">(
            attestations, mission, indicator, uint64_t{10}, uint64_t{20}, op, i256::of(value),
            quorum);
    }
    bool reached(int64_t value, uint8_t quorum) {
        return kpi(at_least, value, quorum).value<bool>();
    }
    /// How many say that `value` is reached, and how many that it is not.
    std::pair<uint64_t, uint64_t> votes(int64_t value) {
        const Outcome out = world.ask<"kpiVotes(bytes32,bytes32,uint64,uint64,uint8,int256)">(
            attestations, mission, indicator, uint64_t{10}, uint64_t{20}, at_least,
            i256::of(value));
        const auto both = abi::decode<u256, u256>(out.result.output).value();
        return {std::get<0>(both).low64(), std::get<1>(both).low64()};
    }
    bool is_live(const Hash& uid) {
        return world.ask<"isLive(bytes32)">(attestations, uid).value<bool>();
    }
    std::vector<Address> agents() {
        return world.ask<"agents(bytes32)">(attestations, mission).value<std::vector<Address>>();
    }
    Outcome dismiss(uint16_t i) {
        return test::revoke(world, founder, Attestations::agent_schema_uid(), seats[i]);
    }
    Outcome withdraw(uint16_t i, const Hash& uid) {
        return test::revoke(world, agent(i), Attestations::indicator_schema_uid(), uid);
    }

    const Address founder = person(1);
    const Hash indicator{{0x11}};
    World world;
    Hash mission;
    std::array<Hash, 3> seats;
};

using Pair = std::pair<uint64_t, uint64_t>;

TEST_F(AttestationsTest, well_known_schemas_exist_without_being_registered) {
    const Hash uid = world.ask<"indicatorSchema()">(attestations).value<Hash>();
    const auto schema =
        world.ask<"getSchema(bytes32)">(attestations, uid).value<eas::SchemaRecord>();
    EXPECT_EQ(schema.uid, uid);
    EXPECT_EQ(schema.schema,
              "bytes32 subject,bytes32 indicator,uint64 from,uint64 to,int256 value");
    EXPECT_TRUE(schema.revocable);
    const std::string taken(Attestations::agent_schema_text);
    EXPECT_TRUE(test::register_schema(world, taken).refused_as<eas::AlreadyExists>());
    EXPECT_TRUE(test::register_schema(world, taken, false).ok())
        << "another schema, without a meaning";
    EXPECT_EQ(world.ask<"agentSchema()">(attestations).value<Hash>(),
              eas::schema_uid(taken, {}, true));
}

TEST_F(AttestationsTest, a_quorum_of_agents_decides) {
    say(0, 80);
    say(1, 70);
    world.next_block();
    EXPECT_TRUE(reached(70, 1));
    EXPECT_TRUE(reached(70, 2));
    EXPECT_FALSE(reached(70, 3)) << "the third has said nothing";
    EXPECT_FALSE(reached(71, 2));
    EXPECT_TRUE(reached(80, 1));
    EXPECT_FALSE(reached(81, 1));
    EXPECT_EQ(votes(75), Pair(1, 1));
    say(2, 90);
    world.next_block();
    EXPECT_TRUE(reached(70, 3));
    EXPECT_FALSE(reached(70, 4));
    EXPECT_FALSE(reached(70, 255));
    EXPECT_EQ(votes(75), Pair(2, 1));
}

TEST_F(AttestationsTest, an_agent_who_errs_is_outvoted) {
    say(0, 80);
    say(1, 81);
    say(2, 3);
    world.next_block();
    EXPECT_TRUE(reached(75, 2));
    EXPECT_FALSE(reached(75, 3));
}

TEST_F(AttestationsTest, values_compare_as_signed_numbers_by_every_operator) {
    say(0, -5);
    world.next_block();
    struct Row {
        int64_t value;
        std::array<bool, 6> holds;  // EQ NE LT LE GT GE
    };
    for (const Row& row : {Row{-5, {true, false, false, true, false, true}},
                           Row{-6, {false, true, false, false, true, true}},
                           Row{-4, {false, true, true, true, false, false}},
                           Row{0, {false, true, true, true, false, false}}})
        for (uint8_t op = 0; op < 6; ++op)
            EXPECT_EQ(kpi(op, row.value, 1).value<bool>(), row.holds[op])
                << row.value << " " << unsigned{op};
    EXPECT_TRUE(kpi(6, 0, 1).refused_with(UnknownComparison{6}));
}

TEST_F(AttestationsTest, no_quorum_at_all_is_refused) {
    EXPECT_TRUE(kpi(at_least, 0, 0).refused_as<Attestations::InvalidQuorum>());
}

TEST_F(AttestationsTest, nothing_counts_in_the_block_it_is_said) {
    say(0, 80);
    EXPECT_FALSE(reached(70, 1));
    EXPECT_EQ(votes(70), Pair(0, 0));
    world.next_block();
    EXPECT_TRUE(reached(70, 1));
}

TEST_F(AttestationsTest, the_last_word_of_an_agent_counts) {
    const Hash first = say(0, 80);
    world.next_block();
    ASSERT_TRUE(reached(70, 1));
    const Hash second = say(0, 60);
    EXPECT_FALSE(reached(70, 1)) << "a corrected value settles nothing, not even in the same block";
    EXPECT_FALSE(reached(60, 1));
    world.next_block();
    EXPECT_FALSE(reached(70, 1));
    EXPECT_TRUE(reached(60, 1));
    EXPECT_EQ(votes(60), Pair(1, 0)) << "one agent, one vote";
    EXPECT_FALSE(is_live(first));
    EXPECT_TRUE(is_live(second));
    EXPECT_TRUE(withdraw(0, first).ok());
    EXPECT_TRUE(reached(60, 1)) << "withdrawing what is corrected changes nothing";
}

TEST_F(AttestationsTest, what_is_withdrawn_counts_no_more) {
    const Hash uid = say(0, 80);
    say(1, 80);
    world.next_block();
    ASSERT_TRUE(reached(70, 2));
    EXPECT_TRUE(withdraw(0, uid).ok());
    EXPECT_FALSE(reached(70, 2));
    EXPECT_TRUE(reached(70, 1));
    EXPECT_FALSE(is_live(uid));
    say(0, 75);
    world.next_block();
    EXPECT_TRUE(reached(70, 2)) << "he may speak again";
}

TEST_F(AttestationsTest, what_has_expired_counts_no_more) {
    say(0, 80, world.block().timestamp + 100);
    world.advance(99);
    EXPECT_TRUE(reached(70, 1));
    world.advance(1);
    EXPECT_FALSE(reached(70, 1));
    EXPECT_EQ(votes(70), Pair(0, 0));
}

TEST_F(AttestationsTest, each_question_is_counted_by_itself) {
    say(0, 80);
    Indication other = said(80);
    other.from = 11;
    test::indicate(world, agent(1), other);
    other = said(80);
    other.to = 21;
    test::indicate(world, agent(1), other);
    other = said(80);
    other.indicator = Hash{{0x12}};
    test::indicate(world, agent(1), other);
    other = said(80);
    other.subject = test::found_mission(world, person(50));
    test::indicate(world, agent(1), other);
    world.next_block();
    EXPECT_EQ(votes(70), Pair(1, 0));
}

TEST_F(AttestationsTest, strangers_are_kept_but_never_counted) {
    for (uint16_t i = 0; i < 40; ++i) {
        const Outcome out = test::indicate(world, person(static_cast<uint16_t>(500 + i)), said(99));
        ASSERT_TRUE(out.ok());
        EXPECT_FALSE(is_live(out.value<Hash>()));
    }
    world.next_block();
    EXPECT_EQ(votes(70), Pair(0, 0));
    EXPECT_EQ(agents().size(), 3u);
}

TEST_F(AttestationsTest, strangers_cannot_make_a_count_cost_more) {
    say(0, 80);
    world.next_block();
    const uint64_t before = kpi(at_least, 70, 1).gas_used;
    for (uint16_t i = 0; i < 200; ++i)
        test::indicate(world, person(static_cast<uint16_t>(500 + i)), said(99));
    for (int64_t i = 0; i < 50; ++i) test::indicate(world, agent(1), said(i));
    world.next_block();
    const uint64_t after = kpi(at_least, 70, 1).gas_used;
    EXPECT_LE(after, before + 2 * gas::cold_slot_access)
        << "the second agent's own word, and no more";
}

TEST_F(AttestationsTest, an_appointment_later_does_not_count_what_was_said_before) {
    const Hash early = test::indicate(world, agent(3), said(99)).value<Hash>();
    test::appoint(world, founder, mission, agent(3));
    world.next_block();
    EXPECT_FALSE(reached(70, 1));
    EXPECT_FALSE(is_live(early));
    say(3, 99);
    world.next_block();
    EXPECT_TRUE(reached(70, 1));
}

TEST_F(AttestationsTest, a_dismissed_agent_counts_no_more) {
    const Hash uid = say(0, 80);
    say(2, 80);
    world.next_block();
    ASSERT_TRUE(reached(70, 2));
    EXPECT_TRUE(is_live(seats[0]));
    ASSERT_TRUE(dismiss(0).ok());
    EXPECT_FALSE(reached(70, 2));
    EXPECT_TRUE(reached(70, 1)) << "the last agent moved to the free seat with his vote";
    EXPECT_FALSE(is_live(seats[0]));
    EXPECT_FALSE(is_live(uid));
    EXPECT_EQ(agents(), (std::vector{agent(2), agent(1)}));
    EXPECT_TRUE(dismiss(0).refused_as<eas::AlreadyRevoked>());
}

TEST_F(AttestationsTest, who_is_appointed_again_speaks_anew) {
    say(0, 80);
    world.next_block();
    ASSERT_TRUE(dismiss(0).ok());
    seats[0] = test::appoint(world, founder, mission, agent(0)).value<Hash>();
    EXPECT_FALSE(reached(70, 1));
    world.next_block();
    EXPECT_FALSE(reached(70, 1));
    say(0, 80);
    world.next_block();
    EXPECT_TRUE(reached(70, 1));
}

TEST_F(AttestationsTest, agents_can_be_dismissed_in_any_order) {
    for (const std::array<uint16_t, 3>& order :
         {std::array<uint16_t, 3>{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}}) {
        for (const uint16_t i : order) {
            ASSERT_TRUE(dismiss(i).ok());
            const std::vector<Address> left = agents();
            EXPECT_EQ(std::ranges::count(left, agent(i)), 0);
        }
        EXPECT_TRUE(agents().empty());
        for (uint16_t i = 0; i < 3; ++i)
            seats[i] = test::appoint(world, founder, mission, agent(i)).value<Hash>();
    }
}

TEST_F(AttestationsTest, an_appointment_expires) {
    const Hash seat =
        test::appoint(world, founder, mission, agent(3), world.block().timestamp + 100)
            .value<Hash>();
    const Hash uid = say(3, 80);
    world.advance(99);
    EXPECT_TRUE(reached(70, 1));
    EXPECT_TRUE(is_live(uid));
    world.advance(1);
    EXPECT_FALSE(reached(70, 1));
    EXPECT_FALSE(is_live(seat));
    EXPECT_FALSE(is_live(uid));
    EXPECT_TRUE(test::appoint(world, founder, mission, agent(3))
                    .refused_with(Attestations::AlreadyAppointed{agent(3)}));
    ASSERT_TRUE(test::revoke(world, founder, Attestations::agent_schema_uid(), seat).ok());
    EXPECT_TRUE(test::appoint(world, founder, mission, agent(3)).ok());
}

TEST_F(AttestationsTest, only_the_attester_of_the_mission_appoints) {
    EXPECT_TRUE(test::appoint(world, agent(0), mission, agent(5)).refused_as<eas::AccessDenied>());
    EXPECT_TRUE(
        test::appoint(world, person(9), mission, person(9)).refused_as<eas::AccessDenied>());
    EXPECT_EQ(agents().size(), 3u);
}

TEST_F(AttestationsTest, an_appointment_is_well_formed_or_refused) {
    const Hash schema = Attestations::agent_schema_uid();
    const eas::AttestationRequestData good{.recipient = agent(4),
                                           .expiration_time = 0,
                                           .revocable = true,
                                           .ref_uid = mission,
                                           .data = abi::encode(agent(4)),
                                           .value = {}};
    const auto refused = [&](const eas::AttestationRequestData& request) {
        return test::attest(world, founder, schema, request)
            .refused_as<Attestations::InvalidAppointment>();
    };
    eas::AttestationRequestData request = good;
    request.revocable = false;
    EXPECT_TRUE(refused(request));
    request = good;
    request.recipient = agent(5);
    EXPECT_TRUE(refused(request));
    request = good;
    request.data.push_back(0);
    EXPECT_TRUE(refused(request));
    request = good;
    request.data.clear();
    EXPECT_TRUE(refused(request));
    request = good;
    request.ref_uid = {};
    EXPECT_TRUE(refused(request));
    EXPECT_TRUE(test::attest(world, founder, schema, good).ok());
    EXPECT_TRUE(test::attest(world, founder, schema, good)
                    .refused_with(Attestations::AlreadyAppointed{agent(4)}));
}

TEST_F(AttestationsTest, a_mission_has_a_bounded_number_of_agents) {
    const uint16_t max = static_cast<uint16_t>(Attestations::agent_count_max);
    for (uint16_t i = 3; i < max; ++i)
        ASSERT_TRUE(test::appoint(world, founder, mission, agent(i)).ok());
    EXPECT_TRUE(
        test::appoint(world, founder, mission, agent(max))
            .refused_with(Attestations::TooManyAgents{u256{Attestations::agent_count_max}}));
    ASSERT_TRUE(dismiss(1).ok());
    EXPECT_TRUE(test::appoint(world, founder, mission, agent(max)).ok());
    EXPECT_EQ(agents().size(), max);
}

TEST_F(AttestationsTest, a_dead_mission_gives_no_answer) {
    const Hash uid = say(0, 80);
    world.next_block();
    ASSERT_TRUE(reached(70, 1));
    const Hash schema = eas::schema_uid("string mission", {}, true);
    ASSERT_TRUE(test::revoke(world, founder, schema, mission).ok());
    EXPECT_TRUE(kpi(at_least, 70, 1).refused_with(RecordNotLive{mission}));
    EXPECT_FALSE(is_live(uid));
    EXPECT_FALSE(is_live(seats[0]));
    EXPECT_TRUE(test::appoint(world, founder, mission, agent(4))
                    .refused_as<Attestations::InvalidAppointment>());
    mission = Hash{{0x77}};
    EXPECT_TRUE(kpi(at_least, 70, 1).refused_with(RecordNotLive{mission})) << "one that never was";
}

TEST_F(AttestationsTest, an_expired_mission_gives_no_answer) {
    mission = test::found_mission(world, founder, world.block().timestamp + 50);
    test::appoint(world, founder, mission, agent(0));
    say(0, 80);
    world.advance(49);
    EXPECT_TRUE(reached(70, 1));
    world.advance(1);
    EXPECT_TRUE(kpi(at_least, 70, 1).refused_with(RecordNotLive{mission}));
}

TEST_F(AttestationsTest, an_indication_decodes_exactly_or_is_refused) {
    const Hash schema = Attestations::indicator_schema_uid();
    const Bytes good = abi::encode(said(80));
    const auto attest = [&](Bytes data) {
        return test::attest(world, agent(0), schema,
                            {.recipient = {},
                             .expiration_time = 0,
                             .revocable = true,
                             .ref_uid = {},
                             .data = std::move(data),
                             .value = {}});
    };
    for (size_t size = 0; size < good.size(); ++size)
        EXPECT_TRUE(attest(to_bytes(BytesView(good).first(size)))
                        .refused_as<Attestations::InvalidIndication>());
    Bytes longer = good;
    longer.push_back(0);
    EXPECT_TRUE(attest(longer).refused_as<Attestations::InvalidIndication>());
    Bytes dirty = good;
    dirty[64] = 1;  // above the eight bytes of `from`
    EXPECT_TRUE(attest(dirty).refused_as<Attestations::InvalidIndication>());
    Indication reversed = said(80);
    reversed.from = 21;
    EXPECT_TRUE(attest(abi::encode(reversed)).refused_as<Attestations::InvalidIndication>());
    reversed.from = 20;
    EXPECT_TRUE(attest(abi::encode(reversed)).ok()) << "a moment is a period";
    EXPECT_TRUE(attest(good).ok());
}

TEST_F(AttestationsTest, an_irrevocable_word_is_corrected_by_another) {
    const Outcome out = test::attest(world, agent(0), Attestations::indicator_schema_uid(),
                                     {.recipient = {},
                                      .expiration_time = 0,
                                      .revocable = false,
                                      .ref_uid = {},
                                      .data = abi::encode(said(80)),
                                      .value = {}});
    ASSERT_TRUE(out.ok());
    EXPECT_TRUE(withdraw(0, out.value<Hash>()).refused_as<eas::Irrevocable>());
    say(0, 10);
    world.next_block();
    EXPECT_FALSE(reached(70, 1));
}

TEST_F(AttestationsTest, counting_every_seat_stays_within_one_condition) {
    for (uint16_t i = 3; i < Attestations::agent_count_max; ++i)
        ASSERT_TRUE(test::appoint(world, founder, mission, agent(i)).ok());
    for (uint16_t i = 0; i < Attestations::agent_count_max; ++i) say(i, 80);
    world.next_block();
    const Outcome out = kpi(at_least, 70, static_cast<uint8_t>(Attestations::agent_count_max));
    EXPECT_TRUE(out.value<bool>());
    EXPECT_LT(out.gas_used, condition_gas_max * 2 / 3) << "leaves room for other parts";
    RecordProperty("gas_of_kpi_with_16_agents", static_cast<int>(out.gas_used));
}

TEST_F(AttestationsTest, prices_are_near_those_of_the_public_contracts) {
    const Outcome attested = test::indicate(world, agent(0), said(80));
    say(1, 80);
    say(2, 80);
    world.next_block();
    const Outcome counted = kpi(at_least, 70, 2);
    RecordProperty("gas_of_indication", static_cast<int>(attested.gas_used));
    RecordProperty("gas_of_kpi_with_3_agents", static_cast<int>(counted.gas_used));
    EXPECT_LT(attested.gas_used, 450'000u);
    EXPECT_LT(counted.gas_used, 35'000u);
}

/// Attestations with faults, to show that each is noticed.
class FaultyAttestations : public Attestations {
public:
    using Attestations::Attestations;

    void announce_only() {
        set(Slot<u256>{u256{99u}}, u256{1u});
        emit(eas::Attested{Address{}, sender(), Hash{{1}}, Hash{{2}}});
    }
    void announce_again(Hash uid) {
        set(place(uid).expiration_time(), 1);
        const eas::Attestation made = attestation(uid);
        emit(eas::Attested{made.recipient, made.attester, uid, made.schema});
    }
    void revoke_for_another(Hash uid) {
        set(place(uid).revocation_time(), now());
        emit(eas::Revoked{Address{}, sender(), uid, Hash{}});
    }
    void revive(Hash uid) {
        set(place(uid).revocation_time(), 0);
        emit(eas::Revoked{Address{}, get(place(uid).attester()), uid, Hash{}});
    }

    static constexpr auto abi =
        Attestations::abi +
        Methods<Method<"announceOnly()", &FaultyAttestations::announce_only>,
                Method<"announceAgain(bytes32 uid)", &FaultyAttestations::announce_again>,
                Method<"revokeForAnother(bytes32 uid)", &FaultyAttestations::revoke_for_another>,
                Method<"revive(bytes32 uid)", &FaultyAttestations::revive>>{};
};

TEST(AttestationInvariants, faults_are_noticed_and_undone) {
    const NativeType faulty_type = native_type<FaultyAttestations>(900, 1, "Faulty");
    World world({&faulty_type, 1});
    const Address faulty = world.create(person(1), "Faulty", {}).value<Address>();
    const Hash schema = world
                            .send<"register(string,address,bool)">(
                                person(1), faulty, std::string("bool a"), Address{}, true)
                            .value<Hash>();
    const auto attest = [&] {
        return world
            .send<test::attest_text>(person(1), faulty,
                                     eas::AttestationRequest{schema, {{}, 0, true, {}, {}, {}}})
            .value<Hash>();
    };
    const Hash uid = attest();
    const Hash revoked = attest();
    ASSERT_TRUE(world
                    .send<test::revoke_text>(person(1), faulty,
                                             eas::RevocationRequest{schema, {revoked, {}}})
                    .ok());
    world.next_block();
    world.expect_broken_invariants();
    const u256 before = world.state().load(faulty, u256{99u});
    EXPECT_NE(world.send<"announceOnly()">(person(2), faulty).broken, "");
    EXPECT_EQ(world.state().load(faulty, u256{99u}), before);
    EXPECT_NE(world.send<"announceAgain(bytes32)">(person(2), faulty, uid).broken, "");
    EXPECT_NE(world.send<"revokeForAnother(bytes32)">(person(2), faulty, uid).broken, "");
    EXPECT_NE(world.send<"revive(bytes32)">(person(2), faulty, revoked).broken, "");
    EXPECT_TRUE(world.ask<"isLive(bytes32)">(faulty, uid).value<bool>());
}

}  // namespace
}  // namespace plume

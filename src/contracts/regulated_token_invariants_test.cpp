// Each invariant of a regulated token is broken once, by a mutation that a slip of the pen could
// make, and is seen to catch it before anything is committed.
#include "native/math.hpp"
#include "support/tokens.hpp"

namespace plume {
namespace {

using test::Outcome;

/// A token with wrong methods beside the right ones. What they write stands where the parts keep
/// it.
class Corrupted : public RegulatedToken {
public:
    using RegulatedToken::RegulatedToken;

    void take_power(Hash power, Address to) {
        const uint64_t index = static_cast<uint64_t>(powers::power_called(*this, power));
        set(Slot<Address>{namespace_slot("plume.powers") + u256{index}}, to);
    }
    void revive_power(Hash power, Address to) {
        take_power(power, to);
        emit(powers::PowerMoved{power, {}, to});
    }
    void turn_off(uint32_t features) {
        const Slot<uint32_t> on{namespace_slot("plume.policy"), 0};
        set(on, get(on) & ~features);
    }
    void turn_on(uint32_t features) {
        const Slot<uint32_t> on{namespace_slot("plume.policy"), 0};
        set(on, get(on) | features);
    }
    void raise_cap(u256 most) { set(Slot<u256>{namespace_slot("plume.policy") + u256{4u}}, most); }
    void freeze_otherwise(Address account, u256 amount) {
        policy::set_frozen(*this, account, amount);
        const Map<Address, u256> frozen{{namespace_slot("plume.policy") + u256{5u}}};
        set(frozen[account], amount + u256{1u});
    }
    void hold_more(Address owner, Address taker, u256 amount) {
        holds::encumber(*this, owner, taker, amount);
        const Map<Address, Map<Address, u256>> by{{namespace_slot("plume.holds") + u256{1u}}};
        set(by[owner][taker], amount + u256{1u});
    }
    void hold_uncounted(Address owner, Address taker, u256 amount) {
        holds::encumber(*this, owner, taker, amount);
        const Map<Address, u256> sums{{namespace_slot("plume.holds")}};
        set(sums[owner], u256{});
    }
    void hold_unowned(Address owner, Address taker) {
        const u256 amount = balance_of(owner);
        holds::encumber(*this, owner, taker, amount);
        is_unguarded_ = true;
        move(owner, taker, u256{1u});
    }
    void move_votes_only(Address delegatee, u256 units) {
        votes::moved(*this, sender(), delegatee, units, total_supply());
    }
    void forge_total(u256 total) {
        const Array<u256> trace{{namespace_slot("plume.votes") + u256{2u}}};
        set(push(trace), u256{now()} | total << 48);
    }
    void rewrite_past(Address delegatee, u256 votes) {
        const Map<Address, Array<u256>> traces{{namespace_slot("plume.votes") + u256{1u}}};
        const u256 last = get(traces[delegatee][0]);
        set(traces[delegatee][0], (last & u256{0xffff'ffff'ffffu}) | votes << 48);
        set(push(traces[delegatee]), u256{now()} | (last >> 48) << 48);
        emit(votes::DelegateVotesChanged{delegatee, last >> 48, last >> 48});
    }
    void rename(Hash record) { set_record(record); }
    void forget_former(Hash record) {
        set_record(record);
        emit(RecordSuperseded{record_before(), record});
    }

    static constexpr auto abi =
        RegulatedToken::abi +
        Methods<
            Method<"takePower(bytes32 power, address to)", &Corrupted::take_power>,
            Method<"revivePower(bytes32 power, address to)", &Corrupted::revive_power>,
            Method<"turnOff(uint32 features)", &Corrupted::turn_off>,
            Method<"turnOn(uint32 features)", &Corrupted::turn_on>,
            Method<"raiseCap(uint256 most)", &Corrupted::raise_cap>,
            Method<"freezeOtherwise(address account, uint256 amount)",
                   &Corrupted::freeze_otherwise>,
            Method<"holdMore(address owner, address taker, uint256 amount)", &Corrupted::hold_more>,
            Method<"holdUncounted(address owner, address taker, uint256 amount)",
                   &Corrupted::hold_uncounted>,
            Method<"holdUnowned(address owner, address taker)", &Corrupted::hold_unowned>,
            Method<"moveVotesOnly(address delegatee, uint256 units)", &Corrupted::move_votes_only>,
            Method<"forgeTotal(uint256 total)", &Corrupted::forge_total>,
            Method<"rewritePast(address delegatee, uint256 votes)", &Corrupted::rewrite_past>,
            Method<"rename(bytes32 record)", &Corrupted::rename>,
            Method<"forgetFormer(bytes32 record)", &Corrupted::forget_former>>{};

private:
    void on_move(const Address& from, const Address& to, const u256& value) override {
        if (!is_unguarded_) RegulatedToken::on_move(from, to, value);
    }
    bool is_unguarded_ = false;
};

const std::array<NativeType, 1> corrupted_types{native_type<Corrupted>(901, 1, "Corrupted")};

class RegulatedTokenInvariants : public test::RegulatedTokenTest {
protected:
    RegulatedTokenInvariants() : RegulatedTokenTest(corrupted_types) {
        RegulatedTokenParams with = params();
        with.features = {test::all_features & ~uint32_t{1}, 1};
        with.powers.enable = enabler;
        with.powers.split = {};
        with.rules.supply_max = 2'000;
        token = create(with, "Corrupted").value<Address>();
        EXPECT_TRUE(world.send<"enable(uint32)">(enabler, token, uint32_t{1}).ok());
        EXPECT_TRUE(delegate(alice, alice).ok());
        world.advance(10);
        world.expect_broken_invariants();
    }
    static void expect_broken(const Outcome& out, std::string_view invariant) {
        EXPECT_TRUE(out.ok());
        EXPECT_TRUE(out.broken.starts_with("Corrupted: " + std::string(invariant))) << out.broken;
    }
};

TEST_F(RegulatedTokenInvariants, powers) {
    expect_broken(
        world.send<"takePower(bytes32,address)">(bob, token, powers::name_of(Power::mint), bob),
        "W-1");
    expect_broken(
        world.send<"revivePower(bytes32,address)">(bob, token, powers::name_of(Power::split), bob),
        "W-1");
}

TEST_F(RegulatedTokenInvariants, features_and_caps) {
    expect_broken(world.send<"turnOff(uint32)">(bob, token, uint32_t{2}), "T-7");
    expect_broken(world.send<"turnOn(uint32)">(bob, token, uint32_t{256}), "T-7");
    expect_broken(world.send<"raiseCap(uint256)">(bob, token, u256{2'001u}), "T-1");
    expect_broken(world.send<"raiseCap(uint256)">(bob, token, u256{999u}), "T-1");
    expect_broken(world.send<"freezeOtherwise(address,uint256)">(bob, token, alice, u256{5u}),
                  "T-8");
}

TEST_F(RegulatedTokenInvariants, holds) {
    expect_broken(world.send<"holdMore(address,address,uint256)">(bob, token, alice, bob, u256{5u}),
                  "H-1");
    expect_broken(
        world.send<"holdUncounted(address,address,uint256)">(bob, token, alice, bob, u256{5u}),
        "H-1");
    expect_broken(world.send<"holdUnowned(address,address)">(bob, token, alice, bob), "H-2");
}

TEST_F(RegulatedTokenInvariants, votes) {
    expect_broken(world.send<"moveVotesOnly(address,uint256)">(alice, token, bob, u256{5u}), "G-3");
    expect_broken(world.send<"forgeTotal(uint256)">(bob, token, u256{5u}), "G-3");
    expect_broken(world.send<"rewritePast(address,uint256)">(alice, token, alice, u256{5u}), "G-7");
}

TEST_F(RegulatedTokenInvariants, records) {
    expect_broken(world.send<"rename(bytes32)">(bob, token, Hash{{5}}), "T-9");
    expect_broken(world.send<"forgetFormer(bytes32)">(bob, token, Hash{{5}}), "T-9");
}

}  // namespace
}  // namespace plume

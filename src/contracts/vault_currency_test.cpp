// A vault and its currency: permits, currencies that misbehave in the ways known of real ones
// (V-11), and currencies that attack (N7). Nothing they do may leave the books wrong, or harm more
// than those who chose them.
#include <gtest/gtest.h>

#include "contracts/vault.hpp"
#include "crypto/signature.hpp"
#include "support/vaults.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::Switchboard;
using test::VaultWorld;
using Phase = Vault::Phase;

const Address anyone = person(99);
const Address teacher = VaultWorld::teacher(0);
const Address second_teacher = VaultWorld::teacher(1);
const Address donor = VaultWorld::donor(0);
const Address second_donor = VaultWorld::donor(1);

// Permits.

constexpr FixedText contribute_with_permit =
    "contributeWithPermit(uint256,address,bytes32,uint256,uint8,bytes32,bytes32)";
constexpr FixedText permit_text = "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)";

class VaultPermitTest : public testing::Test {
protected:
    VaultPermitTest() {
        world.open_vault({300});
        world.send<"transfer(address,uint256)">(world.steward(), world.currency(), holder,
                                                300_u256);
        deadline = u256{world.block().timestamp + 100};
    }

    /// As EIP-712 and ERC-2612 have it.
    Signature permit(const u256& assets) {
        const Hash type = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        const Hash domain = world.ask<"DOMAIN_SEPARATOR()">(world.currency()).value<Hash>();
        const Hash message =
            keccak256(abi::encode(type, holder, world.vault(), assets, 0_u256, deadline));
        Bytes image{0x19, 0x01};
        append(image, domain);
        append(image, message);
        return sign(keccak256(image), key);
    }
    Outcome contribute(const Signature& signature, const u256& assets) {
        return world.send<contribute_with_permit>(holder, world.vault(), assets, holder, Hash{},
                                                  deadline, v(signature), to_word(signature.r),
                                                  to_word(signature.s));
    }
    static uint8_t v(const Signature& signature) { return signature.y_parity ? 28 : 27; }

    const PrivateKey key = *PrivateKey::from(to_word(4711_u256));
    const Address holder = address_of(key);
    u256 deadline;
    VaultWorld world;
};

TEST_F(VaultPermitTest, a_permit_spares_the_approval) {
    ASSERT_TRUE(contribute(permit(120_u256), 120_u256).ok());
    EXPECT_EQ(world.shares_of(holder), 120_u256);
    EXPECT_EQ(world.money_of(holder), 180_u256);
}

// T-5: somebody who hands the permit in first must not be able to stop the contribution.
TEST_F(VaultPermitTest, a_permit_that_was_handed_in_before_does_no_harm) {
    const Signature signature = permit(120_u256);
    ASSERT_TRUE(
        (world
             .send<permit_text>(anyone, world.currency(), holder, world.vault(), 120_u256, deadline,
                                v(signature), to_word(signature.r), to_word(signature.s))
             .ok()));
    ASSERT_TRUE(contribute(signature, 120_u256).ok());
    EXPECT_EQ(world.shares_of(holder), 120_u256);
    EXPECT_TRUE(contribute(signature, 120_u256).refused_as<AssetToken::ERC2612InvalidSigner>())
        << "once used up, its own refusal is the reason";
}

TEST_F(VaultPermitTest, a_permit_for_less_or_of_another_is_refused) {
    EXPECT_TRUE(
        contribute(permit(119_u256), 120_u256).refused_as<AssetToken::ERC2612InvalidSigner>());
    const Signature signature = permit(120_u256);
    EXPECT_TRUE(
        (world
             .send<contribute_with_permit>(donor, world.vault(), 120_u256, donor, Hash{}, deadline,
                                           v(signature), to_word(signature.r), to_word(signature.s))
             .refused_as<AssetToken::ERC2612InvalidSigner>()));
    world.advance(101);
    EXPECT_TRUE(contribute(signature, 120_u256).refused_as<AssetToken::ERC2612ExpiredSignature>());
    EXPECT_EQ(world.raised(), 0_u256);
}

// Currencies of doubtful character.

/// A currency that does as it is told, and then what it was armed with.
class Rogue : public Contract {
public:
    using Contract::Contract;

    enum class Habit : uint8_t {
        honest,
        takes_fee,      ///< delivers one unit less than it takes
        delivers_none,  ///< says yes and moves nothing
        forgets,        ///< its balanceOf answers with 7 to everyone
        refuses,        ///< reverts transfers to the marked one
        says_false,     ///< answers false to transfers to the marked one
        burns_gas,      ///< uses up all gas in transfers to the marked one
        steals,         ///< takes one unit more from who sends
        reenters,       ///< calls back whom it was armed against
    };

    using Transfer = AssetToken::Transfer;

    void construct() {}
    uint8_t decimals() const { return 6; }
    u256 balance_of(Address owner) const {
        return has(Habit::forgets) ? 7_u256 : get(balances_[owner]);
    }
    u256 allowance(Address, Address) const { return u256_max; }
    bool transfer(Address to, u256 amount) { return deliver(sender(), to, amount); }
    bool transfer_from(Address from, Address to, u256 amount) { return deliver(from, to, amount); }
    void transfer_mutely(Address to, u256 amount) { deliver(sender(), to, amount); }
    void transfer_from_mutely(Address from, Address to, u256 amount) { deliver(from, to, amount); }

    void behave(uint8_t habit, Address marked) {
        set(habit_, habit);
        set(marked_, marked);
    }
    void give(Address to, u256 amount) { set(balances_[to], balance_of(to) + amount); }
    void seize(Address from, u256 amount) {
        set(balances_[from], get(balances_[from]) - amount);
        emit(Transfer{from, sender(), amount});
    }
    void arm(Address target, Bytes call) {
        set(target_, target);
        set(call_, call);
    }
    bool succeeded() const { return get(succeeded_); }
    Bytes answer() const { return get(answer_); }

    static constexpr auto constructor = Method<"constructor()", &Rogue::construct>{};
    static constexpr auto abi =
        Methods<Method<"decimals() view returns (uint8)", &Rogue::decimals>,
                Method<"balanceOf(address owner) view returns (uint256)", &Rogue::balance_of>,
                Method<"allowance(address owner, address spender) view returns (uint256)",
                       &Rogue::allowance>,
                Method<"transfer(address to, uint256 amount) returns (bool)", &Rogue::transfer>,
                Method<"transferFrom(address from, address to, uint256 amount) returns (bool)",
                       &Rogue::transfer_from>,
                Method<"behave(uint8 habit, address marked)", &Rogue::behave>,
                Method<"give(address to, uint256 amount)", &Rogue::give>,
                Method<"seize(address from, uint256 amount)", &Rogue::seize>,
                Method<"arm(address target, bytes data)", &Rogue::arm>,
                Method<"succeeded() view returns (bool)", &Rogue::succeeded>,
                Method<"answer() view returns (bytes)", &Rogue::answer>>{};

private:
    bool has(Habit habit) const { return Habit{get(habit_)} == habit; }

    bool deliver(const Address& from, const Address& to, const u256& amount) {
        const bool is_marked = to == get(marked_);
        if (is_marked && has(Habit::refuses)) refuse(ErrorString{"blocked"});
        if (is_marked && has(Habit::says_false)) return false;
        if (is_marked && has(Habit::burns_gas)) charge(gas_left());
        if (has(Habit::reenters)) {
            const Answer answer = call(get(target_), get(call_));
            set(succeeded_, answer.success);
            set(answer_, answer.data);
        }
        if (has(Habit::delivers_none)) return true;
        const u256 taken = has(Habit::steals) ? amount + 1_u256 : amount;
        const u256 given = has(Habit::takes_fee) ? amount - 1_u256 : amount;
        require(get(balances_[from]) >= taken, ErrorString{"too little"});
        set(balances_[from], get(balances_[from]) - taken);
        set(balances_[to], get(balances_[to]) + given);
        emit(Transfer{from, to, amount});
        return true;
    }

    static constexpr Map<Address, u256> balances_{0};
    static constexpr Slot<uint8_t> habit_{1, 0};
    static constexpr Slot<Address> marked_{1, 1};
    static constexpr Slot<bool> succeeded_{1, 21};
    static constexpr Slot<Address> target_{2};
    static constexpr Text call_{3};
    static constexpr Text answer_{4};
};

/// The same with the transfers of old tokens, which return nothing.
class Mute : public Rogue {
public:
    using Rogue::Rogue;

    static constexpr auto abi =
        Rogue::abi + Methods<Method<"transfer(address to, uint256 amount)", &Mute::transfer_mutely>,
                             Method<"transferFrom(address from, address to, uint256 amount)",
                                    &Mute::transfer_from_mutely>>{};
};

class VaultCurrencyTest : public testing::Test {
protected:
    using Habit = Rogue::Habit;

    VaultCurrencyTest()
        : world({native_type<Rogue>(60'010, 1, "Rogue"), native_type<Mute>(60'011, 1, "Mute")}) {}

    void open(std::string_view type = "Rogue") {
        rogue = world.create(anyone, type, to_word(u256{++rogues})).value<Address>();
        VaultTerms terms = world.terms();
        terms.asset = rogue;
        const std::vector plan{world.tranche(0, 300_u256), world.tranche(1, 700_u256)};
        ASSERT_TRUE(world.create_vault(terms, plan, true).ok());
        for (const Address& giver : {donor, second_donor})
            world.send<"give(address,uint256)">(anyone, rogue, giver, 1'000_u256);
    }
    void activate(std::string_view type = "Rogue") {
        open(type);
        ASSERT_TRUE(world.contribute_only(donor, 250_u256).ok());
        ASSERT_TRUE(world.contribute_only(second_donor, 750_u256).ok());
        world.turn(0, Switchboard::on);
    }
    void behave(Habit habit, const Address& marked = {}) {
        world.send<"behave(uint8,address)">(anyone, rogue, static_cast<uint8_t>(habit), marked);
    }
    void arm(const Address& target, const Bytes& data) {
        world.send<"arm(address,bytes)">(anyone, rogue, target, data);
        behave(Habit::reenters);
    }
    u256 money_of(const Address& holder) { return world.money_of(holder, rogue); }
    Outcome collect(const Address& payee) {
        return world.send<"collect(address)">(anyone, world.vault(), payee);
    }
    void expire() { world.go_to(world.funding_deadline() + VaultWorld::tranche_seconds + 1); }

    VaultWorld world;
    Address rogue;
    uint64_t rogues = 0;
};

TEST_F(VaultCurrencyTest, a_currency_that_returns_nothing_is_understood) {
    activate("Mute");
    ASSERT_TRUE(world.release(0).ok());
    EXPECT_EQ(money_of(teacher), 200_u256);
    EXPECT_EQ(world.owed(), 0_u256);
}

TEST_F(VaultCurrencyTest, what_is_not_delivered_whole_is_refused) {
    open();
    behave(Habit::takes_fee);
    EXPECT_TRUE(world.contribute_only(donor, 100_u256)
                    .refused_with(Vault::AssetsNotReceived{99_u256, 100_u256}));
    behave(Habit::delivers_none);
    EXPECT_TRUE(world.contribute_only(donor, 100_u256)
                    .refused_with(Vault::AssetsNotReceived{0_u256, 100_u256}));
    behave(Habit::forgets);
    EXPECT_TRUE(world.contribute_only(donor, 100_u256)
                    .refused_with(Vault::AssetsNotReceived{0_u256, 100_u256}));
    behave(Habit::says_false, world.vault());
    EXPECT_TRUE(world.contribute_only(donor, 100_u256)
                    .refused_with(erc20::SafeERC20FailedOperation{rogue}));
    behave(Habit::refuses, world.vault());
    EXPECT_TRUE(world.contribute_only(donor, 100_u256).refused_with(ErrorString{"blocked"}));
    EXPECT_EQ(world.raised(), 0_u256);
    EXPECT_EQ(money_of(donor), 1'000_u256);
}

// D-4: whoever cannot be paid waits alone.
TEST_F(VaultCurrencyTest, a_payee_who_cannot_be_paid_is_owed) {
    for (const Habit habit : {Habit::refuses, Habit::says_false, Habit::burns_gas}) {
        activate();
        behave(habit, teacher);
        const Outcome out = world.release(0);
        ASSERT_TRUE(out.ok());
        EXPECT_EQ(out.events<Vault::Released>(world.vault()).size(), 2u);
        EXPECT_EQ(out.events<Vault::PaymentOwed>(world.vault()),
                  (std::vector{std::tuple{0_u256, teacher, 200_u256}}));
        EXPECT_EQ(money_of(teacher), 0_u256);
        EXPECT_EQ(money_of(second_teacher), 100_u256);
        EXPECT_EQ(world.paid(), 100_u256);
        EXPECT_EQ(world.owed(), 200_u256);
        EXPECT_EQ(world.number<"owedTo(address)">(teacher), 200_u256);
        EXPECT_EQ(world.held(), 700_u256);
        if (habit != Habit::burns_gas) {
            EXPECT_TRUE(collect(teacher).refused_with(erc20::SafeERC20FailedOperation{rogue}));
        }
        behave(Habit::honest);
        const Outcome collected = collect(teacher);
        ASSERT_TRUE(collected.ok());
        EXPECT_EQ(collected.events<Vault::Collected>(world.vault()),
                  (std::vector{std::tuple{teacher, 200_u256}}));
        EXPECT_EQ(money_of(teacher), 200_u256);
        EXPECT_EQ(world.paid(), 300_u256);
        EXPECT_EQ(world.owed(), 0_u256);
        EXPECT_TRUE(collect(teacher).refused_with(Vault::NothingToWithdraw{teacher}));
    }
}

TEST_F(VaultCurrencyTest, a_holder_who_cannot_be_paid_keeps_his_claim_and_stops_nobody) {
    activate();
    expire();
    world.reclaim(0);
    behave(Habit::refuses, donor);
    EXPECT_TRUE(world.withdraw(donor).refused_with(erc20::SafeERC20FailedOperation{rogue}));
    EXPECT_TRUE(world.withdraw(second_donor).ok());
    EXPECT_EQ(world.withdrawable(donor), 75_u256);
    behave(Habit::honest);
    EXPECT_TRUE(world.withdraw(donor).ok());
    EXPECT_EQ(money_of(donor), 825_u256);
}

// What the currency takes away is lost; the rest is paid out to who comes.
TEST_F(VaultCurrencyTest, a_loss_in_the_currency_does_not_lock_the_rest) {
    activate();
    world.send<"seize(address,uint256)">(anyone, rogue, world.vault(), 100_u256);
    ASSERT_TRUE(world.release(0).ok());
    EXPECT_EQ(world.owed(), 0_u256);
    expire();
    ASSERT_TRUE(world.reclaim(1).ok());
    ASSERT_TRUE(world.withdraw(donor).ok());
    EXPECT_TRUE(world.withdraw(second_donor).refused_with(erc20::SafeERC20FailedOperation{rogue}));
    world.send<"give(address,uint256)">(anyone, rogue, world.vault(), 100_u256);
    EXPECT_TRUE(world.withdraw(second_donor).ok());
}

TEST_F(VaultCurrencyTest, a_currency_that_takes_more_than_it_is_told_robs_its_own_holders_alone) {
    activate();
    behave(Habit::steals);
    ASSERT_TRUE(world.release(0).ok());
    EXPECT_EQ(world.held(), 700_u256);
    EXPECT_EQ(money_of(world.vault()), 698_u256);
    behave(Habit::honest);
    expire();
    world.reclaim(1);
    EXPECT_TRUE(world.withdraw(donor).ok());
}

// N7. The attack is made out of the currency's transfers, by whatever method it can reach.
TEST_F(VaultCurrencyTest, no_method_can_be_called_in_the_middle_of_another) {
    const u256 id{0u};
    const std::vector<Bytes> calls{
        VaultWorld::calldata<"contribute(uint256,address,bytes32)">(1_u256, anyone, Hash{}),
        VaultWorld::calldata<"release(uint256)">(id),
        VaultWorld::calldata<"release(uint256)">(1_u256),
        VaultWorld::calldata<"reclaim(uint256)">(id),
        VaultWorld::calldata<"collect(address)">(teacher),
        VaultWorld::calldata<"withdrawReturned(address)">(donor),
        VaultWorld::calldata<"withdrawFunds()">(),
        VaultWorld::calldata<"transfer(address,uint256)">(donor, 0_u256),
        VaultWorld::calldata<"fail()">(),
    };
    for (const Bytes& data : calls) {
        activate();
        world.turn(1, Switchboard::on);
        arm(world.vault(), data);
        ASSERT_TRUE(world.release(0).ok());
        EXPECT_FALSE(world.ask<"succeeded()">(rogue).value<bool>());
        EXPECT_EQ(world.ask<"answer()">(rogue).value<Bytes>(),
                  ReentrancyGuardReentrantCall{}.data());
        EXPECT_EQ(world.paid(), 300_u256);
        EXPECT_EQ(world.held(), 700_u256);
        EXPECT_EQ(money_of(world.vault()), 700_u256);
    }
}

TEST_F(VaultCurrencyTest, a_contribution_made_inside_of_a_contribution_is_refused) {
    open();
    arm(world.vault(),
        VaultWorld::calldata<"contribute(uint256,address,bytes32)">(10_u256, anyone, Hash{}));
    ASSERT_TRUE(world.contribute_only(donor, 100_u256).ok());
    EXPECT_EQ(world.ask<"answer()">(rogue).value<Bytes>(), ReentrancyGuardReentrantCall{}.data());
    EXPECT_EQ(world.raised(), 100_u256);
    EXPECT_EQ(world.shares_of(anyone), 0_u256);
}

TEST_F(VaultCurrencyTest, a_withdrawal_inside_of_a_withdrawal_is_refused) {
    activate();
    expire();
    world.reclaim(1);
    arm(world.vault(), VaultWorld::calldata<"withdrawReturned(address)">(donor));
    ASSERT_TRUE(world.withdraw(donor).ok());
    EXPECT_EQ(money_of(donor), 925_u256);
    EXPECT_EQ(world.withdrawn(), 175_u256);
}

// N7, read-only: what others see is before or after, never between.
TEST_F(VaultCurrencyTest, views_in_the_middle_answer_as_before_or_not_at_all) {
    open();
    const Bytes raised = VaultWorld::calldata<"raised()">();
    arm(world.vault(), raised);
    ASSERT_TRUE(world.contribute_only(donor, 1'000_u256).ok());
    EXPECT_EQ(abi::decode_one<u256>(world.ask<"answer()">(rogue).value<Bytes>()), 0_u256);
    world.turn(0, Switchboard::on);
    arm(world.vault(), VaultWorld::calldata<"held()">());
    ASSERT_TRUE(world.release(0).ok());
    EXPECT_EQ(world.ask<"answer()">(rogue).value<Bytes>(), ReentrancyGuardReentrantCall{}.data());
}

}  // namespace
}  // namespace plume

// A vault against a plain model of it: random lives of many vaults, every step predicted, every
// book compared.
#include <gtest/gtest.h>

#include <random>

#include "contracts/vault.hpp"
#include "support/model.hpp"
#include "support/vaults.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::Switchboard;
using test::VaultWorld;
using Phase = Vault::Phase;

constexpr uint16_t donor_count = 4;
constexpr uint64_t cancel_switch = 100;  // of tranche 0; the next ones' follow

/// What a vault should be, written for reading: no storage, no index, earnings as exact fractions
/// of the supply.
struct Model {
    struct Part {
        Tranche terms;
        TrancheState state = TrancheState::open;
        uint64_t claimed_at = 0;
    };

    uint64_t funding_deadline = 0;
    std::vector<Part> parts;
    Phase phase = Phase::funding;
    std::map<Address, u256> shares;
    std::map<Address, u256> earned;  // times the supply
    std::map<Address, u256> withdrawn_by;
    std::map<Address, u256> received;
    u256 raised, paid, returned, withdrawn;
    u256 waiting;  // returned after a movement of shares in the same block
    bool moved = false;

    u256 goal() const {
        u256 sum;
        for (const Part& part : parts) sum += part.terms.amount;
        return sum;
    }
    u256 open_amount() const {
        u256 sum;
        for (const Part& part : parts)
            if (part.state == TrancheState::open) sum += part.terms.amount;
        return sum;
    }
    u256 due(const Address& holder) {
        return raised.is_zero() ? u256{} : earned[holder] / raised - withdrawn_by[holder];
    }

    void end_block() {
        for (auto& [holder, balance] : shares) earned[holder] += balance * waiting;
        waiting = {};
        moved = false;
    }
    void give_back(const u256& amount) {
        returned += amount;
        if (moved) {
            waiting += amount;
        } else {
            for (auto& [holder, balance] : shares) earned[holder] += balance * amount;
        }
    }
    bool contribute(const Address& donor, const u256& amount, uint64_t now) {
        if (phase != Phase::funding || now > funding_deadline) return false;
        if (amount.is_zero() || amount > goal() - raised) return false;
        raised += amount;
        shares[donor] += amount;
        moved = true;
        if (raised == goal()) phase = Phase::active;
        return true;
    }
    bool transfer(const Address& from, const Address& to, const u256& amount) {
        if (shares[from] < amount) return false;
        if (from == to || amount.is_zero()) return true;
        shares[from] -= amount;
        shares[to] += amount;
        moved = true;
        return true;
    }
    bool fail(uint64_t now) {
        if (phase != Phase::funding || now <= funding_deadline) return false;
        phase = Phase::failed;
        give_back(raised);
        return true;
    }
    bool claim(size_t id, const Address& who, uint64_t now) {
        Part& part = parts[id];
        bool is_payee = false;
        for (const Payee& payee : part.terms.payees) is_payee = is_payee || payee.to == who;
        if (phase != Phase::active || part.state != TrancheState::open || !is_payee) return false;
        if (part.claimed_at != 0 || now + part.terms.challenge > part.terms.deadline) return false;
        part.claimed_at = now;
        return true;
    }
    bool release(size_t id, bool is_on, uint64_t now) {
        Part& part = parts[id];
        const bool in_time = part.terms.opens_at <= now && now <= part.terms.deadline;
        const bool unchallenged =
            part.terms.challenge == 0 ||
            (part.claimed_at != 0 && part.claimed_at + part.terms.challenge <= now);
        if (phase != Phase::active || part.state != TrancheState::open) return false;
        if (!in_time || !unchallenged || !is_on) return false;
        part.state = TrancheState::released;
        paid += part.terms.amount;
        for (const Payee& payee : part.terms.payees) received[payee.to] += payee.amount;
        if (open_amount().is_zero()) phase = Phase::closed;
        return true;
    }
    bool reclaim(size_t id, bool is_cancelled, uint64_t now) {
        Part& part = parts[id];
        if (phase != Phase::active || part.state != TrancheState::open) return false;
        if (now <= part.terms.deadline && !is_cancelled) return false;
        part.state = TrancheState::reclaimed;
        give_back(part.terms.amount);
        if (open_amount().is_zero()) phase = Phase::closed;
        return true;
    }
    bool withdraw(const Address& holder) {
        const u256 amount = due(holder);
        if (amount.is_zero()) return false;
        withdrawn_by[holder] += amount;
        received[holder] += amount;
        withdrawn += amount;
        return true;
    }
};

class VaultModelTest : public testing::Test {
protected:
    using Random = std::mt19937;

    VaultWorld& world() { return *world_; }

    /// A vault with up to five tranches of up to `amount_max` units each, and the model of it.
    void begin(Random& random, uint64_t amount_max) {
        // Clocks are set back between vaults; the switches too.
        world().block().timestamp = world().funding_deadline() - VaultWorld::funding_seconds;
        model = {};
        model.funding_deadline = world().funding_deadline();
        std::vector<Tranche> plan;
        is_generous = random() % 2 == 0;
        const size_t count = 1 + random() % 5;
        for (size_t i = 0; i < count; ++i) {
            world().turn(i, Switchboard::off);
            world().turn(cancel_switch + i, Switchboard::off);
            Tranche tranche = world().tranche(i, u256{1 + random() % amount_max});
            tranche.opens_at += random() % 1'500;
            tranche.deadline += random() % 500;
            if (random() % 3 == 0) tranche.challenge = static_cast<uint32_t>(random() % 300);
            if (random() % 3 == 0) tranche.cancel = world().when_on(cancel_switch + i);
            model.parts.push_back({.terms = tranche});
            plan.push_back(tranche);
        }
        ASSERT_TRUE(world().create_vault(world().terms(), plan, true).ok());
        on.assign(2 * cancel_switch, false);
        for (const Address& who : everyone()) start[who] = world().money_of(who);
    }
    static std::vector<Address> everyone() {
        std::vector<Address> out{VaultWorld::teacher(0), VaultWorld::teacher(1)};
        for (uint16_t n = 0; n < donor_count; ++n) out.push_back(VaultWorld::donor(n));
        return out;
    }
    static Address someone(Random& random) {
        return VaultWorld::donor(static_cast<uint16_t>(random() % donor_count));
    }
    void turn(uint64_t number, bool to) {
        world().turn(number, to ? Switchboard::on : Switchboard::off);
        on[number] = to;
    }
    void pass_time(uint64_t seconds) {
        world().advance(seconds);
        model.end_block();
    }
    void contribute(Random& random) {
        const Address who = someone(random);
        const u256 left = model.goal() - model.raised;
        // Mostly something that is still needed; in generous vaults also all of it, or too much.
        const u256 amount = is_generous && random() % 4 == 0
                                ? left + u256{random() % 2}
                                : u256{random()} % (left / u256{is_generous ? 1u : 4u} + 2_u256);
        world().endow(who, amount, world().currency());
        const bool expected = model.contribute(who, amount, world().block().timestamp);
        ASSERT_EQ(world().contribute_only(who, amount).ok(), expected);
        if (!expected) start[who] += amount;
    }
    void settle(Random& random) {
        const uint64_t now = world().block().timestamp;
        const size_t id = random() % model.parts.size();
        switch (random() % 4) {
            case 0: {
                const Address who = random() % 3 == 0 ? someone(random) : VaultWorld::teacher(0);
                ASSERT_EQ(world().claim(who, id).ok(), model.claim(id, who, now));
                break;
            }
            case 1: {
                const bool cancel =
                    model.parts[id].terms.cancel.target != Address{} && on[cancel_switch + id];
                ASSERT_EQ(
                    world().ask<"isReclaimable(uint256)">(world().vault(), u256{id}).value<bool>(),
                    Model(model).reclaim(id, cancel, now));
                ASSERT_EQ(world().reclaim(id).ok(), model.reclaim(id, cancel, now));
                break;
            }
            default:
                ASSERT_EQ(
                    world().ask<"isReleasable(uint256)">(world().vault(), u256{id}).value<bool>(),
                    Model(model).release(id, on[id], now));
                ASSERT_EQ(world().release(id).ok(), model.release(id, on[id], now));
        }
    }
    void act(Random& random) {
        switch (random() % 12) {
            case 0:
            case 1:
            case 2:
                return contribute(random);
            case 3: {
                const Address from = someone(random);
                const Address to = someone(random);
                const u256 amount = u256{random()} % (model.shares[from] + 2_u256);
                ASSERT_EQ(world().give_shares(from, to, amount).ok(),
                          model.transfer(from, to, amount));
                return;
            }
            case 4:
                ASSERT_EQ(world().fail().ok(), model.fail(world().block().timestamp));
                return;
            case 5:
                turn(random() % model.parts.size(), random() % 4 != 0);
                return;
            case 6:
                turn(cancel_switch + random() % model.parts.size(), random() % 4 == 0);
                return;
            case 7: {
                const Address who = someone(random);
                ASSERT_EQ(world().withdraw(who).ok(), model.withdraw(who));
                return;
            }
            case 8:
                pass_time(random() % 240);
                return;
            default:
                return settle(random);
        }
    }
    void compare() {
        const bool is_early = model.phase == Phase::funding;
        const u256 held = model.raised - model.paid - model.withdrawn;
        ASSERT_EQ(world().phase(), model.phase);
        ASSERT_EQ(world().raised(), model.raised);
        ASSERT_EQ(world().paid(), model.paid);
        ASSERT_EQ(world().owed(), 0_u256);
        ASSERT_EQ(world().returned(), model.returned);
        ASSERT_EQ(world().withdrawn(), model.withdrawn);
        ASSERT_EQ(world().held(), held);
        ASSERT_EQ(world().money_of(world().vault()), held);
        ASSERT_EQ(world().escrowed(),
                  is_early || model.phase == Phase::failed ? u256{} : model.open_amount());
        u256 dues;
        for (uint16_t n = 0; n < donor_count; ++n) {
            const Address who = VaultWorld::donor(n);
            ASSERT_EQ(world().shares_of(who), model.shares[who]);
            ASSERT_EQ(world().withdrawable(who), model.due(who));
            dues += model.due(who);
        }
        for (const Address& who : everyone())
            ASSERT_EQ(world().money_of(who) - start[who], model.received[who]);
        // D-5: what nobody can take now is less than a unit for each holder.
        ASSERT_LT(model.returned - model.withdrawn - model.waiting, dues + u256{donor_count});
    }
    /// The end that comes by itself: every tranche's deadline, and everyone takes what is his.
    void finish() {
        pass_time(5'000);
        const uint64_t now = world().block().timestamp;
        ASSERT_EQ(world().fail().ok(), model.fail(now));
        for (size_t id = 0; id < model.parts.size(); ++id)
            ASSERT_EQ(world().reclaim(id).ok(), model.reclaim(id, false, now));
        for (uint16_t n = 0; n < donor_count; ++n)
            ASSERT_EQ(world().withdraw(VaultWorld::donor(n)).ok(),
                      model.withdraw(VaultWorld::donor(n)));
        compare();
        ASSERT_TRUE(model.phase == Phase::closed || model.phase == Phase::failed);
        ASSERT_LT(world().held(), u256{donor_count}) << "X-2: all money has an end";
    }

    std::unique_ptr<VaultWorld> world_ = std::make_unique<VaultWorld>();
    Model model;
    bool is_generous = false;
    std::vector<bool> on;
    std::map<Address, u256> start;
};

TEST_F(VaultModelTest, random_lives_are_as_the_model_says) {
    const model::Plan plan = model::planned({.operations = 24'000, .seed = 31'337});
    SCOPED_TRACE("PLUME_MODEL_SEED=" + std::to_string(plan.seed));
    Random random(static_cast<uint32_t>(plan.seed));
    std::map<Phase, int> ends;
    for (uint64_t step = 0; step < plan.operations;) {
        // One for each life: what former lives leave behind would make every look longer.
        world_ = std::make_unique<VaultWorld>();
        ASSERT_NO_FATAL_FAILURE(begin(random, random() % 2 == 0 ? 3 : 1'000'000));
        const int life = 20 + static_cast<int>(random() % 160);
        for (int i = 0; i < life; ++i, ++step) {
            ASSERT_NO_FATAL_FAILURE(act(random)) << step;
            if (step % plan.look != 0) continue;
            ASSERT_NO_FATAL_FAILURE(compare()) << step;
        }
        ASSERT_NO_FATAL_FAILURE(compare()) << step;
        ASSERT_NO_FATAL_FAILURE(finish()) << step;
        ++ends[model.phase];
    }
    EXPECT_GT(ends[Phase::closed], 30) << "both ends are met often";
    EXPECT_GT(ends[Phase::failed], 30);
    std::cout << plan.operations << " operations of seed " << plan.seed << '\n';
}

// Every way for three donors to pay in 0 to 3 units each, and any of them to hand on all shares
// before the return.
TEST_F(VaultModelTest, small_vaults_return_exactly_what_is_due_in_every_case) {
    for (unsigned amounts = 1; amounts < 64; ++amounts) {
        for (unsigned giver = 0; giver < 4; ++giver) {
            const unsigned paid_in[] = {amounts % 4, amounts / 4 % 4, amounts / 16};
            const unsigned goal = paid_in[0] + paid_in[1] + paid_in[2];
            world().block().timestamp = world().funding_deadline() - VaultWorld::funding_seconds;
            model = {};
            model.funding_deadline = world().funding_deadline();
            const std::vector plan{world().tranche(0, u256{goal})};
            model.parts.push_back({.terms = plan[0]});
            ASSERT_TRUE(world().create_vault(world().terms(), plan, true).ok());
            for (const Address& who : everyone()) start[who] = world().money_of(who);
            for (uint16_t n = 0; n < 3; ++n) {
                const Address who = VaultWorld::donor(n);
                const u256 amount{paid_in[n]};
                const bool expected = model.contribute(who, amount, world().block().timestamp);
                ASSERT_EQ(world().contribute(who, amount).ok(), expected);
            }
            if (giver < 3) {
                const Address from = VaultWorld::donor(static_cast<uint16_t>(giver));
                const Address to = VaultWorld::donor(static_cast<uint16_t>((giver + 1) % 3));
                const u256 all = model.shares[from];
                ASSERT_TRUE(world().give_shares(from, to, all).ok());
                model.transfer(from, to, all);
            }
            ASSERT_NO_FATAL_FAILURE(finish()) << amounts << " " << giver;
            ASSERT_EQ(world().held(), 0_u256) << "a return of everything always divides";
        }
    }
}

}  // namespace
}  // namespace plume

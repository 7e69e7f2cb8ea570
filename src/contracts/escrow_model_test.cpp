// An escrow vault against a plain model of it: tranches between two people, with disputes, every
// silence there can be, and amendments. The arbitrator is a stand-in that rules as it is told.
#include "contracts/escrow.hpp"
#include "support/escrows.hpp"
#include "support/model.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using namespace literals;
using test::EscrowWorld;

/// Takes its fee, and rules when it is told to; gives unearned fees back when it is told to.
class Judge : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    u256 count() const { return get(count_); }
    void refuse_all(bool refuses) { set(refuses_, refuses); }
    void set_cost(u256 cost) { set(cost_, cost); }
    void set_refund(u256 amount) { set(refund_, amount); }
    u256 arbitration_cost(Bytes, Address) const { return get(cost_); }
    u256 create_dispute(u256, Bytes, Address token, u256 amount) {
        require(!get(refuses_), ErrorString{"no"});
        if (!amount.is_zero()) erc20::pull(*this, token, sender(), amount);
        set(token_, token);
        set(count_, get(count_) + 1_u256);
        return get(count_);
    }
    u256 reclaim_fee(u256) {
        const u256 amount = get(refund_);
        set(refund_, {});
        if (!amount.is_zero()) erc20::try_transfer(*this, get(token_), sender(), amount);
        return amount;
    }
    void rule(Address vault, u256 id, u256 ruling) {
        using Rule = Remote<"rule(uint256 disputeID, uint256 ruling)", void, u256, u256>;
        Rule::call(*this, vault, id, ruling);
    }

    static constexpr auto constructor = Method<"constructor()", &Judge::construct>{};
    static constexpr auto abi = Methods<
        Method<"count() view returns (uint256)", &Judge::count>,
        Method<"refuseAll(bool refuses)", &Judge::refuse_all>,
        Method<"setCost(uint256 cost)", &Judge::set_cost>,
        Method<"setRefund(uint256 amount)", &Judge::set_refund>,
        Method<"arbitrationCost(bytes extraData, address token) view returns (uint256)",
               &Judge::arbitration_cost>,
        Method<"createDispute(uint256 choices, bytes extraData, address token, uint256 amount) "
               "returns (uint256)",
               &Judge::create_dispute>,
        Method<"reclaimFee(uint256 id) returns (uint256)", &Judge::reclaim_fee>,
        Method<"rule(address vault, uint256 id, uint256 ruling)", &Judge::rule>>{};

private:
    static constexpr Slot<bool> refuses_{0};
    static constexpr Slot<u256> cost_{1};
    static constexpr Slot<u256> count_{2};
    static constexpr Slot<Address> token_{3};
    static constexpr Slot<u256> refund_{4};
};

// Vaults with one step wrong.

/// The winner's deposit stays with the vault.
class KeepsDeposit : public EscrowVault {
public:
    using EscrowVault::EscrowVault;
    void rule_wrongly(u256 id, u256 ruling) {
        rule(id, ruling);
        set(deposits_, u128{deposits() + 1_u256});
    }
    static constexpr auto abi =
        EscrowVault::abi +
        Methods<Method<"rule(uint256 disputeID, uint256 ruling)", &KeepsDeposit::rule_wrongly>>{};
};
/// The payee may pay in after his time (kleros/erc-792 #28).
class TakesLateDeposits : public EscrowVault {
public:
    using EscrowVault::EscrowVault;
    void deposit_late(u256 id) {
        const auto record = disputes_[id];
        if (get(record.until()) < now() && get(record.stage()) == 1) set(record.until(), now());
        deposit_fee(id);
    }
    static constexpr auto abi =
        EscrowVault::abi +
        Methods<Method<"depositFee(uint256 id)", &TakesLateDeposits::deposit_late>>{};
};
/// A claim is released to whoever waits a second less.
class ReleasesEarly : public EscrowVault {
public:
    using EscrowVault::EscrowVault;
    void release_early(u256 id) {
        const bool is_claimed = tranches::claimed_at(*this, TrancheId{id.low64()}) != 0;
        const bool is_disputed = get(disputes_[id].stage()) != 0;
        const bool is_open = tranches::state(*this, TrancheId{id.low64()}) == TrancheState::open;
        if (!is_claimed || is_disputed || !is_open || sender() == payer()) return release(id);
        const u256 amount = tranches::amount(*this, TrancheId{id.low64()});
        tranches::set_state(*this, TrancheId{id.low64()}, TrancheState::released);
        set(escrowed_, u128{escrowed() - amount});
        if (escrowed().is_zero()) set(phase_, static_cast<uint8_t>(Phase::closed));
        emit(Released{id, payee(), amount});
        purse::credit(*this, asset(), payee(), amount);
    }
    static constexpr auto abi =
        EscrowVault::abi + Methods<Method<"release(uint256 id)", &ReleasesEarly::release_early>>{};
};
/// A split's odd unit goes to the payee.
class SplitsWrongly : public EscrowVault {
public:
    using EscrowVault::EscrowVault;
    void expire_wrongly(u256 id) {
        const u256 before = due(payee());
        expire(id);
        if (due(payee()) == before || (due(payee()) - before).low64() % 2 == 0) return;
        // Books one unit over, with all events that it takes.
        purse::lock_received(*this, asset(), self(), 1_u256);
        emit(FeeRefunded{id, payee(), 1_u256});
        purse::credit(*this, asset(), payee(), 1_u256);
    }
    static constexpr auto abi =
        EscrowVault::abi + Methods<Method<"expire(uint256 id)", &SplitsWrongly::expire_wrongly>>{};
};

/// What an amendment ends is the payee's.
class PaysTheEnded : public EscrowVault {
public:
    using EscrowVault::EscrowVault;
    void amend_wrongly(std::vector<u256> ended, std::vector<Tranche> added, u256 deadline,
                       Consent of_payer, Consent of_payee) {
        const u256 before = due(payer());
        amend(ended, added, deadline, of_payer, of_payee);
        const u256 more = due(payer()) - before;
        if (more.is_zero()) return;
        purse::lock_received(*this, asset(), self(), more);
        emit(FeeRefunded{ended[0], payee(), more});
        purse::credit(*this, asset(), payee(), more);
    }
    static constexpr auto abi =
        EscrowVault::abi +
        Methods<Method<
            "amend(uint256[] ended, (uint128 amount, (address to, uint128 amount)[] payees, uint64 "
            "opensAt, uint64 deadline, uint32 challenge, bytes32 criteria, (address target, bytes "
            "data) release, (address target, bytes data) cancel)[] added, uint256 deadline, (uint8 "
            "v, bytes32 r, bytes32 s) payer, (uint8 v, bytes32 r, bytes32 s) payee)",
            &PaysTheEnded::amend_wrongly>>{};
};

const std::vector<NativeType>& types() {
    static const std::vector<NativeType> all{
        native_type<Judge>(60'010, 1, "Judge"),
        native_type<KeepsDeposit>(60'011, 1, "KeepsDeposit"),
        native_type<TakesLateDeposits>(60'012, 1, "TakesLateDeposits"),
        native_type<ReleasesEarly>(60'013, 1, "ReleasesEarly"),
        native_type<SplitsWrongly>(60'014, 1, "SplitsWrongly"),
        native_type<PaysTheEnded>(60'015, 1, "PaysTheEnded"),
    };
    return all;
}

enum class Act : uint8_t {
    fund,
    fail,
    claim,
    release_by_payer,
    release,
    reclaim_by_payee,
    reclaim,
    dispute,
    deposit,
    open,
    rule,
    expire,
    recover,
    withdraw_payer,
    withdraw_payee,
    wait,
    refuse,
    cost,
    amend,
    count
};
constexpr std::array act_names{"fund",           "fail",
                               "claim",          "release by payer",
                               "release",        "reclaim by payee",
                               "reclaim",        "dispute",
                               "deposit",        "open",
                               "rule",           "expire",
                               "recover",        "withdraw payer",
                               "withdraw payee", "wait",
                               "refuse",         "cost",
                               "amend"};

struct Operation {
    Act act = Act::wait;
    uint64_t tranche = 0;
    uint64_t number = 0;  ///< a ruling, hours to wait, a cost, whether to refuse

    // An amendment ends the tranche, or none, and adds one of an amount, or none.
    static constexpr uint64_t no_tranche = 7;
    uint64_t added() const { return number % 8; }
    bool is_by_payer() const { return number / 8 % 2 == 0; }
    bool is_consent_old() const { return number / 16 % 8 == 0; }
};

/// What the vault should be, in plain numbers.
struct Model {
    struct Part {
        uint64_t amount = 0;
        uint64_t deadline = 0;
        uint8_t state = 0;  // open, released, reclaimed, split
        uint64_t claimed = 0;
        uint8_t stage = 0;
        uint64_t until = 0, fee = 0, number = 0;
        uint8_t ruling = 0;

        friend bool operator==(const Part&, const Part&) = default;
    };
    static constexpr uint64_t hour = 3'600, day = 24 * hour;
    std::vector<Part> parts;
    uint8_t phase = 0;
    uint64_t begin = 0, now = 0;
    uint64_t due_payer = 0, due_payee = 0;
    uint64_t paid_payer = 0, paid_payee = 0;  // into the vault
    uint64_t got_payer = 0, got_payee = 0;
    uint64_t cost = 0, count = 0;
    bool refuses = false;

    uint64_t open_amount() const {
        uint64_t sum = 0;
        for (const Part& part : parts)
            if (part.state == 0) sum += part.amount;
        return sum;
    }
    uint64_t deposits() const {
        uint64_t sum = 0;
        for (const Part& part : parts)
            sum += part.stage == 1 || part.stage == 3 ? part.fee
                   : part.stage == 2                  ? 2 * part.fee
                                                      : 0;
        return sum;
    }
    bool is_free(const Part& part) const {
        return phase == 1 && part.state == 0 && part.stage == 0;
    }
    void settle(Part& part, uint8_t state) {
        part.state = state;
        const uint64_t to_payee = state == 1 ? part.amount : state == 2 ? 0 : part.amount / 2;
        due_payee += to_payee;
        due_payer += part.amount - to_payee;
        if (open_amount() == 0) phase = 2;
    }
    void end(Part& part, uint8_t ruling, uint64_t to_payer, uint64_t to_payee) {
        part.stage = 4;
        part.ruling = ruling;
        settle(part, ruling == 1 ? 2 : ruling == 2 ? 1 : 3);
        due_payer += to_payer;
        due_payee += to_payee;
    }
    bool apply(const Operation& operation) {
        if (operation.act == Act::amend) return amend(operation);
        const bool is_of_vault = operation.act <= Act::fail || operation.act >= Act::withdraw_payer;
        if (operation.tranche >= parts.size() && !is_of_vault) return false;
        Part& part = parts[is_of_vault ? 0 : operation.tranche];
        switch (operation.act) {
            case Act::fund:
                if (phase != 0 || now > begin + day) return false;
                phase = 1;
                paid_payer += open_amount();
                return true;
            case Act::fail:
                if (phase != 0 || now <= begin + day) return false;
                phase = 3;
                return true;
            case Act::claim:
                if (!is_free(part) || part.claimed != 0 || now > part.deadline) return false;
                part.claimed = now;
                return true;
            case Act::release_by_payer:
                if (!is_free(part)) return false;
                settle(part, 1);
                return true;
            case Act::release:
                if (!is_free(part) || part.claimed == 0 || now < part.claimed + day) return false;
                settle(part, 1);
                return true;
            case Act::reclaim_by_payee:
                if (!is_free(part)) return false;
                settle(part, 2);
                return true;
            case Act::reclaim:
                if (!is_free(part) || part.claimed != 0 || now <= part.deadline) return false;
                settle(part, 2);
                return true;
            default:
                return dispute(part, operation);
        }
    }
    bool amend(const Operation& operation) {
        const uint64_t id = operation.tranche;
        const uint64_t before = open_amount();
        const uint64_t added = operation.added();
        const bool is_ending = id != Operation::no_tranche;
        if (phase > 1 || operation.is_consent_old()) return false;
        if (is_ending && (id >= parts.size() || parts[id].state != 0 || parts[id].stage != 0))
            return false;
        const uint64_t after = before + added - (is_ending ? parts[id].amount : 0);
        if (phase == 0 && after == 0) return false;
        if (is_ending) parts[id].state = 2;
        if (added > 0) parts.push_back({.amount = added, .deadline = now + 10 * day});
        if (phase == 0) return true;
        if (after == 0) phase = 2;
        if (after < before)
            due_payer += before - after;
        else
            paid_payer += after - before;
        return true;
    }
    bool dispute(Part& part, const Operation& operation) {
        switch (operation.act) {
            case Act::dispute:
                if (!is_free(part) || part.claimed == 0 || now >= part.claimed + day) return false;
                if (cost > 100) return false;
                part.stage = 1;
                part.fee = cost;
                part.until = now + day;
                paid_payer += cost;
                return true;
            case Act::deposit:
                if (part.stage != 1 || now > part.until) return false;
                part.stage = 2;
                part.until = now + day;
                paid_payee += part.fee;
                return true;
            case Act::open:
                if (part.stage != 2 || now > part.until || refuses) return false;
                part.stage = 3;
                part.until = now + 30 * day;
                part.number = ++count;
                return true;
            case Act::rule:
                if (part.stage != 3 || operation.number > 2) return false;
                return end_by(part, static_cast<uint8_t>(operation.number));
            case Act::expire:
                if (part.stage == 0 || part.stage == 4 || now <= part.until) return false;
                if (part.stage == 1)
                    end(part, 1, part.fee, 0);
                else if (part.stage == 2)
                    end(part, 0, part.fee, part.fee);
                else
                    end_by(part, 0);
                return true;
            case Act::recover:
                if (part.stage != 4 || part.number == 0 || operation.number == 0) return false;
                due_payee += part.ruling == 1   ? operation.number
                             : part.ruling == 2 ? 0
                                                : operation.number / 2;
                due_payer += part.ruling == 1   ? 0
                             : part.ruling == 2 ? operation.number
                                                : operation.number - operation.number / 2;
                return true;
            case Act::withdraw_payer:
                got_payer += due_payer;
                return std::exchange(due_payer, 0) != 0;
            case Act::withdraw_payee:
                got_payee += due_payee;
                return std::exchange(due_payee, 0) != 0;
            default:
                return true;
        }
    }
    bool end_by(Part& part, uint8_t ruling) {
        const uint64_t half = part.fee / 2;
        end(part, ruling,
            ruling == 1   ? part.fee
            : ruling == 2 ? 0
                          : part.fee - half,
            ruling == 2   ? part.fee
            : ruling == 1 ? 0
                          : half);
        return true;
    }

    friend bool operator==(const Model&, const Model&) = default;
};

template <class Fault>
struct EscrowTrial {
    using Operation = plume::Operation;

    /// One world for all trials: a new vault in it is fresh enough, and cheap.
    struct Shared {
        Shared() : world(types()) {
            judge = world.create(world.founder(), "Judge", {}).template value<Address>();
            world.give(judge, 1'000'000_u256);
            world.expect_broken_invariants();
            begin = world.block().timestamp;
        }
        EscrowWorld world;
        Address judge;
        uint64_t begin = 0;
    };
    /// One for each life: what former lives leave behind would make every look longer.
    static Shared& shared(bool is_new = false) {
        static std::unique_ptr<Shared> out;
        if (is_new) out = std::make_unique<Shared>();
        return *out;
    }

    EscrowTrial() : world(shared(true).world), judge(shared().judge) {
        world.block().timestamp = shared().begin;
        world.give(world.payer(), 100'000_u256);
        world.give(world.payee(), 100'000_u256);
        EscrowTerms terms = world.terms();
        terms.arbitrator = judge;
        for (const uint64_t amount : {7, 4})
            model.parts.push_back(
                {.amount = amount, .deadline = world.block().timestamp + 10 * Model::day});
        check(world.create_escrow(terms, {world.tranche(7), world.tranche(4)}, Fault::name).ok(),
              "the plan of a test is valid");
        model.begin = model.now = world.block().timestamp;
        model.cost = 3;
        set_cost(3);
        refuse(false);
        model.count = judged();
        start_payer = world.money_of(world.payer());
        start_payee = world.money_of(world.payee());
    }

    static Operation draw(model::Random& random) {
        // Time passes in steps about as long as the periods, and not too often. Disputes have a
        // long way to go, which what ends tranches must not cut short too often.
        auto act = static_cast<Act>(random() % static_cast<uint64_t>(Act::count));
        const bool is_end = act == Act::release_by_payer || act == Act::reclaim_by_payee ||
                            act == Act::amend || act == Act::fail;
        if ((is_end && random() % 2 == 0) || random() % 4 == 0)
            act = static_cast<Act>(static_cast<uint64_t>(Act::dispute) + random() % 6);
        if (random() % 12 == 0) act = Act::wait;
        if (random() % 12 == 0) act = Act::fund;
        Operation out{act, random() % (random() % 4 == 0 ? 4 : 2), 0};
        if (act == Act::rule) out.number = random() % 4;
        if (act == Act::wait)
            out.number = random() % 8 == 0 ? 400 : random() % 3 == 0 ? 25 : random() % 30;
        if (act == Act::cost) out.number = random() % 6 == 0 ? 101 : random() % 8;
        if (act == Act::refuse) out.number = random() % 3 == 0;
        if (act == Act::recover) out.number = random() % 8;
        if (act == Act::amend) {
            out.number = random() % 128;
            if (random() % 3 == 0) out.tranche = Operation::no_tranche;
        }
        return out;
    }
    static std::vector<Operation> alphabet() {
        return {{Act::fund, 0, 0},    {Act::claim, 0, 0},     {Act::dispute, 0, 0},
                {Act::deposit, 0, 0}, {Act::open, 0, 0},      {Act::rule, 0, 0},
                {Act::release, 0, 0}, {Act::reclaim, 0, 0},   {Act::expire, 0, 0},
                {Act::wait, 0, 25},   {Act::amend, 0, 16 + 5}};
    }
    static std::string show(const Operation& operation) {
        return std::string(act_names[static_cast<size_t>(operation.act)]) + " " +
               std::to_string(operation.tranche) + " " + std::to_string(operation.number);
    }

    auto parts() { return std::tie(world, model); }

    std::optional<std::string> apply(const Operation& operation) {
        const bool expected = model.apply(operation);
        const test::Outcome out = act(operation);
        if (!out.broken.empty()) return out.broken;
        if (out.ok() != expected) return expected ? "should have been taken" : "was taken";
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        if (world.phase() != model.phase) return "the phase differs";
        for (uint64_t i = 0; i < model.parts.size(); ++i) {
            if (world.state(i) != model.parts[i].state) return "the state of a tranche differs";
            if (world.stage(i) != model.parts[i].stage) return "the stage of a dispute differs";
        }
        const uint64_t escrowed = model.phase == 1 ? model.open_amount() : 0;
        if (world.escrowed() != u256{escrowed}) return "what is escrowed differs";
        if (world.deposits() != u256{model.deposits()}) return "the deposits differ";
        if (world.due_in_vault(world.payer()) != u256{model.due_payer}) return "the payer's due";
        if (world.due_in_vault(world.payee()) != u256{model.due_payee}) return "the payee's due";
        const u256 held{escrowed + model.deposits() + model.due_payer + model.due_payee};
        if (world.held() != held) return "what is held differs";
        if (world.money_of(world.vault()) != held) return "the vault's money is not what it holds";
        if (world.money_of(world.payer()) + u256{model.paid_payer} !=
            start_payer + u256{model.got_payer})
            return "the payer's money differs";
        if (world.money_of(world.payee()) + u256{model.paid_payee} !=
            start_payee + u256{model.got_payee})
            return "the payee's money differs";
        return std::nullopt;
    }

private:
    void set_cost(uint64_t cost) {
        world.template send<"setCost(uint256)">(world.anyone(), judge, u256{cost});
    }
    void refuse(bool refuses) {
        world.template send<"refuseAll(bool)">(world.anyone(), judge, refuses);
    }
    /// How many disputes the judge has seen.
    uint64_t judged() {
        return world.template ask<"count()">(judge).template value<u256>().low64();
    }
    test::Outcome amend(const Operation& operation) {
        std::vector<u256> ended;
        std::vector<Tranche> added;
        if (operation.tranche != Operation::no_tranche) ended.push_back(u256{operation.tranche});
        if (operation.added() > 0) added.push_back(world.tranche(operation.added()));
        const u256 deadline{model.now};
        const u256 nonce = world.template number<"nonce()">();
        const Hash hash = world.amendment_hash(
            ended, added, operation.is_consent_old() ? nonce + u256{1u} : nonce, deadline);
        if (operation.is_by_payer())
            return world.template send<EscrowWorld::amend_text>(
                world.payer(), world.vault(), ended, added, deadline, Consent{},
                world.consent(EscrowWorld::payee_key(), hash));
        return world.template send<EscrowWorld::amend_text>(
            world.payee(), world.vault(), ended, added, deadline,
            world.consent(EscrowWorld::payer_key(), hash), Consent{});
    }
    static test::Outcome done() { return {{Status::success, 0, {}}, {}, 0, {}}; }

    test::Outcome act(const Operation& operation) {
        const uint64_t id = operation.tranche;
        switch (operation.act) {
            case Act::fund:
                return world.fund();
            case Act::fail:
                return world.template send<"fail()">(world.anyone(), world.vault());
            case Act::claim:
                return world.claim(id);
            case Act::release_by_payer:
                return world.release(world.payer(), id);
            case Act::release:
                return world.release(world.anyone(), id);
            case Act::reclaim_by_payee:
                return world.reclaim(world.payee(), id);
            case Act::reclaim:
                return world.reclaim(world.anyone(), id);
            case Act::dispute:
                return world.dispute(id);
            case Act::deposit:
                return world.deposit(id);
            case Act::open:
                return world.open(id);
            case Act::rule:
                return world.template send<"rule(address,uint256,uint256)">(
                    world.anyone(), judge, world.vault(),
                    u256{id < model.parts.size() ? model.parts[id].number : 0},
                    u256{operation.number});
            case Act::amend:
                return amend(operation);
            case Act::expire:
                return world.expire(id);
            case Act::recover:
                world.template send<"setRefund(uint256)">(world.anyone(), judge,
                                                          u256{operation.number});
                return world.recover(id);
            case Act::withdraw_payer:
                return world.withdraw(world.payer());
            case Act::withdraw_payee:
                return world.withdraw(world.payee());
            case Act::wait:
                world.advance(operation.number * Model::hour);
                model.now += operation.number * Model::hour;
                return done();
            case Act::refuse:
                refuse(operation.number != 0);
                model.refuses = operation.number != 0;
                return done();
            default:
                set_cost(operation.number);
                model.cost = operation.number;
                return done();
        }
    }

    EscrowWorld& world;
    Address judge;
    Model model;
    u256 start_payer, start_payee;
};

struct Right {
    static constexpr std::string_view name = "EscrowVault";
};
struct Keeps {
    static constexpr std::string_view name = "KeepsDeposit";
};
struct Late {
    static constexpr std::string_view name = "TakesLateDeposits";
};
struct Early {
    static constexpr std::string_view name = "ReleasesEarly";
};
struct Splits {
    static constexpr std::string_view name = "SplitsWrongly";
};

struct Ended {
    static constexpr std::string_view name = "PaysTheEnded";
};

TEST(EscrowModel, random_lives_are_as_the_model_says) {
    model::expect_random<EscrowTrial<Right>>({.operations = 6'000, .life = 60});
}

TEST(EscrowModel, every_short_life_is_as_the_model_says) {
    model::expect_exhaustive<EscrowTrial<Right>>(6, 8);
}

constexpr model::Plan planted{.operations = 20'000, .life = 60};

TEST(EscrowModel, a_deposit_that_stays_is_caught) {
    model::expect_caught<EscrowTrial<Keeps>>(planted, 3);
}
TEST(EscrowModel, a_deposit_after_its_time_is_caught) {
    model::expect_caught<EscrowTrial<Late>>(planted, 3);
}
TEST(EscrowModel, an_early_release_is_caught) {
    model::expect_caught<EscrowTrial<Early>>(planted, 3);
}
TEST(EscrowModel, an_odd_unit_for_the_payee_is_caught) {
    // Nobody may open the dispute for a day, and the fee must be even.
    model::expect_caught<EscrowTrial<Splits>>({.operations = 60'000, .life = 60}, 3);
}
TEST(EscrowModel, an_ended_tranche_that_pays_is_caught) {
    model::expect_caught<EscrowTrial<Ended>>(planted, 2);
}

}  // namespace
}  // namespace plume

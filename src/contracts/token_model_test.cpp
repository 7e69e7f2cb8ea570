// RegulatedToken against a plain model of it: every call predicted, every number compared; and
// contracts with one step wrong, each of which is found.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "contracts/regulated_token.hpp"
#include "native/math.hpp"
#include "support/model.hpp"
#include "support/records.hpp"
#include "support/snapshot.hpp"

namespace plume {
namespace {

using test::Outcome;
using test::person;
using test::World;

constexpr uint16_t user_count = 4;
constexpr uint64_t lockup_seconds = 5;
const Address power = person(900);
const Address attester = person(901);

Address user(uint16_t n) {
    return person(static_cast<uint16_t>(100 + n));
}

/// What a token should be, in maps.
struct TokenModel {
    struct Lockup {
        u256 amount;
        uint64_t until = 0;

        friend bool operator==(const Lockup&, const Lockup&) = default;
    };

    std::map<uint16_t, u256> balances, frozen;
    std::map<uint16_t, std::map<uint16_t, u256>> allowances, held;
    std::map<uint16_t, std::vector<uint16_t>> takers;
    std::map<uint16_t, uint16_t> delegates;
    std::map<uint16_t, bool> is_frozen, is_member;
    std::map<uint16_t, Lockup> lockups;
    u256 supply, balance_max;
    bool has_domain = false;
    uint64_t now = 0;
    uint64_t locked_until = 0;

    u256 held_of(uint16_t owner) {
        u256 sum;
        for (const auto& [taker, amount] : held[owner]) sum += amount;
        return sum;
    }
    u256 votes_of(uint16_t delegatee) {
        u256 sum;
        for (const auto& [account, named] : delegates)
            if (named == delegatee) sum += balances[account];
        return sum;
    }
    u256 unfrozen(uint16_t who) { return saturating_sub(balances[who], frozen[who]); }
    u256 locked(uint16_t who) { return now < lockups[who].until ? lockups[who].amount : u256{}; }
    u256 free(uint16_t who) {
        return saturating_sub(balances[who], std::max(frozen[who], locked(who)));
    }
    u256 available(uint16_t who) { return saturating_sub(free(who), held_of(who)); }
    bool may(uint16_t who) { return !is_frozen[who] && (!has_domain || is_member[who]); }
    bool can_have(uint16_t who, const u256& more) {
        const auto [sum, overflow] = overflowing_add(balances[who], more);
        return balance_max.is_zero() || (!overflow && sum <= balance_max);
    }
    bool can_give(uint16_t who, const u256& amount, const u256& taken = {}) {
        if (!may(who)) return false;
        if (amount > balances[who]) return true;  // not for the policy to say
        return amount <= free(who) && amount - taken <= available(who);
    }
    bool can_transfer(uint16_t from, uint16_t to, const u256& amount, const u256& taken = {}) {
        return now >= locked_until && can_give(from, amount, taken) && may(to) &&
               (from == to || can_have(to, amount));
    }

    void shift(uint16_t from, uint16_t to, u256 amount) {
        balances[from] -= amount;
        balances[to] += amount;
    }
    bool transfer(uint16_t from, uint16_t to, const u256& amount) {
        if (!can_transfer(from, to, amount) || amount > balances[from]) return false;
        shift(from, to, amount);
        return true;
    }
    bool spend(uint16_t owner, uint16_t spender, const u256& amount) {
        u256& allowed = allowances[owner][spender];
        if (allowed == u256_max) return true;
        if (amount > allowed) return false;
        allowed -= amount;
        return true;
    }
    void unhold(uint16_t owner, uint16_t taker, const u256& amount) {
        u256& kept = held[owner][taker];
        const bool is_end = kept == amount && !amount.is_zero();
        kept -= amount;
        if (!is_end) return;
        auto& list = takers[owner];
        *std::ranges::find(list, taker) = list.back();
        list.pop_back();
    }
    void hold(uint16_t owner, uint16_t taker, const u256& amount) {
        if (held[owner][taker].is_zero() && !amount.is_zero()) takers[owner].push_back(taker);
        held[owner][taker] += amount;
    }
    bool transfer_from(uint16_t by, uint16_t from, uint16_t to, const u256& amount) {
        const u256 taken = std::min(amount, held[from][by]);
        if (!can_transfer(from, to, amount, taken) || amount > balances[from]) return false;
        if ((taken.is_zero() || taken < amount) && !spend(from, by, amount - taken)) return false;
        if (!taken.is_zero()) unhold(from, by, taken);
        shift(from, to, amount);
        return true;
    }
    bool mint(uint16_t to, const u256& amount) {
        if (!may(to) || !can_have(to, amount)) return false;
        if (amount > votes::safe_supply - supply) return false;
        balances[to] += amount;
        supply += amount;
        return true;
    }
    bool burn(uint16_t owner, const u256& amount) {
        if (!can_give(owner, amount) || amount > balances[owner]) return false;
        balances[owner] -= amount;
        supply -= amount;
        return true;
    }
    bool burn_from(uint16_t by, uint16_t owner, const u256& amount) {
        if (!can_give(owner, amount) || amount > balances[owner]) return false;
        return spend(owner, by, amount) && burn(owner, amount);
    }
    bool encumber(uint16_t owner, uint16_t taker, const u256& amount) {
        if (owner == taker || !may(owner) || amount > available(owner)) return false;
        hold(owner, taker, amount);
        return true;
    }
    bool encumber_from(uint16_t by, uint16_t owner, uint16_t taker, const u256& amount) {
        if (owner == taker || !may(owner) || amount > available(owner)) return false;
        return spend(owner, by, amount) && encumber(owner, taker, amount);
    }
    bool release(uint16_t taker, uint16_t owner, const u256& amount) {
        if (amount > held[owner][taker]) return false;
        unhold(owner, taker, amount);
        return true;
    }
    bool force(uint16_t from, uint16_t to, const u256& amount) {
        if (from == to || !may(to) || amount > balances[from]) return false;
        if (amount > unfrozen(from)) frozen[from] -= amount - unfrozen(from);
        const u256 left = balances[from] - amount;
        if (locked(from) > left) lockups[from] = {left, left.is_zero() ? 0 : lockups[from].until};
        while (held_of(from) > balances[from] - amount) {
            const uint16_t last = takers[from].back();
            unhold(from, last,
                   std::min(held[from][last], held_of(from) - (balances[from] - amount)));
        }
        shift(from, to, amount);
        return true;
    }
    bool lock_up(uint16_t who, const u256& amount, uint64_t until) {
        if (amount.is_zero() ? until != 0 : until <= now) return false;
        lockups[who] = {amount, until};
        return true;
    }
    bool recover(uint16_t lost, uint16_t heir) {
        if (lost == heir || !may(heir)) return false;
        if (delegates.contains(lost) && !delegates.contains(heir))
            delegates[heir] = delegates[lost] == lost ? heir : delegates[lost];
        const auto [sum, overflow] = overflowing_add(frozen[heir], frozen[lost]);
        frozen[heir] = overflow ? u256_max : sum;
        frozen[lost] = {};
        if (is_frozen[lost]) is_frozen[heir] = true;
        if (const u256 moved = locked(lost); !moved.is_zero()) {
            const u256 own = locked(heir);
            lockups[heir] = {
                saturating_add(own, moved),
                std::max(lockups[lost].until, own.is_zero() ? 0 : lockups[heir].until)};
            lockups[lost] = {};
        }
        for (const uint16_t taker : std::vector(takers[lost])) {
            const u256 amount = held[lost][taker];
            unhold(lost, taker, amount);
            if (taker != heir) hold(heir, taker, amount);
        }
        shift(lost, heir, balances[lost]);
        return true;
    }

    friend bool operator==(const TokenModel&, const TokenModel&) = default;
};

struct Operation {
    enum class Kind : uint8_t {
        transfer,
        approve,
        transfer_from,
        mint,
        burn,
        burn_from,
        encumber,
        encumber_from,
        release,
        freeze,
        freeze_account,
        force,
        recover,
        delegate,
        rule,
        lock,
        lock_up,
        attest,
        wait
    };
    static constexpr int kind_count = 19;

    Kind kind = Kind::wait;
    uint16_t by = 0;
    uint16_t from = 0;
    uint16_t to = 0;
    u256 amount;

    /// When a lockup would end; `by` says how far off that is, or that it is over.
    uint64_t until(uint64_t now) const {
        return by + 1 == user_count ? 0 : now + by * lockup_seconds;
    }
};

constexpr std::array<std::string_view, Operation::kind_count> kind_names{
    "transfer",     "approve", "transferFrom", "mint",          "burn",  "burnFrom", "encumber",
    "encumberFrom", "release", "freeze",       "freezeAccount", "force", "recover",  "delegate",
    "rule",         "lock",    "lockUp",       "attest",        "wait"};

/// A token of type `Contract` and its model, side by side.
template <class Contract>
class TokenTrial {
public:
    using Operation = plume::Operation;
    using Kind = Operation::Kind;

    TokenTrial() : world_(Contract::types()) {
        world_.expect_broken_invariants();
        const Hash record = test::found_mission(world_, power);
        domain_ = world_
                      .template send<"createDomain((bytes32,address,uint8)[])">(
                          power, contracts::attestations,
                          std::vector{Credential{domains::residence_schema_uid(), attester, 0}})
                      .template value<Hash>();
        RegulatedTokenParams params{
            .name = "Model",
            .symbol = "MDL",
            .decimals = 0,
            .record = record,
            .contract_uri = "",
            .holder = user(0),
            .initial_supply = u256{7u},
            .features = {.on = 255, .later = 0},
            .powers = {power, power, power, power, power, power, power, power},
            .rules = {}};
        token_ =
            world_.create(power, Contract::type_name, Hash{{1}}, params).template value<Address>();
        model_.balances[0] = model_.supply = 7;
        model_.now = world_.block().timestamp;
    }

    static Operation draw(model::Random& random) {
        const auto who = [&] { return static_cast<uint16_t>(random() % user_count); };
        Operation out{static_cast<Kind>(random() % Operation::kind_count), who(), who(), who(), {}};
        out.amount = random() % 40 == 0  ? u256_max - u256{random() % 3}
                     : random() % 8 == 0 ? u256{random() % 1'000'000}
                                         : u256{random() % 12};
        return out;
    }
    static std::vector<Operation> alphabet() {
        return {{Kind::transfer, 0, 0, 1, u256{3u}},      {Kind::transfer, 0, 1, 2, u256{2u}},
                {Kind::approve, 0, 0, 1, u256{5u}},       {Kind::transfer_from, 1, 0, 2, u256{4u}},
                {Kind::mint, 0, 0, 1, u256{7u}},          {Kind::burn, 0, 0, 0, u256{1u}},
                {Kind::encumber, 0, 0, 1, u256{6u}},      {Kind::encumber, 0, 0, 2, u256{1u}},
                {Kind::release, 1, 0, 0, u256{2u}},       {Kind::freeze, 0, 0, 0, u256{5u}},
                {Kind::force, 0, 0, 2, u256{6u}},         {Kind::recover, 0, 0, 2, u256{}},
                {Kind::delegate, 0, 0, 1, u256{}},        {Kind::burn_from, 1, 0, 0, u256{2u}},
                {Kind::encumber_from, 1, 0, 2, u256{2u}}, {Kind::rule, 0, 0, 0, u256{7u}},
                {Kind::lock_up, 1, 0, 0, u256{5u}},       {Kind::wait, 0, 0, 0, u256{1u}}};
    }
    static std::string show(const Operation& step) {
        return std::string(kind_names[static_cast<size_t>(step.kind)]) + " by " +
               std::to_string(step.by) + " from " + std::to_string(step.from) + " to " +
               std::to_string(step.to) + ": " + to_decimal(step.amount);
    }

    auto parts() { return std::tie(world_, model_); }

    std::optional<std::string> apply(const Operation& step) {
        const Outcome out = send(step);
        if (!out.broken.empty()) return "invariant " + out.broken;
        const bool expected = predict(step);
        if (out.ok() != expected)
            return expected ? "refused, but should not have been" : "not refused";
        if (read<"canTransfer(address,address,uint256)", bool>(user(step.from), user(step.to),
                                                               step.amount) !=
            model_.can_transfer(step.from, step.to, step.amount))
            return "canTransfer";
        return std::nullopt;
    }
    std::optional<std::string> compare() {
        if (read<"totalSupply()", u256>() != model_.supply) return "the supply";
        for (uint16_t who = 0; who < user_count; ++who)
            if (auto different = compare(who)) return *different + " of " + std::to_string(who);
        return std::nullopt;
    }

private:
    template <FixedText text, class T, class... A>
    T read(const A&... arguments) {
        return world_.template ask<text>(token_, arguments...).template value<T>();
    }
    template <FixedText text, class... A>
    Outcome call(const Address& by, const A&... arguments) {
        return world_.template send<text>(by, token_, arguments...);
    }

    std::optional<std::string> compare(uint16_t who) {
        const Address account = user(who);
        if (read<"balanceOf(address)", u256>(account) != model_.balances[who]) return "balance";
        if (read<"getFrozenTokens(address)", u256>(account) != model_.frozen[who])
            return "frozen amount";
        const auto lockup = abi::decode<u256, uint64_t>(
            world_.template ask<"lockupOf(address)">(token_, account).result.output);
        if (*lockup != std::tuple{model_.lockups[who].amount, model_.lockups[who].until})
            return "lockup";
        if (read<"encumberedBalanceOf(address)", u256>(account) != model_.held_of(who))
            return "held amount";
        if (read<"availableBalanceOf(address)", u256>(account) != model_.available(who))
            return "available amount";
        if (read<"getVotes(address)", u256>(account) != model_.votes_of(who)) return "votes";
        for (uint16_t other = 0; other < user_count; ++other) {
            if (read<"allowance(address,address)", u256>(account, user(other)) !=
                model_.allowances[who][other])
                return "allowance";
            if (read<"encumbrances(address,address)", u256>(account, user(other)) !=
                model_.held[who][other])
                return "hold";
        }
        return std::nullopt;
    }

    TransferRules rules() const {
        TransferRules out{.balance_max = model_.balance_max, .locked_until = model_.locked_until};
        if (model_.has_domain) out.send_domain = out.receive_domain = domain_;
        return out;
    }

    Outcome send(const Operation& step) {
        const Address by = user(step.by);
        const Address from = user(step.from);
        const Address to = user(step.to);
        const u256& amount = step.amount;
        switch (step.kind) {
            case Kind::transfer:
                return call<"transfer(address,uint256)">(from, to, amount);
            case Kind::approve:
                return call<"approve(address,uint256)">(from, to, amount);
            case Kind::transfer_from:
                return call<"transferFrom(address,address,uint256)">(by, from, to, amount);
            case Kind::mint:
                return call<"mint(address,uint256)">(power, to, amount);
            case Kind::burn:
                return call<"burn(uint256)">(from, amount);
            case Kind::burn_from:
                return call<"burnFrom(address,uint256)">(by, from, amount);
            case Kind::encumber:
                return call<"encumber(address,uint256)">(from, to, amount);
            case Kind::encumber_from:
                return call<"encumberFrom(address,address,uint256)">(by, from, to, amount);
            case Kind::release:
                return call<"release(address,uint256)">(by, from, amount);
            case Kind::freeze:
                return call<"setFrozenTokens(address,uint256)">(power, from, amount);
            case Kind::freeze_account:
                return call<"setAddressFrozen(address,bool)">(power, from, amount.bit(0));
            case Kind::force:
                return call<"forcedTransfer(address,address,uint256)">(power, from, to, amount);
            case Kind::recover:
                return call<"recover(address,address)">(power, from, to);
            case Kind::delegate:
                return call<"delegate(address)">(from, to);
            case Kind::rule:
                model_.balance_max = amount;
                model_.has_domain = !model_.has_domain && amount.bit(1);
                break;
            case Kind::lock_up:
                return call<"setLockup(address,uint256,uint64)">(power, from, amount,
                                                                 step.until(model_.now));
            case Kind::lock:
                model_.locked_until = model_.now + lockup_seconds;
                break;
            case Kind::attest:
                model_.is_member[step.from] = true;
                return test::attest(world_, attester, domains::residence_schema_uid(),
                                    {.recipient = from,
                                     .expiration_time = 0,
                                     .revocable = true,
                                     .ref_uid = {},
                                     .data = abi::encode(uint16_t{756}),
                                     .value = {}});
            case Kind::wait:
                world_.advance(amount.bit(0) ? lockup_seconds : 1);
                model_.now = world_.block().timestamp;
                break;
        }
        return call<"setPolicy((bytes32,bytes32,uint8,uint16[],uint256,uint256,uint64))">(power,
                                                                                          rules());
    }

    bool predict(const Operation& step) {
        const u256& amount = step.amount;
        switch (step.kind) {
            case Kind::transfer:
                return model_.transfer(step.from, step.to, amount);
            case Kind::approve:
                model_.allowances[step.from][step.to] = amount;
                return true;
            case Kind::transfer_from:
                return model_.transfer_from(step.by, step.from, step.to, amount);
            case Kind::mint:
                return model_.mint(step.to, amount);
            case Kind::burn:
                return model_.burn(step.from, amount);
            case Kind::burn_from:
                return model_.burn_from(step.by, step.from, amount);
            case Kind::encumber:
                return model_.encumber(step.from, step.to, amount);
            case Kind::encumber_from:
                return model_.encumber_from(step.by, step.from, step.to, amount);
            case Kind::release:
                return model_.release(step.by, step.from, amount);
            case Kind::freeze:
                model_.frozen[step.from] = amount;
                return true;
            case Kind::freeze_account:
                model_.is_frozen[step.from] = amount.bit(0);
                return true;
            case Kind::force:
                return model_.force(step.from, step.to, amount);
            case Kind::lock_up:
                return model_.lock_up(step.from, amount, step.until(model_.now));
            case Kind::recover:
                return model_.recover(step.from, step.to);
            case Kind::delegate:
                model_.delegates[step.from] = step.to;
                return true;
            default:
                return true;
        }
    }

    World world_;
    Hash domain_;
    Address token_;
    TokenModel model_;
};

struct Right {
    static constexpr std::string_view type_name = "RegulatedToken";
    static std::span<const NativeType> types() { return {}; }
};

TEST(TokenModel, random_calls_come_to_what_the_model_says) {
    model::expect_random<TokenTrial<Right>>({.operations = 12'000, .life = 150});
}

TEST(TokenModel, every_short_sequence_comes_to_what_the_model_says) {
    model::expect_exhaustive<TokenTrial<Right>>(3, 6);
}

/// A token with one step wrong, registered beside the right one.
template <class Faulty>
struct Wrong {
    static constexpr std::string_view type_name = "Faulty";
    static std::span<const NativeType> types() {
        static const std::array all{native_type<Faulty>(900, 1, type_name)};
        return all;
    }
};

template <class Faulty>
void expect_caught() {
    model::expect_caught<TokenTrial<Wrong<Faulty>>>({.operations = 20'000, .life = 150});
}

/// Code4rena 2023-09, Centrifuge M-08: who moves for another is not checked.
struct UnguardedTransferFrom : RegulatedToken {
    using RegulatedToken::RegulatedToken;
    void on_move(const Address& from, const Address& to, const u256& value) override {
        if (from == sender() || from == Address{}) RegulatedToken::on_move(from, to, value);
    }
};

/// Votes stay with who has burned his units.
struct VotesOfTheDead : RegulatedToken {
    using RegulatedToken::RegulatedToken;
    void on_moved(const Address& from, const Address& to, const u256& value) override {
        if (to != Address{}) RegulatedToken::on_moved(from, to, value);
    }
};

/// An allowance serves for ever.
struct EndlessAllowance : RegulatedToken {
    using RegulatedToken::RegulatedToken;
    void burn_from_unspent(Address owner, u256 value) {
        require(allowance(owner, sender()) >= value,
                ERC20InsufficientAllowance{sender(), allowance(owner, sender()), value});
        move(owner, {}, value);
    }
    static constexpr auto abi =
        RegulatedToken::abi + Methods<Method<"burnFrom(address owner, uint256 value)",
                                             &EndlessAllowance::burn_from_unspent>>{};
};

/// A unit is made that the supply knows nothing of: the event is said twice.
struct DoubleMint : RegulatedToken {
    using RegulatedToken::RegulatedToken;
    void mint_twice(Address to, u256 value) {
        mint(to, value);
        emit(Transfer{{}, to, value});
    }
    static constexpr auto abi =
        RegulatedToken::abi +
        Methods<Method<"mint(address to, uint256 value)", &DoubleMint::mint_twice>>{};
};

/// What is released was never taken off the sum.
struct ReleaseToNobody : RegulatedToken {
    using RegulatedToken::RegulatedToken;
    void release_silently(Address owner, u256 amount) {
        require(amount <= encumbrances(owner, sender()),
                holds::InsufficientHold{owner, sender(), {}, amount});
        emit(holds::Release{owner, sender(), amount});
    }
    static constexpr auto abi =
        RegulatedToken::abi +
        Methods<
            Method<"release(address owner, uint256 amount)", &ReleaseToNobody::release_silently>>{};
};

/// T-REX's recoveryAddress: what is frozen stays behind.
struct RecoveryOfTheBalance : RegulatedToken {
    using RegulatedToken::RegulatedToken;
    void recover_balance(Address lost, Address heir) {
        const u256 amount = get_frozen_tokens(lost);
        recover(lost, heir);
        if (amount.is_zero()) return;
        policy::set_frozen(*this, heir, get_frozen_tokens(heir) - amount);
        policy::set_frozen(*this, lost, amount);
    }
    static constexpr auto abi =
        RegulatedToken::abi + Methods<Method<"recover(address lost, address heir)",
                                             &RecoveryOfTheBalance::recover_balance>>{};
};

/// OpenZeppelin community-contracts 246: frozen units are set free without a word.
struct SilentUnfreeze : RegulatedToken {
    using RegulatedToken::RegulatedToken;
    bool unfreeze_twice(Address from, Address to, u256 amount) {
        forced_transfer(from, to, amount);
        policy::set_frozen(*this, from, {});
        return true;
    }
    static constexpr auto abi =
        RegulatedToken::abi +
        Methods<Method<"forcedTransfer(address from, address to, uint256 amount) returns (bool "
                       "result)",
                       &SilentUnfreeze::unfreeze_twice>>{};
};

/// A recovery is a way out of a lockup.
struct RecoveryUnlocks : RegulatedToken {
    using RegulatedToken::RegulatedToken;
    void recover_unlocked(Address lost, Address heir) {
        const policy::Lockup own = policy::lockup(*this, heir);
        recover(lost, heir);
        if (policy::lockup(*this, heir).amount == own.amount) return;
        policy::set_lockup(*this, heir, own.until > now() ? own : policy::Lockup{});
    }
    static constexpr auto abi =
        RegulatedToken::abi +
        Methods<
            Method<"recover(address lost, address heir)", &RecoveryUnlocks::recover_unlocked>>{};
};

TEST(TokenModel, a_way_out_of_a_lockup_is_caught) {
    expect_caught<RecoveryUnlocks>();
}
TEST(TokenModel, an_unguarded_way_is_caught) {
    expect_caught<UnguardedTransferFrom>();
}
TEST(TokenModel, votes_without_units_are_caught) {
    expect_caught<VotesOfTheDead>();
}
TEST(TokenModel, an_allowance_that_is_not_used_up_is_caught) {
    expect_caught<EndlessAllowance>();
}
TEST(TokenModel, an_event_without_units_is_caught) {
    expect_caught<DoubleMint>();
}
TEST(TokenModel, a_release_that_releases_nothing_is_caught) {
    expect_caught<ReleaseToNobody>();
}
TEST(TokenModel, a_recovery_that_forgets_what_is_frozen_is_caught) {
    expect_caught<RecoveryOfTheBalance>();
}
TEST(TokenModel, a_silent_unfreezing_is_caught) {
    expect_caught<SilentUnfreeze>();
}

}  // namespace
}  // namespace plume

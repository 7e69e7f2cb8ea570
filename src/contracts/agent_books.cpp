#include "contracts/agent_books.hpp"

#include <map>

#include "contracts/cover.hpp"
#include "native/math.hpp"
#include "native/remote.hpp"

namespace plume::agent_books {

namespace {

constexpr u256 base = namespace_slot("plume.agents.books");

using CurrencyTransfer = Event<"Transfer(address indexed from, address indexed to, uint256 value)",
                               Address, Address, u256>;

/// struct { uint128 staked; uint128 escrowed; uint128 owed; uint128 held; bool listed; }
struct CurrencyPlace : Place {
    Slot<u128> staked() const { return {position, 0}; }
    Slot<u128> escrowed() const { return {position, 16}; }
    Slot<u128> owed() const { return {position + u256{1u}, 0}; }
    Slot<u128> held() const { return {position + u256{1u}, 16}; }
    Slot<bool> listed() const { return {position + u256{2u}}; }
};

/// struct { uint128 amount; uint128 locked; uint128 cooling; uint64 readyAt; }
struct StakePlace : Place {
    Slot<u128> amount() const { return {position, 0}; }
    Slot<u128> locked() const { return {position, 16}; }
    Slot<u128> cooling() const { return {position + u256{1u}, 0}; }
    Slot<uint64_t> ready_at() const { return {position + u256{1u}, 16}; }
};

/// struct { address currency; uint128 escrow; }
struct RequestPlace : Place {
    Slot<Address> currency() const { return {position}; }
    Slot<u128> escrow() const { return {position + u256{1u}}; }
};

constexpr Map<Address, CurrencyPlace> currencies{{base}};
constexpr Map<Address, Map<Address, StakePlace>> stakes{{base + u256{1u}}};
constexpr Map<u256, RequestPlace> requests{{base + u256{2u}}};
constexpr Map<Address, Map<Address, u256>> owed{{base + u256{3u}}};

void add(Contract& contract, const Slot<u128>& slot, const u256& amount) {
    contract.set(slot, checked_u128(checked_add(contract.get(slot), amount)));
}

void subtract(Contract& contract, const Slot<u128>& slot, const u256& amount) {
    contract.set(slot, checked_u128(checked_sub(contract.get(slot), amount)));
}

void list(Contract& contract, const Address& currency) {
    const CurrencyPlace place = currencies[currency];
    if (contract.get(place.listed())) return;
    contract.require(currency != contract.self() && contract.has_code(currency),
                     CurrencyInvalid{currency});
    const uint8_t decimals = erc20::Decimals::read(contract, currency);
    contract.require(decimals <= decimals_max, CurrencyInvalid{currency});
    contract.set(place.listed(), true);
    contract.emit(CurrencyListed{currency, decimals});
}

void take_in(Contract& contract, const Address& currency, const u256& amount) {
    contract.require(!amount.is_zero(), AmountZero{});
    const u256 received = erc20::pull(contract, currency, contract.sender(), amount);
    contract.require(received == amount, AmountsNotReceived{received, amount});
    add(contract, currencies[currency].held(), amount);
}

void pay_out(Contract& contract, const Address& currency, const Address& account,
             const u256& amount) {
    subtract(contract, currencies[currency].held(), amount);
    contract.require(erc20::try_transfer(contract, currency, account, amount),
                     PaymentRefused{currency, account});
}

}  // namespace

Stake stake_of(const Contract& contract, const Address& currency, const Address& owner) {
    const StakePlace place = stakes[currency][owner];
    return {contract.get(place.amount()), contract.get(place.locked()),
            contract.get(place.cooling()), contract.get(place.ready_at())};
}

Books books_of(const Contract& contract, const Address& currency) {
    const CurrencyPlace place = currencies[currency];
    return {contract.get(place.staked()), contract.get(place.escrowed()),
            contract.get(place.owed()), contract.get(place.held())};
}

u256 escrow_of(const Contract& contract, const u256& request) {
    return contract.get(requests[request].escrow());
}

Address currency_of(const Contract& contract, const u256& request) {
    return contract.get(requests[request].currency());
}

u256 owed_to(const Contract& contract, const Address& currency, const Address& account) {
    return contract.get(owed[currency][account]);
}

void stake(Contract& contract, const Address& currency, const u256& amount) {
    list(contract, currency);
    take_in(contract, currency, amount);
    add(contract, currencies[currency].staked(), amount);
    add(contract, stakes[currency][contract.sender()].amount(), amount);
    contract.emit(Staked{contract.sender(), currency, amount});
}

void begin_unstake(Contract& contract, const Address& currency, const u256& amount) {
    const Address& owner = contract.sender();
    const u256 free = stake_of(contract, currency, owner).free();
    contract.require(!amount.is_zero(), AmountZero{});
    contract.require(amount <= free, StakeTooLow{owner, free, amount});
    const StakePlace place = stakes[currency][owner];
    const uint64_t ready_at = contract.now() + cooldown_seconds;
    add(contract, place.cooling(), amount);
    contract.set(place.ready_at(), ready_at);
    contract.emit(UnstakeBegun{owner, currency, amount, ready_at});
}

void finish_unstake(Contract& contract, const Address& currency, const Address& owner) {
    const StakePlace place = stakes[currency][owner];
    const Stake now = stake_of(contract, currency, owner);
    contract.require(!now.cooling.is_zero(), NothingCooling{owner});
    contract.require(now.ready_at <= contract.now(), StillCooling{now.ready_at});
    contract.set(place.cooling(), {});
    contract.set(place.ready_at(), 0);
    subtract(contract, place.amount(), now.cooling);
    subtract(contract, currencies[currency].staked(), now.cooling);
    contract.emit(Unstaked{owner, currency, now.cooling});
    pay_out(contract, currency, owner, now.cooling);
}

void open_request(Contract& contract, const u256& request, const Address& currency) {
    list(contract, currency);
    contract.set(requests[request].currency(), currency);
}

void escrow(Contract& contract, const u256& request, const u256& amount) {
    const Address currency = currency_of(contract, request);
    take_in(contract, currency, amount);
    add(contract, currencies[currency].escrowed(), amount);
    add(contract, requests[request].escrow(), amount);
    contract.emit(Escrowed{request, contract.sender(), amount});
}

void lock(Contract& contract, const u256& request, const Address& owner, const u256& amount) {
    const Address currency = currency_of(contract, request);
    const u256 free = stake_of(contract, currency, owner).free();
    contract.require(amount <= free, StakeTooLow{owner, free, amount});
    add(contract, stakes[currency][owner].locked(), amount);
    contract.emit(StakeLocked{request, owner, amount});
}

void unlock(Contract& contract, const u256& request, const Address& owner, const u256& amount) {
    subtract(contract, stakes[currency_of(contract, request)][owner].locked(), amount);
    contract.emit(StakeUnlocked{request, owner, amount});
}

void slash(Contract& contract, const u256& request, const Address& owner, const u256& amount) {
    if (amount.is_zero()) return;
    const Address currency = currency_of(contract, request);
    const StakePlace place = stakes[currency][owner];
    subtract(contract, place.locked(), amount);
    subtract(contract, place.amount(), amount);
    subtract(contract, currencies[currency].staked(), amount);
    add(contract, currencies[currency].escrowed(), amount);
    add(contract, requests[request].escrow(), amount);
    contract.emit(Slashed{request, owner, amount});
}

void credit(Contract& contract, const u256& request, const Address& account, const u256& amount) {
    if (amount.is_zero()) return;
    const Address currency = currency_of(contract, request);
    subtract(contract, requests[request].escrow(), amount);
    subtract(contract, currencies[currency].escrowed(), amount);
    add(contract, currencies[currency].owed(), amount);
    contract.set(owed[currency][account], owed_to(contract, currency, account) + amount);
    contract.emit(Credited{request, account, amount});
}

void collect(Contract& contract, const Address& currency, const Address& account) {
    const u256 amount = owed_to(contract, currency, account);
    contract.require(!amount.is_zero(), NothingOwed{account});
    contract.set(owed[currency][account], {});
    subtract(contract, currencies[currency].owed(), amount);
    contract.emit(Collected{account, currency, amount});
    pay_out(contract, currency, account, amount);
}

namespace {

/// By how much this transaction's events say that the books moved: modulo 2^256.
struct Flows {
    struct Moves {
        u256 staked;
        u256 escrowed;
        u256 owed;
    };
    using Account = std::pair<Address, Address>;  ///< of a currency

    std::map<Address, Moves> currencies;
    std::map<Account, u256> stakes;
    std::map<Account, u256> locks;
    std::map<Account, u256> owed;
    std::map<u256, u256> requests;
};

Flows flows_of(const Contract& contract) {
    Flows out;
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) {
            // Where money of ours moved, the books are looked at even if we have said nothing.
            const auto moved = CurrencyTransfer::decode(log);
            if (moved && std::get<0>(*moved) == contract.self()) out.currencies[log.address];
            continue;
        }
        if (const auto in = Staked::decode(log)) {
            const auto& [owner, currency, amount] = *in;
            out.currencies[currency].staked += amount;
            out.stakes[{currency, owner}] += amount;
        } else if (const auto taken = Unstaked::decode(log)) {
            const auto& [owner, currency, amount] = *taken;
            out.currencies[currency].staked -= amount;
            out.stakes[{currency, owner}] -= amount;
        } else if (const auto begun = UnstakeBegun::decode(log)) {
            out.stakes[{std::get<1>(*begun), std::get<0>(*begun)}] += u256{};
        } else if (const auto locked = StakeLocked::decode(log)) {
            const auto& [request, owner, amount] = *locked;
            out.locks[{currency_of(contract, request), owner}] += amount;
        } else if (const auto unlocked = StakeUnlocked::decode(log)) {
            const auto& [request, owner, amount] = *unlocked;
            out.locks[{currency_of(contract, request), owner}] -= amount;
        } else if (const auto slashed = Slashed::decode(log)) {
            const auto& [request, owner, amount] = *slashed;
            const Address currency = currency_of(contract, request);
            out.currencies[currency].staked -= amount;
            out.currencies[currency].escrowed += amount;
            out.stakes[{currency, owner}] -= amount;
            out.locks[{currency, owner}] -= amount;
            out.requests[request] += amount;
        } else if (const auto escrowed = Escrowed::decode(log)) {
            const auto& [request, from, amount] = *escrowed;
            out.currencies[currency_of(contract, request)].escrowed += amount;
            out.requests[request] += amount;
        } else if (const auto credited = Credited::decode(log)) {
            const auto& [request, account, amount] = *credited;
            const Address currency = currency_of(contract, request);
            out.currencies[currency].escrowed -= amount;
            out.currencies[currency].owed += amount;
            out.owed[{currency, account}] += amount;
            out.requests[request] -= amount;
        } else if (const auto collected = Collected::decode(log)) {
            const auto& [account, currency, amount] = *collected;
            out.currencies[currency].owed -= amount;
            out.owed[{currency, account}] -= amount;
        }
    }
    return out;
}

std::optional<std::string> broken_cover(const Contract& contract, const Address& currency) {
    const CurrencyPlace place = currencies[currency];
    auto broken = cover::broken_by(contract, currency, contract.get(place.held()),
                                   contract.before(place.held()));
    if (broken) broken = "G-1, " + *broken;
    return broken;
}

std::optional<std::string> broken_books(const Contract& contract, const Address& currency,
                                        const Flows::Moves& moves) {
    const CurrencyPlace place = currencies[currency];
    const auto gain = [&](const Slot<u128>& book) {
        return u256{contract.get(book)} - contract.before(book);
    };
    const Books books = books_of(contract, currency);
    if (books.held != books.staked + books.escrowed + books.owed)
        return "G-1: held is not staked + escrowed + owed";
    if (gain(place.staked()) != moves.staked) return "G-2: stakes did not move as events say";
    if (gain(place.escrowed()) != moves.escrowed)
        return "G-2: what requests hold did not move as events say";
    if (gain(place.owed()) != moves.owed) return "G-2: what is owed did not move as events say";
    return broken_cover(contract, currency);
}

}  // namespace

std::optional<std::string> broken_invariant(const Contract& contract) {
    const Flows flows = flows_of(contract);
    for (const auto& [currency, moves] : flows.currencies)
        if (auto broken = broken_books(contract, currency, moves)) return broken;
    for (const auto& [account, gain] : flows.stakes) {
        const StakePlace place = stakes[account.first][account.second];
        if (u256{contract.get(place.amount())} - contract.before(place.amount()) != gain)
            return "G-2: a stake did not move as events say";
        const Stake stake = stake_of(contract, account.first, account.second);
        if (stake.amount < stake.locked + stake.cooling)
            return "G-3: more is locked and cooling than staked";
    }
    for (const auto& [account, gain] : flows.locks) {
        const StakePlace place = stakes[account.first][account.second];
        if (u256{contract.get(place.locked())} - contract.before(place.locked()) != gain)
            return "G-2: a lock did not move as events say";
        const Stake stake = stake_of(contract, account.first, account.second);
        if (stake.amount < stake.locked + stake.cooling)
            return "G-3: more is locked and cooling than staked";
    }
    for (const auto& [account, gain] : flows.owed)
        if (owed_to(contract, account.first, account.second) -
                contract.before(owed[account.first][account.second]) !=
            gain)
            return "G-2: what an account is owed did not move as events say";
    for (const auto& [request, gain] : flows.requests)
        if (escrow_of(contract, request) - contract.before(requests[request].escrow()) != gain)
            return "G-2: what a request holds did not move as events say";
    return std::nullopt;
}

}  // namespace plume::agent_books

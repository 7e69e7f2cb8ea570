#include "contracts/journal.hpp"

#include <map>

#include "native/math.hpp"

namespace plume::journal {

namespace {

constexpr u256 base = namespace_slot("plume.journal");

struct Line : Place {
    static constexpr uint64_t slots = 3;

    Slot<u128> amount() const { return {position, 0}; }
    Slot<uint64_t> time() const { return {position, 16}; }
    Slot<uint8_t> debit() const { return {position, 24}; }
    Slot<uint8_t> credit() const { return {position, 25}; }
    Slot<Address> asset() const { return {position + u256{1u}}; }
    Slot<Hash> ref() const { return {position + u256{2u}}; }
};

struct Account : Place {
    Slot<u128> debits() const { return {position, 0}; }
    Slot<u128> credits() const { return {position, 16}; }
};

constexpr Array<Line> lines{{base}};
constexpr Map<Address, Map<uint8_t, Account>> accounts_of{{base + u256{1u}}};

Entry read(const Contract& contract, uint64_t index) {
    const Line line = lines[index];
    return {.time = contract.get(line.time()),
            .asset = contract.get(line.asset()),
            .debit = contract.get(line.debit()),
            .credit = contract.get(line.credit()),
            .amount = contract.get(line.amount()),
            .ref = contract.get(line.ref())};
}

void grow(Contract& contract, const Slot<u128>& total, const u256& amount) {
    contract.set(total, checked_u128(checked_add(contract.get(total), amount)));
}

}  // namespace

void post(Contract& contract, const Address& asset, uint8_t debit, uint8_t credit,
          const u256& amount, const Hash& ref) {
    if (amount.is_zero()) return;
    const u256 index = count(contract);
    const Line line = contract.push(lines);
    contract.set(line.amount(), checked_u128(amount));
    contract.set(line.time(), contract.now());
    contract.set(line.debit(), debit);
    contract.set(line.credit(), credit);
    contract.set(line.asset(), asset);
    contract.set(line.ref(), ref);
    grow(contract, accounts_of[asset][debit].debits(), amount);
    grow(contract, accounts_of[asset][credit].credits(), amount);
    contract.emit(Posted{index, asset, debit, credit, amount, ref});
}

u256 count(const Contract& contract) {
    return u256{contract.length(lines)};
}

Entry at(const Contract& contract, const u256& index) {
    contract.require(index < count(contract), UnknownEntry{index, count(contract)});
    return read(contract, index.low64());
}

u256 debits(const Contract& contract, const Address& asset, uint8_t account) {
    return contract.get(accounts_of[asset][account].debits());
}

u256 credits(const Contract& contract, const Address& asset, uint8_t account) {
    return contract.get(accounts_of[asset][account].credits());
}

u256 in_debit(const Contract& contract, const Address& asset, uint8_t account) {
    return checked_sub(debits(contract, asset, account), credits(contract, asset, account));
}

u256 in_credit(const Contract& contract, const Address& asset, uint8_t account) {
    return checked_sub(credits(contract, asset, account), debits(contract, asset, account));
}

namespace {

/// By currency and account: what was debited and credited in this transaction.
using Moves = std::map<std::pair<Address, uint8_t>, std::pair<u256, u256>>;

/// What the events say, or how the entries differ from them.
std::optional<std::string> read_events(const Contract& contract, Moves& moves) {
    uint64_t next = contract.before(lines.length()).low64();
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        const auto posted = Posted::decode(log);
        if (!posted) continue;
        const auto& [index, asset, debit, credit, amount, ref] = *posted;
        const Entry said{contract.now(), asset, debit, credit, u128{amount}, ref};
        if (index != u256{next} || read(contract, next) != said)
            return "J-2: entry " + std::to_string(next) + " is not what was posted";
        moves[{asset, debit}].first += amount;
        moves[{asset, credit}].second += amount;
        ++next;
    }
    if (count(contract) != u256{next}) return "J-2: entries came or went without a word";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> broken_invariant(const Contract& contract,
                                            const std::vector<Address>& assets, uint8_t accounts) {
    Moves moves;
    if (auto broken = read_events(contract, moves)) return broken;
    for (const Address& asset : assets) {
        u256 debited;  // Sums of a few numbers below 2^128.
        u256 credited;
        for (uint8_t number = 0; number < accounts; ++number) {
            const Account account = accounts_of[asset][number];
            const auto& [debit, credit] = moves[{asset, number}];
            const bool moved_as_said =
                contract.get(account.debits()) - contract.before(account.debits()) == debit &&
                contract.get(account.credits()) - contract.before(account.credits()) == credit;
            if (!moved_as_said)
                return "J-2: account " + std::to_string(number) + " moved without an entry";
            moves.erase({asset, number});
            debited += contract.get(account.debits());
            credited += contract.get(account.credits());
        }
        if (debited != credited) return "J-1: debits and credits differ";
    }
    if (!moves.empty()) return "J-2: an entry is of no known currency or account";
    return std::nullopt;
}

}  // namespace plume::journal

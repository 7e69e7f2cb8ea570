#include "contracts/purse.hpp"

#include "contracts/cover.hpp"
#include "native/math.hpp"

namespace plume::purse {

namespace {

/// What is kept of a currency.
struct Book : Place {
    Slot<u128> locked() const { return {position, 0}; }
    Slot<u128> dues() const { return {position, 16}; }
    Map<Address, u256> due() const { return {{position + u256{1u}}}; }
};

constexpr Map<Address, Book> books{{namespace_slot("plume.purse")}};

void raise(Contract& contract, const Slot<u128>& book, const u256& amount) {
    contract.set(book, checked_u128(checked_add(contract.get(book), amount)));
}

void lower(Contract& contract, const Slot<u128>& book, const u256& amount) {
    contract.set(book, checked_u128(checked_sub(contract.get(book), amount)));
}

}  // namespace

void lock(Contract& contract, const Address& currency, const Address& from, const u256& amount) {
    const bool is_coin = currency == Address{};
    const u256 needed = is_coin ? amount : u256{};
    contract.require(contract.value() == needed, ValueWrong{contract.value(), needed});
    if (amount.is_zero()) return;
    if (!is_coin) {
        const u256 received = erc20::pull(contract, currency, from, amount);
        contract.require(received == amount, AssetsNotReceived{received, amount});
    }
    lock_received(contract, currency, from, amount);
}

void lock_received(Contract& contract, const Address& currency, const Address& from,
                   const u256& amount) {
    raise(contract, books[currency].locked(), amount);
    contract.emit(Locked{currency, from, amount});
}

void credit(Contract& contract, const Address& currency, const Address& to, const u256& amount) {
    if (amount.is_zero()) return;
    const Book book = books[currency];
    lower(contract, book.locked(), amount);
    raise(contract, book.dues(), amount);
    const auto account = book.due()[to];
    contract.set(account, checked_add(contract.get(account), amount));
    contract.emit(Credited{currency, to, amount});
}

void book_spent(Contract& contract, const Address& currency, const Address& to,
                const u256& amount) {
    if (amount.is_zero()) return;
    lower(contract, books[currency].locked(), amount);
    contract.emit(Spent{currency, to, amount});
}

u256 withdraw(Contract& contract, const Address& currency, const Address& account,
              const Address& to) {
    contract.require(to != Address{} && to != contract.self(), ReceiverInvalid{to});
    const u256 amount = due(contract, currency, account);
    contract.require(!amount.is_zero(), NothingToWithdraw{account});
    const Book book = books[currency];
    contract.set(book.due()[account], {});
    lower(contract, book.dues(), amount);
    contract.emit(Withdrawn{currency, account, to, amount});
    send(contract, currency, to, amount);
    return amount;
}

void send(Contract& contract, const Address& currency, const Address& to, const u256& amount) {
    if (currency == Address{})
        contract.require(contract.call(to, {}, amount).success, CoinRefused{to});
    else
        contract.require(erc20::try_transfer(contract, currency, to, amount),
                         erc20::SafeERC20FailedOperation{currency});
}

u256 locked(const Contract& contract, const Address& currency) {
    return contract.get(books[currency].locked());
}

u256 dues(const Contract& contract, const Address& currency) {
    return contract.get(books[currency].dues());
}

u256 held_before(const Contract& contract, const Address& currency) {
    const Book book = books[currency];
    return u256{contract.before(book.locked())} + contract.before(book.dues());
}

u256 due(const Contract& contract, const Address& currency, const Address& account) {
    return contract.get(books[currency].due()[account]);
}

namespace {

/// What this transaction's events say has moved in one currency. Sums of numbers below 2^128, of
/// which a transaction holds far less than 2^128.
struct Flows {
    u256 locked;
    u256 credited;
    u256 spent;
    u256 withdrawn;
    std::map<Address, u256> gains;  ///< of dues by account, modulo 2^256
};

std::map<Address, Flows> flows_of(const Contract& contract) {
    std::map<Address, Flows> out;
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        if (const auto event = Locked::decode(log)) {
            out[std::get<0>(*event)].locked += std::get<2>(*event);
        } else if (const auto credited = Credited::decode(log)) {
            const auto& [currency, to, amount] = *credited;
            out[currency].credited += amount;
            out[currency].gains[to] += amount;
        } else if (const auto spent = Spent::decode(log)) {
            out[std::get<0>(*spent)].spent += std::get<2>(*spent);
        } else if (const auto withdrawn = Withdrawn::decode(log)) {
            const auto& [currency, account, to, amount] = *withdrawn;
            out[currency].withdrawn += amount;
            out[currency].gains[account] -= amount;
        }
    }
    return out;
}

std::optional<std::string> broken_flows(const Contract& contract, const Address& currency,
                                        const Flows& moved) {
    const auto gain = [&](const auto& slot) {
        return u256{contract.get(slot)} - contract.before(slot);
    };
    const Book book = books[currency];
    if (gain(book.locked()) != moved.locked - moved.credited - moved.spent)
        return "V-13: what is locked did not move as the events say";
    if (gain(book.dues()) != moved.credited - moved.withdrawn)
        return "V-13: the dues did not move as the events say";
    for (const auto& [account, amount] : moved.gains)
        if (gain(book.due()[account]) != amount)
            return "V-13: what is due to " + to_hex(account) + " did not move as the events say";
    return std::nullopt;
}

std::optional<std::string> broken_cover(const Contract& contract, const Address& currency,
                                        const Flows& moved) {
    const u256 booked = held(contract, currency);
    if (currency != Address{})
        return cover::broken_by(contract, currency, booked,
                                booked - moved.locked + moved.spent + moved.withdrawn);
    if (contract.balance() >= booked) return std::nullopt;
    return "V-12: the contract has less coin than its books say";
}

}  // namespace

std::map<Address, u256> locked_gains(const Contract& contract) {
    std::map<Address, u256> out;
    for (const auto& [currency, moved] : flows_of(contract))
        out[currency] = moved.locked - moved.credited - moved.spent;
    return out;
}

std::optional<std::string> broken_invariant(const Contract& contract,
                                            const std::optional<Address>& always) {
    std::map<Address, Flows> flows = flows_of(contract);
    if (always) flows[*always];
    for (const auto& [currency, moved] : flows) {
        if (auto broken = broken_flows(contract, currency, moved)) return broken;
        if (auto broken = broken_cover(contract, currency, moved)) return broken;
    }
    return std::nullopt;
}

}  // namespace plume::purse

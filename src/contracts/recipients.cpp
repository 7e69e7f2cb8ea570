#include "contracts/recipients.hpp"

namespace plume::recipients {

namespace {

constexpr u256 base = namespace_slot("plume.recipients");

constexpr Array<Address> accepted{{base}};
constexpr Map<Address, uint8_t> statuses{{base + u256{1u}}};
constexpr Map<Address, Hash> records{{base + u256{2u}}};

void set_status(Contract& contract, const Address& recipient, Status status) {
    contract.set(statuses[recipient], static_cast<uint8_t>(status));
}

}  // namespace

void enroll(Contract& contract, const Address& recipient, const Hash& record) {
    contract.require(status(contract, recipient) != Status::accepted, AlreadyAccepted{recipient});
    set_status(contract, recipient, Status::registered);
    contract.set(records[recipient], record);
    contract.emit(RecipientRegistered{recipient, record});
}

void review(Contract& contract, const Address& recipient, bool accept) {
    const Status now = status(contract, recipient);
    contract.require(now == Status::registered || now == Status::rejected,
                     NotReviewable{recipient, static_cast<uint8_t>(now)});
    if (accept) {
        contract.require(count(contract) < recipients_max, TooManyRecipients{u256{recipients_max}});
        contract.set(contract.push(accepted), recipient);
    }
    set_status(contract, recipient, accept ? Status::accepted : Status::rejected);
    contract.emit(RecipientReviewed{recipient, accept});
}

Status status(const Contract& contract, const Address& recipient) {
    return Status{contract.get(statuses[recipient])};
}

Hash record(const Contract& contract, const Address& recipient) {
    return contract.get(records[recipient]);
}

uint64_t count(const Contract& contract) {
    return contract.length(accepted);
}

Address at(const Contract& contract, const u256& index) {
    const u256 size{count(contract)};
    contract.require(index < size, UnknownRecipient{index, size});
    return contract.get(accepted[index.low64()]);
}

std::optional<std::string> broken_invariant(const Contract& contract) {
    const uint64_t known = contract.before(accepted.length()).low64();
    uint64_t next = known;
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        const auto reviewed = RecipientReviewed::decode(log);
        if (!reviewed || !std::get<1>(*reviewed)) continue;
        const Address& recipient = std::get<0>(*reviewed);
        if (contract.get(accepted[next++]) != recipient ||
            status(contract, recipient) != Status::accepted)
            return "R-1: " + to_hex(recipient) + " was accepted but not entered";
    }
    if (count(contract) != next) return "R-1: recipients came or went without a review";
    for (uint64_t i = 0; i < known; ++i) {
        const Address recipient = contract.before(accepted[i]);
        if (contract.get(accepted[i]) != recipient ||
            status(contract, recipient) != Status::accepted)
            return "R-1: the acceptance of " + to_hex(recipient) + " was undone";
    }
    return std::nullopt;
}

}  // namespace plume::recipients

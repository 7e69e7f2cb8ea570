// Transactions as a pool sees them: they need no real signature, for only sender, hash, fees and
// size count there.
#pragma once

#include <array>
#include <cstring>

#include "chain/mempool.hpp"
#include "support/transactions.hpp"

namespace plume::test {

/// The address of an invented sender.
inline Address sender_address(uint32_t number) {
    Address out;
    out[0] = 0xaa;
    std::memcpy(out.bytes.data() + 16, &number, sizeof(number));
    return out;
}

struct Waiting {
    uint32_t sender = 1;
    uint64_t nonce = 0;
    uint64_t tip = 1;
    uint64_t fee_cap = 0;  ///< 0: a million above the tip
    uint64_t value = 1;
    size_t size = 110;  ///< raw bytes
    uint64_t salt = 0;  ///< tells apart what is otherwise the same
};

inline TransactionPtr waiting(const Waiting& is) {
    auto out = std::make_shared<SignedTransaction>();
    out->fields = payment(is.nonce, sender_address(0), u256{is.value});
    out->fields.max_fee_per_gas = u256{is.fee_cap == 0 ? 1'000'000 + is.tip : is.fee_cap};
    out->fields.max_priority_fee_per_gas = u256{is.tip};
    out->raw.resize(is.size);
    out->sender = sender_address(is.sender);
    const std::array<uint64_t, 4> image{is.sender | is.nonce << 32, is.fee_cap, is.tip,
                                        is.salt ^ is.value << 20};
    std::memcpy(out->hash.data(), image.data(), sizeof(image));
    return out;
}

/// Why a pool refuses a transaction; empty when it takes it.
inline std::string refusal(Mempool& pool, const TransactionPtr& transaction,
                           const SenderAccount& account, const u256& base_fee = {},
                           std::vector<LiveAuthorization> authorizations = {}) {
    const auto outcome = pool.add(transaction, account, base_fee, std::move(authorizations));
    return outcome ? "" : outcome.error().what;
}

}  // namespace plume::test

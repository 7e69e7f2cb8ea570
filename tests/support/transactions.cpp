#include "support/transactions.hpp"

namespace plume::test {

PrivateKey key(uint16_t number) {
    FixedBytes<32> bytes;
    bytes[30] = static_cast<uint8_t>(number >> 8);
    bytes[31] = static_cast<uint8_t>(number);
    return *PrivateKey::from(bytes);
}

Transaction payment(uint64_t nonce, const Address& to, const u256& value) {
    Transaction out;
    out.type = TransactionType::dynamic_fee;
    out.chain_id = chain_id;
    out.nonce = nonce;
    out.max_priority_fee_per_gas = u256{1u};
    out.max_fee_per_gas = u256{2'000'000'000u};
    out.gas_limit = 21'000;
    out.to = to;
    out.value = value;
    return out;
}

TransactionPtr signed_payment(const PrivateKey& sender, uint64_t nonce, const Address& to,
                              const u256& value) {
    return sign_transaction(payment(nonce, to, value), sender);
}

}  // namespace plume::test

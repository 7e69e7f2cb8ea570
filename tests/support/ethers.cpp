#include "support/ethers.hpp"

namespace plume::test {

namespace json = boost::json;

namespace {

std::vector<AccessListEntry> access_list_of(const json::value& list) {
    std::vector<AccessListEntry> out;
    for (const json::value& entry : array_of(list)) {
        out.push_back({fixed_of<Address>(at(entry, "address")), {}});
        for (const json::value& key : array_of(at(entry, "storageKeys")))
            out.back().slots.push_back(fixed_of<Hash>(key));
    }
    return out;
}

}  // namespace

u256 ethers_number(const json::value& fields, std::string_view key) {
    const json::value* found = find(fields, key);
    return found == nullptr ? u256{} : number_of(*found);
}

Transaction from_ethers(const json::value& fields) {
    const auto get = [&](std::string_view key) { return ethers_number(fields, key); };
    Transaction tx;
    const u256 type = get("type");
    if (type > u256{static_cast<uint8_t>(TransactionType::set_code)})
        throw Malformed("no transaction type: " + to_decimal(type));
    tx.type = static_cast<TransactionType>(type.low64());
    if (tx.type != TransactionType::legacy) tx.chain_id = get("chainId").low64();
    tx.nonce = get("nonce").low64();
    tx.max_fee_per_gas = get("gasPrice") + get("maxFeePerGas");
    tx.max_priority_fee_per_gas = get("gasPrice") + get("maxPriorityFeePerGas");
    tx.gas_limit = get("gasLimit").low64();
    tx.value = get("value");
    if (const json::value* to = find(fields, "to")) tx.to = Address::from(bytes_of(*to));
    if (find(fields, "data") != nullptr) tx.data = hex_at(fields, "data");
    if (const json::value* list = find(fields, "accessList"))
        tx.access_list = access_list_of(*list);
    return tx;
}

}  // namespace plume::test

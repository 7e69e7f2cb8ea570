#include "rpc/call_request.hpp"

namespace plume::rpc {

namespace {

/// Entries of an access list and slots in one of them.
constexpr size_t access_list_max = 1'024;
/// Authorizations (EIP-7702).
constexpr size_t authorizations_max = 1'024;

Bytes read_input(const Field& field) {
    const Field input = field["input"];
    const Field old_name = field["data"];
    if (!input.given()) return old_name.given() ? old_name.data() : Bytes{};
    Bytes bytes = input.data();
    if (old_name.given() && old_name.data() != bytes)
        field.refuse("both \"data\" and \"input\" are set and not equal; use \"input\"");
    return bytes;
}

void read_fees(const Field& field, CallRequest& out) {
    const Field price = field["gasPrice"];
    const Field fee_cap = field["maxFeePerGas"];
    const Field tip = field["maxPriorityFeePerGas"];
    if (price.given() && (fee_cap.given() || tip.given()))
        field.refuse("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
    if (price.given()) {
        out.max_fee_per_gas = out.max_priority_fee_per_gas = price.quantity();
        return;
    }
    if (fee_cap.given()) out.max_fee_per_gas = fee_cap.quantity();
    if (fee_cap.given() && tip.given()) out.max_priority_fee_per_gas = tip.quantity();
}

std::vector<AccessListEntry> read_access_list(const Field& field) {
    std::vector<AccessListEntry> out;
    if (!field.given()) return out;
    for (const Field& item : field.items(access_list_max)) {
        AccessListEntry entry{item["address"].address(), {}};
        const Field slots = item["storageKeys"];
        if (slots.given())
            for (const Field& slot : slots.items(access_list_max))
                entry.slots.push_back(slot.hash());
        out.push_back(std::move(entry));
    }
    return out;
}

std::vector<Authorization> read_authorizations(const Field& field) {
    std::vector<Authorization> out;
    if (!field.given()) return out;
    for (const Field& item : field.items(authorizations_max)) {
        const uint64_t y_parity = item["yParity"].number();
        if (y_parity > 1) item["yParity"].refuse("not 0 or 1");
        out.push_back({.chain_id = item["chainId"].quantity(),
                       .address = item["address"].address(),
                       .nonce = item["nonce"].number(),
                       .y_parity = static_cast<uint8_t>(y_parity),
                       .r = item["r"].quantity(),
                       .s = item["s"].quantity()});
    }
    return out;
}

void refuse_blobs(const Field& field) {
    if (field.is_array() && !field.items(1).empty()) field.refuse("this chain has no blobs");
}

}  // namespace

CallRequest read_call(const Field& field) {
    CallRequest out;
    if (field["from"].given()) out.from = field["from"].address();
    if (field["to"].given()) out.to = field["to"].address();
    if (field["gas"].given()) out.gas_limit = field["gas"].number();
    if (field["value"].given()) out.value = field["value"].quantity();
    read_fees(field, out);
    out.data = read_input(field);
    out.access_list = read_access_list(field["accessList"]);
    out.authorizations = read_authorizations(field["authorizationList"]);
    refuse_blobs(field["blobVersionedHashes"]);
    return out;
}

}  // namespace plume::rpc

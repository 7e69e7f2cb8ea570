#include "rpc/call_request.hpp"

namespace plume::rpc {

namespace {

/// Entries of an access list and slots in one of them.
constexpr size_t access_list_max = 1'024;

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

void refuse_unsupported(const Field& field, std::string_view member) {
    const Field value = field[member];
    if (value.is_array() && !value.items(access_list_max).empty())
        value.refuse("not supported by this version");
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
    refuse_unsupported(field, "authorizationList");
    refuse_unsupported(field, "blobVersionedHashes");
    return out;
}

}  // namespace plume::rpc

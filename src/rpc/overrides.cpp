#include "rpc/overrides.hpp"

namespace plume::rpc {

namespace {

/// Accounts in one request, and slots in one of them.
constexpr size_t overrides_max = 1'024;

void read_slots(const Field& field, std::map<u256, u256>& out) {
    for (const Field& member : field.members(overrides_max)) {
        const auto slot = Hash::parse(member.name());
        if (!slot) member.refuse("the slot is not 32 bytes");
        out[to_u256(*slot)] = to_u256(member.hash());
    }
}

AccountOverride read_override(const Field& field) {
    field.only_members({"balance", "nonce", "code", "state", "stateDiff"});
    AccountOverride out;
    if (field["balance"].given()) out.balance = field["balance"].quantity();
    if (field["nonce"].given()) out.nonce = field["nonce"].number();
    if (field["code"].given()) out.code = field["code"].data();
    const Field state = field["state"];
    const Field difference = field["stateDiff"];
    if (state.given() && difference.given()) field.refuse("both state and stateDiff are given");
    out.replaces_storage = state.given();
    if (state.given()) read_slots(state, out.slots);
    if (difference.given()) read_slots(difference, out.slots);
    return out;
}

}  // namespace

Overrides read_overrides(const Field& field) {
    Overrides out;
    if (!field.given()) return out;
    for (const Field& member : field.members(overrides_max)) {
        const auto address = Address::parse(member.name());
        if (!address) member.refuse("not an address");
        out[*address] = read_override(member);
    }
    return out;
}

}  // namespace plume::rpc

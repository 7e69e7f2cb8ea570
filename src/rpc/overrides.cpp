#include "rpc/overrides.hpp"

#include "evm/precompiles.hpp"

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

/// Precompiled contracts stay where and what they are.
void refuse_precompile(const Field& field, const Address& address) {
    const bool is_one = is_precompile(address, Revision::osaka);
    const Field target = field["movePrecompileToAddress"];
    if (target.given() && !is_one)
        throw RpcError{code::server_error, "account " + to_hex(address) + " is not a precompile"};
    if (target.given()) target.refuse("this node cannot move a precompiled contract");
    if (is_one && field["code"].given())
        field["code"].refuse("this node cannot replace a precompiled contract");
}

AccountOverride read_override(const Field& field, const Address& address) {
    field.only_members(
        {"balance", "nonce", "code", "state", "stateDiff", "movePrecompileToAddress"});
    refuse_precompile(field, address);
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
        out[*address] = read_override(member, *address);
    }
    return out;
}

}  // namespace plume::rpc

// plume_: what only this chain has.

#include "contracts/catalog.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

/// The native contracts that stand in the genesis block, by name, for clients that look them up.
Json contracts(Ask&) {
    boost::json::array out;
    for (const GenesisContract& contract : genesis_contracts())
        out.push_back(boost::json::object{{"name", contract.name},
                                          {"address", hex_data(contract.address)},
                                          {"type", contract.type_name}});
    return out;
}

/// Whether the node is ready, and if not, why.
Json health(Ask& ask) {
    if (!ask.services().health) throw RpcError{code::internal_error, "health is not watched"};
    return ask.services().health();
}

/// What an operator asks first: version, chain, head, pool, disk, memory, uptime.
Json status(Ask& ask) {
    if (!ask.services().status) throw RpcError{code::internal_error, "health is not watched"};
    return ask.services().status();
}

constexpr Method methods[] = {
    {"plume_contracts", contracts, 0},
    {"plume_health", health, 0},
    {"plume_status", status, 0},
};

}  // namespace

std::span<const Method> plume_methods() {
    return methods;
}

}  // namespace plume::rpc

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

constexpr Method methods[] = {
    {"plume_contracts", contracts, 0},
};

}  // namespace

std::span<const Method> plume_methods() {
    return methods;
}

}  // namespace plume::rpc

// plume_: what only this chain has.

#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

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
    {"plume_health", health, 0},
    {"plume_status", status, 0},
};

}  // namespace

std::span<const Method> plume_methods() {
    return methods;
}

}  // namespace plume::rpc

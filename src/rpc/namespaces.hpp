// The tables of methods, one for each file that holds handlers. What there is to call stands in the
// table at the end of that file.
#pragma once

#include <span>

#include "rpc/method.hpp"

namespace plume::rpc {

std::span<const Method> eth_state_methods();
std::span<const Method> eth_block_methods();
std::span<const Method> eth_log_methods();
std::span<const Method> eth_call_methods();
std::span<const Method> eth_simulate_methods();
std::span<const Method> eth_fee_methods();
std::span<const Method> eth_send_methods();
std::span<const Method> debug_methods();
std::span<const Method> node_methods();
std::span<const Method> plume_methods();
/// Those of plume_ that are answered from the index.
std::span<const Method> index_methods();
/// Those that exist in development mode only.
std::span<const Method> dev_methods();

/// A router with all of them; those of development mode with `services.dev` only.
inline std::unique_ptr<Router> make_router(Services services) {
    const auto development = services.dev ? dev_methods() : std::span<const Method>{};
    return std::make_unique<Router>(
        std::move(services),
        std::initializer_list<std::span<const Method>>{
            eth_state_methods(), eth_block_methods(), eth_log_methods(), eth_call_methods(),
            eth_simulate_methods(), eth_fee_methods(), eth_send_methods(), debug_methods(),
            node_methods(), plume_methods(), index_methods(), development});
}

}  // namespace plume::rpc

// The tables of methods, one for each file that holds handlers. What there is to call stands in the
// table at the end of that file.
#pragma once

#include <span>

#include "rpc/method.hpp"

namespace plume::rpc {

std::span<const Method> eth_state_methods();
std::span<const Method> eth_block_methods();
std::span<const Method> eth_log_methods();
std::span<const Method> eth_filter_methods();
std::span<const Method> eth_call_methods();
std::span<const Method> eth_simulate_methods();
std::span<const Method> eth_fee_methods();
std::span<const Method> eth_send_methods();
std::span<const Method> eth_config_methods();
std::span<const Method> debug_methods();
std::span<const Method> parity_trace_methods();
std::span<const Method> otterscan_methods();
std::span<const Method> txpool_methods();
std::span<const Method> node_methods();
std::span<const Method> plume_methods();
/// Those of plume_ that are answered from the index.
std::span<const Method> index_methods();
/// Those that exist in development mode only.
std::span<const Method> dev_methods();
std::span<const Method> dev_state_methods();
std::span<const Method> dev_node_methods();
std::span<const Method> dev_account_methods();

std::span<const Method> discover_methods();

/// All of them.
std::vector<std::span<const Method>> method_tables(bool is_development);

/// A router with all of them; those of development mode with `services.dev` only.
std::unique_ptr<Router> make_router(Services services);

}  // namespace plume::rpc

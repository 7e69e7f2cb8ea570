#include "rpc/namespaces.hpp"

namespace plume::rpc {

std::vector<std::span<const Method>> method_tables(bool is_development) {
    using Table = std::span<const Method>;
    std::vector<Table> out{eth_state_methods(),  eth_block_methods(),    eth_log_methods(),
                           eth_filter_methods(), eth_call_methods(),     eth_simulate_methods(),
                           eth_fee_methods(),    eth_send_methods(),     eth_config_methods(),
                           debug_methods(),      parity_trace_methods(), otterscan_methods(),
                           txpool_methods(),     node_methods(),         plume_methods(),
                           index_methods(),      discover_methods()};
    if (!is_development) return out;
    for (const Table table :
         {dev_methods(), dev_state_methods(), dev_node_methods(), dev_account_methods()})
        out.push_back(table);
    return out;
}

std::unique_ptr<Router> make_router(Services services) {
    const auto tables = method_tables(services.dev.has_value());
    return std::make_unique<Router>(std::move(services), tables);
}

}  // namespace plume::rpc

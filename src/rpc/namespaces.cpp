#include "rpc/namespaces.hpp"

namespace plume::rpc {

std::unique_ptr<Router> make_router(Services services) {
    const auto development = services.dev ? dev_methods() : std::span<const Method>{};
    return std::make_unique<Router>(
        std::move(services),
        std::initializer_list<std::span<const Method>>{
            eth_state_methods(), eth_block_methods(), eth_log_methods(), eth_call_methods(),
            eth_fee_methods(), eth_send_methods(), node_methods(), plume_methods(), development});
}

}  // namespace plume::rpc

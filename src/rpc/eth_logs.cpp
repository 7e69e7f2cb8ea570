// eth_getLogs: a query over blocks, bounded in every direction.

#include "rpc/log_request.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

Json get_logs(Ask& ask) {
    const auto head = ask.chain().head();
    const LogRange range = read_log_range(ask[0]);
    return logs_of(resolve(range, read_log_conditions(ask[0]), *head), *head);
}

constexpr Method methods[] = {
    {"eth_getLogs", get_logs, 1},
};

}  // namespace

std::span<const Method> eth_log_methods() {
    return methods;
}

}  // namespace plume::rpc

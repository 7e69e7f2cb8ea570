// net_, web3_, rpc_: the node itself.

#include "crypto/keccak.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

/// MetaMask compares it with eth_chainId; this one is decimal.
Json net_version(Ask& ask) {
    return Json(std::to_string(ask.chain().rules().chain_id));
}

Json net_listening(Ask&) {
    return true;
}

/// A node with one producer has no peers.
Json net_peer_count(Ask&) {
    return quantity(0);
}

Json client_version(Ask& ask) {
    return Json(ask.services().client_version);
}

Json sha3(Ask& ask) {
    return hex_data(keccak256(ask[0].data()));
}

Json modules(Ask& ask) {
    boost::json::object out;
    for (const std::string_view name :
         {"debug", "erigon", "eth", "net", "ots", "plume", "rpc", "trace", "txpool", "web3"})
        out[name] = "1.0";
    if (ask.services().dev)
        for (const std::string_view name : {"anvil", "evm", "hardhat", "personal"})
            out[name] = "1.0";
    return out;
}

constexpr Method methods[] = {
    {"net_version", net_version, 0},
    {"net_listening", net_listening, 0},
    {"net_peerCount", net_peer_count, 0},
    {"web3_clientVersion", client_version, 0},
    {"web3_sha3", sha3, 1},
    {"rpc_modules", modules, 0},
};

}  // namespace

std::span<const Method> node_methods() {
    return methods;
}

}  // namespace plume::rpc

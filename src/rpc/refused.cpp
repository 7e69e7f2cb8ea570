#include "rpc/refused.hpp"

#include <algorithm>
#include <array>

namespace plume::rpc {

namespace {

constexpr std::string_view for_wallets = "it is for wallets, and this is a node";
constexpr std::string_view without_keys =
    "this node holds no keys: sign in the client and send by eth_sendRawTransaction";
constexpr std::string_view for_development = "it is for development chains: plume dev";
constexpr std::string_view without_mining = "nothing is mined here";
constexpr std::string_view by_command = "the node is run by its commands and plume.toml";

struct Refused {
    std::string_view prefix;
    std::string_view why;
    bool in_development;  ///< too
};

constexpr std::array refused = {
    Refused{"wallet_", for_wallets, true},
    Refused{"eth_sendTransaction", without_keys, false},
    Refused{"eth_sendUnsignedTransaction", without_keys, false},
    Refused{"eth_sign", without_keys, false},
    Refused{"personal_", without_keys, false},
    Refused{"anvil_", for_development, false},
    Refused{"evm_", for_development, false},
    Refused{"hardhat_", for_development, false},
    Refused{"eth_getWork", without_mining, true},
    Refused{"eth_submitWork", without_mining, true},
    Refused{"eth_submitHashrate", without_mining, true},
    Refused{"miner_", without_mining, true},
    Refused{"eth_compile", "compile in the client", true},
    Refused{"eth_getCompilers", "compile in the client", true},
    Refused{"eth_protocolVersion", "there are no peers to speak a protocol with", true},
    Refused{"engine_", "this node agrees on blocks by itself", true},
    Refused{"admin_", by_command, true},
    Refused{"debug_setHead", "history is not undone; a development chain has evm_revert", true},
};

}  // namespace

std::string_view why_refused(std::string_view method, bool is_development) {
    const auto found = std::ranges::find_if(refused, [&](const Refused& one) {
        return method.starts_with(one.prefix) && (one.in_development || !is_development);
    });
    return found == refused.end() ? std::string_view{} : found->why;
}

}  // namespace plume::rpc

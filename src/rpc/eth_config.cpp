#include "rpc/eth_config.hpp"

#include <boost/crc.hpp>

#include "chain/system.hpp"
#include "evm/precompiles.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

/// Of Prague and Osaka (EIP-7691). It moves nothing here, as no block has a blob.
constexpr uint64_t blob_base_fee_update_fraction = 5'007'716;

/// The contracts that a block speaks to by itself, as far as the chain has them.
boost::json::object system_contracts(const StateView& state) {
    boost::json::object out;
    const auto add = [&](std::string_view name, const Address& address) {
        const auto account = state.account(address);
        if (account && account->has_code()) out[name] = hex_data(address);
    };
    add("BEACON_ROOTS_ADDRESS", beacon_roots_address);
    add("HISTORY_STORAGE_ADDRESS", history_address);
    return out;
}

/// A chain has one set of rules, from block 0 on: there is nothing next, and so nothing last.
Json config(Ask& ask) {
    boost::json::object known;
    for (const NamedPrecompile& precompile : precompiles(BlockEnvironment{}.revision))
        known[precompile.name] = hex_data(precompile.address);
    boost::json::object blobs{
        {"baseFeeUpdateFraction", blob_base_fee_update_fraction}, {"max", 0}, {"target", 0}};
    boost::json::object current{{"activationTime", 0},
                                {"blobSchedule", std::move(blobs)},
                                {"chainId", quantity(ask.chain().rules().chain_id)},
                                {"forkId", hex_data(fork_hash(ask.chain().genesis_hash()))},
                                {"precompiles", std::move(known)},
                                {"systemContracts", system_contracts(*ask.state(0))}};
    return boost::json::object{
        {"current", std::move(current)}, {"next", nullptr}, {"last", nullptr}};
}

constexpr Method methods[] = {
    {"eth_config", config, 0},
};

}  // namespace

FixedBytes<4> fork_hash(const Hash& genesis) {
    boost::crc_32_type sum;
    sum.process_bytes(genesis.begin(), Hash::size);
    FixedBytes<4> out;
    for (size_t i = 0; i < 4; ++i) out[i] = static_cast<uint8_t>(sum.checksum() >> (24 - 8 * i));
    return out;
}

std::span<const Method> eth_config_methods() {
    return methods;
}

}  // namespace plume::rpc

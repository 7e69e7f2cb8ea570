#include "chain/genesis_text.hpp"

#include <boost/json.hpp>

#include "native/contract.hpp"
#include "types/transaction.hpp"

namespace plume {

namespace json = boost::json;

namespace {

json::object write_account(const GenesisAccount& account) {
    json::object out{{"balance", to_quantity(account.balance)}};
    if (account.nonce != 0) out["nonce"] = to_quantity(u256{account.nonce});
    if (!account.code.empty()) out["code"] = to_hex(account.code);
    if (account.storage.empty()) return out;
    json::object slots;
    for (const auto& [slot, value] : account.storage)
        slots[to_hex(to_word(slot))] = to_hex(to_word(value));
    out["storage"] = std::move(slots);
    return out;
}

bool has_native_code(const GenesisAccount& account) {
    return !account.code.empty() && account.code[0] == native_marker[0] &&
           !delegate_of(account.code);
}

}  // namespace

std::string write_genesis(const Genesis& genesis) {
    json::object accounts;
    json::object plume{{"nativeContracts", genesis.has_native_contracts}};
    for (const auto& [address, account] : genesis.accounts) {
        accounts[to_hex(address)] = write_account(account);
        if (has_native_code(account)) plume["nativeCode"] = true;
    }
    const json::object out{{"config", json::object{{"chainId", genesis.chain_id}}},
                           {"timestamp", to_quantity(u256{genesis.timestamp})},
                           {"gasLimit", to_quantity(u256{genesis.gas_limit})},
                           {"baseFeePerGas", to_quantity(genesis.base_fee)},
                           {"coinbase", to_hex(genesis.coinbase)},
                           {"extraData", to_hex(genesis.extra_data)},
                           {"mixHash", to_hex(genesis.prev_randao)},
                           {"nonce", to_hex(genesis.nonce)},
                           {"difficulty", to_quantity(genesis.difficulty)},
                           {"plume", std::move(plume)},
                           {"alloc", std::move(accounts)}};
    return json::serialize(out) + "\n";
}

}  // namespace plume

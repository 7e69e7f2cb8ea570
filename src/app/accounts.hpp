// The people of development chains: the customary test mnemonic's accounts, with names.
#pragma once

#include <vector>

#include "app/session.hpp"
#include "chain/genesis.hpp"

namespace plume {

/// Known to everyone: money on these accounts belongs to everyone too, on any chain but a
/// development one.
inline constexpr std::string_view development_mnemonic =
    "test test test test test test test test test test test junk";
inline constexpr uint64_t development_chain_id = 31'337;
inline constexpr size_t development_account_count = 10;
inline constexpr size_t development_account_max = 1'000;

/// The first `count` accounts of `mnemonic` (m/44'/60'/0'/0/i). The first ten are called after what
/// they do in the examples: Treasurer, Verifier 1 ...; later ones are further donors.
Result<std::vector<Account>> derive_accounts(std::string_view mnemonic, size_t count);

/// A chain on which each of `accounts` has `balance` wei, and which has the factory that tools
/// deploy through.
Genesis development_genesis(const std::vector<Account>& accounts, const u256& balance,
                            uint64_t timestamp);

/// The address called `name` among development accounts and native contracts ("treasurer",
/// "donor-1", "launcher"), or the one that `name` spells. Letters' case and spaces do not count.
Result<Address> find_address(std::string_view name);

/// What an address is called: a native contract or a development account by its name, any other by
/// its digits with their checksum.
std::string name_of(const Address& address);

/// The development account called `name`.
Result<Account> find_development_account(std::string_view name);

}  // namespace plume

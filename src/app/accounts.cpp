#include "app/accounts.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "contracts/catalog.hpp"
#include "crypto/address.hpp"
#include "crypto/hd_key.hpp"

namespace plume {

using namespace literals;

namespace {

constexpr std::array<std::string_view, development_account_count> names{
    "Treasurer", "Verifier 1", "Verifier 2", "Verifier 3", "Teacher 1",
    "Teacher 2", "Teacher 3",  "Donor 1",    "Donor 2",    "Donor 3"};

/// "Donor 1", "donor-1" and "DONOR_1" are one name.
std::string simplified(std::string_view name) {
    std::string out;
    for (const char c : name)
        if (std::isalnum(static_cast<unsigned char>(c)))
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

}  // namespace

Result<std::vector<Account>> derive_accounts(std::string_view mnemonic, size_t count) {
    if (count > development_account_max)
        return Error{exit_code::usage,
                     "at most " + std::to_string(development_account_max) + " accounts"};
    const auto seed = seed_of_mnemonic(mnemonic);
    if (!seed) return Error{exit_code::usage, seed.error().what};
    std::vector<Account> out;
    for (size_t i = 0; i < count; ++i) {
        TRY(key, derive_key(*seed, std::string(ethereum_account_path) + std::to_string(i)));
        std::string name =
            i < names.size() ? std::string(names[i]) : "Donor " + std::to_string(i - 6);
        out.push_back({std::move(name), key, address_of(key)});
    }
    return out;
}

namespace {

/// The factory through which forge, Hardhat and others deploy by CREATE2, where every chain has it:
/// its input is a salt and init code. github.com/Arachnid/deterministic-deployment-proxy
constexpr Address deterministic_deployer = "0x4e59b44847b379578588920ca78fbf26c0b4956c"_address;
constexpr std::string_view deterministic_deployer_code =
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234"
    "f58015156039578182fd5b8082525050506014600cf3";

}  // namespace

Genesis development_genesis(const std::vector<Account>& accounts, const u256& balance,
                            uint64_t timestamp) {
    Genesis out{.chain_id = development_chain_id, .timestamp = timestamp};
    for (const Account& account : accounts) out.accounts[account.address].balance = balance;
    out.accounts[deterministic_deployer].code = *from_hex(deterministic_deployer_code);
    return out;
}

Result<Account> find_development_account(std::string_view name) {
    TRY(accounts, derive_accounts(development_mnemonic, development_account_count));
    for (const Account& account : accounts)
        if (simplified(account.name) == simplified(name)) return account;
    return Error{exit_code::usage,
                 "there is no development account called '" + std::string(name) + "'"};
}

std::string name_of(const Address& address) {
    static const auto people = derive_accounts(development_mnemonic, development_account_count);
    for (const GenesisContract& contract : genesis_contracts())
        if (contract.address == address) return std::string(contract.name);
    if (people)
        for (const Account& account : *people)
            if (account.address == address) return account.name;
    return to_checksum(address);
}

Result<Address> find_address(std::string_view name) {
    if (const auto address = parse_address(name)) return *address;
    for (const GenesisContract& contract : genesis_contracts())
        if (simplified(contract.name) == simplified(name)) return contract.address;
    const auto account = find_development_account(name);
    if (account) return account->address;
    return Error{exit_code::usage,
                 "'" + std::string(name) +
                     "' is neither an address (0x and 40 digits, with a valid checksum if mixed "
                     "in case) nor a known name"};
}

}  // namespace plume

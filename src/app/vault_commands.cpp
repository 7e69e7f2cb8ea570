#include "app/vault_commands.hpp"

#include <array>
#include <iostream>

#include "app/accounts.hpp"
#include "app/describe.hpp"
#include "app/serve.hpp"
#include "app/text.hpp"
#include "contracts/launcher.hpp"
#include "contracts/vault.hpp"
#include "crypto/address.hpp"

namespace plume {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 5> phase_names{"draft", "funding", "active", "closed",
                                                      "failed"};
constexpr std::array<std::string_view, 3> state_names{"open", "released", "reclaimed"};

/// A vault's books as they stand on the chain, in units of its currency.
struct VaultView {
    Address address;
    Address asset;
    std::string name;
    std::string symbol;  ///< of the currency
    uint8_t decimals = 0;
    uint8_t phase = 0;
    Hash record;
    u256 goal, raised, paid, owed, returned, withdrawn, held;
    uint64_t funding_deadline = 0;
    uint64_t tranche_count = 0;

    std::string money(const u256& amount) const {
        return format_amount(amount, decimals) + " " + symbol;
    }
};

/// The vault that an address or a name stands for.
Result<Address> find_vault(Session& session, const std::string& name) {
    TRY(at, find_address(name));
    TRY(type, native_type_at(session, at));
    if (type != "Vault") return Error{exit_code::usage, to_checksum(at) + " is no vault"};
    return at;
}

Result<VaultView> read_vault(Session& session, const Address& at) {
    TRY(asset, (session.ask<"asset() view returns (address)", Address>(at)));
    TRY(name, (session.ask<"name() view returns (string)", std::string>(at)));
    TRY(symbol, (session.ask<"symbol() view returns (string)", std::string>(asset)));
    TRY(decimals, (session.ask<"decimals() view returns (uint8)", uint8_t>(at)));
    TRY(phase, (session.ask<"phase() view returns (uint8)", uint8_t>(at)));
    TRY(record, (session.ask<"record() view returns (bytes32)", Hash>(at)));
    TRY(goal, (session.ask<"goal() view returns (uint256)", u256>(at)));
    TRY(raised, (session.ask<"raised() view returns (uint256)", u256>(at)));
    TRY(paid, (session.ask<"paid() view returns (uint256)", u256>(at)));
    TRY(owed, (session.ask<"owed() view returns (uint256)", u256>(at)));
    TRY(returned, (session.ask<"returned() view returns (uint256)", u256>(at)));
    TRY(withdrawn, (session.ask<"withdrawn() view returns (uint256)", u256>(at)));
    TRY(held, (session.ask<"held() view returns (uint256)", u256>(at)));
    TRY(deadline, (session.ask<"fundingDeadline() view returns (uint64)", uint64_t>(at)));
    TRY(count, (session.ask<"trancheCount() view returns (uint256)", u256>(at)));
    return VaultView{at,     asset, name, symbol,   decimals,  phase, record,   goal,
                     raised, paid,  owed, returned, withdrawn, held,  deadline, count.low64()};
}

struct TrancheView {
    Tranche terms;
    uint8_t state = 0;
    uint64_t claimed_at = 0;
    bool is_releasable = false;
    bool is_reclaimable = false;
};

Result<TrancheView> read_tranche(Session& session, const Address& vault, uint64_t id) {
    TRY(output, session.call(vault, calldata<"tranche(uint256 id)">(u256{id})));
    auto values = abi::decode<Tranche, uint8_t, uint64_t>(output);
    if (!values) return Error{exit_code::failed, "the vault's answer is no tranche"};
    TRY(releasable,
        (session.ask<"isReleasable(uint256 id) view returns (bool)", bool>(vault, u256{id})));
    TRY(reclaimable,
        (session.ask<"isReclaimable(uint256 id) view returns (bool)", bool>(vault, u256{id})));
    auto& [terms, state, claimed_at] = *values;
    return TrancheView{std::move(terms), state, claimed_at, releasable, reclaimable};
}

template <size_t N>
std::string name_in(const std::array<std::string_view, N>& names, uint8_t number) {
    return number < N ? std::string(names[number]) : "unknown";
}

json::object vault_json(const VaultView& vault) {
    return {{"address", to_checksum(vault.address)},
            {"name", vault.name},
            {"phase", name_in(phase_names, vault.phase)},
            {"asset", to_checksum(vault.asset)},
            {"symbol", vault.symbol},
            {"decimals", vault.decimals},
            {"record", to_hex(vault.record)},
            {"fundingDeadline", vault.funding_deadline},
            {"goal", to_decimal(vault.goal)},
            {"raised", to_decimal(vault.raised)},
            {"paid", to_decimal(vault.paid)},
            {"owed", to_decimal(vault.owed)},
            {"returned", to_decimal(vault.returned)},
            {"withdrawn", to_decimal(vault.withdrawn)},
            {"held", to_decimal(vault.held)}};
}

json::object tranche_json(uint64_t id, const TrancheView& tranche) {
    json::array payees;
    for (const Payee& payee : tranche.terms.payees)
        payees.push_back(
            json::object{{"to", to_checksum(payee.to)}, {"amount", to_decimal(payee.amount)}});
    return {{"id", id},
            {"amount", to_decimal(tranche.terms.amount)},
            {"state", name_in(state_names, tranche.state)},
            {"payees", std::move(payees)},
            {"opensAt", tranche.terms.opens_at},
            {"deadline", tranche.terms.deadline},
            {"claimedAt", tranche.claimed_at},
            {"releasable", tranche.is_releasable},
            {"reclaimable", tranche.is_reclaimable}};
}

Result<int> list(const VaultOptions& options) {
    TRY(session, Session::open(options.client.rpc));
    TRY(count, (session.ask<"count() view returns (uint256)", u256>(contracts::launcher)));
    json::array vaults;
    using enum TextTable::Align;
    TextTable table(
        {{"vault"}, {"name"}, {"phase"}, {"raised", right}, {"goal", right}, {"paid", right}});
    for (u256 i; i < count; i += u256{1u}) {
        TRY(address, (session.ask<"at(uint256 index) view returns (address)", Address>(
                         contracts::launcher, i)));
        TRY(type, native_type_at(session, address));
        if (type != "Vault") continue;
        TRY(vault, read_vault(session, address));
        vaults.push_back(vault_json(vault));
        table.add({to_checksum(address), vault.name, name_in(phase_names, vault.phase),
                   vault.money(vault.raised), vault.money(vault.goal), vault.money(vault.paid)});
    }
    if (options.client.json)
        std::cout << json::serialize(vaults) << "\n";
    else if (vaults.empty())
        std::cerr << "no vaults yet\n";
    else
        std::cout << table.render();
    return exit_code::ok;
}

void print_books(const VaultView& vault) {
    std::cout << vault.name << ", " << name_in(phase_names, vault.phase) << "\n"
              << "mission record  " << to_hex(vault.record) << "\n"
              << "funding ends    " << format_day(vault.funding_deadline) << "\n"
              << "goal            " << vault.money(vault.goal) << "\n"
              << "raised          " << vault.money(vault.raised) << "\n"
              << "paid            " << vault.money(vault.paid) << "\n"
              << "owed            " << vault.money(vault.owed) << "\n"
              << "withdrawn       " << vault.money(vault.withdrawn) << " of "
              << vault.money(vault.returned) << " returned\n"
              << "held            " << vault.money(vault.held) << "\n\n";
}

Result<int> show(const VaultOptions& options) {
    TRY(session, Session::open(options.client.rpc));
    TRY(at, find_vault(session, options.vault));
    TRY(vault, read_vault(session, at));
    using enum TextTable::Align;
    TextTable table({{"tranche", right},
                     {"amount", right},
                     {"opens"},
                     {"deadline"},
                     {"payees", right},
                     {"state"},
                     {"now"}});
    json::array tranches;
    for (uint64_t id = 0; id < vault.tranche_count; ++id) {
        TRY(tranche, read_tranche(session, at, id));
        tranches.push_back(tranche_json(id, tranche));
        table.add({std::to_string(id), vault.money(tranche.terms.amount),
                   format_day(tranche.terms.opens_at), format_day(tranche.terms.deadline),
                   std::to_string(tranche.terms.payees.size()), name_in(state_names, tranche.state),
                   tranche.is_releasable    ? "can be released"
                   : tranche.is_reclaimable ? "can be reclaimed"
                                            : ""});
    }
    if (options.client.json) {
        json::object out = vault_json(vault);
        out["tranches"] = std::move(tranches);
        std::cout << json::serialize(out) << "\n";
        return exit_code::ok;
    }
    print_books(vault);
    std::cout << table.render();
    return exit_code::ok;
}

int print_mined(const ClientOptions& client, const Mined& mined) {
    if (client.json)
        std::cout << json::serialize(json::object{{"transaction", to_hex(mined.transaction)},
                                                  {"block", mined.block_number},
                                                  {"gasUsed", mined.gas_used}})
                  << "\n";
    else
        std::cout << to_hex(mined.transaction) << "\n";
    std::cerr << "in block " << mined.block_number << "\n" << describe_logs(mined.logs);
    return exit_code::ok;
}

Result<int> fund(const VaultOptions& options) {
    TRY(signer, choose_signer(options.signer));
    TRY(session, Session::open(options.client.rpc));
    TRY(at, find_vault(session, options.vault));
    TRY(vault, read_vault(session, at));
    const auto amount = parse_amount(options.amount, vault.decimals);
    if (!amount)
        return Error{exit_code::usage, "'" + options.amount + "' is no amount with at most " +
                                           std::to_string(vault.decimals) + " decimals"};
    if (auto agreed = confirm(options.signer, signer.name + " contributes " + vault.money(*amount) +
                                                  " to " + vault.name);
        !agreed)
        return std::move(agreed).error();
    TRY(allowed,
        (session.ask<"allowance(address owner, address spender) view returns (uint256)", u256>(
            vault.asset, signer.address, at)));
    if (allowed < *amount) {
        TRY(approved, session.send<"approve(address spender, uint256 value) returns (bool)">(
                          signer, vault.asset, at, *amount));
        std::cerr << "approved in block " << approved.block_number << "\n";
    }
    TRY(mined,
        session.send<
            "contribute(uint256 assets, address receiver, bytes32 ref) returns (uint256 shares)">(
            signer, at, *amount, signer.address, Hash{}));
    return print_mined(options.client, mined);
}

template <FixedText function>
Result<int> press(const VaultOptions& options, const std::string& verb) {
    TRY(signer, choose_signer(options.signer));
    TRY(session, Session::open(options.client.rpc));
    TRY(at, find_vault(session, options.vault));
    if (auto agreed =
            confirm(options.signer, signer.name + " " + verb + " tranche " +
                                        std::to_string(options.tranche) + " of " + to_checksum(at));
        !agreed)
        return std::move(agreed).error();
    TRY(mined, session.send<function>(signer, at, u256{options.tranche}));
    return print_mined(options.client, mined);
}

int finish(const Result<int>& code) {
    return code ? *code : report_error(code.error());
}

}  // namespace

int run_vault_list(const VaultOptions& options) {
    return finish(list(options));
}
int run_vault_show(const VaultOptions& options) {
    return finish(show(options));
}
int run_vault_fund(const VaultOptions& options) {
    return finish(fund(options));
}
int run_vault_release(const VaultOptions& options) {
    return finish(press<"release(uint256 id)">(options, "releases"));
}
int run_vault_reclaim(const VaultOptions& options) {
    return finish(press<"reclaim(uint256 id)">(options, "reclaims"));
}

}  // namespace plume

#include "app/vault_commands.hpp"

#include <iostream>

#include "app/accounts.hpp"
#include "app/serve.hpp"
#include "app/signing.hpp"
#include "app/text.hpp"
#include "app/vault_books.hpp"
#include "contracts/addresses.hpp"
#include "crypto/address.hpp"

namespace plume {

namespace json = boost::json;

namespace {

/// A vault of one of the kinds.
struct Found {
    Address at;
    std::string kind;
};

Result<Found> find_vault(Session& session, const std::string& name) {
    TRY(at, find_address(name));
    TRY(type, native_type_at(session, at));
    if (!type || !is_vault(*type)) return Error{exit_code::usage, to_checksum(at) + " is no vault"};
    return Found{at, *type};
}

Result<int> list(const VaultOptions& options) {
    TRY(session, Session::open(options.client.rpc));
    TRY(count, (session.ask<"count() view returns (uint256)", u256>(contracts::launcher)));
    json::array vaults;
    TextTable table({{"vault"}, {"kind"}, {"name"}, {"phase"}, {"waits for"}});
    for (u256 i; i < count; i += u256{1u}) {
        TRY(address, (session.ask<"at(uint256 index) view returns (address)", Address>(
                         contracts::launcher, i)));
        TRY(type, native_type_at(session, address));
        if (!type || !is_vault(*type)) continue;
        TRY(books, read_books(session, address, *type));
        vaults.push_back(books.json());
        table.add({to_checksum(address), *type, books.name, books.phase,
                   books.waits.empty() ? "nothing" : books.waits.front()});
    }
    if (options.client.json)
        std::cout << json::serialize(vaults) << "\n";
    else if (vaults.empty())
        std::cerr << "no vaults yet\n";
    else
        std::cout << table.render();
    return exit_code::ok;
}

void print_books(const VaultBooks& books) {
    std::cout << books.name << " (" << books.kind << "), " << books.phase << "\n";
    for (const Figure& figure : books.figures)
        if (!figure.label.empty())
            std::cout << figure.label
                      << std::string(figure.label.size() < 22 ? 22 - figure.label.size() : 1, ' ')
                      << figure.text << "\n";
    if (!books.plan.empty()) {
        using enum TextTable::Align;
        TextTable table({{"number", right},
                         {"amount", right},
                         {"opens"},
                         {"deadline"},
                         {"payees", right},
                         {"state"},
                         {"now"}});
        for (size_t id = 0; id < books.plan.size(); ++id) {
            const PlanStep& step = books.plan[id];
            table.add({std::to_string(id), step.amount, format_day(step.opens_at),
                       format_day(step.deadline), std::to_string(step.payee_count), step.state,
                       step.now});
        }
        std::cout << "\n" << table.render();
    }
    std::cout << "\nWhat it waits for:\n";
    for (const std::string& sentence : books.waits) std::cout << "  " << sentence << "\n";
    if (books.waits.empty()) std::cout << "  nothing: it is " << books.phase << "\n";
}

Result<int> show(const VaultOptions& options) {
    TRY(session, Session::open(options.client.rpc));
    TRY(found, find_vault(session, options.vault));
    TRY(books, read_books(session, found.at, found.kind));
    if (!options.client.json) {
        print_books(books);
        return exit_code::ok;
    }
    json::object out = books.json();
    json::array plan;
    for (const PlanStep& step : books.plan) {
        plan.push_back(step.json);
        plan.back().as_object()["now"] = step.now;
    }
    out[found.kind == "PublicGoods" ? "lines" : "tranches"] = std::move(plan);
    std::cout << json::serialize(out) << "\n";
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

/// The vault's currency that the person means.
Result<Currency> choose_currency(const VaultBooks& books, const std::string& wanted) {
    if (books.currencies.empty())
        return Error{exit_code::usage, books.name + " has no currency yet"};
    if (wanted.empty()) return books.currencies.front();
    std::string known;
    for (const Currency& currency : books.currencies) {
        if (currency.symbol == wanted || parse_address(wanted) == currency.at) return currency;
        known += (known.empty() ? "" : ", ") + currency.symbol;
    }
    return Error{exit_code::usage,
                 "'" + wanted + "' is no currency of " + books.name + "; there are " + known};
}

/// The call that puts `amount` into a vault of this kind.
Result<Bytes> funding_call(Session& session, const VaultBooks& books, const Address& from,
                           const Currency& currency, const u256& amount) {
    if (books.kind == "PublicGoods")
        return calldata<"contribute(address asset, uint256 assets, address receiver, bytes32 ref)">(
            currency.at, amount, from, Hash{});
    if (books.kind == "RevenueShare")
        return calldata<"distribute(address currency, uint256 amount)">(currency.at, amount);
    if (books.kind == "Pool")
        return calldata<"deposit(uint256 assets, address receiver)">(amount, from);
    if (books.kind == "QueuedPool")
        return calldata<"requestDeposit(uint256 assets, address controller, address owner)">(
            amount, from, from);
    if (books.kind == "Vault")
        return calldata<"contribute(uint256 assets, address receiver, bytes32 ref)">(amount, from,
                                                                                     Hash{});
    TRY(goal, (session.ask<"goal() view returns (uint256)", u256>(books.at)));
    if (goal != amount)
        return Error{exit_code::usage,
                     "an escrow is paid in at once: its plan is " + currency.text(goal)};
    TRY(plan, (session.ask<"planHash() view returns (bytes32)", Hash>(books.at)));
    return calldata<"fund(bytes32 planHash)">(plan);
}

Result<int> fund(const VaultOptions& options) {
    TRY(signer, choose_signer(options.signer));
    TRY(session, Session::open(options.client.rpc));
    TRY(found, find_vault(session, options.vault));
    TRY(books, read_books(session, found.at, found.kind));
    TRY(currency, choose_currency(books, options.currency));
    const auto amount = parse_amount(options.amount, currency.decimals);
    if (!amount)
        return Error{exit_code::usage, "'" + options.amount + "' is no amount with at most " +
                                           std::to_string(currency.decimals) + " decimals"};
    TRY(input, funding_call(session, books, signer.address, currency, *amount));
    if (auto agreed = confirm_call(session, options.signer, signer, found.at, input); !agreed)
        return std::move(agreed).error();
    TRY(allowed,
        (session.ask<"allowance(address owner, address spender) view returns (uint256)", u256>(
            currency.at, signer.address, found.at)));
    if (allowed < *amount) {
        TRY(approved, session.send<"approve(address spender, uint256 value) returns (bool)">(
                          signer, currency.at, found.at, *amount));
        std::cerr << "approved in block " << approved.block_number << "\n";
    }
    TRY(mined, session.send(signer, found.at, input));
    return print_mined(options.client, mined);
}

/// Presses a button about one tranche or line, of the kinds that have it.
template <FixedText function>
Result<int> press(const VaultOptions& options, std::string_view kinds) {
    TRY(signer, choose_signer(options.signer));
    TRY(session, Session::open(options.client.rpc));
    TRY(found, find_vault(session, options.vault));
    if (kinds.find(found.kind) == std::string_view::npos)
        return Error{exit_code::usage,
                     to_checksum(found.at) + " is a " + found.kind + ", which has no such step"};
    const Bytes input = calldata<function>(u256{options.tranche});
    if (auto agreed = confirm_call(session, options.signer, signer, found.at, input); !agreed)
        return std::move(agreed).error();
    TRY(mined, session.send(signer, found.at, input));
    return print_mined(options.client, mined);
}

/// What can be had of a pool with requests, the surest first: money, shares, what was taken back;
/// and if there is nothing of these, a request for all shares' money.
Result<Bytes> claim_call(Session& session, const VaultBooks& books, const Address& who) {
    TRY(paid,
        (session.ask<"maxRedeem(address controller) view returns (uint256)", u256>(books.at, who)));
    if (!paid.is_zero())
        return calldata<"redeem(uint256 shares, address receiver, address controller)">(paid, who,
                                                                                        who);
    TRY(bought,
        (session.ask<"maxMint(address controller) view returns (uint256)", u256>(books.at, who)));
    if (!bought.is_zero()) return calldata<"mint(uint256 shares, address receiver)">(bought, who);
    TRY(assets, (session.ask<"claimableCancelDepositRequest(uint256 requestId, address controller) "
                             "view returns (uint256)",
                             u256>(books.at, u256{}, who)));
    if (!assets.is_zero())
        return calldata<
            "claimCancelDepositRequest(uint256 requestId, address receiver, address "
            "controller)">(u256{}, who, who);
    TRY(shares, (session.ask<"claimableCancelRedeemRequest(uint256 requestId, address controller) "
                             "view returns (uint256)",
                             u256>(books.at, u256{}, who)));
    if (!shares.is_zero())
        return calldata<
            "claimCancelRedeemRequest(uint256 requestId, address receiver, address "
            "controller)">(u256{}, who, who);
    TRY(held,
        (session.ask<"balanceOf(address owner) view returns (uint256)", u256>(books.at, who)));
    if (held.is_zero())
        return Error{exit_code::refused, "there is nothing to be had from " + books.name +
                                             ": no shares, and no request that was answered"};
    return calldata<"requestRedeem(uint256 shares, address controller, address owner)">(held, who,
                                                                                        who);
}

Result<Bytes> withdrawal_call(Session& session, const VaultBooks& books, const Address& who,
                              const std::string& wanted) {
    if (books.kind == "Vault") return calldata<"withdrawReturned(address holder)">(who);
    if (books.kind == "EscrowVault") return calldata<"withdraw(address account)">(who);
    if (books.kind == "QueuedPool") return claim_call(session, books, who);
    if (books.kind == "Pool") {
        TRY(shares,
            (session.ask<"maxRedeem(address owner) view returns (uint256)", u256>(books.at, who)));
        if (shares.is_zero())
            return Error{exit_code::refused, "there is nothing to be had from " + books.name +
                                                 ": no shares, or no cash"};
        return calldata<"redeem(uint256 shares, address receiver, address owner)">(shares, who,
                                                                                   who);
    }
    TRY(currency, choose_currency(books, wanted));
    if (books.kind == "PublicGoods")
        return calldata<"withdrawReturned(address holder, address asset)">(who, currency.at);
    return calldata<"claimFor(address account, address currency)">(who, currency.at);
}

Result<int> withdraw(const VaultOptions& options) {
    TRY(signer, choose_signer(options.signer));
    TRY(session, Session::open(options.client.rpc));
    TRY(found, find_vault(session, options.vault));
    TRY(books, read_books(session, found.at, found.kind));
    TRY(input, withdrawal_call(session, books, signer.address, options.currency));
    if (auto agreed = confirm_call(session, options.signer, signer, found.at, input); !agreed)
        return std::move(agreed).error();
    TRY(mined, session.send(signer, found.at, input));
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
    return finish(press<"release(uint256 id)">(options, "Vault EscrowVault PublicGoods"));
}
int run_vault_reclaim(const VaultOptions& options) {
    return finish(press<"reclaim(uint256 id)">(options, "Vault EscrowVault"));
}
int run_vault_withdraw(const VaultOptions& options) {
    return finish(withdraw(options));
}

}  // namespace plume

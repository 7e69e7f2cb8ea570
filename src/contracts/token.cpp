#include "contracts/token.hpp"

#include <algorithm>
#include <array>

#include "contracts/types.hpp"
#include "native/erc165.hpp"
#include "native/math.hpp"
#include "native/typed_data.hpp"

namespace plume {

void AssetToken::construct(TokenParams params) {
    record::require_live(*this, params.record);
    set_metadata(params.name, params.symbol, params.decimals, params.record);
    set(issuer_, params.issuer);
    set(mintable_, params.mintable);
    if (!params.initial_supply.is_zero()) {
        require(params.issuer != Address{}, ERC20InvalidReceiver{Address{}});
        move({}, params.issuer, params.initial_supply);
    }
}

void AssetToken::set_metadata(const std::string& name, const std::string& symbol, uint8_t decimals,
                              const Hash& record) {
    require(name.size() <= name_size_max, TextTooLong{u256{name.size()}, u256{name_size_max}});
    require(symbol.size() <= symbol_size_max,
            TextTooLong{u256{symbol.size()}, u256{symbol_size_max}});
    set(name_, view_of(name));
    set(symbol_, view_of(symbol));
    set(decimals_, decimals);
    set(record_, record);
}

bool AssetToken::transfer(Address to, u256 value) {
    move_between(sender(), to, value);
    return true;
}

bool AssetToken::approve(Address spender, u256 value) {
    set_allowance(sender(), spender, value);
    emit(Approval{sender(), spender, value});
    return true;
}

bool AssetToken::transfer_from(Address from, Address to, u256 value) {
    spend_allowance(from, sender(), value);
    move_between(from, to, value);
    return true;
}

void AssetToken::spend_allowance(const Address& owner, const Address& spender, const u256& value) {
    const u256 allowed = allowance(owner, spender);
    if (allowed == u256_max) return;
    require(allowed >= value, ERC20InsufficientAllowance{spender, allowed, value});
    set_allowance(owner, spender, allowed - value);
}

void AssetToken::move_between(const Address& from, const Address& to, const u256& value) {
    require(from != Address{}, ERC20InvalidSender{from});  // A simulated call may come from there.
    require(to != Address{}, ERC20InvalidReceiver{to});
    move(from, to, value);
}

void AssetToken::set_allowance(const Address& owner, const Address& spender, const u256& value) {
    require(owner != Address{}, ERC20InvalidApprover{owner});
    require(spender != Address{}, ERC20InvalidSpender{spender});
    set(allowances_[owner][spender], value);
}

void AssetToken::permit(Address owner, Address spender, u256 value, u256 deadline, uint8_t v,
                        Hash r, Hash s) {
    static constexpr Hash type_hash = keccak256_constexpr(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    require(u256{now()} <= deadline, ERC2612ExpiredSignature{deadline});
    const Hash message =
        keccak256(abi::encode(type_hash, owner, spender, value, use_nonce(owner), deadline));
    const Address signer =
        recover_signer(*this, typed_data_digest(domain_separator(), message), v, r, s);
    require(signer == owner, ERC2612InvalidSigner{signer, owner});
    set_allowance(owner, spender, value);
    emit(Approval{owner, spender, value});
}

u256 AssetToken::use_nonce(const Address& owner) {
    const u256 nonce = nonces(owner);
    set(nonces_[owner], nonce + u256{1u});
    return nonce;
}

Hash AssetToken::domain_separator() const {
    return plume::domain_separator(*this, name(), "1");
}

DomainDescription AssetToken::eip712_domain() const {
    return describe_domain(*this, name(), "1");
}

bool AssetToken::supports_interface(Selector id) const {
    constexpr Selector erc20 =
        interface_id<"totalSupply()", "balanceOf(address)", "transfer(address,uint256)",
                     "allowance(address,address)", "approve(address,uint256)",
                     "transferFrom(address,address,uint256)">();
    constexpr Selector erc20_metadata = interface_id<"name()", "symbol()", "decimals()">();
    constexpr Selector erc2612 =
        interface_id<"permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
                     "nonces(address)", "DOMAIN_SEPARATOR()">();
    return erc165::supports(id, {erc20, erc20_metadata, erc2612, erc5267});
}

void AssetToken::mint(Address to, u256 value) {
    require(sender() == issuer(), OwnableUnauthorizedAccount{sender()});
    require(mintable(), MintingClosed{});
    require(to != Address{}, ERC20InvalidReceiver{to});
    record::require_live(*this, record());
    move({}, to, value);
}

void AssetToken::burn(u256 value) {
    require(sender() != Address{}, ERC20InvalidSender{sender()});
    move(sender(), {}, value);
}

void AssetToken::move(const Address& from, const Address& to, const u256& value) {
    on_move(from, to, value);
    if (from == Address{}) {
        set(supply_, checked_add(total_supply(), value));
    } else {
        const u256 balance = balance_of(from);
        require(balance >= value, ERC20InsufficientBalance{from, balance, value});
        set(balances_[from], balance - value);
    }
    if (to == Address{})
        set(supply_, total_supply() - value);
    else
        set(balances_[to], balance_of(to) + value);  // No overflow: the supply is the sum of all.
    follow_shares(from, to, value);
    emit(Transfer{from, to, value});
    on_moved(from, to, value);
}

std::map<Address, u256> AssetToken::gains() const {
    std::map<Address, u256> gained;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        const auto transfer = Transfer::decode(log);
        if (!transfer) continue;
        const auto& [from, to, value] = *transfer;
        gained[from] -= value;
        gained[to] += value;
    }
    return gained;
}

std::optional<std::string> AssetToken::broken_invariant() const {
    std::map<Address, u256> gained = gains();
    for (const auto& [owner, gain] : gained) {
        if (owner == Address{}) continue;
        if (balance_of(owner) - balance_before(owner) != gain)
            return "T-1: the balance of " + to_hex(owner) + " did not change as its transfers say";
    }
    const u256 issued = total_supply() - before(supply_);
    if (issued != -gained[Address{}]) return "T-1: the supply did not change as its transfers say";
    if (auto broken = broken_shares(gained)) return broken;
    return broken_revenue_books();
}

NativeType asset_token_type() {
    return native_type<AssetToken>(1, 1, "AssetToken");
}

}  // namespace plume

#include "contracts/voting_shares.hpp"

#include "native/math.hpp"

namespace plume {

bool VotingShares::transfer_from(Address from, Address to, u256 value) {
    if (has_holds()) taken_ = std::min(value, holds::held_by(*this, from, sender()));
    // What is no taker's hold needs an allowance, as it does where nothing is held.
    if (taken_.is_zero() || taken_ < value) spend_allowance(from, sender(), value - taken_);
    move_between(from, to, value);
    return true;
}

/// More than the balance is refused as by ERC-20, after this.
void VotingShares::on_move(const Address& from, const Address& /*to*/, const u256& value) {
    if (from == Address{}) return;
    const u256 held = holds::held(*this, from);
    if (held.is_zero()) return;
    const u256 balance = balance_of(from);
    const u256 available = balance - held;
    require(value > balance || value - taken_ <= available,
            holds::InsufficientAvailable{from, available, value - taken_});
    release_taken(from);
}

void VotingShares::release_taken(const Address& from) {
    if (!taken_.is_zero()) holds::release(*this, from, sender(), taken_);
}

void VotingShares::on_moved(const Address& from, const Address& to, const u256& value) {
    if (has_votes()) votes::moved(*this, from, to, value, total_supply());
}

void VotingShares::delegate(Address delegatee) {
    require_votes();
    votes::delegate(*this, sender(), delegatee, balance_of(sender()));
}

void VotingShares::delegate_by_sig(Address delegatee, u256 nonce, u256 expiry, uint8_t v, Hash r,
                                   Hash s) {
    static constexpr Hash type_hash =
        keccak256_constexpr("Delegation(address delegatee,uint256 nonce,uint256 expiry)");
    require_votes();
    require(u256{now()} <= expiry, votes::VotesExpiredSignature{expiry});
    const Hash message = keccak256(abi::encode(type_hash, delegatee, nonce, expiry));
    const Address signer =
        recover_signer(*this, typed_data_digest(domain_separator(), message), v, r, s);
    const u256 expected = use_nonce(signer);
    require(nonce == expected, votes::InvalidAccountNonce{signer, expected});
    votes::delegate(*this, signer, delegatee, balance_of(signer));
}

u256 VotingShares::available_balance_of(Address owner) const {
    const u256 free = saturating_sub(balance_of(owner), withheld(owner));
    return saturating_sub(free, holds::held(*this, owner));
}

void VotingShares::encumber(Address taker, u256 amount) {
    hold(sender(), taker, amount);
}

void VotingShares::encumber_from(Address owner, Address taker, u256 amount) {
    spend_allowance(owner, sender(), amount);
    hold(owner, taker, amount);
}

/// A hold is a promise that the taker can take: who could not send cannot give one.
void VotingShares::hold(const Address& owner, const Address& taker, const u256& amount) {
    require_holds();
    require_can_pledge(owner);
    const u256 available = available_balance_of(owner);
    require(amount <= available, holds::InsufficientAvailable{owner, available, amount});
    holds::encumber(*this, owner, taker, amount);
}

void VotingShares::release(Address owner, u256 amount) {
    holds::release(*this, owner, sender(), amount);
}

bool VotingShares::supports_interface(Selector id) const {
    constexpr Selector votes_id =
        interface_id<"getVotes(address)", "getPastVotes(address,uint256)",
                     "getPastTotalSupply(uint256)", "delegates(address)", "delegate(address)",
                     "delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32)">();
    constexpr Selector clock_id = interface_id<"clock()", "CLOCK_MODE()">();
    constexpr Selector votes_and_clock_id =
        interface_id<"getVotes(address)", "getPastVotes(address,uint256)",
                     "getPastTotalSupply(uint256)", "delegates(address)", "delegate(address)",
                     "delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32)", "clock()",
                     "CLOCK_MODE()">();
    constexpr Selector holds_id =
        interface_id<"encumberedBalanceOf(address)", "encumbrances(address,address)",
                     "encumber(address,uint256)", "encumberFrom(address,address,uint256)",
                     "release(address,uint256)", "availableBalanceOf(address)">();
    if (id == votes_id || id == clock_id || id == votes_and_clock_id) return has_votes();
    if (id == holds_id) return has_holds();
    return AssetToken::supports_interface(id);
}

std::optional<std::string> VotingShares::broken_votes_or_holds() const {
    std::map<Address, u256> balances;
    std::map<Address, votes::Holding> holdings;
    for (const auto& [account, gain] : gains()) {
        if (account == Address{}) continue;
        balances[account] = balance_of(account);
        holdings[account] = {balance_before(account), balance_of(account)};
    }
    for (const Address& account : votes::delegators(*this))
        holdings[account] = {balance_before(account), balance_of(account)};
    if (auto broken = holds::broken_invariant(*this, balances)) return broken;
    if (!has_votes()) return std::nullopt;
    return votes::broken_invariant(*this, holdings, total_supply());
}

}  // namespace plume

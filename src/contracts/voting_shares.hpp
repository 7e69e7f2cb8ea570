// VotingShares: an AssetToken whose units vote and can be held for takers (votes.hpp, holds.hpp).
//
// ERC-5805, ERC-6372 and ERC-7246, for tokens and for the shares of vaults alike: who pledges his
// shares keeps voting with them, and whatever else they bring. A contract that derives from this
// one says whether it has votes and holds, and what else keeps units from being moved.
//
// Invariants, held after every transaction, beside those of AssetToken: H-1 and H-2 of holds.hpp,
// and G-3 and G-7 of votes.hpp where there are votes.
#pragma once

#include "contracts/holds.hpp"
#include "contracts/token.hpp"
#include "contracts/votes.hpp"

namespace plume {

class VotingShares : public AssetToken {
public:
    using AssetToken::AssetToken;

    /// A taker takes of his hold first, and of an allowance what is beyond it.
    bool transfer_from(Address from, Address to, u256 value);

    // ERC-5805 and ERC-6372.
    u48 clock() const { return votes::clock(*this); }
    std::string clock_mode() const { return std::string(votes::clock_mode); }
    u256 get_votes(Address account) const { return votes::current(*this, account); }
    u256 get_past_votes(Address account, u256 timepoint) const {
        return votes::past(*this, account, timepoint);
    }
    u256 get_past_total_supply(u256 timepoint) const { return votes::past_total(*this, timepoint); }
    Address delegates(Address account) const { return votes::delegate_of(*this, account); }
    void delegate(Address delegatee);
    void delegate_by_sig(Address delegatee, u256 nonce, u256 expiry, uint8_t v, Hash r, Hash s);
    uint32_t num_checkpoints(Address account) const {
        return votes::checkpoint_count(*this, account);
    }
    Checkpoint checkpoints(Address account, uint32_t position) const {
        return votes::checkpoint(*this, account, position);
    }

    // ERC-7246.
    u256 encumbered_balance_of(Address owner) const { return holds::held(*this, owner); }
    u256 encumbrances(Address owner, Address taker) const {
        return holds::held_by(*this, owner, taker);
    }
    /// What the owner himself may move.
    u256 available_balance_of(Address owner) const;
    std::vector<Address> takers_of(Address owner) const { return holds::takers(*this, owner); }
    void encumber(Address taker, u256 amount);
    /// By who is allowed as much; it is used up.
    void encumber_from(Address owner, Address taker, u256 amount);
    void release(Address owner, u256 amount);

    bool supports_interface(Selector id) const;

    static constexpr auto taking =
        Methods<Method<"transferFrom(address from, address to, uint256 value) returns (bool)",
                       &VotingShares::transfer_from>>{};
    static constexpr auto voting = Methods<
        Method<"clock() view returns (uint48)", &VotingShares::clock>,
        Method<"CLOCK_MODE() view returns (string)", &VotingShares::clock_mode>,
        Method<"getVotes(address account) view returns (uint256)", &VotingShares::get_votes>,
        Method<"getPastVotes(address account, uint256 timepoint) view returns (uint256)",
               &VotingShares::get_past_votes>,
        Method<"getPastTotalSupply(uint256 timepoint) view returns (uint256)",
               &VotingShares::get_past_total_supply>,
        Method<"delegates(address account) view returns (address)", &VotingShares::delegates>,
        Method<"delegate(address delegatee)", &VotingShares::delegate>,
        Method<"delegateBySig(address delegatee, uint256 nonce, uint256 expiry, uint8 v, bytes32 "
               "r, bytes32 s)",
               &VotingShares::delegate_by_sig>,
        Method<"numCheckpoints(address account) view returns (uint32)",
               &VotingShares::num_checkpoints>,
        Method<"checkpoints(address account, uint32 pos) view returns ((uint48 _key, uint208 "
               "_value))",
               &VotingShares::checkpoints>>{};
    static constexpr auto holding = Methods<
        Method<"encumberedBalanceOf(address owner) view returns (uint256)",
               &VotingShares::encumbered_balance_of>,
        Method<"encumbrances(address owner, address taker) view returns (uint256)",
               &VotingShares::encumbrances>,
        Method<"availableBalanceOf(address owner) view returns (uint256)",
               &VotingShares::available_balance_of>,
        Method<"takersOf(address owner) view returns (address[])", &VotingShares::takers_of>,
        Method<"encumber(address taker, uint256 amount)", &VotingShares::encumber>,
        Method<"encumberFrom(address owner, address taker, uint256 amount)",
               &VotingShares::encumber_from>,
        Method<"release(address owner, uint256 amount)", &VotingShares::release>>{};
    static constexpr auto voting_and_holding_declarations =
        Declarations<votes::DelegateChanged, votes::DelegateVotesChanged, holds::Encumber,
                     holds::Release, votes::ERC5805FutureLookup, votes::VotesExpiredSignature,
                     votes::InvalidAccountNonce, votes::ERC20ExceededSafeSupply,
                     holds::InsufficientAvailable, holds::InsufficientHold, holds::TooManyTakers,
                     holds::InvalidTaker>{};

protected:
    virtual bool has_votes() const { return true; }
    virtual bool has_holds() const { return true; }
    /// Refuses what needs votes, or holds, where there are none.
    virtual void require_votes() const {}
    virtual void require_holds() const {}
    /// Refuses a hold on units of who could not send them.
    virtual void require_can_pledge(const Address& /*owner*/) const {}
    /// What of an account has to stay for other reasons than holds.
    virtual u256 withheld(const Address& /*owner*/) const { return {}; }

    /// Keeps what is held, and releases what a taker takes.
    void on_move(const Address& from, const Address& to, const u256& value) override;
    void on_moved(const Address& from, const Address& to, const u256& value) override;
    /// How much of the movement under way a taker takes of his hold. An object lives for one call.
    const u256& taken() const { return taken_; }
    void release_taken(const Address& from);
    std::optional<std::string> broken_votes_or_holds() const;

private:
    void hold(const Address& owner, const Address& taker, const u256& amount);

    u256 taken_;
};

}  // namespace plume

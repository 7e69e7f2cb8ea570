// A world with a pool of euros that takes requests, and short ways to use it: see pools.hpp.
#pragma once

#include "contracts/queued_pool.hpp"
#include "support/pools.hpp"

namespace plume::test {

class QueuedPoolWorld : public PoolWorld {
public:
    static constexpr uint64_t patience_seconds = 7 * 86'400;

    explicit QueuedPoolWorld(std::vector<NativeType> more = {},
                             std::string_view type = "QueuedPool")
        : PoolWorld(std::move(more)) {
        use(make_queued(terms(), patience_seconds, type).value<Address>());
        next_block();
    }

    Outcome make_queued(const PoolTerms& terms, uint64_t patience,
                        std::string_view type = "QueuedPool") {
        return create(issuer(), type, next_salt(), terms, patience);
    }

    Outcome request_deposit(const Address& who, const u256& assets) {
        return send<"requestDeposit(uint256,address,address)">(who, pool(), assets, who, who);
    }
    Outcome request_redeem(const Address& who, const u256& shares) {
        return send<"requestRedeem(uint256,address,address)">(who, pool(), shares, who, who);
    }
    Outcome fulfill_deposits(const u256& most = u256_max) {
        return send<"fulfillDeposits(uint256)">(operator_account(), pool(), most);
    }
    Outcome fulfill_redeems(const u256& most = u256_max) {
        return send<"fulfillRedeems(uint256)">(operator_account(), pool(), most);
    }
    /// A block of a later second, in which requests of before can be answered.
    void later() { advance(1); }

    Outcome claim_deposit(const Address& who, const u256& assets) { return deposit(who, assets); }
    Outcome cancel_deposit(const Address& who) {
        return send<"cancelDepositRequest(uint256,address)">(who, pool(), u256{}, who);
    }
    Outcome cancel_redeem(const Address& who) {
        return send<"cancelRedeemRequest(uint256,address)">(who, pool(), u256{}, who);
    }
    Outcome claim_cancelled_deposit(const Address& who) {
        return send<"claimCancelDepositRequest(uint256,address,address)">(who, pool(), u256{}, who,
                                                                          who);
    }
    Outcome claim_cancelled_redeem(const Address& who) {
        return send<"claimCancelRedeemRequest(uint256,address,address)">(who, pool(), u256{}, who,
                                                                         who);
    }
    /// Asks, has it answered and claims: as many shares as that comes to.
    u256 come(const Address& who, const u256& assets) {
        request_deposit(who, assets);
        later();
        fulfill_deposits();
        const u256 shares = number<"maxMint(address)">(who);
        mint(who, shares);
        return shares;
    }
    /// The other way: what is paid for the shares, as far as there is cash.
    u256 go(const Address& who, const u256& shares) {
        request_redeem(who, shares);
        later();
        fulfill_redeems();
        const u256 assets = number<"maxWithdraw(address)">(who);
        withdraw(who, assets);
        return assets;
    }

    u256 pending_deposit(const Address& who) {
        return number<"pendingDepositRequest(uint256,address)">(u256{}, who);
    }
    u256 claimable_deposit(const Address& who) {
        return number<"claimableDepositRequest(uint256,address)">(u256{}, who);
    }
    u256 cancelled_deposit(const Address& who) {
        return number<"claimableCancelDepositRequest(uint256,address)">(u256{}, who);
    }
    u256 pending_redeem(const Address& who) {
        return number<"pendingRedeemRequest(uint256,address)">(u256{}, who);
    }
    u256 claimable_redeem(const Address& who) {
        return number<"claimableRedeemRequest(uint256,address)">(u256{}, who);
    }
    u256 cancelled_redeem(const Address& who) {
        return number<"claimableCancelRedeemRequest(uint256,address)">(u256{}, who);
    }
    u256 reserved() { return number<"reservedAssets()">(); }
};

}  // namespace plume::test

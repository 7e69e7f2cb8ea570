// QueuedPool, template "Vault.QueuedPool": a pooled vault over assets that cannot be turned into
// cash at any moment. Deposits and redemptions are requested, and answered when the pool can.
//
// ERC-7540, both ways asynchronous, with ERC-7575 and the cancelling of ERC-7887; books, lending
// and prices are those of pool.hpp. That a pool is one of these is settled by its template.
//
//   requestDeposit ──► pending ── fulfillDeposits ──► claimable ── deposit, mint ──► shares
//   requestRedeem  ──► pending ── fulfillRedeems  ──► claimable ── redeem, withdraw ──► assets
//                         └── cancel…Request ──► returned ── claimCancel…Request ──► it is back
//
// Requests have the id 0: each controller's are added up (request_queue.hpp). Requests wait in the
// order in which they were made, and are answered in it, in part where there is not enough: nobody
// is preferred. All that one call answers is answered at one price, the pool's of that moment, and
// each is rounded down, for those who stay. From then on it is fixed: assets that are paid for
// leave the books and shares that are given are made, and the pool keeps both for their claimers.
// A deposit is charged what its shares cost, and a part of a redemption what its assets cost. What
// is not worth a share, or a unit, is given back as if it were cancelled.
//
// Who answers: the operator, so that nobody is let in at a price that he is about to correct; a
// request of this second never, so that none is made and answered around a change of the price. A
// redemption that has waited for `patience` anyone may have answered from the cash, and until it is
// nothing is lent (V-10). For a day after a loss is told of nobody is answered. A deposit may wait
// for ever, but everything pending can be cancelled at any time, without the operator or a live
// record, and had at once.
//
// What is requested is no asset of the pool's: pending deposits are in no price and are not lent,
// nor are they at risk; shares pending redemption bear profit and loss until they are answered.
//
// An operator of a controller (`setOperator`), who is somebody else than the pool's own operator,
// may do all that the controller may, and take his assets, if approved, and his shares into
// requests: he is to be trusted with both. Who has an allowance may request the redemption of as
// many shares.
//
// Invariants, held after every transaction, beside those of Pool:
//   V-8  of request_queue.hpp; the pool has exactly the shares, and its asset covers
//        with the cash the assets, that its requests add up to.
//   V-3  what was taken from another into a request, and what was claimed for another, was so with
//        his allowance or by his operator.
#pragma once

#include "contracts/pool.hpp"
#include "contracts/request_queue.hpp"

namespace plume {

class QueuedPool : public Pool {
public:
    using Pool::Pool;

    /// How many requests, answered or cancelled, one call goes through.
    static constexpr uint64_t fulfill_max = 64;
    static constexpr uint64_t patience_min_seconds = 86'400;
    static constexpr uint64_t patience_max_seconds = 2ull * 365 * 86'400;
    /// For so long after a loss is told of nothing is answered: who waits can cancel meanwhile, and
    /// no loss is feared for the sake of one answer.
    static constexpr uint64_t notice_seconds = 86'400;
    /// The id of every request.
    static constexpr u256 request_id{};

    // ERC-7540.
    using DepositRequest = Event<
        "DepositRequest(address indexed controller, address indexed owner, uint256 indexed "
        "requestId, address sender, uint256 assets)",
        Address, Address, u256, Address, u256>;
    using RedeemRequest = Event<
        "RedeemRequest(address indexed controller, address indexed owner, uint256 indexed "
        "requestId, address sender, uint256 shares)",
        Address, Address, u256, Address, u256>;
    using OperatorSet =
        Event<"OperatorSet(address indexed controller, address indexed operator, bool approved)",
              Address, Address, bool>;
    // ERC-7887.
    using CancelDepositRequest = Event<
        "CancelDepositRequest(address indexed controller, uint256 indexed requestId, address "
        "sender)",
        Address, u256, Address>;
    using CancelDepositClaim = Event<
        "CancelDepositClaim(address indexed controller, address indexed receiver, uint256 indexed "
        "requestId, address sender, uint256 assets)",
        Address, Address, u256, Address, u256>;
    using CancelRedeemRequest = Event<
        "CancelRedeemRequest(address indexed controller, uint256 indexed requestId, address "
        "sender)",
        Address, u256, Address>;
    using CancelRedeemClaim = Event<
        "CancelRedeemClaim(address indexed controller, address indexed receiver, uint256 indexed "
        "requestId, address sender, uint256 shares)",
        Address, Address, u256, Address, u256>;
    /// Claimable from now on: `shares` for `assets`, or the other way round.
    using DepositFulfilled =
        Event<"DepositFulfilled(address indexed controller, uint256 assets, uint256 shares)",
              Address, u256, u256>;
    using RedeemFulfilled =
        Event<"RedeemFulfilled(address indexed controller, uint256 shares, uint256 assets)",
              Address, u256, u256>;
    /// Not worth a share, or a unit: to be had back like what is cancelled.
    using DepositReturned =
        Event<"DepositReturned(address indexed controller, uint256 assets)", Address, u256>;
    using RedeemReturned =
        Event<"RedeemReturned(address indexed controller, uint256 shares)", Address, u256>;

    using PatienceInvalid = CustomError<"PatienceInvalid(uint64 patience, uint64 min, uint64 max)",
                                        uint64_t, uint64_t, uint64_t>;
    /// Previews of an asynchronous vault are refused, whatever they ask (ERC-7540).
    using PreviewUnavailable = CustomError<"PreviewUnavailable()">;
    /// Neither the account itself nor an operator of its.
    using NotAuthorized =
        CustomError<"NotAuthorized(address account, address caller)", Address, Address>;
    /// Nobody, or the pool itself, could never claim.
    using InvalidController = CustomError<"InvalidController(address controller)", Address>;
    using NothingRequested = CustomError<"NothingRequested()">;
    using NothingPending =
        CustomError<"NothingPending(uint256 requestId, address controller)", u256, Address>;
    using NothingToClaim =
        CustomError<"NothingToClaim(uint256 requestId, address controller)", u256, Address>;
    /// A redemption of `since` has waited too long: call `fulfillRedeems` before anything is lent.
    using RedemptionsFirst = CustomError<"RedemptionsFirst(uint64 since)", uint64_t>;

    void construct(PoolTerms terms, uint64_t patience_seconds);

    // Requests. What is asked for is the owner's, whom the caller must be or act for.
    u256 request_deposit(u256 assets, Address controller, Address owner);
    u256 request_redeem(u256 shares, Address controller, Address owner);
    u256 pending_deposit(u256 id, Address controller) const;
    u256 claimable_deposit(u256 id, Address controller) const;
    u256 pending_redeem(u256 id, Address controller) const;
    u256 claimable_redeem(u256 id, Address controller) const;
    bool is_operator(Address controller, Address account) const {
        return get(operators_[controller][account]);
    }
    bool set_operator(Address account, bool approved);

    // Answers. Both go through at most `fulfill_max` requests, from the oldest on, and return how
    // much of `most` they have answered; nothing when nothing is to be done.
    /// By the pool's operator, while the record lives.
    u256 fulfill_deposits(u256 most);
    /// By the pool's operator; by anyone, what has waited long enough.
    u256 fulfill_redeems(u256 most);

    // Claims, by the controller or an operator of his.
    u256 claim_deposit(u256 assets, Address receiver, Address controller);
    u256 claim_mint(u256 shares, Address receiver, Address controller);
    u256 claim_own_deposit(u256 assets, Address receiver) {
        return claim_deposit(assets, receiver, sender());
    }
    u256 claim_own_mint(u256 shares, Address receiver) {
        return claim_mint(shares, receiver, sender());
    }
    u256 claim_withdraw(u256 assets, Address receiver, Address controller);
    u256 claim_redeem(u256 shares, Address receiver, Address controller);

    // Cancelling, by the same: what is pending can be had back at once, so that a cancellation is
    // never pending.
    void cancel_deposit(u256 id, Address controller);
    void cancel_redeem(u256 id, Address controller);
    bool is_cancel_pending(u256 /*id*/, Address /*controller*/) const { return false; }
    u256 cancelled_deposit(u256 id, Address controller) const;
    u256 cancelled_redeem(u256 id, Address controller) const;
    void claim_cancelled_deposit(u256 id, Address receiver, Address controller);
    void claim_cancelled_redeem(u256 id, Address receiver, Address controller);

    // ERC-4626, of what is claimable.
    u256 max_claim_deposit(Address controller) const;
    u256 max_claim_mint(Address controller) const;
    u256 max_claim_withdraw(Address controller) const;
    u256 max_claim_redeem(Address controller) const;
    u256 no_preview(u256 /*amount*/) const { refuse(PreviewUnavailable{}); }

    /// Refused while a redemption has waited for too long.
    void lend(Address to, u256 amount, Hash ref);
    /// Begins the notice.
    void fear(u256 loss);
    /// The second from which on requests are answered; 0 when no loss has ever been feared.
    uint64_t answers_from() const { return get(answers_from_); }

    uint64_t patience() const { return get(patience_); }
    /// Pending, returned, and of what is claimable: brought, and due for it.
    std::tuple<u256, u256, u256, u256> deposits_of_all() const { return sums(deposits_); }
    std::tuple<u256, u256, u256, u256> redeems_of_all() const { return sums(redeems_); }
    /// Assets that are kept for requests, and are in no price.
    u256 reserved_assets() const { return reserved(); }
    /// Shares that are kept for requests.
    u256 reserved_shares() const;

    bool supports_interface(Selector id) const;
    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<
        "constructor((string name, string symbol, bytes32 record, address asset, address "
        "operator, uint128 principalMax) terms, uint64 patienceSeconds)",
        &QueuedPool::construct>{};
    static constexpr auto claims = Methods<
        Method<"asset() view returns (address)", &QueuedPool::asset>,
        Method<"totalAssets() view returns (uint256)", &QueuedPool::total_assets>,
        Method<"convertToShares(uint256 assets) view returns (uint256)",
               &QueuedPool::convert_to_shares>,
        Method<"convertToAssets(uint256 shares) view returns (uint256)",
               &QueuedPool::convert_to_assets>,
        Method<"maxDeposit(address controller) view returns (uint256)",
               &QueuedPool::max_claim_deposit>,
        Method<"maxMint(address controller) view returns (uint256)", &QueuedPool::max_claim_mint>,
        Method<"maxWithdraw(address controller) view returns (uint256)",
               &QueuedPool::max_claim_withdraw>,
        Method<"maxRedeem(address controller) view returns (uint256)",
               &QueuedPool::max_claim_redeem>,
        Method<"previewDeposit(uint256 assets) view returns (uint256)", &QueuedPool::no_preview>,
        Method<"previewMint(uint256 shares) view returns (uint256)", &QueuedPool::no_preview>,
        Method<"previewWithdraw(uint256 assets) view returns (uint256)", &QueuedPool::no_preview>,
        Method<"previewRedeem(uint256 shares) view returns (uint256)", &QueuedPool::no_preview>,
        Method<"deposit(uint256 assets, address receiver) returns (uint256 shares)",
               &QueuedPool::claim_own_deposit>,
        Method<"mint(uint256 shares, address receiver) returns (uint256 assets)",
               &QueuedPool::claim_own_mint>,
        Method<"withdraw(uint256 assets, address receiver, address controller) returns (uint256 "
               "shares)",
               &QueuedPool::claim_withdraw>,
        Method<"redeem(uint256 shares, address receiver, address controller) returns (uint256 "
               "assets)",
               &QueuedPool::claim_redeem>>{};
    static constexpr auto operators = Methods<
        Method<"isOperator(address controller, address operator) view returns (bool status)",
               &QueuedPool::is_operator>,
        Method<"setOperator(address operator, bool approved) returns (bool success)",
               &QueuedPool::set_operator>>{};
    static constexpr auto deposit_requests = Methods<
        Method<"requestDeposit(uint256 assets, address controller, address owner) returns "
               "(uint256 requestId)",
               &QueuedPool::request_deposit>,
        Method<"pendingDepositRequest(uint256 requestId, address controller) view returns "
               "(uint256 assets)",
               &QueuedPool::pending_deposit>,
        Method<"claimableDepositRequest(uint256 requestId, address controller) view returns "
               "(uint256 assets)",
               &QueuedPool::claimable_deposit>,
        Method<"deposit(uint256 assets, address receiver, address controller) returns (uint256 "
               "shares)",
               &QueuedPool::claim_deposit>,
        Method<"mint(uint256 shares, address receiver, address controller) returns (uint256 "
               "assets)",
               &QueuedPool::claim_mint>>{};
    static constexpr auto redeem_requests = Methods<
        Method<"requestRedeem(uint256 shares, address controller, address owner) returns "
               "(uint256 requestId)",
               &QueuedPool::request_redeem>,
        Method<"pendingRedeemRequest(uint256 requestId, address controller) view returns (uint256 "
               "shares)",
               &QueuedPool::pending_redeem>,
        Method<"claimableRedeemRequest(uint256 requestId, address controller) view returns "
               "(uint256 shares)",
               &QueuedPool::claimable_redeem>>{};
    static constexpr auto deposit_cancelling = Methods<
        Method<"cancelDepositRequest(uint256 requestId, address controller)",
               &QueuedPool::cancel_deposit>,
        Method<"pendingCancelDepositRequest(uint256 requestId, address controller) view returns "
               "(bool isPending)",
               &QueuedPool::is_cancel_pending>,
        Method<"claimableCancelDepositRequest(uint256 requestId, address controller) view returns "
               "(uint256 assets)",
               &QueuedPool::cancelled_deposit>,
        Method<"claimCancelDepositRequest(uint256 requestId, address receiver, address "
               "controller)",
               &QueuedPool::claim_cancelled_deposit>>{};
    static constexpr auto redeem_cancelling = Methods<
        Method<"cancelRedeemRequest(uint256 requestId, address controller)",
               &QueuedPool::cancel_redeem>,
        Method<"pendingCancelRedeemRequest(uint256 requestId, address controller) view returns "
               "(bool isPending)",
               &QueuedPool::is_cancel_pending>,
        Method<"claimableCancelRedeemRequest(uint256 requestId, address controller) view returns "
               "(uint256 shares)",
               &QueuedPool::cancelled_redeem>,
        Method<"claimCancelRedeemRequest(uint256 requestId, address receiver, address controller)",
               &QueuedPool::claim_cancelled_redeem>>{};
    static constexpr auto abi =
        Pool::share_abi + claims + Pool::share_of + Pool::vault_of + operators + deposit_requests +
        redeem_requests + deposit_cancelling + redeem_cancelling + Pool::lending +
        Methods<Method<"supportsInterface(bytes4 id) view returns (bool)",
                       &QueuedPool::supports_interface>,
                Method<"fund(address to, uint256 amount, bytes32 ref)", &QueuedPool::lend>,
                Method<"impair(uint256 loss)", &QueuedPool::fear>,
                Method<"answersFrom() view returns (uint64)", &QueuedPool::answers_from>,
                Method<"fulfillDeposits(uint256 most) returns (uint256 assets)",
                       &QueuedPool::fulfill_deposits>,
                Method<"fulfillRedeems(uint256 most) returns (uint256 shares)",
                       &QueuedPool::fulfill_redeems>,
                Method<"patience() view returns (uint64)", &QueuedPool::patience>,
                Method<"depositRequests() view returns (uint256 pending, uint256 returned, uint256 "
                       "claimable, uint256 shares)",
                       &QueuedPool::deposits_of_all>,
                Method<"redeemRequests() view returns (uint256 pending, uint256 returned, uint256 "
                       "claimable, uint256 assets)",
                       &QueuedPool::redeems_of_all>,
                Method<"reservedAssets() view returns (uint256)", &QueuedPool::reserved_assets>,
                Method<"reservedShares() view returns (uint256)", &QueuedPool::reserved_shares>>{};
    static constexpr auto declarations =
        Pool::declarations +
        Declarations<DepositRequest, RedeemRequest, OperatorSet, CancelDepositRequest,
                     CancelDepositClaim, CancelRedeemRequest, CancelRedeemClaim, DepositFulfilled,
                     RedeemFulfilled, DepositReturned, RedeemReturned, PatienceInvalid,
                     PreviewUnavailable, NotAuthorized, InvalidController, NothingRequested,
                     NothingPending, NothingToClaim, RedemptionsFirst>{};

protected:
    using Queue = request_queue::Queue;

    /// Only requests bring the pool shares of its own.
    void on_move(const Address& from, const Address& to, const u256& value) override {
        if (is_kept_)
            VotingShares::on_move(from, to, value);
        else
            Pool::on_move(from, to, value);
    }
    void add_entry_or_exit(Flows& moved, const Log& log) const override;
    u256 reserved() const override;
    u256 reserved_before() const override;
    /// Moves shares into the pool's keeping, or makes them there.
    void keep_shares(const Address& from, const u256& shares);
    void require_may_act_for(const Address& controller) const;

    static constexpr Queue deposits_{{24}};
    static constexpr Queue redeems_{{29}};
    static constexpr Map<Address, Map<Address, bool>> operators_{34};
    static constexpr Slot<uint64_t> patience_{35};
    static constexpr Slot<uint64_t> answers_from_{36};

private:
    struct Price;
    /// What both sides' events say of whom.
    struct Requests;

    Price price_of_deposits() const;
    Price price_of_redemptions() const;
    std::tuple<u256, u256, u256, u256> sums(const Queue& queue) const;
    void require_controller(const Address& controller) const;
    Requests requests() const;
    std::optional<std::string> broken_reserves() const;
    std::optional<std::string> broken_permissions() const;
    bool was_operator(const Address& controller, const Address& account) const;

    bool is_kept_ = false;  ///< an object lives for one call
};

}  // namespace plume

#include "contracts/queued_pool.hpp"

#include <algorithm>
#include <array>

#include "contracts/types.hpp"

namespace plume {

using request_queue::Amounts;

/// So many units to be had for so many others.
struct QueuedPool::Price {
    u256 given;
    u256 taken;

    u256 of(const u256& amount) const { return mul_div_down(amount, given, taken); }
    /// What has to be paid for `amount` of what is given.
    u256 cost(const u256& amount) const { return mul_div_up(amount, taken, given); }
    /// The most that comes to at most `given_max`, of `amount`.
    u256 affordable(const u256& amount, const u256& given_max) const {
        if (of(amount) <= given_max) return amount;
        // There is a unit in `amount` that is too much, so that this is less than 2^256.
        return mul_div_up(given_max + u256{1u}, taken, given) - u256{1u};
    }
};

void QueuedPool::construct(PoolTerms terms, uint64_t patience_seconds) {
    require(terms.operator_ != Address{}, TermsInvalid{"operator"});
    require(patience_seconds >= patience_min_seconds && patience_seconds <= patience_max_seconds,
            PatienceInvalid{patience_seconds, patience_min_seconds, patience_max_seconds});
    Pool::construct(std::move(terms));
    set(patience_, patience_seconds);
}

QueuedPool::Price QueuedPool::price_of_deposits() const {
    return {.given = total_supply() + virtual_shares, .taken = total_assets() + virtual_assets};
}

QueuedPool::Price QueuedPool::price_of_redemptions() const {
    return {.given = net_assets() + virtual_assets, .taken = total_supply() + virtual_shares};
}

void QueuedPool::require_may_act_for(const Address& controller) const {
    require(sender() == controller || is_operator(controller, sender()),
            NotAuthorized{controller, sender()});
}

void QueuedPool::require_controller(const Address& controller) const {
    require(controller != Address{} && controller != self(), InvalidController{controller});
}

void QueuedPool::keep_shares(const Address& from, const u256& shares) {
    is_kept_ = true;
    move(from, self(), shares);
    is_kept_ = false;
}

u256 QueuedPool::request_deposit(u256 assets, Address controller, Address owner) {
    require_may_act_for(owner);
    require_controller(controller);
    require(!assets.is_zero(), NothingRequested{});
    record::require_live(*this, record());
    pull(owner, assets);
    request_queue::add(*this, deposits_, controller, assets);
    emit(DepositRequest{controller, owner, request_id, sender(), assets});
    return request_id;
}

u256 QueuedPool::request_redeem(u256 shares, Address controller, Address owner) {
    require(owner != Address{}, ERC20InvalidSender{owner});
    require_controller(controller);
    require(!shares.is_zero(), NothingRequested{});
    if (sender() != owner && !is_operator(owner, sender()))
        spend_allowance(owner, sender(), shares);
    keep_shares(owner, shares);
    request_queue::add(*this, redeems_, controller, shares);
    emit(RedeemRequest{controller, owner, request_id, sender(), shares});
    return request_id;
}

bool QueuedPool::set_operator(Address account, bool approved) {
    set(operators_[sender()][account], approved);
    emit(OperatorSet{sender(), account, approved});
    return true;
}

u256 QueuedPool::fulfill_deposits(u256 most) {
    require_operator();
    record::require_live(*this, record());
    if (now() < answers_from()) return {};
    const Price price = price_of_deposits();
    const u256 limit = std::min(most, room());
    u256 brought;
    u256 given;
    for (uint64_t i = 0; i < fulfill_max; ++i) {
        const auto request = request_queue::first(*this, deposits_);
        if (!request || request->time >= now()) break;
        if (request->amount.is_zero()) {
            request_queue::pass(*this, deposits_);
            continue;
        }
        const u256 part = std::min(request->amount, limit - brought);
        const u256 shares = price.of(part);
        if (shares.is_zero()) {
            if (part < request->amount) break;  // All of it may be worth a share.
            request_queue::give_back(*this, deposits_);
            emit(DepositReturned{request->controller, part});
            continue;
        }
        // Not for more than they cost: where a share is worth many units, the rest is his.
        const u256 assets = price.cost(shares);
        request_queue::fulfill(*this, deposits_, assets, shares);
        emit(DepositFulfilled{request->controller, assets, shares});
        brought += assets;
        given += shares;
    }
    if (brought.is_zero()) return brought;
    set_cash(checked_add(cash(), brought));
    keep_shares({}, given);
    return brought;
}

u256 QueuedPool::fulfill_redeems(u256 most) {
    if (now() < answers_from()) return {};
    const uint64_t needed_seconds = sender() == operator_account() ? 1 : patience();
    const Price price = price_of_redemptions();
    const Price unfeared{.given = total_assets() + virtual_assets, .taken = price.taken};
    u256 brought;
    u256 given;
    for (uint64_t i = 0; i < fulfill_max; ++i) {
        const auto request = request_queue::first(*this, redeems_);
        if (!request || now() - request->time < needed_seconds) break;
        if (request->amount.is_zero()) {
            request_queue::pass(*this, redeems_);
            continue;
        }
        const u256 part =
            price.affordable(std::min(request->amount, most - brought), cash() - given);
        const u256 assets = price.of(part);
        if (assets.is_zero()) {
            // All of it may be worth a unit, or will be when the loss that is feared has not come.
            if (part < request->amount || !unfeared.of(part).is_zero()) break;
            request_queue::give_back(*this, redeems_);
            emit(RedeemReturned{request->controller, part});
            continue;
        }
        // Many small answers take no more than one: a part is charged what its assets cost.
        const u256 shares = part < request->amount ? price.cost(assets) : part;
        request_queue::fulfill(*this, redeems_, shares, assets);
        emit(RedeemFulfilled{request->controller, shares, assets});
        brought += shares;
        given += assets;
    }
    if (brought.is_zero()) return brought;
    set_cash(checked_sub(cash(), given));
    move(self(), {}, brought);
    return brought;
}

u256 QueuedPool::claim_deposit(u256 assets, Address receiver, Address controller) {
    require_may_act_for(controller);
    const u256 most = max_claim_deposit(controller);
    require(assets <= most, ERC4626ExceededMaxDeposit{controller, assets, most});
    const u256 shares = request_queue::claim_brought(*this, deposits_, controller, assets);
    move_between(self(), receiver, shares);
    emit(Deposit{controller, receiver, assets, shares});
    return shares;
}

u256 QueuedPool::claim_mint(u256 shares, Address receiver, Address controller) {
    require_may_act_for(controller);
    const u256 most = max_claim_mint(controller);
    require(shares <= most, ERC4626ExceededMaxMint{controller, shares, most});
    const u256 assets = request_queue::claim_due(*this, deposits_, controller, shares);
    move_between(self(), receiver, shares);
    emit(Deposit{controller, receiver, assets, shares});
    return assets;
}

u256 QueuedPool::claim_withdraw(u256 assets, Address receiver, Address controller) {
    require_may_act_for(controller);
    require(receiver != Address{} && receiver != self(), ERC20InvalidReceiver{receiver});
    const u256 most = max_claim_withdraw(controller);
    require(assets <= most, ERC4626ExceededMaxWithdraw{controller, assets, most});
    const u256 shares = request_queue::claim_due(*this, redeems_, controller, assets);
    send(receiver, assets);
    emit(Withdraw{sender(), receiver, controller, assets, shares});
    return shares;
}

u256 QueuedPool::claim_redeem(u256 shares, Address receiver, Address controller) {
    require_may_act_for(controller);
    require(receiver != Address{} && receiver != self(), ERC20InvalidReceiver{receiver});
    const u256 most = max_claim_redeem(controller);
    require(shares <= most, ERC4626ExceededMaxRedeem{controller, shares, most});
    const u256 assets = request_queue::claim_brought(*this, redeems_, controller, shares);
    send(receiver, assets);
    emit(Withdraw{sender(), receiver, controller, assets, shares});
    return assets;
}

void QueuedPool::cancel_deposit(u256 id, Address controller) {
    require_may_act_for(controller);
    require(!pending_deposit(id, controller).is_zero(), NothingPending{id, controller});
    request_queue::cancel(*this, deposits_, controller);
    emit(CancelDepositRequest{controller, request_id, sender()});
}

void QueuedPool::cancel_redeem(u256 id, Address controller) {
    require_may_act_for(controller);
    require(!pending_redeem(id, controller).is_zero(), NothingPending{id, controller});
    request_queue::cancel(*this, redeems_, controller);
    emit(CancelRedeemRequest{controller, request_id, sender()});
}

void QueuedPool::claim_cancelled_deposit(u256 id, Address receiver, Address controller) {
    require_may_act_for(controller);
    require(receiver != Address{} && receiver != self(), ERC20InvalidReceiver{receiver});
    require(!cancelled_deposit(id, controller).is_zero(), NothingToClaim{id, controller});
    const u256 assets = request_queue::claim_returned(*this, deposits_, controller);
    send(receiver, assets);
    emit(CancelDepositClaim{controller, receiver, request_id, sender(), assets});
}

void QueuedPool::claim_cancelled_redeem(u256 id, Address receiver, Address controller) {
    require_may_act_for(controller);
    require(!cancelled_redeem(id, controller).is_zero(), NothingToClaim{id, controller});
    const u256 shares = request_queue::claim_returned(*this, redeems_, controller);
    move_between(self(), receiver, shares);
    emit(CancelRedeemClaim{controller, receiver, request_id, sender(), shares});
}

void QueuedPool::lend(Address to, u256 amount, Hash ref) {
    const auto oldest = request_queue::first(*this, redeems_);
    require(!oldest || now() - oldest->time < patience(),
            RedemptionsFirst{oldest ? oldest->time : 0});
    fund(to, amount, ref);
}

void QueuedPool::fear(u256 loss) {
    impair(loss);
    if (!loss.is_zero()) set(answers_from_, now() + notice_seconds);
}

u256 QueuedPool::pending_deposit(u256 id, Address controller) const {
    return id == request_id ? u256{get(deposits_.of(controller).pending())} : u256{};
}

u256 QueuedPool::claimable_deposit(u256 id, Address controller) const {
    return id == request_id ? max_claim_deposit(controller) : u256{};
}

u256 QueuedPool::pending_redeem(u256 id, Address controller) const {
    return id == request_id ? u256{get(redeems_.of(controller).pending())} : u256{};
}

u256 QueuedPool::claimable_redeem(u256 id, Address controller) const {
    return id == request_id ? max_claim_redeem(controller) : u256{};
}

u256 QueuedPool::cancelled_deposit(u256 id, Address controller) const {
    return id == request_id ? u256{get(deposits_.of(controller).returned())} : u256{};
}

u256 QueuedPool::cancelled_redeem(u256 id, Address controller) const {
    return id == request_id ? u256{get(redeems_.of(controller).returned())} : u256{};
}

u256 QueuedPool::max_claim_deposit(Address controller) const {
    return u256{get(deposits_.of(controller).brought())};
}

u256 QueuedPool::max_claim_mint(Address controller) const {
    return u256{get(deposits_.of(controller).due())};
}

u256 QueuedPool::max_claim_withdraw(Address controller) const {
    return u256{get(redeems_.of(controller).due())};
}

u256 QueuedPool::max_claim_redeem(Address controller) const {
    return u256{get(redeems_.of(controller).brought())};
}

std::tuple<u256, u256, u256, u256> QueuedPool::sums(const Queue& queue) const {
    const auto all = request_queue::figures(*this, queue.sums());
    return {all.pending, all.returned, all.brought, all.due};
}

u256 QueuedPool::reserved() const {
    const Amounts in = deposits_.sums();
    return u256{get(in.pending())} + u256{get(in.returned())} + u256{get(redeems_.sums().due())};
}

u256 QueuedPool::reserved_before() const {
    const Amounts in = deposits_.sums();
    return u256{before(in.pending())} + u256{before(in.returned())} +
           u256{before(redeems_.sums().due())};
}

u256 QueuedPool::reserved_shares() const {
    const Amounts out = redeems_.sums();
    return u256{get(out.pending())} + u256{get(out.returned())} + u256{get(deposits_.sums().due())};
}

bool QueuedPool::supports_interface(Selector id) const {
    constexpr std::array all{operators.interface_id(), deposit_requests.interface_id(),
                             redeem_requests.interface_id(), deposit_cancelling.interface_id(),
                             redeem_cancelling.interface_id()};
    return std::ranges::find(all, id) != all.end() || Pool::supports_interface(id);
}

NativeType queued_pool_type() {
    return native_type<QueuedPool>(18, 1, "QueuedPool");
}

}  // namespace plume

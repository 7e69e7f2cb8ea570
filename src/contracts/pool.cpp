#include "contracts/pool.hpp"

#include <algorithm>
#include <array>

#include "contracts/types.hpp"

namespace plume {

namespace {

constexpr u256 book_limit = (u256{1u} << 128) - u256{1u};  // of the books, and of the supply

}  // namespace

void Pool::construct(PoolTerms terms) {
    record::require_live(*this, terms.record);
    require(terms.asset != self() && has_code(terms.asset), TermsInvalid{"asset"});
    const uint8_t decimals = erc20::Decimals::read(*this, terms.asset);
    require(decimals <= decimals_max, TermsInvalid{"decimals"});
    require(terms.operator_ != Address{} || terms.principal_max == u128{},
            TermsInvalid{"operator"});
    set_metadata(terms.name, terms.symbol, static_cast<uint8_t>(decimals + share_decimals_more),
                 terms.record);
    set(asset_, terms.asset);
    set(operator_, terms.operator_);
    set(principal_max_, terms.principal_max);
}

u256 Pool::preview_deposit(u256 assets) const {
    return mul_div_down(assets, total_supply() + virtual_shares, total_assets() + virtual_assets);
}

u256 Pool::preview_mint(u256 shares) const {
    return mul_div_up(shares, total_assets() + virtual_assets, total_supply() + virtual_shares);
}

u256 Pool::preview_withdraw(u256 assets) const {
    return mul_div_up(assets, total_supply() + virtual_shares, net_assets() + virtual_assets);
}

u256 Pool::preview_redeem(u256 shares) const {
    return mul_div_down(shares, net_assets() + virtual_assets, total_supply() + virtual_shares);
}

bool Pool::accepts(const Address& receiver) const {
    return receiver != Address{} && receiver != self() &&
           record::IsLive::read(*this, contracts::attestations, record());
}

u256 Pool::room() const {
    const u256 for_shares =
        saturating_mul_div(book_limit - total_supply(), total_assets() + virtual_assets,
                           total_supply() + virtual_shares);
    return std::min(book_limit - total_assets(), for_shares);
}

u256 Pool::max_deposit(Address receiver) const {
    return accepts(receiver) ? room() : u256{};
}

u256 Pool::max_mint(Address receiver) const {
    if (!accepts(receiver)) return {};
    const u256 room = book_limit - total_supply();
    const u256 for_assets =
        saturating_mul_div(book_limit - total_assets(), total_supply() + virtual_shares,
                           total_assets() + virtual_assets);
    return std::min(room, for_assets);
}

u256 Pool::max_withdraw(Address owner) const {
    return std::min(cash(), preview_redeem(available_balance_of(owner)));
}

/// The most shares that are worth less than a unit more than the cash.
u256 Pool::max_redeem(Address owner) const {
    const u256 owned = available_balance_of(owner);
    if (preview_redeem(owned) <= cash()) return owned;
    const u256 supply = total_supply() + virtual_shares;
    const u256 assets = net_assets() + virtual_assets;
    // There is a share in `owned` that is too much, so that this is less than 2^256.
    return mul_div_up(cash() + u256{1u}, supply, assets) - u256{1u};
}

u256 Pool::deposit(u256 assets, Address receiver) {
    record::require_live(*this, record());
    const u256 most = max_deposit(receiver);
    require(assets <= most, ERC4626ExceededMaxDeposit{receiver, assets, most});
    const u256 shares = preview_deposit(assets);
    require(!shares.is_zero() || assets.is_zero(), DepositTooSmall{assets});
    bring(assets, shares, receiver);
    return shares;
}

u256 Pool::mint(u256 shares, Address receiver) {
    record::require_live(*this, record());
    const u256 most = max_mint(receiver);
    require(shares <= most, ERC4626ExceededMaxMint{receiver, shares, most});
    const u256 assets = preview_mint(shares);
    bring(assets, shares, receiver);
    return assets;
}

u256 Pool::withdraw(u256 assets, Address receiver, Address owner) {
    const u256 most = max_withdraw(owner);
    require(assets <= most, ERC4626ExceededMaxWithdraw{owner, assets, most});
    const u256 shares = preview_withdraw(assets);
    if (sender() != owner) spend_allowance(owner, sender(), shares);
    take(assets, shares, receiver, owner);
    return shares;
}

u256 Pool::redeem(u256 shares, Address receiver, Address owner) {
    const u256 most = max_redeem(owner);
    require(shares <= most, ERC4626ExceededMaxRedeem{owner, shares, most});
    const u256 assets = preview_redeem(shares);
    if (sender() != owner) spend_allowance(owner, sender(), shares);
    take(assets, shares, receiver, owner);
    return assets;
}

/// The asset is called before anything is written: what it may look at is the state before.
void Pool::bring(const u256& assets, const u256& shares, const Address& receiver) {
    require(receiver != Address{}, ERC20InvalidReceiver{receiver});
    pull(sender(), assets);
    set_cash(checked_add(cash(), assets));
    move({}, receiver, shares);
    emit(Deposit{sender(), receiver, assets, shares});
}

void Pool::take(const u256& assets, const u256& shares, const Address& receiver,
                const Address& owner) {
    require(owner != Address{}, ERC20InvalidSender{owner});
    require(receiver != Address{} && receiver != self(), ERC20InvalidReceiver{receiver});
    move(owner, {}, shares);
    set_cash(checked_sub(cash(), assets));
    send(receiver, assets);
    emit(Withdraw{sender(), receiver, owner, assets, shares});
}

void Pool::pull(const Address& from, const u256& amount) {
    const u256 arrived = erc20::pull(*this, asset(), from, amount);
    require(arrived == amount, AmountDiffers{amount, arrived});
}

void Pool::send(const Address& to, const u256& amount) {
    const Address currency = asset();
    const u256 held = erc20::BalanceOf::read(*this, currency, self());
    require(erc20::try_transfer(*this, currency, to, amount),
            erc20::SafeERC20FailedOperation{currency});
    const u256 left = saturating_sub(held, erc20::BalanceOf::read(*this, currency, self()));
    require(left == amount, AmountDiffers{amount, left});
}

bool Pool::supports_interface(Selector id) const {
    // ERC-7575's minimal vault, and its four ways in and out.
    constexpr std::array parts{
        interface_id<"asset()", "share()", "convertToAssets(uint256)", "convertToShares(uint256)",
                     "totalAssets()">(),
        interface_id<"deposit(uint256,address)", "previewDeposit(uint256)",
                     "maxDeposit(address)">(),
        interface_id<"mint(uint256,address)", "previewMint(uint256)", "maxMint(address)">(),
        interface_id<"redeem(uint256,address,address)", "previewRedeem(uint256)",
                     "maxRedeem(address)">(),
        interface_id<"withdraw(uint256,address,address)", "previewWithdraw(uint256)",
                     "maxWithdraw(address)">()};
    constexpr Selector shared_vault = (erc4626 + share_of).interface_id();
    if (std::ranges::find(parts, id) != parts.end()) return true;
    return id == erc4626.interface_id() || id == shared_vault || id == vault_of.interface_id() ||
           VotingShares::supports_interface(id);
}

void Pool::require_operator() const {
    require(sender() == operator_account(), NotOperator{sender()});
}

void Pool::fund(Address to, u256 amount, Hash ref) {
    require_operator();
    record::require_live(*this, record());
    require(to != Address{} && to != self(), ERC20InvalidReceiver{to});
    require(amount <= cash(), CashTooLow{amount, cash()});
    const u256 principal = principal_out() + amount;
    require(principal <= principal_max(), PrincipalTooHigh{principal, principal_max()});
    set(cash_, u128{cash() - amount});
    set(principal_out_, u128{principal});
    send(to, amount);
    emit(Funded{to, amount, ref});
}

void Pool::repay(u256 principal, u256 interest) {
    require_operator();
    require(principal <= principal_out(), ExceedsPrincipal{principal, principal_out()});
    require(interest.is_zero() || !total_supply().is_zero(), NoShares{});
    const u256 amount = checked_add(principal, interest);
    pull(sender(), amount);
    const u256 left = principal_out() - principal;
    checked_u128(checked_add(total_assets(), interest));
    set_cash(checked_add(cash(), amount));
    set(principal_out_, u128{left});
    emit(Repaid{principal, interest});
    const u256 recovered = saturating_sub(loss_unrealized(), left);
    if (recovered.is_zero()) return;
    set_loss(left);
    emit(Unimpaired{recovered});
}

void Pool::impair(u256 loss) {
    require_operator();
    const u256 sound = principal_out() - loss_unrealized();
    require(loss <= sound, ExceedsPrincipal{loss, sound});
    set_loss(loss_unrealized() + loss);
    emit(Impaired{loss});
}

void Pool::unimpair(u256 loss) {
    require_operator();
    require(loss <= loss_unrealized(), ExceedsLoss{loss, loss_unrealized()});
    set_loss(loss_unrealized() - loss);
    emit(Unimpaired{loss});
}

void Pool::write_off(u256 loss) {
    require_operator();
    require(loss <= loss_unrealized(), ExceedsLoss{loss, loss_unrealized()});
    set_loss(loss_unrealized() - loss);
    set(principal_out_, u128{principal_out() - loss});
    emit(WrittenOff{loss});
}

NativeType pool_type() {
    return native_type<Pool>(14, 1, "Pool");
}

}  // namespace plume

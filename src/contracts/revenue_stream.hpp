// RevenueStream, template "AssetToken.Stream": an AssetToken whose shares are a fixed schedule of
// payments by an obligor: a bond, a lease, a royalty with a floor.
//
// The supply is fixed, there is one currency, and the list of currencies is closed from creation
// on: no mint, no burn, no second currency, and nobody can be excluded. The terms never change.
//
// Anyone pays, by `pay` or by AssetToken's `distribute`: what arrives in the call is shared out at
// once (revenue_shares.hpp) and settles the oldest instalment first (payment_schedule.hpp). `pay`
// takes no more than what is left, so that a stranger who pays a unit first cannot make the last
// payment fail; `distribute` refuses what is more. What is merely sent to the token is no payment.
//
// `status` follows from the time and from what was paid, so nobody has to keep it: late after the
// grace, in default after `default_seconds`, current again once the oldest instalment is paid. A
// default that somebody relies on is made to last by `markDefault`, which anyone may call while
// there is one: from then on the stream is in default until everything is paid. When everything is
// paid it is fulfilled, whatever happened before; `defaultedAt` remains.
//
// The obligor may buy off all that is left, by `redeem`, at a price that the terms state, unless
// both rates are zero. The stream is fulfilled then.
//
// Prices are of one whole token (10^decimals shares), in 10^-18 of a unit of the currency.
// `accruedPrice` is rounded down, so a clean price is rounded up, and dirty = clean + accrued
// exactly. Arrears are in neither: they go to who holds the shares when they are paid.
//
// Invariants, held after every transaction, beside those of AssetToken:
//   I-1  terms and supply are what they were made.
//   I-2  what was paid is what the events say, and is what was shared out; it is more than the
//        terms only by a redemption; each event tells the instalments that were left then.
//   I-3  a default is marked only where there is one, once, and a mark or an end is never undone.
#pragma once

#include "contracts/payment_schedule.hpp"
#include "contracts/token.hpp"

namespace plume {

struct StreamTerms {
    Address currency;
    Address obligor;  ///< who owes, and who may redeem
    PaymentSchedule schedule;
    uint16_t payment_bps = 0;    ///< price of payments to come, in ten-thousandths of them
    uint16_t principal_bps = 0;  ///< price of a principal to come; both zero: no redemption

    static constexpr auto members =
        std::tuple{&StreamTerms::currency, &StreamTerms::obligor, &StreamTerms::schedule,
                   &StreamTerms::payment_bps, &StreamTerms::principal_bps};
};

class RevenueStream : public AssetToken {
public:
    using AssetToken::AssetToken;

    static constexpr uint32_t instalments_max = 36'525;  ///< a hundred years of days
    static constexpr uint32_t period_max_seconds = 10u * 365 * 86'400;
    static constexpr uint64_t first_due_span_max_seconds = 10ull * 365 * 86'400;
    static constexpr uint32_t default_max_seconds = 2u * 365 * 86'400;
    static constexpr uint16_t price_max_bps = 20'000;
    static constexpr uint8_t share_decimals_max = 18;
    /// All payments together: twice as much, the dearest redemption, still fits into the books.
    static constexpr u256 total_most = (u256{1u} << 126) - u256{1u};
    static constexpr u256 price_scale{1'000'000'000'000'000'000u};

    /// `total` is all that was paid so far, `left` how many instalments are not settled.
    using Paid = Event<"Paid(address indexed by, uint256 amount, uint256 total, uint32 left)",
                       Address, u256, u256, uint32_t>;
    /// `left` is what the terms would still have asked for.
    using Redeemed =
        Event<"Redeemed(address indexed by, uint256 price, uint256 left)", Address, u256, u256>;
    /// `due` is the date of the oldest instalment that was not settled.
    using DefaultMarked = Event<"DefaultMarked(address indexed by, uint64 due)", Address, uint64_t>;

    /// A term is not between `least` and `most`.
    using TermInvalid =
        CustomError<"TermInvalid(string what, uint256 value, uint256 least, uint256 most)",
                    std::string, u256, u256, u256>;
    /// Nobody, or the token itself.
    using ObligorInvalid = CustomError<"ObligorInvalid(address obligor)", Address>;
    /// Everything was paid.
    using StreamEnded = CustomError<"StreamEnded(uint256 paid)", u256>;
    using MoreThanLeft = CustomError<"MoreThanLeft(uint256 amount, uint256 left)", u256, u256>;
    using NotObligor = CustomError<"NotObligor(address caller)", Address>;
    using NotRedeemable = CustomError<"NotRedeemable()">;
    using PriceTooHigh = CustomError<"PriceTooHigh(uint256 price, uint256 atMost)", u256, u256>;
    /// The currency kept a part of it.
    using PriceNotReceived =
        CustomError<"PriceNotReceived(uint256 price, uint256 received)", u256, u256>;
    using NotInDefault = CustomError<"NotInDefault(uint8 status)", uint8_t>;
    using DefaultAlreadyMarked = CustomError<"DefaultAlreadyMarked(uint64 at)", uint64_t>;
    using PriceBelowAccrued =
        CustomError<"PriceBelowAccrued(uint256 price, uint256 accrued)", u256, u256>;
    /// Each share is paid the same, whoever holds it.
    using NobodyIsExcluded = CustomError<"NobodyIsExcluded(address account)", Address>;

    void construct(TokenParams params, StreamTerms terms);

    // Money in.
    /// Takes `amount` from the caller, who has approved it, or what is left if that is less;
    /// returns what arrived.
    u256 pay(u256 amount);
    /// By the obligor, for not more than `at_most`; returns what arrived.
    u256 redeem(u256 at_most);
    void mark_default();
    void set_excluded(Address account, bool excluded) override;

    // How it stands.
    /// Due date and missing amount of the oldest instalment that is not settled, and how many are
    /// not. Zero, but for the period, when all are.
    std::tuple<uint64_t, u128, uint32_t, uint32_t> schedule() const;
    StreamTerms terms() const;
    Address obligor() const { return get(obligor_); }
    uint8_t status() const { return static_cast<uint8_t>(state()); }
    /// As conditions ask: nothing is late.
    bool is_current() const;
    bool is_defaulted() const { return state() == StreamStatus::in_default; }
    /// When a default was marked; zero: never.
    uint64_t defaulted_at() const { return get(defaulted_at_); }
    bool is_redeemed() const { return get(is_redeemed_); }
    u256 paid() const { return get(paid_); }
    /// What is left of all payments.
    u256 amount_left() const;
    u256 arrears() const;
    /// Of the whole supply, in units of the currency.
    u256 accrued() const;
    u256 accrued_of(u256 shares) const;
    u256 redemption_price() const;

    // Prices.
    u256 accrued_price() const;
    u256 clean_price(u256 dirty_price) const;
    u256 dirty_price(u256 clean_price) const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<
        "constructor((string name, string symbol, uint8 decimals, bytes32 record, address issuer, "
        "uint256 initialSupply, bool mintable) params, (address currency, address obligor, (uint64 "
        "firstDue, uint32 period, uint32 count, uint128 payment, uint128 principal, uint32 grace, "
        "uint32 defaultAfter) schedule, uint16 paymentBps, uint16 principalBps) terms)",
        &RevenueStream::construct>{};
    static constexpr auto stream = Methods<
        Method<"pay(uint256 amount) returns (uint256 received)", &RevenueStream::pay>,
        Method<"redeem(uint256 atMost) returns (uint256 received)", &RevenueStream::redeem>,
        Method<"markDefault()", &RevenueStream::mark_default>,
        Method<"schedule() view returns (uint64 next, uint128 amount, uint32 period, uint32 left)",
               &RevenueStream::schedule>,
        Method<"terms() view returns ((address currency, address obligor, (uint64 firstDue, uint32 "
               "period, uint32 count, uint128 payment, uint128 principal, uint32 grace, uint32 "
               "defaultAfter) schedule, uint16 paymentBps, uint16 principalBps) terms)",
               &RevenueStream::terms>,
        Method<"obligor() view returns (address)", &RevenueStream::obligor>,
        Method<"status() view returns (uint8)", &RevenueStream::status>,
        Method<"isCurrent() view returns (bool)", &RevenueStream::is_current>,
        Method<"isDefaulted() view returns (bool)", &RevenueStream::is_defaulted>,
        Method<"defaultedAt() view returns (uint64)", &RevenueStream::defaulted_at>,
        Method<"isRedeemed() view returns (bool)", &RevenueStream::is_redeemed>,
        Method<"paid() view returns (uint256)", &RevenueStream::paid>,
        Method<"amountLeft() view returns (uint256)", &RevenueStream::amount_left>,
        Method<"arrears() view returns (uint256)", &RevenueStream::arrears>,
        Method<"accrued() view returns (uint256)", &RevenueStream::accrued>,
        Method<"accruedOf(uint256 shares) view returns (uint256)", &RevenueStream::accrued_of>,
        Method<"redemptionPrice() view returns (uint256)", &RevenueStream::redemption_price>,
        Method<"accruedPrice() view returns (uint256)", &RevenueStream::accrued_price>,
        Method<"cleanPrice(uint256 dirtyPrice) view returns (uint256)",
               &RevenueStream::clean_price>,
        Method<"dirtyPrice(uint256 cleanPrice) view returns (uint256)",
               &RevenueStream::dirty_price>>{};
    static constexpr auto abi =
        fungible + revenue_abi +
        Methods<Method<"issuer() view returns (address)", &RevenueStream::issuer>,
                Method<"mintable() view returns (bool)", &RevenueStream::mintable>>{} +
        stream;
    static constexpr auto declarations =
        fungible_declarations + revenue_declarations +
        Declarations<OwnableUnauthorizedAccount, Paid, Redeemed, DefaultMarked, TermInvalid,
                     ObligorInvalid, StreamEnded, MoreThanLeft, NotObligor, NotRedeemable,
                     PriceTooHigh, PriceNotReceived, NotInDefault, DefaultAlreadyMarked,
                     PriceBelowAccrued, NobodyIsExcluded>{};

protected:
    /// What the token would be paid on its own shares could never be claimed.
    void on_move(const Address& /*from*/, const Address& to, const u256& /*value*/) override {
        require(to != self(), ERC20InvalidReceiver{to});
    }
    /// Settles what is due with it, oldest first.
    void take_in(const Address& currency, const u256& amount) override;
    Address currency() const { return get(currency_); }
    PaymentSchedule payments() const;
    /// Books `received` as the price of all that is left.
    void end_by(const u256& received);
    void book_default(uint64_t at) { set(defaulted_at_, at); }
    void book_payment(const u256& amount);

private:
    void require_terms(const TokenParams& params, const StreamTerms& terms) const;
    StreamStatus state() const;
    std::optional<std::string> broken_payments() const;
    std::optional<std::string> broken_mark() const;

    static constexpr Slot<Address> currency_{20, 0};
    static constexpr Slot<uint64_t> first_due_{20, 20};
    static constexpr Slot<Address> obligor_{21, 0};
    static constexpr Slot<uint32_t> period_{21, 20};
    static constexpr Slot<uint32_t> count_{21, 24};
    static constexpr Slot<uint32_t> grace_{21, 28};
    static constexpr Slot<u128> payment_{22, 0};
    static constexpr Slot<u128> principal_{22, 16};
    static constexpr Slot<uint32_t> default_{23, 0};
    static constexpr Slot<uint16_t> payment_bps_{23, 4};
    static constexpr Slot<uint16_t> principal_bps_{23, 6};
    static constexpr Slot<u128> paid_{24, 0};
    static constexpr Slot<uint64_t> defaulted_at_{24, 16};
    static constexpr Slot<bool> is_redeemed_{24, 24};
};

}  // namespace plume

// RevenueShares: the revenue of a token, as its users see it. Base of AssetToken.
//
// The issuer lists currencies (ERC-20 with at most 18 decimals); anyone distributes in a listed
// one; each holder's part waits until it is claimed, by himself or by anyone for him. What is
// distributed is what arrived in the same call, whatever was announced (D-8). Money that is merely
// sent to the token belongs to nobody's books and is not distributed.
//
// Where a claim goes:
//   - to the holder's payee, if he has named one: `setPayee`, by himself only;
//   - else, for a contract for which the issuer has named a distributor (`passThrough`), there, by
//     approval and its `distribute(address,uint256)`: the part of a pool goes to those who own the
//     pool. The distributor must take exactly the amount, or the claim is refused and waits;
//   - else to the holder. A holder that has code is paid without a payee only at its own call: what
//     a stranger pushes into a pool could be taken out of it by anyone.
// A holder who cannot be paid delays nobody else; what he has earned waits (D-4).
//
// Powers of the issuer: to list currencies until he closes the list for ever (`closeCurrencies`),
// to exclude holders from now on, such as a treasury (D-6), and to name distributors. None of them
// reaches what was earned before by anyone but a contract without a payee.
//
// ERC-2222 (withdrawableFundsOf, withdrawFunds, its two events) speaks of the first currency; the
// events with a currency are of all.
//
// Invariants, held after every transaction:
//   V-12 for each currency: held = distributed - claimed, as the events say, and the currency's own
//        records cover it.
//   D-1, D-2, D-5 of revenue.hpp.
#pragma once

#include "contracts/revenue.hpp"
#include "native/remote.hpp"

namespace plume {

class RevenueShares : public Contract {
public:
    using Contract::Contract;

    static constexpr uint8_t currency_decimals_max = 18;

    using CurrencyListed = Event<"CurrencyListed(address indexed currency)", Address>;
    using CurrenciesClosed = Event<"CurrenciesClosed()">;
    using RevenueDistributed =
        Event<"RevenueDistributed(address indexed currency, address indexed by, uint256 amount)",
              Address, Address, u256>;
    /// `to` is the holder, his payee or the distributor.
    using RevenueClaimed = Event<
        "RevenueClaimed(address indexed account, address indexed currency, address indexed "
        "to, uint256 amount)",
        Address, Address, Address, u256>;
    /// All that `lost` could claim was made over to `heir`.
    using RevenueRecovered =
        Event<"RevenueRecovered(address indexed lost, address indexed heir)", Address, Address>;
    using PayeeChanged =
        Event<"PayeeChanged(address indexed account, address indexed payee)", Address, Address>;
    using PassThroughChanged =
        Event<"PassThroughChanged(address indexed pool, address indexed distributor)", Address,
              Address>;
    using ExclusionChanged =
        Event<"ExclusionChanged(address indexed account, bool excluded)", Address, bool>;
    using FundsDistributed = revenue::FundsDistributed;
    using FundsWithdrawn = revenue::FundsWithdrawn;

    using OwnableUnauthorizedAccount =
        CustomError<"OwnableUnauthorizedAccount(address account)", Address>;
    /// The token itself, or nothing that has decimals, or more than `currency_decimals_max`.
    using CurrencyInvalid = CustomError<"CurrencyInvalid(address currency)", Address>;
    using CurrencyListClosed = CustomError<"CurrencyListClosed()">;
    /// Nothing arrived.
    using NothingReceived = CustomError<"NothingReceived(address currency)", Address>;
    using NothingToClaim =
        CustomError<"NothingToClaim(address account, address currency)", Address, Address>;
    /// A contract with neither payee nor distributor claims for itself.
    using PayeeMissing = CustomError<"PayeeMissing(address account)", Address>;
    /// The token itself.
    using PayeeInvalid = CustomError<"PayeeInvalid(address payee)", Address>;
    /// Only the part of a contract is passed through, and not to the token itself.
    using PassThroughInvalid =
        CustomError<"PassThroughInvalid(address pool, address distributor)", Address, Address>;
    using DistributorTookOther =
        CustomError<"DistributorTookOther(address distributor, uint256 taken, uint256 amount)",
                    Address, u256, u256>;

    virtual u256 balance_of(Address owner) const = 0;
    virtual u256 total_supply() const = 0;
    virtual Address issuer() const = 0;

    // Currencies. The first two by the issuer.
    void list_currency(Address currency);
    void close_currencies();
    std::vector<Address> currencies() const;
    /// Whether the token distributes, or may come to.
    bool distributes() const;

    // Distribution, by anyone.
    /// Takes `amount` from the caller, who has approved it; returns what arrived, all of which is
    /// shared out.
    u256 distribute(Address currency, u256 amount);
    u256 claim_for(Address account, Address currency);
    u256 claimable(Address account, Address currency) const;
    u256 distributed(Address currency) const;
    u256 claimed(Address account, Address currency) const;
    /// Distributed and not claimed. When all have claimed, what remains are their fractions.
    u256 held(Address currency) const { return get(held_[currency]); }

    // ERC-2222, of the first currency.
    void withdraw_funds();
    u256 withdrawable_funds_of(Address account) const;

    // Whose money goes where.
    /// By the holder, for himself. Zero: to him.
    void set_payee(Address payee);
    Address payee_of(Address account) const { return get(payees_[account]); }
    /// By the issuer. Zero: none.
    void pass_through(Address pool, Address distributor);
    Address distributor_of(Address pool) const { return get(distributors_[pool]); }
    /// By the issuer.
    virtual void set_excluded(Address account, bool excluded);
    bool is_excluded(Address account) const { return revenue::is_excluded(*this, account); }

    static constexpr auto revenue_abi = Methods<
        Method<"listCurrency(address currency)", &RevenueShares::list_currency>,
        Method<"closeCurrencies()", &RevenueShares::close_currencies>,
        Method<"currencies() view returns (address[])", &RevenueShares::currencies>,
        Method<"distributes() view returns (bool)", &RevenueShares::distributes>,
        Method<"distribute(address currency, uint256 amount) returns (uint256 received)",
               &RevenueShares::distribute>,
        Method<"claimFor(address account, address currency) returns (uint256 amount)",
               &RevenueShares::claim_for>,
        Method<"claimable(address account, address currency) view returns (uint256)",
               &RevenueShares::claimable>,
        Method<"distributed(address currency) view returns (uint256)", &RevenueShares::distributed>,
        Method<"claimed(address account, address currency) view returns (uint256)",
               &RevenueShares::claimed>,
        Method<"held(address currency) view returns (uint256)", &RevenueShares::held>,
        Method<"withdrawFunds()", &RevenueShares::withdraw_funds>,
        Method<"withdrawableFundsOf(address account) view returns (uint256)",
               &RevenueShares::withdrawable_funds_of>,
        Method<"setPayee(address payee)", &RevenueShares::set_payee>,
        Method<"payeeOf(address account) view returns (address)", &RevenueShares::payee_of>,
        Method<"passThrough(address pool, address distributor)", &RevenueShares::pass_through>,
        Method<"distributorOf(address pool) view returns (address)",
               &RevenueShares::distributor_of>,
        Method<"setExcluded(address account, bool excluded)", &RevenueShares::set_excluded>,
        Method<"isExcluded(address account) view returns (bool)", &RevenueShares::is_excluded>>{};
    static constexpr auto revenue_declarations =
        Declarations<CurrencyListed, CurrenciesClosed, RevenueDistributed, RevenueClaimed,
                     RevenueRecovered, PayeeChanged, PassThroughChanged, ExclusionChanged,
                     FundsDistributed, FundsWithdrawn, CurrencyInvalid, CurrencyListClosed,
                     NothingReceived, NothingToClaim, PayeeMissing, PayeeInvalid,
                     PassThroughInvalid, DistributorTookOther, revenue::NoShares,
                     revenue::CurrencyNotListed, revenue::CurrencyAlreadyListed,
                     revenue::TooManyCurrencies, erc20::SafeERC20FailedOperation, InvalidAnswer>{};

protected:
    /// To be called after every movement of shares, in whichever way it happens.
    virtual void follow_shares(const Address& from, const Address& to, const u256& shares);
    /// Makes all that a holder who lost his key can claim over to the account that is his now
    /// (D-7). Who may do that, and the shares, are the caller's business; a payee that `lost` has
    /// named gets nothing any more.
    void recover_revenue(const Address& lost, const Address& heir);

    /// Lists without asking who wants it.
    void add_currency(const Address& currency);
    /// For ever.
    void close_list();
    /// What is done with `amount` that has arrived: shared out, unless somebody comes first.
    virtual void take_in(const Address& currency, const u256& amount) {
        share_out(currency, amount);
    }
    /// Books `amount` that has arrived as everybody's.
    void share_out(const Address& currency, const u256& amount);

    /// What `held` was before the transaction.
    u256 held_before_of(const Address& currency) const { return before(held_[currency]); }
    /// Whether D-1 and D-5 hold, of shares that moved in this transaction by `gains`.
    std::optional<std::string> broken_shares(const std::map<Address, u256>& gains) const;
    /// Whether the books above hold. For contracts that book what they share out elsewhere, this is
    /// theirs to say.
    virtual std::optional<std::string> broken_revenue_books() const;

    /// What of a claim is not paid to the holder; `withhold` books it elsewhere.
    virtual u256 withheld_from(const Address& /*account*/, const u256& /*gross*/) const {
        return {};
    }
    virtual void withhold(const Address& /*account*/, const Address& /*currency*/,
                          const u256& /*amount*/) {}
    /// Books all that the holder can claim as claimed; returns how much it is.
    u256 take(const Address& account, const Address& currency);
    /// Takes that back: it could not be paid.
    void give_back(const Address& account, const Address& currency, const u256& gross);
    /// Books what is withheld and tells the world of a claim.
    void settle_claim(const Address& account, const Address& to, const Address& currency,
                      const u256& gross);
    /// Where money of the holder's goes; refused where a stranger may not send it.
    Address destination(const Address& account) const;
    /// Pays there.
    void pay(const Address& account, const Address& to, const Address& currency,
             const u256& amount);

private:
    void pay_distributor(const Address& distributor, const Address& currency, const u256& amount);
    void require_issuer() const;

    static constexpr u256 base_ = namespace_slot("plume.revenue.shares");
    static constexpr Slot<bool> is_closed_{base_};
    static constexpr Map<Address, u128> held_{{base_ + u256{1u}}};
    static constexpr Map<Address, Address> payees_{{base_ + u256{2u}}};
    static constexpr Map<Address, Address> distributors_{{base_ + u256{3u}}};
};

}  // namespace plume

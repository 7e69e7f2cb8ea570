// RevenueVault, template "Vault.RevenueShare": takes revenue in, pays who comes first, and shares
// the rest out among its shares, which are an AssetToken.
//
// What comes in, by `distribute` or by a plain transfer and `distributeReceived`, runs down the
// waterfall: each line in order gets its part in ten-thousandths of what reaches it, rounded down,
// until it has had its cap in that currency; what is left is the shares' (revenue_shares.hpp). So
// every rounding is in favour of the next line and at last of the shares, whose own remainder is
// carried (D-5). Lines never change.
//
// The issuer may `announce` a distribution instead, from his own money: it belongs to those who
// hold shares at the end of the second `recordTime`, whoever moves them later, and each claims it
// by `claimAnnounced` until `expires`. After that, `expire` makes what is left over to the
// beneficiary; with `expires` zero it waits for ever. floor(amount * balance / supply) is a
// holder's part; what this leaves is at most a unit for each holder and goes to the beneficiary
// with the rest, or stays in `announced`. Announced money does not run down the waterfall.
//
// Withholding: the tax authority sets the rate of each holder, or the rate for all that have none.
// The tax is gross * rate, rounded down, and is booked for the tax payee: gross = net + tax, to the
// unit (D-6, A-20). A rate holds for what is claimed while it stands, and is at most
// `tax_max_bps`.
//
// Lines, tax and expired money are booked, and paid by `collect`, which anyone may call: no payee
// can stand in the way of another (D-4). `pushNext` pays the next holders of a round that has no
// end, at most `push_max` at a time; who cannot be paid is passed over and keeps what he has. A
// holder who is a contract, or for whom somebody else distributes, is left to claim himself.
//
// Invariants, held after every transaction:
//   V-12 for each currency: owed and announced move as the events say, and the currency's own
//        records cover held + owed + announced.
//   D-3  a claim of an announced distribution is a function of its record date only, and is made
//        once.
//   And those of voting_shares.hpp and revenue_shares.hpp: shares that are held for a taker earn
//   for their owner, as they vote for him.
#pragma once

#include "contracts/voting_shares.hpp"

namespace plume {

/// Who is paid before the shares.
struct WaterfallLine {
    Address payee;
    uint16_t bps = 0;  ///< of what reaches the line, in ten-thousandths
    u128 cap;          ///< in each currency, for ever; zero: none

    static constexpr auto members =
        std::tuple{&WaterfallLine::payee, &WaterfallLine::bps, &WaterfallLine::cap};
};

struct RevenueTerms {
    std::vector<Address> currencies;
    std::vector<WaterfallLine> lines;  ///< fees first, then seniors
    Address beneficiary;               ///< who gets what expires
    Address tax_authority;             ///< who sets rates; zero: nobody
    Address tax_payee;                 ///< who gets the tax; zero: there is none

    static constexpr auto members =
        std::tuple{&RevenueTerms::currencies, &RevenueTerms::lines, &RevenueTerms::beneficiary,
                   &RevenueTerms::tax_authority, &RevenueTerms::tax_payee};
};

class RevenueVault : public VotingShares {
public:
    using VotingShares::VotingShares;

    static constexpr uint64_t lines_max = 8;
    static constexpr uint64_t push_max = 64;
    static constexpr uint16_t bps_one = 10'000;
    static constexpr uint16_t tax_max_bps = 5'000;
    /// What a currency may use to pay one holder of a round.
    static constexpr uint64_t push_gas_max = 200'000;
    /// From an announcement to its record date: two years; from there to its end at least a week.
    static constexpr uint64_t record_span_max_seconds = 2ull * 365 * 86'400;
    static constexpr uint64_t claim_span_min_seconds = 7ull * 86'400;

    using LinePaid = Event<
        "LinePaid(uint256 indexed line, address indexed currency, address indexed payee, uint256 "
        "amount)",
        u256, Address, Address, u256>;
    using TaxWithheld =
        Event<"TaxWithheld(address indexed account, address indexed currency, uint256 amount)",
              Address, Address, u256>;
    using Collected =
        Event<"Collected(address indexed payee, address indexed currency, uint256 amount)", Address,
              Address, u256>;
    using Announced = Event<
        "Announced(uint256 indexed id, address indexed currency, uint256 amount, uint64 "
        "recordTime, uint64 expires)",
        u256, Address, u256, uint64_t, uint64_t>;
    using AnnouncedClaimed = Event<
        "AnnouncedClaimed(uint256 indexed id, address indexed account, address indexed to, uint256 "
        "amount)",
        u256, Address, Address, u256>;
    using Expired = Event<"Expired(uint256 indexed id, uint256 amount)", u256, u256>;
    using TaxRateSet = Event<"TaxRateSet(address indexed account, uint16 bps)", Address, uint16_t>;

    using TermsInvalid = CustomError<"TermsInvalid(string what)", std::string>;
    using NotTaxAuthority = CustomError<"NotTaxAuthority(address caller)", Address>;
    using TaxRateTooHigh =
        CustomError<"TaxRateTooHigh(uint16 bps, uint16 max)", uint16_t, uint16_t>;
    using NothingToCollect =
        CustomError<"NothingToCollect(address payee, address currency)", Address, Address>;
    using TimesInvalid =
        CustomError<"TimesInvalid(uint64 recordTime, uint64 expires)", uint64_t, uint64_t>;
    using UnknownDistribution =
        CustomError<"UnknownDistribution(uint256 id, uint256 count)", u256, u256>;
    using BeforeRecordTime = CustomError<"BeforeRecordTime(uint64 recordTime)", uint64_t>;
    using DistributionOver = CustomError<"DistributionOver(uint256 id)", u256>;
    using DistributionNotOver = CustomError<"DistributionNotOver(uint256 id)", u256>;
    using AlreadyClaimed =
        CustomError<"AlreadyClaimed(uint256 id, address account)", u256, Address>;
    using CountInvalid = CustomError<"CountInvalid(uint256 count, uint256 max)", u256, u256>;

    void construct(TokenParams params, RevenueTerms terms);

    // Money in, beside `distribute`.
    /// By anyone: all that has arrived and is in no book yet; returns how much that was.
    u256 distribute_received(Address currency);
    /// By the issuer, from his own; returns the number of the distribution: 0, 1, 2, ...
    u256 announce(Address currency, u256 amount, uint64_t record_time, uint64_t expires);

    // Money out, by anyone to the one it belongs to; `claimFor` is the shares'.
    u256 collect(Address payee, Address currency);
    u256 claim_announced(u256 id, Address account);
    u256 expire(u256 id);
    /// Pays the next `count` holders; returns how many were paid.
    u256 push_next(Address currency, u256 count);

    // Tax. By the tax authority. The zero address stands for all who have no rate of their own.
    void set_tax_rate(Address account, uint16_t bps);
    uint16_t tax_rate(Address account) const;
    void set_excluded(Address account, bool excluded) override;

    u256 owed_to(Address payee, Address currency) const { return get(owed_to_[payee][currency]); }
    u256 owed(Address currency) const { return get(owed_[currency]); }
    u256 announced(Address currency) const { return get(announced_[currency]); }
    u256 line_count() const { return u256{length(lines_)}; }
    std::tuple<Address, uint16_t, u256> line(u256 index) const;
    u256 distribution_count() const { return u256{length(distributions_)}; }
    /// Currency, amount, record date, end, what is left.
    std::tuple<Address, u256, uint64_t, uint64_t, u256> distribution(u256 id) const;
    u256 claimable_announced(u256 id, Address account) const;
    u256 holder_count() const { return u256{length(holders_)}; }
    Address beneficiary() const { return get(beneficiary_); }
    Address tax_authority() const { return get(tax_authority_); }
    Address tax_payee() const { return get(tax_payee_); }

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<
        "constructor((string name, string symbol, uint8 decimals, bytes32 record, address issuer, "
        "uint256 initialSupply, bool mintable) params, (address[] currencies, (address payee, "
        "uint16 bps, uint128 cap)[] lines, address beneficiary, address taxAuthority, address "
        "taxPayee) terms)",
        &RevenueVault::construct>{};
    static constexpr auto abi =
        AssetToken::abi + taking + voting + holding +
        Methods<
            Method<"supportsInterface(bytes4 id) view returns (bool)",
                   &VotingShares::supports_interface>,
            Method<"distributeReceived(address currency) returns (uint256 received)",
                   &RevenueVault::distribute_received>,
            Method<"announce(address currency, uint256 amount, uint64 recordTime, uint64 expires) "
                   "returns (uint256 id)",
                   &RevenueVault::announce>,
            Method<"collect(address payee, address currency) returns (uint256 amount)",
                   &RevenueVault::collect>,
            Method<"claimAnnounced(uint256 id, address account) returns (uint256 amount)",
                   &RevenueVault::claim_announced>,
            Method<"expire(uint256 id) returns (uint256 amount)", &RevenueVault::expire>,
            Method<"pushNext(address currency, uint256 count) returns (uint256 paid)",
                   &RevenueVault::push_next>,
            Method<"setTaxRate(address account, uint16 bps)", &RevenueVault::set_tax_rate>,
            Method<"taxRate(address account) view returns (uint16)", &RevenueVault::tax_rate>,
            Method<"owedTo(address payee, address currency) view returns (uint256)",
                   &RevenueVault::owed_to>,
            Method<"owed(address currency) view returns (uint256)", &RevenueVault::owed>,
            Method<"announced(address currency) view returns (uint256)", &RevenueVault::announced>,
            Method<"lineCount() view returns (uint256)", &RevenueVault::line_count>,
            Method<"line(uint256 index) view returns (address payee, uint16 bps, uint256 cap)",
                   &RevenueVault::line>,
            Method<"distributionCount() view returns (uint256)", &RevenueVault::distribution_count>,
            Method<"distribution(uint256 id) view returns (address currency, uint256 amount, "
                   "uint64 recordTime, uint64 expires, uint256 left)",
                   &RevenueVault::distribution>,
            Method<"claimableAnnounced(uint256 id, address account) view returns (uint256)",
                   &RevenueVault::claimable_announced>,
            Method<"holderCount() view returns (uint256)", &RevenueVault::holder_count>,
            Method<"beneficiary() view returns (address)", &RevenueVault::beneficiary>,
            Method<"taxAuthority() view returns (address)", &RevenueVault::tax_authority>,
            Method<"taxPayee() view returns (address)", &RevenueVault::tax_payee>>{};
    static constexpr auto declarations =
        AssetToken::declarations + voting_and_holding_declarations +
        Declarations<LinePaid, TaxWithheld, Collected, Announced, AnnouncedClaimed, Expired,
                     TaxRateSet, TermsInvalid, NotTaxAuthority, TaxRateTooHigh, NothingToCollect,
                     TimesInvalid, UnknownDistribution, BeforeRecordTime, DistributionOver,
                     DistributionNotOver, AlreadyClaimed, CountInvalid>{};

protected:
    /// What the vault would earn on its own shares could never be claimed.
    void on_move(const Address& from, const Address& to, const u256& value) override {
        require(to != self(), ERC20InvalidReceiver{to});
        VotingShares::on_move(from, to, value);
    }
    void follow_shares(const Address& from, const Address& to, const u256& shares) override;
    /// Down the waterfall.
    void take_in(const Address& currency, const u256& amount) override;
    u256 withheld_from(const Address& account, const u256& gross) const override;
    void withhold(const Address& account, const Address& currency, const u256& amount) override;

private:
    struct Line : Place {
        static constexpr uint64_t slots = 3;
        Slot<Address> payee() const { return {position, 0}; }
        Slot<uint16_t> bps() const { return {position, 20}; }
        Slot<u128> cap() const { return {position + u256{1u}}; }
        Map<Address, u128> had() const { return {{position + u256{2u}}}; }
    };
    struct Distribution : Place {
        static constexpr uint64_t slots = 4;
        Slot<Address> currency() const { return {position, 0}; }
        Slot<uint64_t> record_time() const { return {position, 20}; }
        Slot<uint64_t> expires() const { return {position + u256{1u}, 0}; }
        Slot<bool> is_over() const { return {position + u256{1u}, 8}; }
        Slot<u128> amount() const { return {position + u256{2u}, 0}; }
        Slot<u128> left() const { return {position + u256{2u}, 16}; }
        Map<Address, bool> claimed() const { return {{position + u256{3u}}}; }
    };
    /// How many shares took part from `time` on.
    struct Checkpoint : Place {
        Slot<u128> shares() const { return {position, 0}; }
        Slot<uint64_t> time() const { return {position, 16}; }
    };
    struct Flows;

    void owe(const Address& payee, const Address& currency, const u256& amount);
    u256 booked(const Address& currency) const;
    bool pay_holder(const Address& currency, const Address& holder);
    Distribution require_distribution(const u256& id) const;
    void note_shares(const Address& account);
    void note_supply();
    void write(const Array<Checkpoint>& history, const u256& shares);
    u256 shares_at(const Array<Checkpoint>& history, uint64_t time) const;
    Flows flows() const;

    static constexpr Slot<Address> beneficiary_{20};
    static constexpr Slot<Address> tax_authority_{21};
    static constexpr Slot<Address> tax_payee_{22};
    static constexpr Array<Line> lines_{23};
    static constexpr Map<Address, u128> owed_{24};
    static constexpr Map<Address, Map<Address, u256>> owed_to_{25};
    static constexpr Map<Address, u128> announced_{26};
    static constexpr Array<Distribution> distributions_{27};
    static constexpr Map<Address, Array<Checkpoint>> history_{28};
    static constexpr Array<Checkpoint> supply_history_{29};
    static constexpr Array<Address> holders_{30};
    static constexpr Map<Address, u256> cursors_{31};
    /// One more than the rate.
    static constexpr Map<Address, uint16_t> tax_rates_{32};
};

}  // namespace plume

// Vault, public-goods preset: many give in several currencies for what all may use; what is not
// spent as planned goes back to those who gave it.
//
//   Draft ── open ──► Funding ── soft cap reached, at the end ──► Active ── lines over ──► Closed
//     └─────────────────┴── endFunding, soft cap missed ──► Failed
//
// The steward writes the plan (spend_lines.hpp) in Draft and fixes it by `open`. The reviewer
// accepts recipients (recipients.hpp) until funding ends. After that nobody has a power over the
// vault: every step is open to anyone, and whether it may be taken is a matter of conditions and
// time alone. Nobody's silence keeps money: after the last line's deadline `close`, and after the
// funding deadline `endFunding`, give back what is left. None of it ever goes to the steward or the
// reviewer.
//
// Currencies: a list fixed at creation, of ERC-20s with at most 18 decimals. Each has a weight, the
// reference units of one of its units, times 10^18. Receipts (the token of this contract) count
// reference units: they decide whether caps are reached, and matching. They never decide what goes
// back: each backer's stake is kept in each currency, and he gets back that currency. So a weight
// that no longer fits moves nobody's money to another. What a transfer of receipts takes along, if
// the vault allows transfers, is the same part of each stake, rounded down. Receipts are never
// burnt.
//
// Two pots in each currency: the pool, given for no one in particular and spent by shares of the
// lines; and gifts, given to an accepted recipient and due to him with the line of matching. The
// line of matching pays recipient i of weight m_i (matching.hpp)
//     floor(line's amount in the currency * m_i / D)      D = max(sum of m, value of the line)
// so matching is scaled down to the money there is and never up beyond the formula: two friends
// with a unit each do not carry away a pool that nobody else touched. What is not matched goes back
// to the backers of the pool.
//
// The books are a journal (journal.hpp): cash = pool + gifts + payable + pool return + gift return
// + dust, in each currency. When a stake is withdrawn from what returns, the fraction of a unit
// that it does not get is kept, and whenever fractions add up to a unit, that unit is booked as
// dust.
//
// Invariants, held after every transaction; public_goods_invariants_test.cpp breaks each once:
//   V-12 J-1, J-2 of journal.hpp; and each currency's own records cover cash, unless it took
//        something away itself.
//   V-13 pots, payable and returns move as Contributed, LineReleased, Disbursed and Returned say.
//   V-14 there are as many receipts as reference units contributed, and not more than the hard cap.
//   V-15 stakes change by what was contributed and withdrawn, and nobody gets back more than his.
//   X-1  a phase or a released line is never left; X-3 the plan never changes after `open`, and
//        nobody is paid more than his line says.
//   A-21 no more of a currency is disbursed in an epoch than its cap.
//   M-1 of matching.hpp, R-1 of recipients.hpp, T-1 of token.hpp.
#pragma once

#include "contracts/journal.hpp"
#include "contracts/matching.hpp"
#include "contracts/recipients.hpp"
#include "contracts/spend_lines.hpp"
#include "contracts/token.hpp"
#include "native/remote.hpp"

namespace plume {

/// What a public-goods vault is made with, apart from its currencies and its plan.
struct GoodsTerms {
    std::string name;  ///< of the receipts, as `symbol`
    std::string symbol;
    uint8_t decimals = 18;  ///< of the reference unit
    Hash record;            ///< the mission; must be live when made, opened and contributed to
    Hash purpose;           ///< free for use
    Address steward;        ///< writes the plan and opens it
    Address reviewer;       ///< accepts recipients
    uint64_t funding_deadline = 0;  ///< the last second of contributions
    uint64_t epoch_seconds = 0;     ///< of the spending caps
    u128 soft_cap;                  ///< reference units without which everything goes back
    u128 hard_cap;                  ///< reference units beyond which nothing is taken
    bool transferable = false;      ///< whether receipts can change hands
    Address registry;  ///< who says who is a person, by holds(address,bytes32); zero: everybody is
    Hash domain;       ///< the domain he is asked about

    static constexpr auto members =
        std::tuple{&GoodsTerms::name,          &GoodsTerms::symbol,
                   &GoodsTerms::decimals,      &GoodsTerms::record,
                   &GoodsTerms::purpose,       &GoodsTerms::steward,
                   &GoodsTerms::reviewer,      &GoodsTerms::funding_deadline,
                   &GoodsTerms::epoch_seconds, &GoodsTerms::soft_cap,
                   &GoodsTerms::hard_cap,      &GoodsTerms::transferable,
                   &GoodsTerms::registry,      &GoodsTerms::domain};
};

/// A currency of the vault.
struct GoodsCurrency {
    Address asset;
    u128 weight;     ///< reference units of one unit, times 10^18
    u128 epoch_cap;  ///< units that can be disbursed in an epoch; 0: no cap

    static constexpr auto members =
        std::tuple{&GoodsCurrency::asset, &GoodsCurrency::weight, &GoodsCurrency::epoch_cap};
    friend bool operator==(const GoodsCurrency&, const GoodsCurrency&) = default;
};

class PublicGoods : public AssetToken {
public:
    using AssetToken::AssetToken;

    enum class Phase : uint8_t { draft = 0, funding = 1, active = 2, closed = 3, failed = 4 };
    /// The journal's accounts.
    enum class Account : uint8_t {
        cash = 0,
        pool = 1,
        gifts = 2,
        payable = 3,
        pool_return = 4,
        gift_return = 5,
        dust = 6,
    };
    static constexpr uint8_t account_count = 7;

    static constexpr size_t currencies_max = 8;
    /// Currencies with more decimals are refused (V-11).
    static constexpr uint8_t currency_decimals_max = 18;
    static constexpr uint64_t goods_funding_span_max_seconds = 10ull * 365 * 86'400;
    static constexpr uint64_t epoch_max_seconds = 365ull * 86'400;
    /// Payments in one call of `payMany`.
    static constexpr uint64_t payments_max = 32;
    static constexpr uint64_t goods_payment_gas_max = 300'000;

    using LineAdded = Event<
        "LineAdded(uint256 indexed id, bytes32 indexed line, uint16 share, uint8 split, "
        "bytes32 purpose, bytes32 record)",
        u256, Hash, uint16_t, uint8_t, Hash, Hash>;
    using Opened = Event<"Opened(bytes32 planHash)", Hash>;
    using PhaseChanged = Event<"PhaseChanged(uint8 phase)", uint8_t>;
    /// `recipient` zero: for no one in particular. `shares` are the receipts made.
    using Contributed = Event<
        "Contributed(address indexed from, address indexed receiver, address recipient, "
        "address asset, uint256 assets, uint256 shares, bytes32 indexed ref)",
        Address, Address, Address, Address, u256, u256, Hash>;
    /// One for each currency of which a released line has something.
    using LineReleased = Event<
        "LineReleased(bytes32 indexed line, address indexed asset, uint256 fromPool, uint256 "
        "fromGifts)",
        Hash, Address, u256, u256>;
    /// `line` is the line's hash, `purpose` and `record` are those of its terms.
    using Disbursed = Event<
        "Disbursed(bytes32 indexed line, address indexed to, address asset, uint256 amount, "
        "bytes32 purpose, bytes32 record)",
        Hash, Address, Address, u256, Hash, Hash>;
    /// The currency refused the payment; it stays payable.
    using PaymentRefused = Event<
        "PaymentRefused(bytes32 indexed line, address indexed to, address asset, uint256 "
        "amount)",
        Hash, Address, Address, u256>;
    /// A backer's stake that went back: `stake` of it was consumed, `amount` was paid.
    using Returned = Event<
        "Returned(address indexed holder, address indexed asset, uint256 stake, uint256 "
        "amount)",
        Address, Address, u256, u256>;

    using WrongPhase = CustomError<"WrongPhase(uint8 phase, uint8 needed)", uint8_t, uint8_t>;
    using NotSteward = CustomError<"NotSteward(address caller)", Address>;
    using NotReviewer = CustomError<"NotReviewer(address caller)", Address>;
    /// The steward or the reviewer is nobody.
    using OfficeVacant = CustomError<"OfficeVacant()">;
    using AssetDecimals = CustomError<"AssetDecimals(uint8 decimals, uint8 max)", uint8_t, uint8_t>;
    using CurrencyCount = CustomError<"CurrencyCount(uint256 count, uint256 max)", u256, u256>;
    /// Named twice, or without a weight.
    using CurrencyInvalid = CustomError<"CurrencyInvalid(address asset)", Address>;
    using CurrencyNotListed = CustomError<"CurrencyNotListed(address asset)", Address>;
    using FundingDeadlineInvalid =
        CustomError<"FundingDeadlineInvalid(uint64 fundingDeadline)", uint64_t>;
    /// None, or more than `epoch_max_seconds`.
    using EpochInvalid = CustomError<"EpochInvalid(uint64 epochSeconds)", uint64_t>;
    /// The soft cap is 0 or above the hard cap.
    using CapsInvalid = CustomError<"CapsInvalid(uint256 softCap, uint256 hardCap)", u256, u256>;
    using PlanEmpty = CustomError<"PlanEmpty()">;
    using FundingOver = CustomError<"FundingOver(uint64 fundingDeadline)", uint64_t>;
    using FundingNotOver = CustomError<"FundingNotOver(uint64 fundingDeadline)", uint64_t>;
    using AmountZero = CustomError<"AmountZero()">;
    /// It is worth less than one reference unit.
    using AmountTooSmall = CustomError<"AmountTooSmall(uint256 assets)", u256>;
    using ExceedsHardCap = CustomError<"ExceedsHardCap(uint256 value, uint256 left)", u256, u256>;
    using AssetsNotReceived =
        CustomError<"AssetsNotReceived(uint256 received, uint256 assets)", u256, u256>;
    using NoMatching = CustomError<"NoMatching()">;
    using NotAccepted = CustomError<"NotAccepted(address recipient)", Address>;
    using NotInDomain =
        CustomError<"NotInDomain(address contributor, bytes32 domain)", Address, Hash>;
    using NotTransferable = CustomError<"NotTransferable()">;
    using LineSettled = CustomError<"LineSettled(uint256 id)", u256>;
    using LineNotReleased = CustomError<"LineNotReleased(uint256 id)", u256>;
    using NotOpenYet = CustomError<"NotOpenYet(uint256 id, uint64 opensAt)", u256, uint64_t>;
    using DeadlinePassed =
        CustomError<"DeadlinePassed(uint256 id, uint64 deadline)", u256, uint64_t>;
    using ConditionNotMet = CustomError<"ConditionNotMet(uint256 id)", u256>;
    using ConditionFailed = CustomError<"ConditionFailed(uint256 id)", u256>;
    /// An equal line, but nobody was accepted.
    using NoRecipients = CustomError<"NoRecipients(uint256 id)", u256>;
    using NothingToPay = CustomError<"NothingToPay(address to)", Address>;
    /// What the epoch allows is spent; the next one begins at `next`.
    using EpochSpent =
        CustomError<"EpochSpent(address asset, uint256 cap, uint64 next)", Address, u256, uint64_t>;
    using TooManyPayments = CustomError<"TooManyPayments(uint256 count, uint256 max)", u256, u256>;
    /// A line can still be released.
    using LineOpen = CustomError<"LineOpen(uint256 id, uint64 deadline)", u256, uint64_t>;
    using NothingToWithdraw = CustomError<"NothingToWithdraw(address holder)", Address>;

    /// The plan may come along; with `open` the vault begins in Funding.
    void construct(GoodsTerms terms, std::vector<GoodsCurrency> currencies,
                   std::vector<SpendLine> plan, bool open_now);

    // The plan. By the steward, in Draft. Ids are 0, 1, 2, ...
    u256 add_line(SpendLine line);
    void open();

    // Recipients, in Draft and Funding: by each himself, and by the reviewer.
    void register_recipient(Hash record);
    void review_recipient(Address recipient, bool accepted);

    // Funding, by anyone: `assets` are taken from the caller, `receiver` gets the receipts, `ref`
    // is free for use. All return the receipts made.
    u256 contribute(Address asset, u256 assets, Address receiver, Hash ref);
    /// The same in the first currency of the list.
    u256 contribute_first(u256 assets, Address receiver, Hash ref);
    /// To an accepted recipient; counts for matching as the caller's.
    u256 contribute_to(Address recipient, Address asset, u256 assets, Address receiver, Hash ref);
    /// By anyone, after the funding deadline or when the hard cap is reached to the unit.
    void end_funding();

    // Spending, by anyone.
    /// Makes a line over to its payees, in its time and when its condition is true.
    void release(u256 id);
    /// Pays what a payee has not got of a released line, as far as the epoch's cap allows.
    void pay(u256 id, Address asset, Address to);
    /// The same for those of many who can be paid; who cannot is passed over.
    void pay_many(u256 id, Address asset, std::vector<Address> to);
    /// When every line is released or past its deadline: what is left is the backers'.
    void close();
    /// Pays a backer what is his of what came back.
    void withdraw_returned(Address holder, Address asset);

    // What stands in the books. Amounts in units of `asset`, unless said otherwise.
    uint8_t phase() const { return get(phase_); }
    Address steward() const { return get(steward_); }
    Address reviewer() const { return get(reviewer_); }
    GoodsTerms terms() const;
    std::vector<GoodsCurrency> currencies() const;
    Hash plan_hash() const { return get(plan_hash_); }
    /// Debits and credits of an account.
    std::tuple<u256, u256> account(Address asset, uint8_t number) const;
    u256 journal_count() const { return journal::count(*this); }
    journal::Entry journal_at(u256 index) const { return journal::at(*this, index); }
    /// The units of the pool and of the gifts that `holder` has a claim to, if they come back.
    std::tuple<u256, u256> stake_of(Address holder, Address asset) const;
    u256 withdrawable(Address holder, Address asset) const;
    /// How much of a currency can still be disbursed in this epoch.
    u256 epoch_left(Address asset) const;

    // Lines and recipients.
    u256 line_count() const { return u256{spend_lines::count(*this)}; }
    /// Terms, hash, and whether it is released.
    std::tuple<SpendLine, Hash, bool> line(u256 id) const;
    bool is_releasable(u256 id) const;
    /// What a payee of a released line is to get in all, and has got.
    std::tuple<u256, u256> due(u256 id, Address asset, Address to) const;
    u256 recipient_count() const { return u256{recipients::count(*this)}; }
    Address recipient_at(u256 index) const { return recipients::at(*this, index); }
    /// Status (0 none, 1 registered, 2 accepted, 3 rejected), record, and weight in matching.
    std::tuple<uint8_t, Hash, u256> recipient(Address who) const;
    /// What the line of matching gives a recipient as things stand, in reference units.
    u256 match_of(Address who) const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto constructor = Method<
        "constructor((string name, string symbol, uint8 decimals, bytes32 record, bytes32 purpose, "
        "address steward, address reviewer, uint64 fundingDeadline, uint64 epochSeconds, uint128 "
        "softCap, uint128 hardCap, bool transferable, address registry, bytes32 domain) terms, "
        "(address asset, uint128 weight, uint128 epochCap)[] currencies, (uint16 share, uint8 "
        "split, (address to, uint32 part)[] payees, bytes32 purpose, bytes32 record, uint64 "
        "opensAt, uint64 deadline, (address target, bytes data) release)[] plan, bool open)",
        &PublicGoods::construct>{};
    static constexpr auto abi =
        AssetToken::fungible +
        Methods<
            Method<"addLine((uint16 share, uint8 split, (address to, uint32 part)[] payees, "
                   "bytes32 purpose, bytes32 record, uint64 opensAt, uint64 deadline, (address "
                   "target, bytes data) release) line) returns (uint256 id)",
                   &PublicGoods::add_line>,
            Method<"open()", &PublicGoods::open>,
            Method<"registerRecipient(bytes32 record)", &PublicGoods::register_recipient>,
            Method<"reviewRecipient(address recipient, bool accepted)",
                   &PublicGoods::review_recipient>,
            Method<"contribute(address asset, uint256 assets, address receiver, bytes32 ref) "
                   "returns (uint256 shares)",
                   &PublicGoods::contribute>,
            Method<"contribute(uint256 assets, address receiver, bytes32 ref) returns (uint256 "
                   "shares)",
                   &PublicGoods::contribute_first>,
            Method<"contributeTo(address recipient, address asset, uint256 assets, address "
                   "receiver, bytes32 ref) returns (uint256 shares)",
                   &PublicGoods::contribute_to>,
            Method<"endFunding()", &PublicGoods::end_funding>,
            Method<"release(uint256 id)", &PublicGoods::release>,
            Method<"pay(uint256 id, address asset, address to)", &PublicGoods::pay>,
            Method<"payMany(uint256 id, address asset, address[] to)", &PublicGoods::pay_many>,
            Method<"close()", &PublicGoods::close>,
            Method<"withdrawReturned(address holder, address asset)",
                   &PublicGoods::withdraw_returned>,
            Method<"phase() view returns (uint8)", &PublicGoods::phase>,
            Method<"steward() view returns (address)", &PublicGoods::steward>,
            Method<"reviewer() view returns (address)", &PublicGoods::reviewer>,
            Method<"terms() view returns ((string name, string symbol, uint8 decimals, bytes32 "
                   "record, bytes32 purpose, address steward, address reviewer, uint64 "
                   "fundingDeadline, uint64 epochSeconds, uint128 softCap, uint128 hardCap, bool "
                   "transferable, address registry, bytes32 domain))",
                   &PublicGoods::terms>,
            Method<"currencies() view returns ((address asset, uint128 weight, uint128 "
                   "epochCap)[])",
                   &PublicGoods::currencies>,
            Method<"planHash() view returns (bytes32)", &PublicGoods::plan_hash>,
            Method<"account(address asset, uint8 number) view returns (uint256 debits, uint256 "
                   "credits)",
                   &PublicGoods::account>,
            Method<"journalCount() view returns (uint256)", &PublicGoods::journal_count>,
            Method<"journal(uint256 i) view returns ((uint64 time, address asset, uint8 debit, "
                   "uint8 credit, uint128 amount, bytes32 ref))",
                   &PublicGoods::journal_at>,
            Method<"stakeOf(address holder, address asset) view returns (uint256 pool, uint256 "
                   "gifts)",
                   &PublicGoods::stake_of>,
            Method<"withdrawable(address holder, address asset) view returns (uint256)",
                   &PublicGoods::withdrawable>,
            Method<"epochLeft(address asset) view returns (uint256)", &PublicGoods::epoch_left>,
            Method<"lineCount() view returns (uint256)", &PublicGoods::line_count>,
            Method<"line(uint256 id) view returns ((uint16 share, uint8 split, (address to, uint32 "
                   "part)[] payees, bytes32 purpose, bytes32 record, uint64 opensAt, uint64 "
                   "deadline, (address target, bytes data) release) terms, bytes32 hash, bool "
                   "released)",
                   &PublicGoods::line>,
            Method<"isReleasable(uint256 id) view returns (bool)", &PublicGoods::is_releasable>,
            Method<"due(uint256 id, address asset, address to) view returns (uint256 all, uint256 "
                   "paid)",
                   &PublicGoods::due>,
            Method<"recipientCount() view returns (uint256)", &PublicGoods::recipient_count>,
            Method<"recipientAt(uint256 index) view returns (address)", &PublicGoods::recipient_at>,
            Method<"recipient(address who) view returns (uint8 status, bytes32 record, uint256 "
                   "weight)",
                   &PublicGoods::recipient>,
            Method<"matchOf(address recipient) view returns (uint256)", &PublicGoods::match_of>>{};
    static constexpr auto declarations =
        AssetToken::fungible_declarations +
        Declarations<
            LineAdded, Opened, PhaseChanged, Contributed, LineReleased, Disbursed, PaymentRefused,
            Returned, journal::Posted, matching::Voiced, recipients::RecipientRegistered,
            recipients::RecipientReviewed, WrongPhase, NotSteward, NotReviewer, OfficeVacant,
            AssetDecimals, CurrencyCount, CurrencyInvalid, CurrencyNotListed,
            FundingDeadlineInvalid, EpochInvalid, CapsInvalid, PlanEmpty, FundingOver,
            FundingNotOver, AmountZero, AmountTooSmall, ExceedsHardCap, AssetsNotReceived,
            NoMatching, NotAccepted, NotInDomain, NotTransferable, LineSettled, LineNotReleased,
            NotOpenYet, DeadlinePassed, ConditionNotMet, ConditionFailed, NoRecipients,
            NothingToPay, EpochSpent, TooManyPayments, LineOpen, NothingToWithdraw,
            spend_lines::TooManyLines, spend_lines::UnknownLine, spend_lines::SplitInvalid,
            spend_lines::SecondMatching, spend_lines::ShareInvalid, spend_lines::LinePayeeCount,
            spend_lines::LinePayeeInvalid, spend_lines::LineDeadlineInvalid,
            spend_lines::LineConditionMissing, spend_lines::LineConditionTooLong,
            recipients::NotReviewable, recipients::AlreadyAccepted, recipients::TooManyRecipients,
            recipients::UnknownRecipient, journal::UnknownEntry, InsufficientGas,
            erc20::SafeERC20FailedOperation, InvalidAnswer>{};

protected:
    void on_move(const Address& from, const Address& to, const u256& value) override;

    /// What a currency's place in the list keeps.
    struct Listed : Place {
        static constexpr uint64_t slots = 2;
        Slot<Address> asset() const { return {position}; }
        Slot<u128> weight() const { return {position + u256{1u}, 0}; }
        Slot<u128> epoch_cap() const { return {position + u256{1u}, 16}; }
    };
    /// A holder's stakes, and by how much they fall short of a unit together.
    struct Stake : Place {
        Slot<u128> pool() const { return {position, 0}; }
        Slot<u128> gifts() const { return {position, 16}; }
        Slot<u128> of(Account pot) const { return pot == Account::pool ? pool() : gifts(); }
    };
    struct Spent : Place {
        Slot<u128> amount() const { return {position, 0}; }
        Slot<uint64_t> epoch() const { return {position, 16}; }
    };

    // Slots 0 to 7 are AssetToken's.
    static constexpr Slot<Address> steward_{8, 0};
    static constexpr Slot<uint8_t> phase_{8, 20};
    static constexpr Slot<bool> transferable_{8, 21};
    static constexpr Slot<Address> reviewer_{9, 0};
    static constexpr Slot<uint64_t> funding_deadline_{9, 20};
    static constexpr Slot<Address> registry_{10, 0};
    static constexpr Slot<uint64_t> epoch_seconds_{10, 20};
    static constexpr Slot<Hash> domain_{11};
    static constexpr Slot<Hash> purpose_{12};
    static constexpr Slot<Hash> plan_hash_{13};
    static constexpr Slot<u128> soft_cap_{14, 0};
    static constexpr Slot<u128> hard_cap_{14, 16};
    static constexpr Array<Listed> currencies_{15};
    static constexpr Map<Address, u256> number_of_{16};               ///< in the list, from 1 on
    static constexpr Map<Address, Map<Address, Stake>> stakes_{17};   ///< by asset and holder
    static constexpr Map<Address, Map<Address, u256>> gifts_to_{18};  ///< by asset and recipient
    static constexpr Map<Address, Spent> spent_{19};                  ///< in the epoch, by asset
    /// By line, asset and payee.
    static constexpr Map<u256, Map<Address, Map<Address, u256>>> paid_{20};
    /// By asset and pot: the fractions that withdrawals left, in parts of what was raised.
    static constexpr Map<Address, Map<uint8_t, u256>> fractions_{21};

private:
    Phase phase_now() const { return Phase{phase()}; }
    void set_phase(Phase phase);
    void require_phase(Phase needed) const;
    void require_before_end() const;
    void list_currencies(const std::vector<GoodsCurrency>& currencies);
    void append(const SpendLine& line);
    void begin_funding();
    GoodsCurrency currency(const Address& asset) const;
    std::vector<Address> assets() const;

    u256 take_in(const Address& recipient, const Address& asset, const u256& assets,
                 const Address& receiver, const Hash& ref);
    void require_recipient(const Address& recipient) const;

    Bytes obstacle_to_release(const u256& id, const SpendLine& terms) const;
    u256 line_amount(const SpendLine& terms, const Address& asset) const;
    u256 match_divisor(const SpendLine& terms) const;
    u256 entitled(const SpendLine& terms, uint64_t recipient_count, const Address& asset,
                  const Address& to) const;
    u256 entitled_together(const SpendLine& terms, const Address& asset) const;
    bool try_pay(const u256& id, const SpendLine& terms, const Address& asset, const Address& to);
    void give_back_rest();
    u256 consume(const Address& holder, const Address& asset, Account pot, Account pot_return);

    void post(const Address& asset, Account debit, Account credit, const u256& amount,
              const Hash& ref);
    u256 raised(const Address& asset, Account pot) const;

    // In public_goods_invariants.cpp.
    struct Flows;
    Flows flows() const;
    std::optional<std::string> broken_books(const Flows& moved) const;
    std::optional<std::string> broken_stakes(const Flows& moved) const;
    std::optional<std::string> broken_spending(const Flows& moved) const;
    std::optional<std::string> broken_plan() const;
    std::optional<std::string> broken_cover(const Flows& moved) const;
};

}  // namespace plume

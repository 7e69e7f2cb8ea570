// PriceFeeds: what something is worth, as reporters say, and whether that may be relied upon.
//
// A feed belongs to an owner, who names reporters. Each says a two-sided price [low, high] of one
// unit of the base in units of the quote, with the feed's decimals, and when he saw it. A report
// makes a round when at least `quorum` reporters' prices are younger than the heartbeat: low is the
// lower median of their lows, high the upper median of their highs, its time the lower median of
// their times.
//
// Nobody's price is refused for being surprising: it is recorded, and closes the feed in the same
// transaction (V-7). A feed is open to new risk only while it is SOUND:
//
//   SOUND   0  open
//   IFFY    1  older than the heartbeat, or low and high further apart than the band
//   CLOSED  2  older than maxAge; or a round left the band and no healthy interval has passed
//              since; or held by the owner; or new
//
// The band: a round's middle must lie within [-lowerBps, +upperBps] of the anchor, which is the
// middle of the last round before the window began; so many small steps within a window are as far
// as one large one. Outside, the feed closes and the anchor is the new price. It opens again
// with the first round that is the second or a later one within the band since then and comes at
// least `healthy` seconds after it; or by the owner's `rearm`, which needs a second round that
// agrees and a price that is young. The same holds for a new feed: its first price opens nothing
// for at least a heartbeat (O-4).
//
// Readers see the last round before the current block; what opens in a block is open from the next
// one on, what closes is closed at once (O-3). A block makes at most one round of a feed: later
// reports in it replace the first.
//
// Volatility: the root of an exponentially weighted variance of simple returns, sampled at fixed
// intervals at the price that stood there; lambda 0.94. All is rounded up. A price that has moved
// since the last sample counts as if it were sampled now, if that makes it more.
//
// Invariants:
//   O-4  0 < low <= high, no time in the future; an open feed's last price is within the band of
//        its anchor; a feed opens by a healthy interval or its owner's word only.
#pragma once

#include "contracts/batches.hpp"

namespace plume {

enum class FeedStatus : uint8_t { sound = 0, iffy = 1, closed = 2 };

struct FeedParams {
    std::string description;
    Address base;  ///< a token, or ISO 4217's number for a currency (ERC-7726)
    Address quote;
    uint8_t base_decimals = 18;
    uint8_t quote_decimals = 18;
    uint8_t decimals = 8;    ///< of the prices
    uint8_t quorum = 1;      ///< reporters of a round at least
    uint32_t heartbeat = 0;  ///< seconds a price is good for
    uint32_t age_max = 0;    ///< seconds after which it is not even doubtful; not below heartbeat
    uint32_t window = 0;     ///< seconds an anchor stands
    uint32_t healthy = 0;    ///< seconds within the band before it opens; not below heartbeat
    uint32_t sampling = 0;   ///< seconds between two samples of the volatility
    uint16_t lower_bps = 0;  ///< how far a price may fall within a window
    uint16_t upper_bps = 0;  ///< how far it may rise
    Hash record;             ///< what the feed is about; must be live
    std::vector<Address> reporters;

    static constexpr auto members =
        std::tuple{&FeedParams::description,   &FeedParams::base,           &FeedParams::quote,
                   &FeedParams::base_decimals, &FeedParams::quote_decimals, &FeedParams::decimals,
                   &FeedParams::quorum,        &FeedParams::heartbeat,      &FeedParams::age_max,
                   &FeedParams::window,        &FeedParams::healthy,        &FeedParams::sampling,
                   &FeedParams::lower_bps,     &FeedParams::upper_bps,      &FeedParams::record,
                   &FeedParams::reporters};
};

/// A recorded price.
struct Round {
    u256 low;
    u256 high;
    uint64_t at = 0;     ///< when it was seen
    uint64_t block = 0;  ///< in which it was recorded

    u256 middle() const { return low + (high - low) / u256{2u}; }
};

namespace detail {

struct RoundPlace : Place {
    static constexpr uint64_t slots = 2;
    Slot<u128> low() const { return {position, 0}; }
    Slot<u128> high() const { return {position, 16}; }
    Slot<uint64_t> at() const { return {position + u256{1u}, 0}; }
    Slot<uint64_t> block() const { return {position + u256{1u}, 8}; }
};

struct FeedPlace : Place {
    Slot<Address> owner() const { return {position, 0}; }
    Slot<uint8_t> decimals() const { return {position, 20}; }
    Slot<uint8_t> base_decimals() const { return {position, 21}; }
    Slot<uint8_t> quote_decimals() const { return {position, 22}; }
    Slot<uint8_t> quorum() const { return {position, 23}; }
    Slot<bool> held() const { return {position, 24}; }
    Slot<uint32_t> heartbeat() const { return {position + u256{1u}, 0}; }
    Slot<uint32_t> age_max() const { return {position + u256{1u}, 4}; }
    Slot<uint32_t> window() const { return {position + u256{1u}, 8}; }
    Slot<uint32_t> healthy() const { return {position + u256{1u}, 12}; }
    Slot<uint32_t> sampling() const { return {position + u256{1u}, 16}; }
    Slot<uint16_t> lower_bps() const { return {position + u256{1u}, 20}; }
    Slot<uint16_t> upper_bps() const { return {position + u256{1u}, 22}; }
    Slot<Address> base() const { return {position + u256{2u}}; }
    Slot<Address> quote() const { return {position + u256{3u}}; }
    Slot<Hash> record() const { return {position + u256{4u}}; }
    Text description() const { return {{position + u256{5u}}}; }
    Array<Address> reporters() const { return {{position + u256{6u}}}; }
    Map<Address, RoundPlace> reports() const { return {{position + u256{7u}}}; }
    Array<RoundPlace> rounds() const { return {{position + u256{8u}}}; }
    Slot<u128> anchor() const { return {position + u256{9u}, 0}; }
    Slot<uint64_t> anchor_at() const { return {position + u256{9u}, 16}; }
    /// Of the healthy interval: when it began, and how many rounds it has.
    Slot<uint64_t> streak_since() const { return {position + u256{9u}, 24}; }
    Slot<uint64_t> streak() const { return {position + u256{10u}, 0}; }
    /// The block in which the feed opened; 0 while it is closed.
    Slot<uint64_t> opened() const { return {position + u256{10u}, 8}; }
    Slot<Address> face() const { return {position + u256{11u}}; }
    Slot<u128> sample() const { return {position + u256{12u}, 0}; }
    Slot<uint64_t> sampled_at() const { return {position + u256{12u}, 16}; }
    Slot<uint64_t> sample_count() const { return {position + u256{12u}, 24}; }
    Slot<u128> variance() const { return {position + u256{13u}}; }
};

}  // namespace detail

class PriceFeeds : public Batches {
public:
    using Batches::Batches;

    static constexpr size_t reporters_max = 16;
    static constexpr size_t description_size_max = 128;
    static constexpr uint8_t price_decimals_max = 36;
    /// The longest interval of a feed, and the shortest sampling.
    static constexpr uint32_t interval_max_seconds = 31'622'400;
    static constexpr uint32_t sampling_min_seconds = 60;
    /// Samples caught up with in one report; the variance does not fade over more.
    static constexpr uint64_t samples_max = 64;

    using FeedCreated = Event<
        "FeedCreated(bytes32 indexed feed, address indexed owner, bytes32 indexed record, string "
        "description)",
        Hash, Address, Hash, std::string>;
    using FeedOwnerChanged =
        Event<"FeedOwnerChanged(bytes32 indexed feed, address indexed owner)", Hash, Address>;
    using ReporterChanged =
        Event<"ReporterChanged(bytes32 indexed feed, address indexed reporter, bool allowed)", Hash,
              Address, bool>;
    using PriceReported = Event<
        "PriceReported(bytes32 indexed feed, address indexed reporter, uint128 low, uint128 "
        "high, uint64 at)",
        Hash, Address, u128, u128, uint64_t>;
    using RoundRecorded = Event<
        "RoundRecorded(bytes32 indexed feed, uint256 indexed round, uint128 low, uint128 "
        "high, uint64 at)",
        Hash, u256, u128, u128, uint64_t>;
    /// A price left the band around the anchor: or the owner closed the feed, with both zero.
    using FeedClosed = Event<
        "FeedClosed(bytes32 indexed feed, uint256 indexed round, uint256 anchor, uint256 "
        "price)",
        Hash, u256, u256, u256>;
    using FeedOpened =
        Event<"FeedOpened(bytes32 indexed feed, uint256 indexed round, bool byOwner)", Hash, u256,
              bool>;
    using BandChanged = Event<
        "BandChanged(bytes32 indexed feed, uint16 lowerBps, uint16 upperBps, uint32 window, "
        "uint32 healthy)",
        Hash, uint16_t, uint16_t, uint32_t, uint32_t>;

    using UnknownFeed = CustomError<"UnknownFeed(bytes32 feed)", Hash>;
    using FeedParameterInvalid =
        CustomError<"FeedParameterInvalid(bytes32 name, uint256 value)", Hash, u256>;
    using NotFeedOwner = CustomError<"NotFeedOwner(bytes32 feed, address caller)", Hash, Address>;
    using NotReporter = CustomError<"NotReporter(bytes32 feed, address caller)", Hash, Address>;
    using ReporterInvalid =
        CustomError<"ReporterInvalid(bytes32 feed, address reporter)", Hash, Address>;
    using TooManyReporters = CustomError<"TooManyReporters(uint256 max)", u256>;
    /// Zero, or low above high.
    using PriceInvalid = CustomError<"PriceInvalid(uint256 low, uint256 high)", u256, u256>;
    /// In the future, older than maxAge, or not after the reporter's last one.
    using PriceTimeInvalid = CustomError<"PriceTimeInvalid(uint64 at, uint64 last, uint64 now)",
                                         uint64_t, uint64_t, uint64_t>;
    /// Nothing was recorded before this block.
    using NoPrice = CustomError<"NoPrice(bytes32 feed)", Hash>;
    using UnknownRound = CustomError<"UnknownRound(bytes32 feed, uint256 round)", Hash, u256>;
    using FeedNotOpen = CustomError<"FeedNotOpen(bytes32 feed, uint8 status)", Hash, uint8_t>;
    /// A first price that no second one has confirmed, or one that is too old.
    using FeedUnproven = CustomError<"FeedUnproven(bytes32 feed)", Hash>;
    using TooFewSamples = CustomError<"TooFewSamples(bytes32 feed, uint64 count)", Hash, uint64_t>;
    // ERC-7726.
    using OracleUnsupportedPair =
        CustomError<"OracleUnsupportedPair(address base, address quote)", Address, Address>;
    using OracleUntrustedData =
        CustomError<"OracleUntrustedData(address base, address quote)", Address, Address>;

    // The owner.
    /// The id is keccak256(abi.encode(owner, number of his feeds so far)).
    Hash create_feed(FeedParams params);
    void transfer_feed(Hash feed, Address owner);
    void set_reporter(Hash feed, Address reporter, bool allowed);
    /// Changes the band. If the price is outside the new one, the feed closes at once.
    void set_band(Hash feed, uint16_t lower_bps, uint16_t upper_bps, uint32_t window,
                  uint32_t healthy);
    /// Closes the feed until it is re-armed.
    void hold(Hash feed);
    /// Opens the feed from the next block on, at a price that is confirmed and young.
    void rearm(Hash feed);

    // Reporters.
    void report_price(Hash feed, u128 low, u128 high, uint64_t at);

    // Readers.
    uint8_t feed_status(Hash feed) const { return static_cast<uint8_t>(status_of(feed)); }
    bool is_open(Hash feed) const { return status_of(feed) == FeedStatus::sound; }
    /// The last price before this block and whether it may be relied upon.
    std::tuple<u256, u256, uint64_t, uint8_t> price_of(Hash feed) const;
    /// The same for who cannot look at a status: refused unless the feed is open.
    std::tuple<u256, u256> sound_price(Hash feed) const;
    std::tuple<u256, u256, u256, uint64_t> latest_round(Hash feed) const;
    std::tuple<u256, u256, uint64_t> round_at(Hash feed, u256 round) const;
    /// ERC-7726 for one feed, either way round: at the low price, or for one over it at the high.
    u256 quote(Hash feed, u256 amount, Address base, Address quote) const;
    FeedParams feed_of(Hash feed) const;
    Address feed_owner(Hash feed) const { return get(require_feed(feed).owner()); }
    /// Scaled to `window` seconds, times 1e18, rounded up.
    u256 volatility(Hash feed, uint32_t window) const;

    // Conditions.
    bool fresh(Hash feed, uint64_t age_max) const;
    bool volatility_at_most(Hash feed, uint32_t window, u256 wad_max) const;

    std::optional<std::string> broken_invariant() const;

    static constexpr auto abi =
        Batches::abi +
        Methods<
            Method<
                "createFeed((string description, address base, address quote, uint8 baseDecimals, "
                "uint8 quoteDecimals, uint8 decimals, uint8 quorum, uint32 heartbeat, uint32 "
                "maxAge, uint32 window, uint32 healthy, uint32 sampling, uint16 lowerBps, uint16 "
                "upperBps, bytes32 record, address[] reporters) params) returns (bytes32 feed)",
                &PriceFeeds::create_feed>,
            Method<"transferFeed(bytes32 feed, address owner)", &PriceFeeds::transfer_feed>,
            Method<"setReporter(bytes32 feed, address reporter, bool allowed)",
                   &PriceFeeds::set_reporter>,
            Method<"setBand(bytes32 feed, uint16 lowerBps, uint16 upperBps, uint32 window, uint32 "
                   "healthy)",
                   &PriceFeeds::set_band>,
            Method<"hold(bytes32 feed)", &PriceFeeds::hold>,
            Method<"rearm(bytes32 feed)", &PriceFeeds::rearm>,
            Method<"reportPrice(bytes32 feed, uint128 low, uint128 high, uint64 at)",
                   &PriceFeeds::report_price>,
            Method<"feedStatus(bytes32 feed) view returns (uint8)", &PriceFeeds::feed_status>,
            Method<"isOpen(bytes32 feed) view returns (bool)", &PriceFeeds::is_open>,
            Method<
                "priceOf(bytes32 feed) view returns (uint256 low, uint256 high, uint64 at, uint8 "
                "status)",
                &PriceFeeds::price_of>,
            Method<"soundPrice(bytes32 feed) view returns (uint256 low, uint256 high)",
                   &PriceFeeds::sound_price>,
            Method<
                "latestRound(bytes32 feed) view returns (uint256 round, uint256 low, uint256 high, "
                "uint64 at)",
                &PriceFeeds::latest_round>,
            Method<"roundAt(bytes32 feed, uint256 round) view returns (uint256 low, uint256 high, "
                   "uint64 at)",
                   &PriceFeeds::round_at>,
            Method<"quote(bytes32 feed, uint256 amount, address base, address quote) view returns "
                   "(uint256)",
                   &PriceFeeds::quote>,
            Method<
                "feedOf(bytes32 feed) view returns ((string description, address base, address "
                "quote, uint8 baseDecimals, uint8 quoteDecimals, uint8 decimals, uint8 quorum, "
                "uint32 heartbeat, uint32 maxAge, uint32 window, uint32 healthy, uint32 sampling, "
                "uint16 lowerBps, uint16 upperBps, bytes32 record, address[] reporters))",
                &PriceFeeds::feed_of>,
            Method<"feedOwner(bytes32 feed) view returns (address)", &PriceFeeds::feed_owner>,
            Method<"volatility(bytes32 feed, uint32 window) view returns (uint256)",
                   &PriceFeeds::volatility>,
            Method<"fresh(bytes32 feed, uint64 maxAge) view returns (bool)", &PriceFeeds::fresh>,
            Method<
                "volatilityAtMost(bytes32 feed, uint32 window, uint256 maxWad) view returns (bool)",
                &PriceFeeds::volatility_at_most>>{};
    static constexpr auto declarations =
        Batches::declarations +
        Declarations<FeedCreated, FeedOwnerChanged, ReporterChanged, PriceReported, RoundRecorded,
                     FeedClosed, FeedOpened, BandChanged, UnknownFeed, FeedParameterInvalid,
                     NotFeedOwner, NotReporter, ReporterInvalid, TooManyReporters, PriceInvalid,
                     PriceTimeInvalid, NoPrice, UnknownRound, FeedNotOpen, FeedUnproven,
                     TooFewSamples, OracleUnsupportedPair, OracleUntrustedData>{};

protected:
    detail::FeedPlace require_feed(const Hash& feed) const;
    FeedStatus status_of(const Hash& feed) const;
    virtual void judge(const Hash& feed, const Round& round, bool is_new);

    static constexpr Map<Hash, detail::FeedPlace> feeds_{30};

private:
    detail::FeedPlace require_owned(const Hash& feed) const;
    void require_valid(const FeedParams& params) const;
    void require_band(uint16_t lower_bps, uint16_t upper_bps, uint32_t window, uint32_t healthy,
                      uint32_t heartbeat) const;
    bool is_reporter(const detail::FeedPlace& place, const Address& reporter) const;
    void add_reporter(const Hash& feed, const Address& reporter);
    Round read(const detail::RoundPlace& place) const;
    void write(const detail::RoundPlace& place, const Round& round);
    /// The round that the reporters' young prices make; nothing below the quorum.
    std::optional<Round> median_of_reports(const detail::FeedPlace& place) const;
    void record(const Hash& feed, const Round& round);
    void sample(const detail::FeedPlace& place, const u256& standing, const u256& price);
    void close(const Hash& feed, const u256& anchor, const u256& price);
    bool is_within(const detail::FeedPlace& place, const u256& anchor, const u256& price) const;
    /// How many rounds were recorded before this block.
    uint64_t settled_count(const detail::FeedPlace& place) const;
    Round settled(const Hash& feed) const;

    static constexpr Map<Address, uint64_t> feed_counts_{31};
};

}  // namespace plume

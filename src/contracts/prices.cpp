#include "contracts/prices.hpp"

#include <algorithm>
#include <set>

#include "native/math.hpp"

namespace plume {

using namespace literals;

namespace {

constexpr u256 wad = 1'000'000'000'000'000'000_u256;
constexpr u256 bps = 10'000_u256;
constexpr u256 lambda_bps = 9'400_u256;
/// Returns and variances beyond these are as good as infinite.
constexpr u256 return_max = u256{1u} << 100;
constexpr u256 variance_max = (u256{1u} << 128) - u256{1u};

Hash text_word(std::string_view text) {
    Hash out;
    std::ranges::copy(view_of(text), out.bytes.begin());
    return out;
}

u256 divide_up(const u256& a, const u256& b) {
    const Division out = divide(a, b);
    return out.remainder.is_zero() ? out.quotient : out.quotient + u256{1u};
}

/// The least number whose square is not below `x`, by Newton's method from above.
u256 sqrt_up(const u256& x) {
    if (x.is_zero()) return {};
    u256 root = u256{1u} << ((x.bit_length() + 1) / 2);
    for (;;) {
        const u256 next = (root + x / root) >> 1;
        if (next >= root) break;
        root = next;
    }
    return root * root < x ? root + u256{1u} : root;
}

/// The variance after one more return: ceil(var L / BPS) + ceil(r^2 / WAD (BPS - L) / BPS).
u256 variance_after(const u256& variance, const u256& from, const u256& to) {
    const u256 move = from < to ? to - from : from - to;
    const u256 change = std::min(divide_up(move * wad, from), return_max);
    const u256 fresh = divide_up(divide_up(change * change, wad) * (bps - lambda_bps), bps);
    return std::min(divide_up(variance * lambda_bps, bps) + fresh, variance_max);
}

u256 power_of_ten(unsigned exponent) {
    return exp(u256{10u}, u256{exponent});
}

}  // namespace

// The owner.

detail::FeedPlace PriceFeeds::require_feed(const Hash& feed) const {
    const detail::FeedPlace place = feeds_[feed];
    require(get(place.owner()) != Address{}, UnknownFeed{feed});
    return place;
}

detail::FeedPlace PriceFeeds::require_owned(const Hash& feed) const {
    const detail::FeedPlace place = require_feed(feed);
    require(sender() == get(place.owner()), NotFeedOwner{feed, sender()});
    return place;
}

void PriceFeeds::require_valid(const FeedParams& params) const {
    const auto within = [&](std::string_view name, uint64_t value, uint64_t min, uint64_t max) {
        require(value >= min && value <= max, FeedParameterInvalid{text_word(name), u256{value}});
    };
    within("description", params.description.size(), 0, description_size_max);
    within("decimals", params.decimals, 0, price_decimals_max);
    within("baseDecimals", params.base_decimals, 0, price_decimals_max);
    within("quoteDecimals", params.quote_decimals, 0, price_decimals_max);
    within("quorum", params.quorum, 1, reporters_max);
    within("heartbeat", params.heartbeat, 1, interval_max_seconds);
    within("maxAge", params.age_max, params.heartbeat, interval_max_seconds);
    within("sampling", params.sampling, sampling_min_seconds, interval_max_seconds);
    require_band(params.lower_bps, params.upper_bps, params.window, params.healthy,
                 params.heartbeat);
}

void PriceFeeds::require_band(uint16_t lower_bps, uint16_t upper_bps, uint32_t window,
                              uint32_t healthy, uint32_t heartbeat) const {
    const auto within = [&](std::string_view name, uint64_t value, uint64_t min, uint64_t max) {
        require(value >= min && value <= max, FeedParameterInvalid{text_word(name), u256{value}});
    };
    within("lowerBps", lower_bps, 1, 10'000);
    within("upperBps", upper_bps, 1, 0xffff);
    within("window", window, 0, interval_max_seconds);
    within("healthy", healthy, heartbeat, interval_max_seconds);
}

Hash PriceFeeds::create_feed(FeedParams params) {
    require_valid(params);
    record::require_live(*this, params.record);
    const uint64_t number = get(feed_counts_[sender()]);
    set(feed_counts_[sender()], number + 1);
    const Hash feed = keccak256(abi::encode(sender(), number));
    const detail::FeedPlace place = feeds_[feed];
    set(place.owner(), sender());
    set(place.decimals(), params.decimals);
    set(place.base_decimals(), params.base_decimals);
    set(place.quote_decimals(), params.quote_decimals);
    set(place.quorum(), params.quorum);
    set(place.heartbeat(), params.heartbeat);
    set(place.age_max(), params.age_max);
    set(place.window(), params.window);
    set(place.healthy(), params.healthy);
    set(place.sampling(), params.sampling);
    set(place.lower_bps(), params.lower_bps);
    set(place.upper_bps(), params.upper_bps);
    set(place.base(), params.base);
    set(place.quote(), params.quote);
    set(place.record(), params.record);
    set(place.description(), view_of(params.description));
    emit(FeedCreated{feed, sender(), params.record, params.description});
    for (const Address& reporter : params.reporters) add_reporter(feed, reporter);
    return feed;
}

void PriceFeeds::transfer_feed(Hash feed, Address owner) {
    const detail::FeedPlace place = require_owned(feed);
    require(owner != Address{}, NotFeedOwner{feed, owner});
    set(place.owner(), owner);
    emit(FeedOwnerChanged{feed, owner});
}

bool PriceFeeds::is_reporter(const detail::FeedPlace& place, const Address& reporter) const {
    const uint64_t count = length(place.reporters());
    for (uint64_t i = 0; i < count; ++i)
        if (get(place.reporters()[i]) == reporter) return true;
    return false;
}

void PriceFeeds::add_reporter(const Hash& feed, const Address& reporter) {
    const detail::FeedPlace place = feeds_[feed];
    require(reporter != Address{} && !is_reporter(place, reporter),
            ReporterInvalid{feed, reporter});
    require(length(place.reporters()) < reporters_max, TooManyReporters{u256{reporters_max}});
    set(push(place.reporters()), reporter);
    emit(ReporterChanged{feed, reporter, true});
}

void PriceFeeds::set_reporter(Hash feed, Address reporter, bool allowed) {
    const detail::FeedPlace place = require_owned(feed);
    if (allowed) return add_reporter(feed, reporter);
    require(is_reporter(place, reporter), ReporterInvalid{feed, reporter});
    const Array<Address> reporters = place.reporters();
    const uint64_t last = length(reporters) - 1;
    for (uint64_t i = 0; i < last; ++i)
        if (get(reporters[i]) == reporter) set(reporters[i], get(reporters[last]));
    set(reporters[last], {});
    set(reporters.length(), u256{last});
    write(place.reports()[reporter], {});
    emit(ReporterChanged{feed, reporter, false});
}

void PriceFeeds::set_band(Hash feed, uint16_t lower_bps, uint16_t upper_bps, uint32_t window,
                          uint32_t healthy) {
    const detail::FeedPlace place = require_owned(feed);
    require_band(lower_bps, upper_bps, window, healthy, get(place.heartbeat()));
    set(place.lower_bps(), lower_bps);
    set(place.upper_bps(), upper_bps);
    set(place.window(), window);
    set(place.healthy(), healthy);
    emit(BandChanged{feed, lower_bps, upper_bps, window, healthy});
    const uint64_t count = length(place.rounds());
    if (count == 0) return;
    const u256 price = read(place.rounds()[count - 1]).middle();
    const u256 anchor = get(place.anchor());
    if (!is_within(place, anchor, price)) close(feed, anchor, price);
}

void PriceFeeds::hold(Hash feed) {
    const detail::FeedPlace place = require_owned(feed);
    set(place.held(), true);
    set(place.opened(), 0);
    emit(FeedClosed{feed, length(place.rounds()), {}, {}});
}

void PriceFeeds::rearm(Hash feed) {
    const detail::FeedPlace place = require_owned(feed);
    const uint64_t count = length(place.rounds());
    require(count > 0 && get(place.streak()) > 1, FeedUnproven{feed});
    const Round last = read(place.rounds()[count - 1]);
    require(now() - last.at <= get(place.heartbeat()), FeedUnproven{feed});
    set(place.held(), false);
    set(place.anchor(), u128{last.middle()});
    set(place.anchor_at(), now());
    set(place.opened(), block_number());
    emit(FeedOpened{feed, u256{count}, true});
}

// Reporters.

Round PriceFeeds::read(const detail::RoundPlace& place) const {
    return {get(place.low()), get(place.high()), get(place.at()), get(place.block())};
}

void PriceFeeds::write(const detail::RoundPlace& place, const Round& round) {
    set(place.low(), u128{round.low});
    set(place.high(), u128{round.high});
    set(place.at(), round.at);
    set(place.block(), round.block);
}

void PriceFeeds::report_price(Hash feed, u128 low, u128 high, uint64_t at) {
    const detail::FeedPlace place = require_feed(feed);
    require(is_reporter(place, sender()), NotReporter{feed, sender()});
    require(!low.number.is_zero() && low.number <= high.number, PriceInvalid{low, high});
    const detail::RoundPlace own = place.reports()[sender()];
    const uint64_t last = get(own.at());
    require(at > last && at <= now() && now() - at <= get(place.age_max()),
            PriceTimeInvalid{at, last, now()});
    write(own, {low, high, at, block_number()});
    emit(PriceReported{feed, sender(), low, high, at});
    if (const auto round = median_of_reports(place)) record(feed, *round);
}

std::optional<Round> PriceFeeds::median_of_reports(const detail::FeedPlace& place) const {
    std::vector<u256> lows;
    std::vector<u256> highs;
    std::vector<uint64_t> times;
    const uint64_t count = length(place.reporters());
    const uint32_t heartbeat = get(place.heartbeat());
    for (uint64_t i = 0; i < count; ++i) {
        const Round report = read(place.reports()[get(place.reporters()[i])]);
        if (report.at == 0 || now() - report.at > heartbeat) continue;
        lows.push_back(report.low);
        highs.push_back(report.high);
        times.push_back(report.at);
    }
    if (lows.empty() || lows.size() < get(place.quorum())) return std::nullopt;
    std::ranges::sort(lows);
    std::ranges::sort(highs);
    std::ranges::sort(times);
    const size_t lower = (lows.size() - 1) / 2;
    return Round{lows[lower], highs[lows.size() / 2], times[lower], block_number()};
}

void PriceFeeds::record(const Hash& feed, const Round& round) {
    const Array<detail::RoundPlace> rounds = feeds_[feed].rounds();
    const uint64_t count = length(rounds);
    const bool is_new = count == 0 || get(rounds[count - 1].block()) != block_number();
    if (is_new) {
        // What stood until now is what is sampled.
        const u256 standing = count == 0 ? round.middle() : read(rounds[count - 1]).middle();
        sample(feeds_[feed], standing, round.middle());
        write(push(rounds), round);
    } else {
        write(rounds[count - 1], round);
    }
    emit(RoundRecorded{feed, u256{length(rounds)}, u128{round.low}, u128{round.high}, round.at});
    judge(feed, round, is_new);
}

void PriceFeeds::judge(const Hash& feed, const Round& round, bool is_new) {
    const detail::FeedPlace place = feeds_[feed];
    const u256 price = round.middle();
    const uint64_t count = length(place.rounds());
    if (get(place.anchor()).number.is_zero()) return close(feed, {}, price);
    // A streak that began in this block begins with the price that the block ends with.
    if (!is_new && get(place.streak_since()) == now() && get(place.streak()) == 1)
        return close(feed, get(place.anchor()), price);
    if (is_new && now() - get(place.anchor_at()) >= get(place.window())) {
        set(place.anchor(), u128{read(place.rounds()[count - 2]).middle()});
        set(place.anchor_at(), now());
    }
    const u256 anchor = get(place.anchor());
    if (!is_within(place, anchor, price)) return close(feed, anchor, price);
    const uint64_t streak = get(place.streak()) + (is_new ? 1 : 0);
    set(place.streak(), streak);
    const bool is_healthy = streak > 1 && now() - get(place.streak_since()) >= get(place.healthy());
    if (get(place.opened()) != 0 || get(place.held()) || !is_healthy) return;
    set(place.opened(), block_number());
    emit(FeedOpened{feed, u256{count}, false});
}

void PriceFeeds::close(const Hash& feed, const u256& anchor, const u256& price) {
    const detail::FeedPlace place = feeds_[feed];
    set(place.opened(), 0);
    set(place.anchor(), u128{price});
    set(place.anchor_at(), now());
    set(place.streak_since(), now());
    set(place.streak(), 1);
    emit(FeedClosed{feed, length(place.rounds()), anchor, price});
}

bool PriceFeeds::is_within(const detail::FeedPlace& place, const u256& anchor,
                           const u256& price) const {
    // 128 bits by 17.
    return price * bps >= anchor * (bps - u256{get(place.lower_bps())}) &&
           price * bps <= anchor * (bps + u256{get(place.upper_bps())});
}

void PriceFeeds::sample(const detail::FeedPlace& place, const u256& standing, const u256& price) {
    if (get(place.sampled_at()) == 0) {
        set(place.sample(), u128{price});
        set(place.sampled_at(), now());
        return;
    }
    const uint64_t interval = get(place.sampling());
    const uint64_t since = get(place.sampled_at());
    const uint64_t due = (now() - since) / interval;
    if (due == 0) return;
    u256 last = get(place.sample());
    u256 variance = get(place.variance());
    for (uint64_t i = 0; i < std::min(due, samples_max); ++i) {
        variance = variance_after(variance, last, standing);
        last = standing;
    }
    set(place.variance(), u128{variance});
    set(place.sample(), u128{last});
    set(place.sampled_at(), since + due * interval);
    set(place.sample_count(), get(place.sample_count()) + due);
}

// Readers.

uint64_t PriceFeeds::settled_count(const detail::FeedPlace& place) const {
    const uint64_t count = length(place.rounds());
    if (count == 0) return 0;
    return get(place.rounds()[count - 1].block()) == block_number() ? count - 1 : count;
}

Round PriceFeeds::settled(const Hash& feed) const {
    const detail::FeedPlace place = require_feed(feed);
    const uint64_t count = settled_count(place);
    require(count > 0, NoPrice{feed});
    return read(place.rounds()[count - 1]);
}

FeedStatus PriceFeeds::status_of(const Hash& feed) const {
    const detail::FeedPlace place = require_feed(feed);
    const uint64_t opened = get(place.opened());
    const uint64_t count = settled_count(place);
    if (opened == 0 || opened == block_number() || count == 0) return FeedStatus::closed;
    const Round last = read(place.rounds()[count - 1]);
    const uint64_t age = now() - last.at;
    if (age > get(place.age_max())) return FeedStatus::closed;
    const u256 spread_max{uint64_t{get(place.lower_bps())} + get(place.upper_bps())};
    const bool is_wide = (last.high - last.low) * bps > last.low * spread_max;
    return age > get(place.heartbeat()) || is_wide ? FeedStatus::iffy : FeedStatus::sound;
}

std::tuple<u256, u256, uint64_t, uint8_t> PriceFeeds::price_of(Hash feed) const {
    const Round last = settled(feed);
    return {last.low, last.high, last.at, feed_status(feed)};
}

std::tuple<u256, u256> PriceFeeds::sound_price(Hash feed) const {
    const Round last = settled(feed);
    const FeedStatus status = status_of(feed);
    require(status == FeedStatus::sound, FeedNotOpen{feed, static_cast<uint8_t>(status)});
    return {last.low, last.high};
}

std::tuple<u256, u256, u256, uint64_t> PriceFeeds::latest_round(Hash feed) const {
    const Round last = settled(feed);
    return {u256{settled_count(feeds_[feed])}, last.low, last.high, last.at};
}

std::tuple<u256, u256, uint64_t> PriceFeeds::round_at(Hash feed, u256 round) const {
    const detail::FeedPlace place = require_feed(feed);
    require(!round.is_zero() && round <= u256{settled_count(place)}, UnknownRound{feed, round});
    const Round found = read(place.rounds()[round.low64() - 1]);
    return {found.low, found.high, found.at};
}

u256 PriceFeeds::quote(Hash feed, u256 amount, Address base, Address quote) const {
    const detail::FeedPlace place = require_feed(feed);
    const Address from = get(place.base());
    const Address to = get(place.quote());
    const bool is_straight = base == from && quote == to;
    require(is_straight || (base == to && quote == from), OracleUnsupportedPair{base, quote});
    require(status_of(feed) == FeedStatus::sound, OracleUntrustedData{base, quote});
    const Round last = settled(feed);
    // A unit of the base is 10^baseDecimals of its smallest.
    const u256 numerator = power_of_ten(get(place.quote_decimals()));
    const u256 denominator =
        power_of_ten(get(place.base_decimals()) + unsigned{get(place.decimals())});
    // At most 10^36 by 2^128, and 10^72.
    return is_straight ? mul_div_down(amount, last.low * numerator, denominator)
                       : mul_div_down(amount, denominator, last.high * numerator);
}

FeedParams PriceFeeds::feed_of(Hash feed) const {
    const detail::FeedPlace place = require_feed(feed);
    FeedParams out{.description = get_string(place.description()),
                   .base = get(place.base()),
                   .quote = get(place.quote()),
                   .base_decimals = get(place.base_decimals()),
                   .quote_decimals = get(place.quote_decimals()),
                   .decimals = get(place.decimals()),
                   .quorum = get(place.quorum()),
                   .heartbeat = get(place.heartbeat()),
                   .age_max = get(place.age_max()),
                   .window = get(place.window()),
                   .healthy = get(place.healthy()),
                   .sampling = get(place.sampling()),
                   .lower_bps = get(place.lower_bps()),
                   .upper_bps = get(place.upper_bps()),
                   .record = get(place.record()),
                   .reporters = {}};
    const uint64_t count = length(place.reporters());
    for (uint64_t i = 0; i < count; ++i) out.reporters.push_back(get(place.reporters()[i]));
    return out;
}

u256 PriceFeeds::volatility(Hash feed, uint32_t window) const {
    const u256 price = settled(feed).middle();
    const detail::FeedPlace place = feeds_[feed];
    const uint64_t count = get(place.sample_count());
    require(count > 1, TooFewSamples{feed, count});
    const u256 variance = get(place.variance());
    const u256 pending = variance_after(variance, get(place.sample()), price);
    // 128 bits by 32 by 60.
    return sqrt_up(
        divide_up(std::max(variance, pending) * u256{window} * wad, u256{get(place.sampling())}));
}

bool PriceFeeds::fresh(Hash feed, uint64_t age_max) const {
    return now() - settled(feed).at <= age_max;
}

bool PriceFeeds::volatility_at_most(Hash feed, uint32_t window, u256 wad_max) const {
    const FeedStatus status = status_of(feed);
    require(status != FeedStatus::closed, FeedNotOpen{feed, static_cast<uint8_t>(status)});
    return volatility(feed, window) <= wad_max;
}

// Invariants.

std::optional<std::string> PriceFeeds::broken_invariant() const {
    if (auto broken = Batches::broken_invariant()) return broken;
    std::set<Hash> touched;
    std::set<Hash> opened;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        if (const auto recorded = RoundRecorded::decode(log)) {
            const auto& [feed, round, low, high, at] = *recorded;
            if (low.number.is_zero() || low.number > high.number)
                return "O-4: a price is not a price";
            if (at > now()) return "O-4: a price of the future was recorded";
            touched.insert(feed);
        } else if (const auto open = FeedOpened::decode(log)) {
            opened.insert(std::get<0>(*open));
        } else if (const auto band = BandChanged::decode(log)) {
            touched.insert(std::get<0>(*band));
        }
    }
    for (const Hash& feed : touched) {
        const detail::FeedPlace place = feeds_[feed];
        const uint64_t count = length(place.rounds());
        if (get(place.opened()) == 0 || count == 0) continue;
        const Round last = read(place.rounds()[count - 1]);
        if (!is_within(place, get(place.anchor()), last.middle()))
            return "O-4: an open feed's price is outside its band";
        if (before(place.opened()) == 0 && !opened.contains(feed))
            return "O-4: a feed opened by nobody's word";
    }
    for (const Hash& feed : opened) {
        const detail::FeedPlace place = feeds_[feed];
        if (get(place.opened()) != 0 && get(place.streak()) < 2)
            return "O-4: a feed opened with a price that nothing confirms";
    }
    return std::nullopt;
}

}  // namespace plume

#include "contracts/navs.hpp"

#include <algorithm>

#include "contracts/eas.hpp"
#include "native/math.hpp"
#include "native/remote.hpp"

namespace plume {

namespace {

using GetAttestation = Remote<
    "getAttestation(bytes32 uid) view returns ((bytes32 uid, bytes32 schema, uint64 time, uint64 "
    "expirationTime, uint64 revocationTime, bytes32 refUID, address recipient, address attester, "
    "bool revocable, bytes data))",
    eas::Attestation, Hash>;

constexpr Hash per_unit = keccak256_constexpr("ERC-8330:NAV_BASIS:PER_UNIT");
constexpr Hash per_share = keccak256_constexpr("ERC-8330:NAV_BASIS:PER_SHARE");
constexpr Hash total = keccak256_constexpr("ERC-8330:NAV_BASIS:TOTAL");
constexpr unsigned decimals_of_all = 18;

u256 magnitude_of(const i256& value) {
    return value.is_negative() ? -value.bits : value.bits;
}

/// With eighteen decimals; what is stored has room for that.
i256 scaled(const i256& nav, uint8_t decimals) {
    return {nav.bits * exp(u256{10u}, u256{decimals_of_all - decimals})};
}

/// As the standard counts: from 0, and the largest number for none.
u256 index_of(uint64_t number) {
    return number == 0 ? u256_max : u256{number - 1};
}

template <class... M>
constexpr Selector exclusive_or(Methods<M...>) {
    Selector out{};
    for (size_t i = 0; i < 4; ++i)
        out.bytes[i] = static_cast<uint8_t>((M::selector.bytes[i] ^ ... ^ 0));
    return out;
}

}  // namespace

Selector Navs::oracle_interface() {
    return exclusive_or(oracle);
}

// Configuring.

void Navs::set_nav_basis(Hash subject, Hash currency, Hash basis) {
    require(basis == per_unit || basis == per_share || basis == total, BasisInvalid{basis});
    const detail::StreamPlace stream = streams_[subject][currency];
    require(get(stream.basis()).is_zero(), BasisConfigured{get(stream.basis())});
    record::require_live(*this, subject);
    const Address attester = GetAttestation::read(*this, contracts::attestations, subject).attester;
    require(sender() == attester, NotConfigurer{sender()});
    set(stream.basis(), basis);
    set(stream.configurer(), attester);
    emit(NAVBasisConfigured{subject, currency, basis});
}

detail::StreamPlace Navs::require_configured(const Hash& subject, const Hash& currency) const {
    const detail::StreamPlace stream = streams_[subject][currency];
    require(sender() == get(stream.configurer()) && sender() != Address{}, NotConfigurer{sender()});
    return stream;
}

void Navs::set_staleness_config(Hash subject, Hash currency, uint64_t heartbeat, uint64_t age_max) {
    const detail::StreamPlace stream = require_configured(subject, currency);
    require(heartbeat != 0 && age_max != 0, StalenessInvalid{});
    set(stream.heartbeat(), heartbeat);
    set(stream.age_max(), age_max);
    emit(StalenessConfigUpdated{subject, currency, heartbeat, age_max});
}

void Navs::set_nav_provider(Hash subject, Hash currency, Address provider, bool allowed) {
    const detail::StreamPlace stream = require_configured(subject, currency);
    set(stream.providers()[provider].allowed(), allowed);
    emit(NAVProviderChanged{subject, currency, provider, allowed});
}

// Publishing.

void Navs::require_valid(const i256& nav, uint8_t decimals) const {
    constexpr u256 most = u256_max >> 1;
    require(decimals <= decimals_of_all &&
                magnitude_of(nav) <= most / exp(u256{10u}, u256{decimals_of_all - decimals}),
            NavInvalid{nav, decimals});
}

u256 Navs::publish_nav(Hash subject, Hash currency, Hash basis, i256 nav, uint8_t decimals,
                       uint64_t valuation, Hash methodology, std::string uri, u256 corrects) {
    const detail::StreamPlace stream = streams_[subject][currency];
    require(!basis.is_zero() && basis == get(stream.basis()), BasisInvalid{basis});
    const detail::ProviderPlace provider = stream.providers()[sender()];
    require(get(provider.allowed()), NotProvider{sender()});
    record::require_live(*this, subject);
    require_valid(nav, decimals);
    require(valuation <= now(), ValuationInFuture{valuation, now()});
    require(!methodology.is_zero() && uri.size() <= uri_size_max, MethodologyInvalid{});
    const Slot<uint64_t> current = provider.current()[valuation];
    const uint64_t target = get(current);
    if (corrects == u256_max)
        require(target == 0, ValuationOccupied{valuation, index_of(target)});
    else
        require(target != 0 && corrects == index_of(target), CorrectionInvalid{corrects});

    const uint64_t number = length(stream.snapshots()) + 1;
    const detail::SnapshotPlace place = push(stream.snapshots());
    set(place.nav(), nav);
    set(place.provider(), sender());
    set(place.decimals(), decimals);
    set(place.valuation(), valuation);
    set(place.published(), now());
    set(place.corrects(), target);
    set(place.methodology(), methodology);
    set(place.uri(), view_of(uri));
    set(push(provider.history()), number);
    for (uint8_t list = 0; list < 2; ++list) {
        const Neighbours gap = target != 0 ? unhang(stream, target, list)
                                           : Neighbours{0, get(head(stream, number, list))};
        hang(stream, number, list, gap);
    }
    if (target != 0) set(at(stream, target).corrected_by(), number);
    set(current, number);
    set(stream.changed_block(), block_number());
    emit(NAVPublished{subject, currency, sender(), index_of(number), nav, decimals, basis,
                      valuation, methodology, corrects});
    return index_of(number);
}

void Navs::invalidate_snapshot(Hash subject, Hash currency, u256 index, Hash reason) {
    const detail::StreamPlace stream = require_configured(subject, currency);
    require(!reason.is_zero(), ReasonMissing{});
    const uint64_t number = require_index(stream, index);
    require(is_current(stream, number), SnapshotNotCurrent{index});
    const detail::SnapshotPlace place = at(stream, number);
    set(place.invalidated(), true);
    const uint64_t former = get(place.corrects());
    if (former != 0) set(at(stream, former).corrected_by(), 0);
    for (uint8_t list = 0; list < 2; ++list) {
        const Neighbours gap = unhang(stream, number, list);
        if (former != 0) hang(stream, former, list, gap);
    }
    const Address provider = get(place.provider());
    set(stream.providers()[provider].current()[get(place.valuation())], former);
    set(stream.changed_block(), block_number());
    emit(NAVSnapshotInvalidated{subject, currency, provider, index, sender(), reason});
}

// Lists.

bool Navs::is_newer(const detail::StreamPlace& stream, uint64_t one, uint64_t other) const {
    const auto rank = [&](uint64_t number) {
        const detail::SnapshotPlace place = at(stream, number);
        return std::tuple{get(place.valuation()), get(place.published()), number};
    };
    return rank(one) > rank(other);
}

Slot<uint64_t> Navs::head(const detail::StreamPlace& stream, uint64_t number, uint8_t list) const {
    if (list == 0) return stream.latest();
    return stream.providers()[get(at(stream, number).provider())].latest();
}

void Navs::hang(const detail::StreamPlace& stream, uint64_t number, uint8_t list, Neighbours gap) {
    uint64_t steps = 0;
    const auto step = [&] {
        require(steps++ < backlog_max, ValuationTooOld{get(at(stream, number).valuation())});
    };
    while (gap.newer != 0 && !is_newer(stream, gap.newer, number)) {
        step();
        gap = {get(at(stream, gap.newer).newer(list)), gap.newer};
    }
    while (gap.older != 0 && is_newer(stream, gap.older, number)) {
        step();
        gap = {gap.older, get(at(stream, gap.older).older(list))};
    }
    set(at(stream, number).newer(list), gap.newer);
    set(at(stream, number).older(list), gap.older);
    if (gap.older != 0) set(at(stream, gap.older).newer(list), number);
    if (gap.newer != 0)
        set(at(stream, gap.newer).older(list), number);
    else
        set(head(stream, number, list), number);
}

Navs::Neighbours Navs::unhang(const detail::StreamPlace& stream, uint64_t number, uint8_t list) {
    const Neighbours gap{get(at(stream, number).newer(list)), get(at(stream, number).older(list))};
    if (gap.older != 0) set(at(stream, gap.older).newer(list), gap.newer);
    if (gap.newer != 0)
        set(at(stream, gap.newer).older(list), gap.older);
    else
        set(head(stream, number, list), gap.older);
    set(at(stream, number).newer(list), 0);
    set(at(stream, number).older(list), 0);
    return gap;
}

// Reading.

uint64_t Navs::require_index(const detail::StreamPlace& stream, const u256& index) const {
    require(index < u256{length(stream.snapshots())}, UnknownSnapshot{index});
    return index.low64() + 1;
}

bool Navs::is_current(const detail::StreamPlace& stream, uint64_t number) const {
    const detail::SnapshotPlace place = at(stream, number);
    return get(place.corrected_by()) == 0 && !get(place.invalidated());
}

uint64_t Navs::require_latest(const detail::StreamPlace& stream) const {
    const uint64_t number = get(stream.latest());
    require(number != 0, NoCurrentSnapshot{});
    return number;
}

NavSnapshot Navs::snapshot(const Hash& subject, const Hash& currency, uint64_t number) const {
    const detail::StreamPlace stream = streams_[subject][currency];
    const detail::SnapshotPlace place = at(stream, number);
    const uint64_t corrected_by = get(place.corrected_by());
    return {.subject = subject,
            .currency = currency,
            .basis = get(stream.basis()),
            .nav = get(place.nav()),
            .decimals = get(place.decimals()),
            .valuation_timestamp = get(place.valuation()),
            .published_at = get(place.published()),
            .provider = get(place.provider()),
            .methodology_hash = get(place.methodology()),
            .methodology_uri = get_string(place.uri()),
            .corrects_index = index_of(get(place.corrects())),
            // A correction never has index 0, which so stands for none.
            .corrected_by_index = corrected_by == 0 ? u256{} : index_of(corrected_by)};
}

NavSnapshot Navs::get_snapshot(Hash subject, Hash currency, u256 index) const {
    return snapshot(subject, currency, require_index(streams_[subject][currency], index));
}

bool Navs::is_snapshot_invalidated(Hash subject, Hash currency, u256 index) const {
    const detail::StreamPlace stream = streams_[subject][currency];
    return get(at(stream, require_index(stream, index)).invalidated());
}

bool Navs::is_snapshot_current(Hash subject, Hash currency, u256 index) const {
    const detail::StreamPlace stream = streams_[subject][currency];
    return is_current(stream, require_index(stream, index));
}

u256 Navs::current_snapshot_index(Hash subject, Hash currency, u256 index) const {
    const detail::StreamPlace stream = streams_[subject][currency];
    const uint64_t asked = require_index(stream, index);
    // Whatever has been corrected leads to the provider's current one of its valuation, or to none.
    const detail::SnapshotPlace place = at(stream, asked);
    require(!get(place.invalidated()), SnapshotNotCurrent{index});
    const uint64_t number =
        get(stream.providers()[get(place.provider())].current()[get(place.valuation())]);
    require(number != 0, SnapshotNotCurrent{index});
    return index_of(number);
}

u256 Navs::snapshot_count(Hash subject, Hash currency) const {
    return u256{length(streams_[subject][currency].snapshots())};
}

std::tuple<i256, uint8_t, Hash, uint64_t, uint64_t, Address> Navs::latest_nav(Hash subject,
                                                                              Hash currency) const {
    const detail::StreamPlace stream = streams_[subject][currency];
    const detail::SnapshotPlace place = at(stream, require_latest(stream));
    return {get(place.nav()),       get(place.decimals()),  get(stream.basis()),
            get(place.valuation()), get(place.published()), get(place.provider())};
}

std::tuple<i256, uint8_t, Hash, uint64_t, uint64_t, Address, bool, bool> Navs::latest_nav_status(
    Hash subject, Hash currency) const {
    const detail::StreamPlace stream = streams_[subject][currency];
    const auto [nav, decimals, basis, valuation, published, provider] =
        latest_nav(subject, currency);
    const uint64_t heartbeat = get(stream.heartbeat());
    require(heartbeat != 0, StalenessInvalid{});
    return {nav,
            decimals,
            basis,
            valuation,
            published,
            provider,
            now() - published > heartbeat,
            now() - valuation > get(stream.age_max())};
}

NavSnapshot Navs::latest_nav_by_provider(Hash subject, Hash currency, Address provider) const {
    const uint64_t number = get(streams_[subject][currency].providers()[provider].latest());
    require(number != 0, NoCurrentSnapshot{});
    return snapshot(subject, currency, number);
}

u256 Navs::provider_snapshot_count(Hash subject, Hash currency, Address provider) const {
    return u256{length(streams_[subject][currency].providers()[provider].history())};
}

u256 Navs::provider_snapshot_at(Hash subject, Hash currency, Address provider, u256 ordinal) const {
    const Array<uint64_t> history = streams_[subject][currency].providers()[provider].history();
    require(ordinal < u256{length(history)}, UnknownSnapshot{ordinal});
    return index_of(get(history[ordinal.low64()]));
}

bool Navs::nav_at_least(Hash subject, Hash currency, i256 nav, uint8_t decimals) const {
    require_valid(nav, decimals);
    record::require_live(*this, subject);
    const auto [found, found_decimals, basis, valuation, published, provider, is_publish_stale,
                is_valuation_stale] = latest_nav_status(subject, currency);
    const uint64_t changed = get(streams_[subject][currency].changed_block());
    require(changed != block_number(), NavUnsettled{changed});
    require(!is_publish_stale && !is_valuation_stale, NavStale{published, valuation});
    return scaled(found, found_decimals) >= scaled(nav, decimals);
}

// Invariants.

std::optional<std::string> Navs::broken_invariant() const {
    if (auto broken = PriceFeeds::broken_invariant()) return broken;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        Hash subject;
        Hash currency;
        if (const auto published = NAVPublished::decode(log)) {
            subject = std::get<0>(*published);
            currency = std::get<1>(*published);
        } else if (const auto invalidated = NAVSnapshotInvalidated::decode(log)) {
            subject = std::get<0>(*invalidated);
            currency = std::get<1>(*invalidated);
        } else {
            continue;
        }
        const detail::StreamPlace stream = streams_[subject][currency];
        if (length(stream.snapshots()) < before(stream.snapshots().length()).low64())
            return "O-5: a snapshot was erased";
        const uint64_t latest = get(stream.latest());
        if (latest == 0) continue;
        if (!is_current(stream, latest)) return "O-5: the latest value is not current";
        const uint64_t second = get(at(stream, latest).older(0));
        if (get(at(stream, latest).newer(0)) != 0 ||
            (second != 0 && !is_newer(stream, latest, second)))
            return "O-5: the latest value is not the newest";
    }
    return std::nullopt;
}

}  // namespace plume

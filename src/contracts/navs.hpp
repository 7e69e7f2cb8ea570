// Navs: streams of net asset values, as ERC-8330 has them (its core interface).
//
// A stream is (subject, currency). The subject is a record: its attester is the stream's configurer
// and administrator, and stays so; he sets the basis once, names providers, and may invalidate. A
// provider says what the subject was worth at a time; he corrects himself by a snapshot that names
// the one it replaces (`correctsIndex`). Nothing is ever erased: what is corrected or invalidated
// is only no longer current.
//
// `methodologyHash` is the keccak256 of the document's bytes; where the URI is empty, the document
// is an attachment of the subject's record.
//
// Current snapshots hang in two lists, of the stream and of the provider, newest valuation first;
// so the latest is found at once, whatever is corrected or invalidated. A snapshot whose valuation
// is older than `backlog_max` current ones finds no place and is refused.
//
// `latestNAV` answers with what stands at the moment, as the standard says. The condition
// `navAtLeast` is for whoever pays by it: it wants a current, fresh value in a stream that has not
// changed in this block (O-3), so that a corrected or invalidated snapshot satisfies nothing (O-5).
//
// Invariants:
//   O-5  the latest value of a stream is not corrected and not invalidated, and no other current
//        one is newer; snapshots are only added.
#pragma once

#include "contracts/prices.hpp"

namespace plume {

struct NavSnapshot {
    Hash subject;
    Hash currency;
    Hash basis;
    i256 nav;
    uint8_t decimals = 0;
    uint64_t valuation_timestamp = 0;
    uint64_t published_at = 0;
    Address provider;
    Hash methodology_hash;
    std::string methodology_uri;
    u256 corrects_index;
    u256 corrected_by_index;

    static constexpr auto members = std::tuple{&NavSnapshot::subject,
                                               &NavSnapshot::currency,
                                               &NavSnapshot::basis,
                                               &NavSnapshot::nav,
                                               &NavSnapshot::decimals,
                                               &NavSnapshot::valuation_timestamp,
                                               &NavSnapshot::published_at,
                                               &NavSnapshot::provider,
                                               &NavSnapshot::methodology_hash,
                                               &NavSnapshot::methodology_uri,
                                               &NavSnapshot::corrects_index,
                                               &NavSnapshot::corrected_by_index};
};

namespace detail {

/// Indices stand for snapshots counted from 1, so that 0 is none.
struct SnapshotPlace : Place {
    static constexpr uint64_t slots = 8;
    Slot<i256> nav() const { return {position}; }
    Slot<Address> provider() const { return {position + u256{1u}, 0}; }
    Slot<uint8_t> decimals() const { return {position + u256{1u}, 20}; }
    Slot<bool> invalidated() const { return {position + u256{1u}, 21}; }
    Slot<uint64_t> valuation() const { return {position + u256{2u}, 0}; }
    Slot<uint64_t> published() const { return {position + u256{2u}, 8}; }
    Slot<uint64_t> corrects() const { return {position + u256{2u}, 16}; }
    Slot<uint64_t> corrected_by() const { return {position + u256{2u}, 24}; }
    Slot<Hash> methodology() const { return {position + u256{3u}}; }
    Text uri() const { return {{position + u256{4u}}}; }
    /// The neighbours in list 0, the stream's, and list 1, the provider's.
    Slot<uint64_t> newer(uint8_t list) const {
        return {position + u256{5u}, static_cast<uint8_t>(16 * list)};
    }
    Slot<uint64_t> older(uint8_t list) const {
        return {position + u256{5u}, static_cast<uint8_t>(16 * list + 8)};
    }
};

struct ProviderPlace : Place {
    Slot<bool> allowed() const { return {position, 0}; }
    Slot<uint64_t> latest() const { return {position, 8}; }
    Array<uint64_t> history() const { return {{position + u256{1u}}}; }
    /// The current snapshot of a valuation timestamp.
    Map<uint64_t, uint64_t> current() const { return {{position + u256{2u}}}; }
};

struct StreamPlace : Place {
    Slot<Hash> basis() const { return {position}; }
    Slot<Address> configurer() const { return {position + u256{1u}}; }
    Slot<uint64_t> heartbeat() const { return {position + u256{2u}, 0}; }
    Slot<uint64_t> age_max() const { return {position + u256{2u}, 8}; }
    Slot<uint64_t> latest() const { return {position + u256{2u}, 16}; }
    /// The last block that changed what is current.
    Slot<uint64_t> changed_block() const { return {position + u256{2u}, 24}; }
    Array<SnapshotPlace> snapshots() const { return {{position + u256{3u}}}; }
    Map<Address, ProviderPlace> providers() const { return {{position + u256{4u}}}; }
};

}  // namespace detail

class Navs : public PriceFeeds {
public:
    using PriceFeeds::PriceFeeds;

    /// How many newer current snapshots one is placed behind at most.
    static constexpr uint64_t backlog_max = 64;
    static constexpr size_t uri_size_max = 256;

    using NAVPublished = Event<
        "NAVPublished(bytes32 indexed subjectId, bytes32 indexed currency, address indexed "
        "provider, uint256 snapshotIndex, int256 nav, uint8 decimals, bytes32 navBasis, uint64 "
        "valuationTimestamp, bytes32 methodologyHash, uint256 correctsIndex)",
        Hash, Hash, Address, u256, i256, uint8_t, Hash, uint64_t, Hash, u256>;
    using StalenessConfigUpdated = Event<
        "StalenessConfigUpdated(bytes32 indexed subjectId, bytes32 indexed currency, uint64 "
        "heartbeat, uint64 maxValuationAge)",
        Hash, Hash, uint64_t, uint64_t>;
    using NAVBasisConfigured = Event<
        "NAVBasisConfigured(bytes32 indexed subjectId, bytes32 indexed currency, bytes32 navBasis)",
        Hash, Hash, Hash>;
    using NAVSnapshotInvalidated = Event<
        "NAVSnapshotInvalidated(bytes32 indexed subjectId, bytes32 indexed currency, address "
        "indexed provider, uint256 snapshotIndex, address invalidatedBy, bytes32 reasonHash)",
        Hash, Hash, Address, u256, Address, Hash>;
    using NAVProviderChanged = Event<
        "NAVProviderChanged(bytes32 indexed subjectId, bytes32 indexed currency, address indexed "
        "provider, bool allowed)",
        Hash, Hash, Address, bool>;

    /// Not the attester of the subject's record.
    using NotConfigurer = CustomError<"NotConfigurer(address caller)", Address>;
    using NotProvider = CustomError<"NotProvider(address caller)", Address>;
    using BasisInvalid = CustomError<"BasisInvalid(bytes32 navBasis)", Hash>;
    using BasisConfigured = CustomError<"BasisConfigured(bytes32 navBasis)", Hash>;
    /// Too many decimals, or too large for eighteen.
    using NavInvalid = CustomError<"NavInvalid(int256 nav, uint8 decimals)", i256, uint8_t>;
    using ValuationInFuture =
        CustomError<"ValuationInFuture(uint64 valuationTimestamp, uint64 now)", uint64_t, uint64_t>;
    /// Older than `backlog_max` current snapshots.
    using ValuationTooOld = CustomError<"ValuationTooOld(uint64 valuationTimestamp)", uint64_t>;
    using MethodologyInvalid = CustomError<"MethodologyInvalid()">;
    /// The provider has a current snapshot of this time: he has to correct that.
    using ValuationOccupied =
        CustomError<"ValuationOccupied(uint64 valuationTimestamp, uint256 index)", uint64_t, u256>;
    /// Not the provider's own current snapshot of this valuation timestamp.
    using CorrectionInvalid = CustomError<"CorrectionInvalid(uint256 correctsIndex)", u256>;
    using UnknownSnapshot = CustomError<"UnknownSnapshot(uint256 index)", u256>;
    using SnapshotNotCurrent = CustomError<"SnapshotNotCurrent(uint256 index)", u256>;
    using ReasonMissing = CustomError<"ReasonMissing()">;
    using NoCurrentSnapshot = CustomError<"NoCurrentSnapshot()">;
    using StalenessInvalid = CustomError<"StalenessInvalid()">;
    using NavUnsettled = CustomError<"NavUnsettled(uint64 block)", uint64_t>;
    using NavStale =
        CustomError<"NavStale(uint64 publishedAt, uint64 valuationTimestamp)", uint64_t, uint64_t>;

    // ERC-8330.
    u256 publish_nav(Hash subject, Hash currency, Hash basis, i256 nav, uint8_t decimals,
                     uint64_t valuation, Hash methodology, std::string uri, u256 corrects);
    void set_nav_basis(Hash subject, Hash currency, Hash basis);
    void invalidate_snapshot(Hash subject, Hash currency, u256 index, Hash reason);
    bool is_snapshot_invalidated(Hash subject, Hash currency, u256 index) const;
    void set_staleness_config(Hash subject, Hash currency, uint64_t heartbeat, uint64_t age_max);
    Hash stream_nav_basis(Hash subject, Hash currency) const {
        return get(streams_[subject][currency].basis());
    }
    std::tuple<i256, uint8_t, Hash, uint64_t, uint64_t, Address> latest_nav(Hash subject,
                                                                            Hash currency) const;
    std::tuple<i256, uint8_t, Hash, uint64_t, uint64_t, Address, bool, bool> latest_nav_status(
        Hash subject, Hash currency) const;
    NavSnapshot get_snapshot(Hash subject, Hash currency, u256 index) const;
    u256 current_snapshot_index(Hash subject, Hash currency, u256 index) const;
    bool is_snapshot_current(Hash subject, Hash currency, u256 index) const;
    u256 snapshot_count(Hash subject, Hash currency) const;
    NavSnapshot latest_nav_by_provider(Hash subject, Hash currency, Address provider) const;
    u256 provider_snapshot_count(Hash subject, Hash currency, Address provider) const;
    u256 provider_snapshot_at(Hash subject, Hash currency, Address provider, u256 ordinal) const;
    uint64_t heartbeat(Hash subject, Hash currency) const {
        return get(streams_[subject][currency].heartbeat());
    }
    uint64_t max_valuation_age(Hash subject, Hash currency) const {
        return get(streams_[subject][currency].age_max());
    }

    void set_nav_provider(Hash subject, Hash currency, Address provider, bool allowed);
    /// A condition; refused when the value is stale, of this block, or there is none.
    bool nav_at_least(Hash subject, Hash currency, i256 nav, uint8_t decimals) const;

    std::optional<std::string> broken_invariant() const;

    /// What ERC-8330 calls INAVSnapshotOracle.
    static constexpr auto oracle = Methods<
        Method<"publishNAV(bytes32 subjectId, bytes32 currency, bytes32 navBasis, int256 nav, "
               "uint8 decimals, uint64 valuationTimestamp, bytes32 methodologyHash, string "
               "methodologyURI, uint256 correctsIndex) returns (uint256 snapshotIndex)",
               &Navs::publish_nav>,
        Method<"setNAVBasis(bytes32 subjectId, bytes32 currency, bytes32 navBasis)",
               &Navs::set_nav_basis>,
        Method<"invalidateSnapshot(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex, "
               "bytes32 reasonHash)",
               &Navs::invalidate_snapshot>,
        Method<"isSnapshotInvalidated(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) "
               "view returns (bool)",
               &Navs::is_snapshot_invalidated>,
        Method<"setStalenessConfig(bytes32 subjectId, bytes32 currency, uint64 heartbeat, uint64 "
               "maxValuationAge)",
               &Navs::set_staleness_config>,
        Method<"streamNAVBasis(bytes32 subjectId, bytes32 currency) view returns (bytes32 "
               "navBasis)",
               &Navs::stream_nav_basis>,
        Method<"latestNAV(bytes32 subjectId, bytes32 currency) view returns (int256 nav, uint8 "
               "decimals, bytes32 navBasis, uint64 valuationTimestamp, uint64 publishedAt, address "
               "provider)",
               &Navs::latest_nav>,
        Method<"latestNAVStatus(bytes32 subjectId, bytes32 currency) view returns (int256 nav, "
               "uint8 decimals, bytes32 navBasis, uint64 valuationTimestamp, uint64 publishedAt, "
               "address provider, bool isPublishStale, bool isValuationStale)",
               &Navs::latest_nav_status>,
        Method<"getSnapshot(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) view "
               "returns ((bytes32 subjectId, bytes32 currency, bytes32 navBasis, int256 nav, uint8 "
               "decimals, uint64 valuationTimestamp, uint64 publishedAt, address provider, bytes32 "
               "methodologyHash, string methodologyURI, uint256 correctsIndex, uint256 "
               "correctedByIndex))",
               &Navs::get_snapshot>,
        Method<"currentSnapshotIndex(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) "
               "view returns (uint256)",
               &Navs::current_snapshot_index>,
        Method<"isSnapshotCurrent(bytes32 subjectId, bytes32 currency, uint256 snapshotIndex) view "
               "returns (bool)",
               &Navs::is_snapshot_current>,
        Method<"snapshotCount(bytes32 subjectId, bytes32 currency) view returns (uint256)",
               &Navs::snapshot_count>,
        Method<"latestNAVByProvider(bytes32 subjectId, bytes32 currency, address provider) view "
               "returns ((bytes32 subjectId, bytes32 currency, bytes32 navBasis, int256 nav, uint8 "
               "decimals, uint64 valuationTimestamp, uint64 publishedAt, address provider, bytes32 "
               "methodologyHash, string methodologyURI, uint256 correctsIndex, uint256 "
               "correctedByIndex))",
               &Navs::latest_nav_by_provider>,
        Method<"providerSnapshotCount(bytes32 subjectId, bytes32 currency, address provider) view "
               "returns (uint256)",
               &Navs::provider_snapshot_count>,
        Method<"providerSnapshotAt(bytes32 subjectId, bytes32 currency, address provider, uint256 "
               "ordinal) view returns (uint256 snapshotIndex)",
               &Navs::provider_snapshot_at>,
        Method<"heartbeat(bytes32 subjectId, bytes32 currency) view returns (uint64)",
               &Navs::heartbeat>,
        Method<"maxValuationAge(bytes32 subjectId, bytes32 currency) view returns (uint64)",
               &Navs::max_valuation_age>>{};
    static constexpr auto abi =
        PriceFeeds::abi + oracle +
        Methods<
            Method<"setNAVProvider(bytes32 subjectId, bytes32 currency, address provider, bool "
                   "allowed)",
                   &Navs::set_nav_provider>,
            Method<"navAtLeast(bytes32 subjectId, bytes32 currency, int256 nav, uint8 decimals) "
                   "view returns (bool)",
                   &Navs::nav_at_least>>{};
    static constexpr auto declarations =
        PriceFeeds::declarations +
        Declarations<NAVPublished, StalenessConfigUpdated, NAVBasisConfigured,
                     NAVSnapshotInvalidated, NAVProviderChanged, NotConfigurer, NotProvider,
                     BasisInvalid, BasisConfigured, NavInvalid, ValuationInFuture, ValuationTooOld,
                     MethodologyInvalid, ValuationOccupied, CorrectionInvalid, UnknownSnapshot,
                     SnapshotNotCurrent, ReasonMissing, NoCurrentSnapshot, StalenessInvalid,
                     NavUnsettled, NavStale>{};

    /// The exclusive or of the selectors of `oracle`.
    static Selector oracle_interface();

protected:
    static constexpr Map<Hash, Map<Hash, detail::StreamPlace>> streams_{40};

private:
    /// Two neighbours in a list, between which something hangs or is to hang.
    struct Neighbours {
        uint64_t newer = 0;
        uint64_t older = 0;
    };

    detail::StreamPlace require_configured(const Hash& subject, const Hash& currency) const;
    void require_valid(const i256& nav, uint8_t decimals) const;
    uint64_t require_index(const detail::StreamPlace& stream, const u256& index) const;
    detail::SnapshotPlace at(const detail::StreamPlace& stream, uint64_t number) const {
        return stream.snapshots()[number - 1];
    }
    bool is_current(const detail::StreamPlace& stream, uint64_t number) const;
    bool is_newer(const detail::StreamPlace& stream, uint64_t one, uint64_t other) const;
    /// The head of a list, which is the latest of the stream or of the provider.
    Slot<uint64_t> head(const detail::StreamPlace& stream, uint64_t number, uint8_t list) const;
    void hang(const detail::StreamPlace& stream, uint64_t number, uint8_t list, Neighbours gap);
    Neighbours unhang(const detail::StreamPlace& stream, uint64_t number, uint8_t list);
    uint64_t require_latest(const detail::StreamPlace& stream) const;
    NavSnapshot snapshot(const Hash& subject, const Hash& currency, uint64_t number) const;
};

}  // namespace plume

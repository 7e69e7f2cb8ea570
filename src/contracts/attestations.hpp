// Attestations: EAS, and what other contracts may conclude from it.
//
// Two schemas mean something to the chain. They exist without being registered:
//
//   agent_schema      "address agent"
//       refUID = the record of a mission, recipient = agent = who may speak on its results. Made by
//       the attester of the mission's record alone, revocable, at most `agent_count_max` per
//       mission. Revoking it dismisses the agent.
//   indicator_schema  "bytes32 subject,bytes32 indicator,uint64 from,uint64 to,int256 value"
//       subject = the record of a mission. What an agent says an indicator came to between two
//       times (seconds since 1970, both within). The last word of an agent on the same (subject,
//       indicator, from, to) counts; he corrects himself by attesting again, and withdraws by
//       revoking. Values are whole numbers in the indicator's own unit.
//
// Whoever is not an agent of the mission may attest an indicator too: it is kept and shown, and
// counts for nothing. A vote belongs to an appointment: who is dismissed and appointed again speaks
// anew.
//
// Beside them, a mission's record has two logs of its own. Its attester and its agents report
// impact snapshots (impact_log.hpp, ERC-8329), its attester anchors bundles of its documents
// (document_bundles.hpp, ERC-8326), both only while the record stands. How an indicator is measured
// is named by its first snapshot and replaced by the attester (methodologies.hpp). What tokens
// claim to stand for is kept by asset_anchors.hpp (ERC-8325).
//
// Credentials, and the domains that list them, are the business of domains.hpp: they make an
// attestation about an account count in tokens that refer to a domain.
//
// Invariants, beside those of EasRegistry, of the two logs, of methodologies.hpp, asset_anchors.hpp
// and domains.hpp, held after every transaction:
//   O-5  the vote of an agent is his last attestation that is not revoked, or none.
//   O-7  a mission has at most `agent_count_max` agents, each once; nobody else's word enters a
//   count, and nobody but
//        the mission's attester can make a count cost more gas.
#pragma once

#include "contracts/asset_anchors.hpp"
#include "contracts/comparison.hpp"
#include "contracts/document_bundles.hpp"
#include "contracts/domains.hpp"
#include "contracts/eas_registry.hpp"
#include "contracts/impact_log.hpp"
#include "contracts/methodologies.hpp"
#include "contracts/record.hpp"
#include "native/erc165.hpp"

namespace plume {

/// The data of an attestation under `indicator_schema`.
struct Indication {
    Hash subject;
    Hash indicator;
    uint64_t from = 0;
    uint64_t to = 0;
    i256 value;

    static constexpr auto members =
        std::tuple{&Indication::subject, &Indication::indicator, &Indication::from, &Indication::to,
                   &Indication::value};
};

namespace detail {

/// An agent's seat in a mission: struct { address agent; uint64 expires; uint32 number; }
struct SeatPlace : Place {
    Slot<Address> agent() const { return {position, 0}; }
    /// When the appointment expires; 0 for never.
    Slot<uint64_t> expires() const { return {position, 20}; }
    /// Counts the appointments of the mission, so that no two have the same.
    Slot<uint32_t> number() const { return {position, 28}; }
};

/// struct { SeatPlace[] seats; mapping(address => uint64) index; uint32 appointment_count; }
struct MissionPlace : Place {
    Array<SeatPlace> seats() const { return {{position}}; }
    /// Where in `seats` an agent sits, counted from 1; 0 for who is no agent.
    Map<Address, uint64_t> index() const { return {{position + u256{1u}}}; }
    Slot<uint32_t> appointment_count() const { return {position + u256{2u}}; }
};

/// What an agent says last: struct { bytes32 uid; int256 value; uint64 block; uint64 expires; }
struct VotePlace : Place {
    Slot<Hash> uid() const { return {position}; }
    Slot<i256> value() const { return {position + u256{1u}}; }
    /// The block it was recorded in; 0 when there is no vote.
    Slot<uint64_t> block() const { return {position + u256{2u}, 0}; }
    Slot<uint64_t> expires() const { return {position + u256{2u}, 8}; }
};

}  // namespace detail

class Attestations : public EasRegistry {
public:
    using EasRegistry::EasRegistry;

    static constexpr std::string_view agent_schema_text = "address agent";
    static constexpr std::string_view indicator_schema_text =
        "bytes32 subject,bytes32 indicator,uint64 from,uint64 to,int256 value";
    /// How many agents a mission has at a time. Sixteen are counted within the gas of one
    /// condition.
    static constexpr uint64_t agent_count_max = 16;

    /// An appointment has to be revocable, name its recipient as the agent, and refer to a record
    /// that stands.
    using InvalidAppointment = CustomError<"InvalidAppointment()">;
    using AlreadyAppointed = CustomError<"AlreadyAppointed(address agent)", Address>;
    using TooManyAgents = CustomError<"TooManyAgents(uint256 max)", u256>;
    /// Neither the mission's attester nor, for snapshots, one of its agents.
    using NotReporter = CustomError<"NotReporter(address caller)", Address>;
    /// Neither the token itself, nor its owner or issuer, nor the attester of its record.
    using NotTokenAuthority =
        CustomError<"NotTokenAuthority(address token, address caller)", Address, Address>;
    /// The token names another registry of anchors.
    using RegistryDiffers = CustomError<"RegistryDiffers(address registry)", Address>;
    /// Nothing follows from a snapshot in the block that recorded it.
    using SnapshotTooNew = CustomError<"SnapshotTooNew()">;
    /// The data is not exactly an Indication, or its period ends before it begins.
    using InvalidIndication = CustomError<"InvalidIndication()">;
    using InvalidQuorum = CustomError<"InvalidQuorum()">;

    /// Whether an attestation may be relied upon: it exists, is not revoked and has not expired;
    /// and what is said for a mission by an agent counts there at this moment. The only validity
    /// other contracts ask for.
    bool is_live(Hash uid) const;

    Hash agent_schema() const { return agent_schema_uid(); }
    Hash indicator_schema() const { return indicator_schema_uid(); }
    /// The agents of a mission, those whose appointment expired included.
    std::vector<Address> agents(Hash mission) const;

    /// A condition: whether at least `quorum` agents of the mission `subject` say `value_said op
    /// value`. Words of the current block do not count yet. Refused with RecordNotLive when the
    /// mission's record is not live, so that neither a yes nor a no follows from it.
    bool kpi(Hash subject, Hash indicator, uint64_t from, uint64_t to, uint8_t op, i256 value,
             uint8_t quorum) const;
    /// The two sides of that count.
    std::tuple<u256, u256> kpi_votes(Hash subject, Hash indicator, uint64_t from, uint64_t to,
                                     uint8_t op, i256 value) const;

    // Impact snapshots: ERC-8329.
    u256 record_snapshot(Hash subject, Hash indicator, i256 value, uint8_t decimals, Hash unit,
                         uint64_t start, uint64_t end, Hash methodology, std::string uri,
                         u256 corrects);
    impact_log::Snapshot snapshot(Hash subject, u256 index) const {
        return impact_log::at(*this, subject, index);
    }
    u256 snapshot_count(Hash subject) const { return impact_log::count(*this, subject); }
    u256 indicator_snapshot_count(Hash subject, Hash indicator) const {
        return impact_log::indicator_count(*this, subject, indicator);
    }
    u256 indicator_snapshot_at(Hash subject, Hash indicator, u256 ordinal) const {
        return impact_log::indicator_at(*this, subject, indicator, ordinal);
    }
    u256 latest_indicator_snapshot(Hash subject, Hash indicator) const;
    u256 current_snapshot(Hash subject, Hash indicator, uint64_t start, uint64_t end) const {
        return impact_log::current(*this, subject, indicator, start, end);
    }
    u256 attest_snapshot(Hash subject, u256 index, bool endorsed, Hash evidence, std::string uri) {
        return impact_log::assess(*this, subject, index, endorsed, evidence, uri);
    }
    u256 assessment_count(Hash subject, u256 index) const {
        return impact_log::assessment_count(*this, subject, index);
    }
    impact_log::Assessment assessment(Hash subject, u256 index, u256 number) const {
        return impact_log::assessment(*this, subject, index, number);
    }
    /// A condition: whether the current snapshot of a period is `value_reported op value`. A
    /// corrected one never answers; neither does one of this block, nor any when the record is not
    /// live.
    bool impact(Hash subject, Hash indicator, uint64_t start, uint64_t end, uint8_t op,
                i256 value) const;

    /// By the mission's attester: how an indicator is measured from an ordinal on (ERC-8329).
    void supersede_methodology(Hash subject, Hash indicator, Hash old_hash, Hash new_hash,
                               std::string new_uri, u256 from_ordinal);
    std::tuple<Hash, std::string> active_methodology(Hash subject, Hash indicator) const;
    std::tuple<Hash, std::string, u256, bool> pending_methodology(Hash subject,
                                                                  Hash indicator) const;

    // Asset anchors: ERC-8325. Who may bind a token is itself, its owner() or issuer(), or the
    // attester of its record().
    Hash register_anchor(Hash legal, Hash evidence, Bytes metadata) {
        return asset_anchors::register_anchor(*this, legal, evidence, metadata);
    }
    void bind_token(Hash anchor, Address token, Hash scope, u256 token_id);
    Hash register_and_bind(Hash legal, Hash evidence, Bytes metadata, Address token, Hash scope,
                           u256 token_id);
    asset_anchors::AnchorRecord asset_anchor(Hash anchor) const {
        return asset_anchors::at(*this, anchor);
    }
    bool is_bound(Hash anchor) const { return asset_anchors::is_bound(*this, anchor); }
    asset_anchors::AnchorMetadata anchor_metadata(Hash anchor) const {
        return asset_anchors::metadata(*this, anchor);
    }
    Address registered_by(Hash anchor) const { return asset_anchors::registered_by(*this, anchor); }
    bool is_active(Hash anchor) const { return asset_anchors::is_active(*this, anchor); }
    void deactivate_anchor(Hash anchor, std::string reason) {
        asset_anchors::deactivate(*this, anchor, reason);
    }
    void reattest(Hash anchor, uint64_t expires_at, uint64_t attestation_date) {
        asset_anchors::reattest(*this, anchor, expires_at, attestation_date);
    }
    void invalidate_token_binding(Hash anchor, Hash reason_hash);
    bool is_binding_valid(Hash anchor) const { return asset_anchors::is_valid(*this, anchor); }

    // Document bundles: ERC-8326.
    void anchor_bundle(Hash bundle, Hash subject, Hash role, u256 documents, std::string uri);
    void supersede_bundle(Hash old_bundle, Hash bundle, Hash subject, Hash role, u256 documents,
                          std::string uri);
    document_bundles::Anchor bundle(Hash hash, Hash subject, Hash role) const {
        return document_bundles::at(*this, hash, subject, role);
    }
    bool is_anchored(Hash hash, Hash subject, Hash role) const {
        return document_bundles::is_anchored(*this, hash, subject, role);
    }
    Hash active_bundle(Hash subject, Hash role) const {
        return document_bundles::active(*this, subject, role);
    }

    /// ERC-165: the two logs, assessments and methodologies of snapshots, the registry of anchors,
    /// and ERC-5267.
    bool supports_interface(Selector id) const;

    // Credentials and domains.
    /// Makes a permissioned domain and says its name; one that exists already is only named.
    Hash create_domain(std::vector<Credential> credentials) {
        return domains::create(*this, credentials);
    }
    bool is_domain(Hash domain) const { return domains::exists(*this, domain); }
    std::vector<Credential> domain_credentials(Hash domain) const {
        return domains::credentials(*this, domain);
    }
    /// The last word of `attester` about `account` under `schema`, if that is live; or zero.
    Hash credential(Address account, Hash schema, Address attester) const;
    /// A condition: whether `account` belongs to the domain at this moment. Refused with
    /// UnknownDomain.
    bool holds(Address account, Hash domain) const;
    /// The country that the first live residence accepted by the domain says; 0 for none.
    uint16_t residence(Address account, Hash domain) const;
    Hash residence_schema() const { return domains::residence_schema_uid(); }

    std::optional<std::string> broken_invariant() const;

    static Hash agent_schema_uid();
    static Hash indicator_schema_uid();

    static constexpr auto constructor = EasRegistry::constructor;
    static constexpr auto snapshot_log = Methods<
        Method<"recordSnapshot(bytes32 subjectId, bytes32 indicatorId, int256 value, uint8 "
               "decimals, bytes32 unit, uint64 periodStart, uint64 periodEnd, bytes32 "
               "methodologyHash, string methodologyURI, uint256 correctsIndex) returns (uint256 "
               "snapshotIndex)",
               &Attestations::record_snapshot>,
        Method<"getSnapshot(bytes32 subjectId, uint256 snapshotIndex) view returns ((bytes32 "
               "subjectId, bytes32 indicatorId, int256 value, uint8 decimals, bytes32 unit, "
               "uint64 periodStart, uint64 periodEnd, bytes32 methodologyHash, string "
               "methodologyURI, address reportedBy, uint64 reportedAt, uint256 correctsIndex, "
               "uint256 correctedByIndex))",
               &Attestations::snapshot>,
        Method<"snapshotCount(bytes32 subjectId) view returns (uint256)",
               &Attestations::snapshot_count>,
        Method<"indicatorSnapshotCount(bytes32 subjectId, bytes32 indicatorId) view returns "
               "(uint256)",
               &Attestations::indicator_snapshot_count>,
        Method<"indicatorSnapshotAt(bytes32 subjectId, bytes32 indicatorId, uint256 ordinal) view "
               "returns (uint256 snapshotIndex)",
               &Attestations::indicator_snapshot_at>,
        Method<"latestIndicatorSnapshot(bytes32 subjectId, bytes32 indicatorId) view returns "
               "(uint256 snapshotIndex)",
               &Attestations::latest_indicator_snapshot>,
        Method<"currentSnapshotForPeriod(bytes32 subjectId, bytes32 indicatorId, uint64 "
               "periodStart, uint64 periodEnd) view returns (uint256 snapshotIndex)",
               &Attestations::current_snapshot>>{};
    static constexpr auto snapshot_assessments = Methods<
        Method<"attestSnapshot(bytes32 subjectId, uint256 snapshotIndex, bool endorsed, bytes32 "
               "evidenceHash, string evidenceURI) returns (uint256 attestationIndex)",
               &Attestations::attest_snapshot>,
        Method<"attestationCount(bytes32 subjectId, uint256 snapshotIndex) view returns (uint256)",
               &Attestations::assessment_count>,
        Method<"getAttestation(bytes32 subjectId, uint256 snapshotIndex, uint256 "
               "attestationIndex) view returns ((address attestor, bool endorsed, bytes32 "
               "evidenceHash, string evidenceURI, uint64 attestedAt))",
               &Attestations::assessment>>{};
    static constexpr auto methodology_versions = Methods<
        Method<"supersedeMethodology(bytes32 subjectId, bytes32 indicatorId, bytes32 "
               "oldMethodologyHash, bytes32 newMethodologyHash, string newMethodologyURI, uint256 "
               "effectiveFromOrdinal)",
               &Attestations::supersede_methodology>,
        Method<"activeMethodology(bytes32 subjectId, bytes32 indicatorId) view returns (bytes32 "
               "methodologyHash, string methodologyURI)",
               &Attestations::active_methodology>,
        Method<"pendingMethodology(bytes32 subjectId, bytes32 indicatorId) view returns (bytes32 "
               "newMethodologyHash, string newMethodologyURI, uint256 effectiveFromOrdinal, bool "
               "pending)",
               &Attestations::pending_methodology>>{};
    static constexpr auto anchor_registry = Methods<
        Method<"registerAnchor(bytes32 legalHash, bytes32 evidenceHash, bytes metadata) returns "
               "(bytes32 anchorId)",
               &Attestations::register_anchor>,
        Method<"bindToken(bytes32 anchorId, address token, bytes32 bindingScope, uint256 tokenId)",
               &Attestations::bind_token>,
        Method<"registerAndBind(bytes32 legalHash, bytes32 evidenceHash, bytes metadata, address "
               "token, bytes32 bindingScope, uint256 tokenId) returns (bytes32 anchorId)",
               &Attestations::register_and_bind>,
        Method<"getAnchor(bytes32 anchorId) view returns ((bytes32 anchorId, bytes32 legalHash, "
               "bytes32 evidenceHash, address boundToken, bytes32 bindingScope, uint256 "
               "boundTokenId, uint64 registeredAt, bool active))",
               &Attestations::asset_anchor>,
        Method<"isBound(bytes32 anchorId) view returns (bool)", &Attestations::is_bound>>{};
    static constexpr auto anchor_lifecycle =
        Methods<Method<"getMetadata(bytes32 anchorId) view returns ((bytes32 assetClass, bytes32 "
                       "jurisdiction, uint64 attestationDate, uint64 expiresAt, bytes uri, bytes "
                       "extensions))",
                       &Attestations::anchor_metadata>,
                Method<"registeredBy(bytes32 anchorId) view returns (address)",
                       &Attestations::registered_by>,
                Method<"isActive(bytes32 anchorId) view returns (bool)", &Attestations::is_active>,
                Method<"deactivateAnchor(bytes32 anchorId, string reason)",
                       &Attestations::deactivate_anchor>,
                Method<"reattest(bytes32 anchorId, uint64 newExpiresAt, uint64 newAttestationDate)",
                       &Attestations::reattest>>{};
    static constexpr auto anchor_recovery =
        Methods<Method<"invalidateTokenBinding(bytes32 anchorId, bytes32 reasonHash)",
                       &Attestations::invalidate_token_binding>,
                Method<"isBindingValid(bytes32 anchorId) view returns (bool)",
                       &Attestations::is_binding_valid>>{};
    static constexpr auto bundles = Methods<
        Method<"anchorBundle(bytes32 bundleHash, bytes32 subjectId, bytes32 role, uint256 "
               "documentCount, string metadataURI)",
               &Attestations::anchor_bundle>,
        Method<"supersedeBundle(bytes32 oldBundleHash, bytes32 newBundleHash, bytes32 subjectId, "
               "bytes32 role, uint256 documentCount, string metadataURI)",
               &Attestations::supersede_bundle>,
        Method<"getAnchor(bytes32 bundleHash, bytes32 subjectId, bytes32 role) view returns "
               "((bytes32 bundleHash, bytes32 subjectId, bytes32 role, address anchoredBy, uint64 "
               "anchoredAt, uint256 documentCount, string metadataURI, bool superseded, bytes32 "
               "supersededBy))",
               &Attestations::bundle>,
        Method<"isAnchored(bytes32 bundleHash, bytes32 subjectId, bytes32 role) view returns "
               "(bool)",
               &Attestations::is_anchored>,
        Method<"activeBundle(bytes32 subjectId, bytes32 role) view returns (bytes32)",
               &Attestations::active_bundle>>{};
    static constexpr auto abi =
        EasRegistry::abi + snapshot_log + snapshot_assessments + methodology_versions + bundles +
        anchor_registry + anchor_lifecycle + anchor_recovery +
        Methods<Method<"impact(bytes32 subject, bytes32 indicator, uint64 from, uint64 to, uint8 "
                       "op, int256 value) view returns (bool)",
                       &Attestations::impact>,
                Method<"supportsInterface(bytes4 id) view returns (bool)",
                       &Attestations::supports_interface>>{} +
        Methods<Method<"isLive(bytes32 uid) view returns (bool)", &Attestations::is_live>,
                Method<"agentSchema() view returns (bytes32)", &Attestations::agent_schema>,
                Method<"indicatorSchema() view returns (bytes32)", &Attestations::indicator_schema>,
                Method<"agents(bytes32 mission) view returns (address[])", &Attestations::agents>,
                Method<"kpi(bytes32 subject, bytes32 indicator, uint64 from, uint64 to, uint8 op, "
                       "int256 value, uint8 quorum) view returns (bool)",
                       &Attestations::kpi>,
                Method<"kpiVotes(bytes32 subject, bytes32 indicator, uint64 from, uint64 to, "
                       "uint8 op, int256 value) view returns (uint256 yes, uint256 no)",
                       &Attestations::kpi_votes>>{} +
        Methods<
            Method<"createDomain((bytes32 schema, address attester, uint8 group)[] "
                   "credentials) returns (bytes32 domain)",
                   &Attestations::create_domain>,
            Method<"isDomain(bytes32 domain) view returns (bool)", &Attestations::is_domain>,
            Method<"domainCredentials(bytes32 domain) view returns ((bytes32 schema, address "
                   "attester, uint8 group)[])",
                   &Attestations::domain_credentials>,
            Method<"credential(address account, bytes32 schema, address attester) view "
                   "returns (bytes32 uid)",
                   &Attestations::credential>,
            Method<"holds(address account, bytes32 domain) view returns (bool)",
                   &Attestations::holds>,
            Method<"residence(address account, bytes32 domain) view returns (uint16 country)",
                   &Attestations::residence>,
            Method<"residenceSchema() view returns (bytes32)", &Attestations::residence_schema>>{};
    static constexpr auto declarations =
        EasRegistry::declarations +
        Declarations<impact_log::SnapshotRecorded, impact_log::SnapshotAttested,
                     document_bundles::BundleAnchored, document_bundles::BundleSuperseded,
                     impact_log::PeriodInvalid, impact_log::MethodologyMissing,
                     impact_log::UriTooLong, impact_log::PeriodTaken, impact_log::UnknownSnapshot,
                     impact_log::CorrectionInvalid, impact_log::EvidenceMissing,
                     impact_log::OwnSnapshot, document_bundles::BundleInvalid,
                     document_bundles::BundleExists, document_bundles::SlotTaken,
                     document_bundles::UnknownBundle, document_bundles::BundleNotActive,
                     document_bundles::NotAnchorer, NotReporter, SnapshotTooNew>{} +
        Declarations<methodologies::MethodologySuperseded, methodologies::MethodologyDiffers,
                     methodologies::MethodologyInvalid, methodologies::SupersessionPending,
                     methodologies::OrdinalInvalid, asset_anchors::AnchorRegistered,
                     asset_anchors::TokenBound, asset_anchors::AnchorDeactivated,
                     asset_anchors::AnchorReattested, asset_anchors::TokenBindingInvalidated,
                     asset_anchors::AnchorInvalid, asset_anchors::AnchorExists,
                     asset_anchors::UnknownAnchor, asset_anchors::NotRegistrar,
                     asset_anchors::AnchorNotActive, asset_anchors::AlreadyBound,
                     asset_anchors::TokenTaken, asset_anchors::BindingNotValid, NotTokenAuthority,
                     RegistryDiffers>{} +
        Declarations<InvalidAppointment, AlreadyAppointed, TooManyAgents, InvalidIndication,
                     InvalidQuorum, UnknownComparison, RecordNotLive, domains::DomainCreated,
                     domains::InvalidDomain, domains::UnknownDomain, domains::InvalidResidence>{};

protected:
    std::optional<std::string_view> well_known_schema(const Hash& uid) const override;
    void on_attested(const eas::Attestation& attestation) override;
    void on_revoked(const Hash& uid) override;

private:
    struct Tally {
        uint64_t yes = 0;
        uint64_t no = 0;
    };

    bool is_attester(const Hash& mission) const;
    /// Whether the caller may say what asset a token stands for.
    bool may_bind(const Address& token) const;
    void require_bindable(const Address& token) const;
    void appoint(const eas::Attestation& attestation);
    void dismiss(const Hash& mission, const Address& agent);
    void vote(const eas::Attestation& attestation);
    Tally count(const Indication& asked, uint8_t op) const;
    /// The seat of an agent; nothing for who is none.
    std::optional<detail::SeatPlace> seat_of(const Hash& mission, const Address& agent) const;
    /// The vote under an appointment. The indication's value does not enter.
    static detail::VotePlace vote_place(const Indication& on, uint32_t appointment);
    /// What a stored attestation under `indicator_schema` says.
    Indication indication(const Hash& uid) const;
    /// Whether such an attestation is an agent's last word, on a mission whose record is live.
    bool counts(const Hash& uid) const;
    void withdraw_vote(const Hash& uid);
    bool has_expired(uint64_t expires) const { return expires != 0 && expires <= now(); }

    static constexpr Map<Hash, detail::MissionPlace> missions_{5};
    static constexpr Map<Hash, detail::VotePlace> votes_{6};
};

}  // namespace plume

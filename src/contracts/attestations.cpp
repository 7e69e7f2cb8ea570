#include "contracts/attestations.hpp"

#include "contracts/types.hpp"
#include "native/math.hpp"
#include "native/remote.hpp"

namespace plume {

namespace {

using Owner = Remote<"owner() view returns (address)", Address>;
using Issuer = Remote<"issuer() view returns (address)", Address>;
using RecordOf = Remote<"record() view returns (bytes32)", Hash>;
using AnchorRegistry = Remote<"anchorRegistry() view returns (address)", Address>;
/// What a token may use to say who may speak for it.
constexpr uint64_t token_question_gas_max = 100'000;

}  // namespace

Hash Attestations::agent_schema_uid() {
    static const Hash uid = eas::schema_uid(agent_schema_text, {}, true);
    return uid;
}

Hash Attestations::indicator_schema_uid() {
    static const Hash uid = eas::schema_uid(indicator_schema_text, {}, true);
    return uid;
}

std::optional<std::string_view> Attestations::well_known_schema(const Hash& uid) const {
    if (uid == agent_schema_uid()) return agent_schema_text;
    if (uid == indicator_schema_uid()) return indicator_schema_text;
    if (uid == domains::residence_schema_uid()) return domains::residence_schema_text;
    return std::nullopt;
}

bool Attestations::is_live(Hash uid) const {
    if (!stands(uid)) return false;
    const Hash schema = get(place(uid).schema());
    if (schema == agent_schema_uid()) return stands(get(place(uid).ref_uid()));
    if (schema == indicator_schema_uid()) return counts(uid);
    return true;
}

void Attestations::on_attested(const eas::Attestation& attestation) {
    if (attestation.schema == agent_schema_uid()) appoint(attestation);
    if (attestation.schema == indicator_schema_uid()) vote(attestation);
    domains::attested(*this, attestation);
}

void Attestations::on_revoked(const Hash& uid) {
    const detail::AttestationPlace kept = place(uid);
    const Hash schema = get(kept.schema());
    if (schema == agent_schema_uid()) dismiss(get(kept.ref_uid()), get(kept.recipient()));
    if (schema == indicator_schema_uid()) withdraw_vote(uid);
}

void Attestations::appoint(const eas::Attestation& attestation) {
    const Hash& mission = attestation.ref_uid;
    const Address& agent = attestation.recipient;
    require(attestation.revocable && attestation.data == abi::encode(agent) && stands(mission),
            InvalidAppointment{});
    require(attestation.attester == get(place(mission).attester()), eas::AccessDenied{});
    const detail::MissionPlace kept = missions_[mission];
    require(get(kept.index()[agent]) == 0, AlreadyAppointed{agent});
    const uint64_t count = length(kept.seats());
    require(count < agent_count_max, TooManyAgents{u256{agent_count_max}});
    const uint32_t number =
        checked_narrow<uint32_t>(checked_add(u256{get(kept.appointment_count())}, u256{1u}));
    set(kept.appointment_count(), number);
    set(kept.index()[agent], count + 1);
    const detail::SeatPlace seat = push(kept.seats());
    set(seat.agent(), agent);
    set(seat.expires(), attestation.expiration_time);
    set(seat.number(), number);
}

void Attestations::dismiss(const Hash& mission, const Address& agent) {
    const detail::MissionPlace kept = missions_[mission];
    const uint64_t index = get(kept.index()[agent]);
    const uint64_t count = length(kept.seats());
    const detail::SeatPlace last = kept.seats()[count - 1];
    if (index != count) {  // The last one takes the free seat.
        const detail::SeatPlace freed = kept.seats()[index - 1];
        const Address moved = get(last.agent());
        set(freed.agent(), moved);
        set(freed.expires(), get(last.expires()));
        set(freed.number(), get(last.number()));
        set(kept.index()[moved], index);
    }
    set(kept.index()[agent], 0);
    set(last.agent(), {});
    set(last.expires(), 0);
    set(last.number(), 0);
    set(kept.seats().length(), u256{count - 1});
}

void Attestations::vote(const eas::Attestation& attestation) {
    const auto said = abi::decode_one<Indication>(attestation.data);
    require(said.has_value() && attestation.data == abi::encode(*said) && said->from <= said->to,
            InvalidIndication{});
    const auto seat = seat_of(said->subject, attestation.attester);
    if (!seat) return;
    const detail::VotePlace vote = vote_place(*said, get(seat->number()));
    set(vote.uid(), attestation.uid);
    set(vote.value(), said->value);
    set(vote.block(), block_number());
    set(vote.expires(), attestation.expiration_time);
}

std::optional<detail::SeatPlace> Attestations::seat_of(const Hash& mission,
                                                       const Address& agent) const {
    const detail::MissionPlace kept = missions_[mission];
    const uint64_t index = get(kept.index()[agent]);
    if (index == 0) return std::nullopt;
    return kept.seats()[index - 1];
}

detail::VotePlace Attestations::vote_place(const Indication& on, uint32_t appointment) {
    return votes_[keccak256(abi::encode(on.subject, on.indicator, on.from, on.to, appointment))];
}

Indication Attestations::indication(const Hash& uid) const {
    const auto said = abi::decode_one<Indication>(get(place(uid).data()));
    check(said.has_value(), "what is no indication is not stored as one");
    return *said;
}

bool Attestations::counts(const Hash& uid) const {
    const Indication said = indication(uid);
    const auto seat = seat_of(said.subject, get(place(uid).attester()));
    return seat && !has_expired(get(seat->expires())) && stands(said.subject) &&
           get(vote_place(said, get(seat->number())).uid()) == uid;
}

void Attestations::withdraw_vote(const Hash& uid) {
    const Indication said = indication(uid);
    const auto seat = seat_of(said.subject, get(place(uid).attester()));
    if (!seat) return;
    const detail::VotePlace vote = vote_place(said, get(seat->number()));
    if (get(vote.uid()) != uid) return;  // He has corrected himself since.
    set(vote.uid(), {});
    set(vote.value(), {});
    set(vote.block(), 0);
    set(vote.expires(), 0);
}

std::vector<Address> Attestations::agents(Hash mission) const {
    const Array<detail::SeatPlace> seats = missions_[mission].seats();
    std::vector<Address> out;
    for (uint64_t i = 0; i < length(seats); ++i) out.push_back(get(seats[i].agent()));
    return out;
}

bool Attestations::kpi(Hash subject, Hash indicator, uint64_t from, uint64_t to, uint8_t op,
                       i256 value, uint8_t quorum) const {
    require(quorum > 0, InvalidQuorum{});
    return count({subject, indicator, from, to, value}, op).yes >= quorum;
}

std::tuple<u256, u256> Attestations::kpi_votes(Hash subject, Hash indicator, uint64_t from,
                                               uint64_t to, uint8_t op, i256 value) const {
    const Tally tally = count({subject, indicator, from, to, value}, op);
    return {u256{tally.yes}, u256{tally.no}};
}

Attestations::Tally Attestations::count(const Indication& asked, uint8_t op) const {
    require(compare(asked.value, op, asked.value).has_value(), UnknownComparison{op});
    require(stands(asked.subject), RecordNotLive{asked.subject});
    const Array<detail::SeatPlace> seats = missions_[asked.subject].seats();
    const uint64_t seat_count = length(seats);
    Tally tally;
    for (uint64_t i = 0; i < seat_count; ++i) {
        const detail::SeatPlace seat = seats[i];
        if (has_expired(get(seat.expires()))) continue;
        const detail::VotePlace vote = vote_place(asked, get(seat.number()));
        const uint64_t block = get(vote.block());
        const bool is_settled = block != 0 && block < block_number();
        if (!is_settled || has_expired(get(vote.expires()))) continue;
        ++(*compare(get(vote.value()), op, asked.value) ? tally.yes : tally.no);
    }
    return tally;
}

bool Attestations::is_attester(const Hash& mission) const {
    require(stands(mission), RecordNotLive{mission});
    return get(place(mission).attester()) == sender();
}

u256 Attestations::record_snapshot(Hash subject, Hash indicator, i256 value, uint8_t decimals,
                                   Hash unit, uint64_t start, uint64_t end, Hash methodology,
                                   std::string uri, u256 corrects) {
    const bool is_founder = is_attester(subject);
    const auto seat = seat_of(subject, sender());
    require(is_founder || (seat && !has_expired(get(seat->expires()))), NotReporter{sender()});
    methodologies::follow(*this, subject, indicator, indicator_snapshot_count(subject, indicator),
                          {methodology, uri});
    return impact_log::record(*this, {.subject = subject,
                                      .indicator = indicator,
                                      .value = value,
                                      .decimals = decimals,
                                      .unit = unit,
                                      .period_start = start,
                                      .period_end = end,
                                      .methodology_hash = methodology,
                                      .methodology_uri = std::move(uri),
                                      .reported_by = {},
                                      .reported_at = 0,
                                      .corrects = corrects,
                                      .corrected_by = {}});
}

u256 Attestations::latest_indicator_snapshot(Hash subject, Hash indicator) const {
    const u256 count = indicator_snapshot_count(subject, indicator);
    require(!count.is_zero(), impact_log::UnknownSnapshot{subject, count});
    return indicator_snapshot_at(subject, indicator, count - u256{1u});
}

bool Attestations::impact(Hash subject, Hash indicator, uint64_t start, uint64_t end, uint8_t op,
                          i256 value) const {
    require(stands(subject), RecordNotLive{subject});
    const auto [reported, block] = impact_log::current_value(*this, subject, indicator, start, end);
    require(block < block_number(), SnapshotTooNew{});
    const std::optional<bool> holds = compare(reported, op, value);
    require(holds.has_value(), UnknownComparison{op});
    return *holds;
}

void Attestations::supersede_methodology(Hash subject, Hash indicator, Hash old_hash, Hash new_hash,
                                         std::string new_uri, u256 from_ordinal) {
    require(is_attester(subject), NotReporter{sender()});
    methodologies::supersede(*this, subject, indicator,
                             indicator_snapshot_count(subject, indicator), old_hash,
                             {new_hash, std::move(new_uri), from_ordinal});
}

std::tuple<Hash, std::string> Attestations::active_methodology(Hash subject, Hash indicator) const {
    const auto active = methodologies::active(*this, subject, indicator,
                                              indicator_snapshot_count(subject, indicator));
    return {active.hash, active.uri};
}

std::tuple<Hash, std::string, u256, bool> Attestations::pending_methodology(Hash subject,
                                                                            Hash indicator) const {
    const auto next = methodologies::pending(*this, subject, indicator,
                                             indicator_snapshot_count(subject, indicator));
    if (!next) return {};
    return {next->hash, next->uri, next->from_ordinal, true};
}

namespace {

/// What a view of `token` answers; nothing when it has none, or answers something else.
template <class Function>
auto answer_of(const Contract& contract, const Address& token) {
    using Value = decltype(Function::read(contract, token));
    const Answer answer = contract.static_call(token, Function::calldata(), token_question_gas_max);
    return answer.success ? abi::decode_one<Value>(answer.data) : std::optional<Value>{};
}

}  // namespace

bool Attestations::may_bind(const Address& token) const {
    if (sender() == token) return true;
    if (!has_code(token)) return false;
    if (answer_of<Owner>(*this, token) == sender()) return true;
    if (answer_of<Issuer>(*this, token) == sender()) return true;
    const auto uid = answer_of<RecordOf>(*this, token);
    return uid && !uid->is_zero() && get(place(*uid).attester()) == sender();
}

void Attestations::require_bindable(const Address& token) const {
    require(may_bind(token), NotTokenAuthority{token, sender()});
    const auto registry = answer_of<AnchorRegistry>(*this, token);
    require(!registry || *registry == self(), RegistryDiffers{registry.value_or(Address{})});
}

void Attestations::bind_token(Hash anchor, Address token, Hash scope, u256 token_id) {
    require(token != Address{}, asset_anchors::AnchorInvalid{"token"});
    require_bindable(token);
    asset_anchors::bind(*this, anchor, {token, scope, token_id});
}

Hash Attestations::register_and_bind(Hash legal, Hash evidence, Bytes metadata, Address token,
                                     Hash scope, u256 token_id) {
    require(token != Address{}, asset_anchors::AnchorInvalid{"token"});
    require_bindable(token);  // Before anything is written: the token may look.
    const Hash anchor = asset_anchors::register_anchor(*this, legal, evidence, metadata);
    asset_anchors::bind(*this, anchor, {token, scope, token_id});
    return anchor;
}

void Attestations::invalidate_token_binding(Hash anchor, Hash reason_hash) {
    const asset_anchors::AnchorRecord kept = asset_anchors::at(*this, anchor);
    const bool is_authority = kept.token != Address{} && may_bind(kept.token);
    asset_anchors::invalidate(*this, anchor, reason_hash, is_authority);
}

void Attestations::anchor_bundle(Hash bundle, Hash subject, Hash role, u256 documents,
                                 std::string uri) {
    require(is_attester(subject), NotReporter{sender()});
    document_bundles::anchor(*this, {.bundle = bundle,
                                     .subject = subject,
                                     .role = role,
                                     .anchored_by = {},
                                     .document_count = documents,
                                     .metadata_uri = std::move(uri),
                                     .superseded_by = {}});
}

void Attestations::supersede_bundle(Hash old_bundle, Hash bundle, Hash subject, Hash role,
                                    u256 documents, std::string uri) {
    require(is_attester(subject), NotReporter{sender()});
    document_bundles::supersede(*this, old_bundle,
                                {.bundle = bundle,
                                 .subject = subject,
                                 .role = role,
                                 .anchored_by = {},
                                 .document_count = documents,
                                 .metadata_uri = std::move(uri),
                                 .superseded_by = {}});
}

bool Attestations::supports_interface(Selector id) const {
    return erc165::supports(id, {snapshot_log.interface_id(), snapshot_assessments.interface_id(),
                                 methodology_versions.interface_id(), bundles.interface_id(),
                                 anchor_registry.interface_id(), anchor_lifecycle.interface_id(),
                                 anchor_recovery.interface_id(), erc5267});
}

Hash Attestations::credential(Address account, Hash schema, Address attester) const {
    const Hash uid = domains::last_word(*this, account, schema, attester);
    return is_live(uid) ? uid : Hash{};
}

bool Attestations::holds(Address account, Hash domain) const {
    const std::vector<Credential> credentials = domains::credentials(*this, domain);
    uint8_t group = credentials[0].group;
    bool has_one = false;
    for (const Credential& one : credentials) {
        if (one.group != group && !has_one) return false;
        if (one.group != group) has_one = false;
        group = one.group;
        has_one = has_one || !credential(account, one.schema, one.attester).is_zero();
    }
    return has_one;
}

uint16_t Attestations::residence(Address account, Hash domain) const {
    for (const Credential& one : domains::credentials(*this, domain)) {
        if (one.schema != domains::residence_schema_uid()) continue;
        const Hash uid = credential(account, one.schema, one.attester);
        if (!uid.is_zero()) return abi::decode_one<uint16_t>(get(place(uid).data())).value_or(0);
    }
    return 0;
}

std::optional<std::string> Attestations::broken_invariant() const {
    if (auto broken = EasRegistry::broken_invariant()) return broken;
    if (auto broken = impact_log::broken_invariant(*this)) return broken;
    if (auto broken = document_bundles::broken_invariant(*this)) return broken;
    if (auto broken = methodologies::broken_invariant(*this)) return broken;
    if (auto broken = asset_anchors::broken_invariant(*this)) return broken;
    std::vector<eas::Attestation> made;
    for (const Log& log : transaction_logs())
        if (log.address == self())
            if (const auto attested = eas::Attested::decode(log))
                made.push_back(attestation(std::get<2>(*attested)));
    if (auto broken = domains::broken_invariant(*this, made)) return broken;
    for (const Log& log : transaction_logs()) {
        if (log.address != self()) continue;
        const auto attested = eas::Attested::decode(log);
        if (!attested || std::get<3>(*attested) != agent_schema_uid()) continue;
        const detail::MissionPlace kept = missions_[get(place(std::get<2>(*attested)).ref_uid())];
        const uint64_t count = length(kept.seats());
        if (count > agent_count_max) return "O-7: a mission has too many agents";
        for (uint64_t i = 0; i < count; ++i)
            if (get(kept.index()[get(kept.seats()[i].agent())]) != i + 1)
                return "O-7: an agent sits twice or on no seat";
    }
    return std::nullopt;
}

NativeType attestations_type() {
    return native_type<Attestations>(3, 1, "Attestations");
}

}  // namespace plume

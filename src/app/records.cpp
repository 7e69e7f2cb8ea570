#include "app/records.hpp"

namespace plume {

namespace {

template <class E>
auto find_event(const Mined& mined, const Address& emitter)
    -> decltype(E::decode(std::declval<Log>())) {
    for (const Log& log : mined.logs)
        if (log.address == emitter)
            if (auto values = E::decode(log)) return values;
    return std::nullopt;
}

}  // namespace

Hash schema_uid(std::string_view schema, bool is_revocable) {
    return eas::schema_uid(schema, {}, is_revocable);
}

Result<Hash> ensure_schema(Session& session, const Account& from, std::string_view schema) {
    const Hash uid = schema_uid(schema, true);
    using Schema = eas::SchemaRecord;
    auto known = session.ask<
        "getSchema(bytes32 uid) view returns ((bytes32 uid, address resolver, bool revocable, "
        "string schema))",
        Schema>(contracts::attestations, uid);
    if (!known) return std::move(known).error();
    if (!known->uid.is_zero()) return uid;
    TRY(mined,
        session.send<"register(string schema, address resolver, bool revocable) returns (bytes32)">(
            from, contracts::attestations, std::string(schema), Address{}, true));
    (void)mined;
    return uid;
}

Result<Hash> attest(Session& session, const Account& from, const RecordDraft& draft) {
    const eas::AttestationRequest request{.schema = draft.schema,
                                          .data = {.recipient = draft.recipient,
                                                   .expiration_time = draft.expires,
                                                   .revocable = true,
                                                   .ref_uid = draft.refers_to,
                                                   .data = draft.data,
                                                   .value = {}}};
    TRY(mined, session.send<"attest((bytes32 schema, (address recipient, uint64 expirationTime, "
                            "bool revocable, bytes32 "
                            "refUID, bytes data, uint256 value) data) request) returns (bytes32)">(
                   from, contracts::attestations, request));
    const auto attested = find_event<eas::Attested>(mined, contracts::attestations);
    if (!attested) return Error{exit_code::failed, "the node's receipt lacks the Attested event"};
    return std::get<2>(*attested);
}

Result<Mined> revoke(Session& session, const Account& from, const Hash& schema, const Hash& uid) {
    const eas::RevocationRequest request{.schema = schema, .data = {.uid = uid, .value = {}}};
    return session.send<"revoke((bytes32 schema, (bytes32 uid, uint256 value) data) request)">(
        from, contracts::attestations, request);
}

Result<bool> is_live(Session& session, const Hash& uid) {
    return session.ask<"isLive(bytes32 uid) view returns (bool)", bool>(contracts::attestations,
                                                                        uid);
}

Result<eas::Attestation> read_record(Session& session, const Hash& uid) {
    auto out = session.ask<
        "getAttestation(bytes32 uid) view returns ((bytes32 uid, bytes32 schema, uint64 time, "
        "uint64 "
        "expirationTime, uint64 revocationTime, bytes32 refUID, address recipient, address "
        "attester, "
        "bool revocable, bytes data))",
        eas::Attestation>(contracts::attestations, uid);
    if (out && out->uid.is_zero())
        return Error{exit_code::failed, "there is no record " + to_hex(uid)};
    return out;
}

}  // namespace plume

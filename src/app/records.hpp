// Records on the chain, as a client makes and reads them: attestations of the native EAS contract.
#pragma once

#include "app/session.hpp"
#include "contracts/attestations.hpp"

namespace plume {

/// What an attestation says; `data` is encoded as its schema wants.
struct RecordDraft {
    Hash schema;
    Address recipient{};
    Hash refers_to{};
    Bytes data{};
    uint64_t expires = 0;  ///< seconds since 1970; 0 for never
};

/// The uid of a schema without a resolver, whether registered or not (EAS).
Hash schema_uid(std::string_view schema, bool is_revocable);

/// Registers a revocable schema unless it is there; returns its uid.
Result<Hash> ensure_schema(Session& session, const Account& from, std::string_view schema);

/// Makes a revocable attestation; returns its uid.
Result<Hash> attest(Session& session, const Account& from, const RecordDraft& draft);
/// Withdraws an attestation that `from` made.
Result<Mined> revoke(Session& session, const Account& from, const Hash& schema, const Hash& uid);

Result<bool> is_live(Session& session, const Hash& uid);
/// An error when there is none with this uid.
Result<eas::Attestation> read_record(Session& session, const Hash& uid);

}  // namespace plume

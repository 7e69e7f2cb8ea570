#include "contracts/eas.hpp"

namespace plume::eas {

namespace {

void append_number(Bytes& out, uint64_t value, unsigned width) {
    for (unsigned i = width; i-- > 0;) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

}  // namespace

Hash schema_uid(std::string_view schema, const Address& resolver, bool revocable) {
    Bytes packed = to_bytes(view_of(schema));
    append(packed, resolver);
    packed.push_back(revocable ? 1 : 0);
    return keccak256(packed);
}

Hash attestation_uid(const Attestation& attestation, uint32_t bump) {
    Bytes packed = to_bytes(attestation.schema);
    append(packed, attestation.recipient);
    append(packed, attestation.attester);
    append_number(packed, attestation.time, 8);
    append_number(packed, attestation.expiration_time, 8);
    packed.push_back(attestation.revocable ? 1 : 0);
    append(packed, attestation.ref_uid);
    append(packed, attestation.data);
    append_number(packed, bump, 4);
    return keccak256(packed);
}

Hash attest_struct_hash(const Address& attester, const Hash& schema,
                        const AttestationRequestData& data, const u256& nonce, uint64_t deadline) {
    return keccak256(abi::encode(attest_type_hash, attester, schema, data.recipient,
                                 data.expiration_time, data.revocable, data.ref_uid,
                                 keccak256(data.data), data.value, nonce, deadline));
}

Hash revoke_struct_hash(const Address& revoker, const Hash& schema,
                        const RevocationRequestData& data, const u256& nonce, uint64_t deadline) {
    return keccak256(
        abi::encode(revoke_type_hash, revoker, schema, data.uid, data.value, nonce, deadline));
}

}  // namespace plume::eas

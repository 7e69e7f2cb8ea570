// Short ways to make records in a World.
#pragma once

#include "contracts/addresses.hpp"
#include "contracts/attestations.hpp"
#include "support/world.hpp"

namespace plume::test {

inline constexpr FixedText attest_text =
    "attest((bytes32,(address,uint64,bool,bytes32,bytes,uint256)))";
inline constexpr FixedText revoke_text = "revoke((bytes32,(bytes32,uint256)))";

inline Outcome register_schema(World& world, const std::string& text, bool revocable = true) {
    return world.send<"register(string,address,bool)">(person(1), contracts::attestations, text,
                                                       Address{}, revocable);
}

inline Outcome attest(World& world, const Address& attester, const Hash& schema,
                      const eas::AttestationRequestData& data) {
    return world.send<attest_text>(attester, contracts::attestations,
                                   eas::AttestationRequest{schema, data});
}

inline Outcome revoke(World& world, const Address& attester, const Hash& schema, const Hash& uid) {
    return world.send<revoke_text>(attester, contracts::attestations,
                                   eas::RevocationRequest{schema, {uid, {}}});
}

/// The record of a mission by `founder`, under a schema of its own.
inline Hash found_mission(World& world, const Address& founder, uint64_t expiration_time = 0) {
    register_schema(world, "string mission");
    const Hash schema = eas::schema_uid("string mission", {}, true);
    return attest(world, founder, schema,
                  {.recipient = {},
                   .expiration_time = expiration_time,
                   .revocable = true,
                   .ref_uid = {},
                   .data = abi::encode(std::string("Teach")),
                   .value = {}})
        .value<Hash>();
}

/// `founder` makes `agent` one of the mission's agents.
inline Outcome appoint(World& world, const Address& founder, const Hash& mission,
                       const Address& agent, uint64_t expiration_time = 0) {
    return attest(world, founder, Attestations::agent_schema_uid(),
                  {.recipient = agent,
                   .expiration_time = expiration_time,
                   .revocable = true,
                   .ref_uid = mission,
                   .data = abi::encode(agent),
                   .value = {}});
}

/// `agent` says what an indicator came to.
inline Outcome indicate(World& world, const Address& agent, const Indication& said,
                        uint64_t expiration_time = 0) {
    return attest(world, agent, Attestations::indicator_schema_uid(),
                  {.recipient = {},
                   .expiration_time = expiration_time,
                   .revocable = true,
                   .ref_uid = said.subject,
                   .data = abi::encode(said),
                   .value = {}});
}

}  // namespace plume::test

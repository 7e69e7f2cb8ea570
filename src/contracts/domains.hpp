// Domains: whose word about whom counts, named once and used by many tokens.
//
// A part of Attestations: free functions with state in a namespace of its own (ERC-7201). A
// credential is an attestation about an account (its recipient) under any schema. A domain lists
// credentials in groups, and an account belongs to it while it has a live credential of every
// group: {KYC by A or by B} and {accredited by C}. There is no step to join and none to leave.
//
// An attester's last word about an account under a schema is the one that counts: he corrects
// himself by attesting again, and withdraws by revoking that.
//
// A domain is its content: its name is the hash of the list, it has no owner and never changes.
// Whoever wants other attesters makes another domain and lets his token refer to that.
//
// The residence schema means something to the chain: its data is a country's number (ISO 3166-1).
//
// Invariant P-4: a domain never changes; an index entry is an attestation under that schema by that
// attester about that account, and changes by a later one only.
#pragma once

#include "contracts/eas.hpp"
#include "native/contract.hpp"

namespace plume {

/// One kind of credential that a domain accepts.
struct Credential {
    Hash schema;
    Address attester;
    uint8_t group = 0;  ///< of each group that occurs, one is needed

    static constexpr auto members =
        std::tuple{&Credential::schema, &Credential::attester, &Credential::group};

    friend bool operator==(const Credential&, const Credential&) = default;
};

namespace domains {

/// How many credentials a domain may list: all are looked up within the gas of one condition.
inline constexpr uint64_t credentials_max = 8;
/// Countries have three digits.
inline constexpr uint16_t country_max = 999;
inline constexpr std::string_view residence_schema_text = "uint16 country";

using DomainCreated =
    Event<"DomainCreated(bytes32 indexed domain, address indexed by)", Hash, Address>;

/// A domain lists 1 to `credentials_max` credentials, in ascending order of their groups.
using InvalidDomain = CustomError<"InvalidDomain(uint256 credentials, uint256 max)", u256, u256>;
using UnknownDomain = CustomError<"UnknownDomain(bytes32 domain)", Hash>;
/// The data of a residence is exactly a country's number, 1 to 999.
using InvalidResidence = CustomError<"InvalidResidence()">;

Hash residence_schema_uid();

/// To be told of every attestation.
void attested(Contract& contract, const eas::Attestation& attestation);
/// The last word of `attester` about `account` under `schema`, live or not; zero when there is
/// none.
Hash last_word(const Contract& contract, const Address& account, const Hash& schema,
               const Address& attester);

/// Makes a domain, or finds that it exists, and says its name.
Hash create(Contract& contract, const std::vector<Credential>& credentials);
bool exists(const Contract& contract, const Hash& domain);
/// Refused with UnknownDomain.
std::vector<Credential> credentials(const Contract& contract, const Hash& domain);

/// What this transaction's attestations should have left in the index.
std::optional<std::string> broken_invariant(const Contract& contract,
                                            const std::vector<eas::Attestation>& made);

}  // namespace domains

}  // namespace plume

#include "contracts/domains.hpp"

#include <algorithm>

namespace plume::domains {

namespace {

constexpr u256 base = namespace_slot("plume.domains");

/// struct { bytes32 schema; address attester; uint8 group; }
struct CredentialPlace : Place {
    static constexpr uint64_t slots = 2;
    Slot<Hash> schema() const { return {position}; }
    Slot<Address> attester() const { return {position + u256{1u}, 0}; }
    Slot<uint8_t> group() const { return {position + u256{1u}, 20}; }
};

/// By keccak256(abi.encode(account, schema, attester)).
constexpr Map<Hash, Hash> last_words{{base}};
constexpr Map<Hash, Array<CredentialPlace>> lists{{base + u256{1u}}};

Slot<Hash> last_word_slot(const Address& account, const Hash& schema, const Address& attester) {
    return last_words[keccak256(abi::encode(account, schema, attester))];
}

}  // namespace

Hash residence_schema_uid() {
    static const Hash uid = eas::schema_uid(residence_schema_text, {}, true);
    return uid;
}

void attested(Contract& contract, const eas::Attestation& attestation) {
    if (attestation.schema == residence_schema_uid()) {
        const auto country = abi::decode_one<uint16_t>(attestation.data);
        const bool is_valid = country && *country >= 1 && *country <= country_max &&
                              attestation.data == abi::encode(*country);
        contract.require(is_valid, InvalidResidence{});
    }
    if (attestation.recipient == Address{}) return;
    contract.set(last_word_slot(attestation.recipient, attestation.schema, attestation.attester),
                 attestation.uid);
}

Hash last_word(const Contract& contract, const Address& account, const Hash& schema,
               const Address& attester) {
    return contract.get(last_word_slot(account, schema, attester));
}

Hash create(Contract& contract, const std::vector<Credential>& credentials) {
    const bool is_valid = !credentials.empty() && credentials.size() <= credentials_max &&
                          std::ranges::is_sorted(credentials, {}, &Credential::group);
    contract.require(is_valid, InvalidDomain{u256{credentials.size()}, u256{credentials_max}});
    const Hash domain = keccak256(abi::encode(credentials));
    if (exists(contract, domain)) return domain;
    for (const Credential& one : credentials) {
        const CredentialPlace place = contract.push(lists[domain]);
        contract.set(place.schema(), one.schema);
        contract.set(place.attester(), one.attester);
        contract.set(place.group(), one.group);
    }
    contract.emit(DomainCreated{domain, contract.sender()});
    return domain;
}

bool exists(const Contract& contract, const Hash& domain) {
    return contract.length(lists[domain]) != 0;
}

std::vector<Credential> credentials(const Contract& contract, const Hash& domain) {
    const Array<CredentialPlace> list = lists[domain];
    const uint64_t count = contract.length(list);
    contract.require(count != 0, UnknownDomain{domain});
    std::vector<Credential> out;
    for (uint64_t i = 0; i < count; ++i)
        out.push_back({contract.get(list[i].schema()), contract.get(list[i].attester()),
                       contract.get(list[i].group())});
    return out;
}

std::optional<std::string> broken_invariant(const Contract& contract,
                                            const std::vector<eas::Attestation>& made) {
    for (const eas::Attestation& one : made) {
        if (one.recipient == Address{}) continue;
        const Hash uid = last_word(contract, one.recipient, one.schema, one.attester);
        // Of several words in one transaction the last one stands; each of them is on the list.
        const bool is_known = std::ranges::any_of(made, [&](const eas::Attestation& other) {
            return other.uid == uid && other.recipient == one.recipient &&
                   other.schema == one.schema && other.attester == one.attester;
        });
        if (!is_known) return "P-4: an attestation is not its attester's last word";
    }
    for (const Log& log : contract.transaction_logs()) {
        if (log.address != contract.self()) continue;
        const auto created = DomainCreated::decode(log);
        if (created && keccak256(abi::encode(credentials(contract, std::get<0>(*created)))) !=
                           std::get<0>(*created))
            return "P-4: a domain is not what its name says";
    }
    return std::nullopt;
}

}  // namespace plume::domains

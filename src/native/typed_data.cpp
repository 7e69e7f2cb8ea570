#include "native/typed_data.hpp"

#include "native/remote.hpp"

namespace plume {

Hash domain_separator(std::string_view name, std::string_view version, const u256& chain_id,
                      const Address& verifying_contract) {
    static constexpr Hash type_hash = keccak256_constexpr(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    return keccak256(
        abi::encode(type_hash, keccak256(name), keccak256(version), chain_id, verifying_contract));
}

Hash domain_separator(const Contract& contract, std::string_view name, std::string_view version) {
    return domain_separator(name, version, u256{contract.chain_id()}, contract.self());
}

DomainDescription describe_domain(const Contract& contract, std::string_view name,
                                  std::string_view version) {
    // Which of the five there are: name, version, chain id and contract; no salt, no extensions.
    constexpr FixedBytes<1> fields{{0x0f}};
    return {fields,
            std::string(name),
            std::string(version),
            u256{contract.chain_id()},
            contract.self(),
            Hash{},
            {}};
}

Hash typed_data_digest(const Hash& domain, const Hash& struct_hash) {
    Bytes image{0x19, 0x01};
    append(image, domain);
    append(image, struct_hash);
    return keccak256(image);
}

Address recover_signer(const Contract& contract, const Hash& digest, uint8_t v, const Hash& r,
                       const Hash& s) {
    contract.charge(gas::recover);
    contract.require(to_u256(s) <= secp256k1_half_n, ECDSAInvalidSignatureS{s});
    contract.require(v == 27 || v == 28, ECDSAInvalidSignature{});
    const auto signer = recover(digest, {to_u256(r), to_u256(s), v == 28});
    contract.require(signer.has_value(), ECDSAInvalidSignature{});
    return *signer;
}

bool is_signed_by(const Contract& contract, const Address& signer, const Hash& digest, uint8_t v,
                  const Hash& r, const Hash& s) {
    using IsValidSignature =
        Remote<"isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)", Selector,
               Hash, Bytes>;
    contract.charge(gas::recover);
    if (to_u256(s) <= secp256k1_half_n && (v == 27 || v == 28) &&
        recover(digest, {to_u256(r), to_u256(s), v == 28}) == signer)
        return true;
    if (!contract.has_code(signer)) return false;
    Bytes signature = to_bytes(r);
    append(signature, s);
    signature.push_back(v);
    const Answer answer =
        contract.static_call(signer, IsValidSignature::calldata(digest, signature));
    return answer.success && abi::decode_one<Selector>(answer.data) == IsValidSignature::selector;
}

}  // namespace plume

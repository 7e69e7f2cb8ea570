// EIP-712 for contracts that check signatures: domain, digest, signer.
#pragma once

#include <string>
#include <vector>

#include "crypto/signature.hpp"
#include "native/contract.hpp"

namespace plume {

using ECDSAInvalidSignature = CustomError<"ECDSAInvalidSignature()">;
using ECDSAInvalidSignatureS = CustomError<"ECDSAInvalidSignatureS(bytes32 s)", Hash>;

/// The hash of the domain {name, version, chain id, contract}.
Hash domain_separator(std::string_view name, std::string_view version, const u256& chain_id,
                      const Address& verifying_contract);

/// The hash of the domain {name, version, chain id of the moment, this contract}.
Hash domain_separator(const Contract& contract, std::string_view name, std::string_view version);

/// What `eip712Domain()` returns (ERC-5267).
using DomainDescription =
    std::tuple<FixedBytes<1>, std::string, std::string, u256, Address, Hash, std::vector<u256>>;
inline constexpr FixedText eip712_domain_text{
    "eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, "
    "address verifyingContract, bytes32 salt, uint256[] extensions)"};
inline constexpr Selector erc5267 = interface_id<"eip712Domain()">();

/// The same domain in words, for whoever is to sign: recomputed with the chain id of the moment, as
/// the separator is.
DomainDescription describe_domain(const Contract& contract, std::string_view name,
                                  std::string_view version);

/// keccak256(0x1901 || domain separator || struct hash).
Hash typed_data_digest(const Hash& domain, const Hash& struct_hash);

/// Who signed `digest`. Refused with OpenZeppelin's errors: high s, v other than 27 or 28, or
/// nobody.
Address recover_signer(const Contract& contract, const Hash& digest, uint8_t v, const Hash& r,
                       const Hash& s);

/// Whether `digest` is signed by `signer`: with his key, or, if he is a contract, by its own word
/// (ERC-1271). No refusal, whatever the signature is.
bool is_signed_by(const Contract& contract, const Address& signer, const Hash& digest, uint8_t v,
                  const Hash& r, const Hash& s);

}  // namespace plume

// What somebody is about to sign, read out to him: the sentence of the call
// (contracts/sentences.hpp) with its values, and the bytes' fingerprint (ERC-8213).
#pragma once

#include <string>

#include "app/calls.hpp"

namespace plume {

/// keccak256(uint256(size) ++ calldata): what a wallet shows as "Calldata Digest" (ERC-8213).
Hash calldata_digest(BytesView calldata);

/// The call of a native contract as a sentence, "Give 12.50 cUSD to the vault, with shares for
/// Donor 1"; names of development accounts and tokens' decimals are asked for. For any other call,
/// what there is to say of it: "Call 0x12345678 of 0x..", "Pay 5 wei to 0x..".
Result<std::string> read_out(Session& session, const Address& to, BytesView calldata,
                             const u256& value);

/// Reads the call out, with who signs it and to whom it goes, and asks whether to go on when a
/// person sits at a terminal (`confirm`).
Result<void> confirm_call(Session& session, const SignerOptions& options, const Account& signer,
                          const Address& to, BytesView calldata, const u256& value = {});

}  // namespace plume

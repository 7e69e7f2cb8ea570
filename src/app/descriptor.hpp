// Clear-signing descriptors (ERC-7730, version 2 of its schema): what a wallet needs to show a call
// of a native contract, or a message for one, as a sentence with its values. Made from the table
// that dispatches and that of sentences (contracts/sentences.hpp).
//
// A descriptor is for one chain. Contracts of genesis are bound by their addresses; instances by
// the Launcher that made them.
#pragma once

#include <boost/json.hpp>
#include <string_view>

#include "base/result.hpp"

namespace plume {

/// For the transactions that call a contract type; an error for an unknown type, and for one that
/// has nothing but views.
Result<boost::json::object> call_descriptor(std::string_view type_name, uint64_t chain_id);

/// For the messages that are signed for it (EIP-712); an error likewise when there are none. In the
/// domain of a token stands its name, so those of tokens are bound by the chain and the version.
Result<boost::json::object> message_descriptor(std::string_view type_name, uint64_t chain_id);

}  // namespace plume

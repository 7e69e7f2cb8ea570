// What can be called, in words, as Solidity and as JSON: from the same table that dispatches.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "base/result.hpp"
#include "codec/abi_type.hpp"
#include "types/block.hpp"

namespace plume {

/// The names of all native contract types with their genesis addresses, one a line.
std::string list_contracts();
boost::json::array contracts_json();

/// A type's interface as the lines it is declared by.
Result<std::string> describe_text(std::string_view type_name);
/// As a Solidity interface file of docs/contracts/interfaces: functions, events, errors and the
/// structs they use.
Result<std::string> describe_solidity(std::string_view type_name);
/// As the standard JSON ABI (contract ABI specification, "JSON").
Result<boost::json::array> describe_json(std::string_view type_name);

/// As a page of docs/contracts.
Result<std::string> describe_markdown(std::string_view type_name);

/// Every declaration of a type, parsed; none for an unknown type.
std::vector<abi::Declaration> declarations_of(std::string_view type_name);

/// Revert data in words: the error's name and its arguments, where a native contract's or
/// Solidity's own errors match.
std::string explain_revert(BytesView data);

/// A log in words, "Transfer(from 0x.., to 0x.., value 5)"; nothing when no native contract
/// declares such an event.
std::optional<std::string> explain_log(const Log& log);

}  // namespace plume

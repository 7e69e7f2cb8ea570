// Vectors of the Solidity ABI.
#pragma once

#include "conformance/cases.hpp"

namespace plume::conformance {

/// {types, args, result}: values and their encoding; bytes stand as characters.
Outcome run_abi(const boost::json::value& entry);

/// {types, values, normalizedValues?, result}: the same, the first three as JSON in texts.
Outcome run_interface(const boost::json::value& entry);

/// {abi, signature, sigHash}: a function and its selector.
Outcome run_selector(const boost::json::value& entry);

/// {interface, values, topics, data}: an event and its log.
Outcome run_event(const boost::json::value& entry);

/// {types, values, keccak256, sha256, ripemd160}: hashes of abi.encodePacked.
Outcome run_packed(const boost::json::value& entry);

}  // namespace plume::conformance

// Vectors of Merkle-Patricia tries.
#pragma once

#include "conformance/cases.hpp"

namespace plume::conformance {

/// {in, root}: entries, in an order or in any, and the root of their trie. Keys are hashed when the
/// file's name says "secure".
Cases trie_cases(const Entry& entry);

/// {seq, term, out}: a path and its hex-prefix encoding (Yellow Paper, appendix C).
Outcome run_path(const boost::json::value& entry);

}  // namespace plume::conformance

// The entries of the public trie vectors.
#pragma once

#include <utility>
#include <vector>

#include "support/json.hpp"

namespace plume::test {

using TrieEntries = std::vector<std::pair<Bytes, Bytes>>;

/// A text of a trie vector: hexadecimal when it says so, else characters; null is no bytes.
Bytes trie_bytes_of(const boost::json::value& value);

/// The entries of a vector: pairs in an order, or an object whose order does not matter.
TrieEntries trie_entries_of(const boost::json::value& input);

}  // namespace plume::test

// RLP of values whose shape only a vector knows.
#pragma once

#include <functional>

#include "base/result.hpp"
#include "support/json.hpp"

namespace plume::test {

/// How the texts of a vector are to be read: the files differ in it.
using EncodeText = std::function<Bytes(std::string_view)>;

/// The encoding of a JSON tree: lists of lists, numbers and texts.
Bytes encode_tree(const boost::json::value& value, const EncodeText& encode_text);

/// A text of ethereum/tests as RLP: its characters, or the number behind a '#'.
Bytes encode_ethereum_text(std::string_view text);

/// Decodes the one item that `input` is, however deep it goes, and encodes it again.
Result<Bytes> recode(BytesView input);

}  // namespace plume::test

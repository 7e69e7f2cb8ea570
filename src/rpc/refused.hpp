// What a node is asked and does not do, on purpose: the answer is -32601 as for any method that
// does not exist, since clients go on by other means then, and says why.
#pragma once

#include <string_view>

namespace plume::rpc {

/// Why there is no such method, and what to do instead; empty for one that nobody knows. To a
/// development chain other rules apply: it signs, and can be edited.
std::string_view why_refused(std::string_view method, bool is_development);

}  // namespace plume::rpc

// EIP-712 for structs that only a vector knows. Contracts hash their own few structs; this small
// general encoder is what they, and the signing functions, are held against.
#pragma once

#include "support/json.hpp"

namespace plume::test {

/// hashStruct of the `data` of a struct called `name`, one of `types` ({name: [{name, type}]}).
Hash hash_of_struct(const boost::json::value& types, const std::string& name,
                    const boost::json::value& data);

/// The domain's hash. Its type has those fields only that the domain has.
Hash hash_of_domain(const boost::json::value& domain);

}  // namespace plume::test

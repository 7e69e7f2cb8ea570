// The formats of conformance files, told by what is in them.
#pragma once

#include "conformance/cases.hpp"

namespace plume::conformance {

/// Calls `use` with each named part of a file: the members of an object of objects, the elements of
/// an array, or the whole.
void for_each_entry(const std::filesystem::path& file, const boost::json::value& content,
                    const std::function<void(const Entry&)>& use);

/// The cases of an entry, whatever its format. Throws when it has none that is known, or is not
/// what its format says.
Cases cases_of(const Entry& entry);

}  // namespace plume::conformance

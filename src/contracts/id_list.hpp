// Short lists of numbers in storage, in the order in which they came: what an owner has let, what a
// user may use.
#pragma once

#include <algorithm>

#include "native/contract.hpp"

namespace plume::id_list {

using List = Array<uint64_t>;

/// All of them. Lists are short: whoever appends keeps a bound.
inline std::vector<uint64_t> all(const Contract& contract, const List& list) {
    std::vector<uint64_t> out;
    const uint64_t size = contract.length(list);
    for (uint64_t i = 0; i < size; ++i) out.push_back(contract.get(list[i]));
    return out;
}

inline void append(Contract& contract, const List& list, uint64_t id) {
    contract.set(contract.push(list), id);
}

/// Takes `id` out, if it is in; those behind it move up.
inline void remove(Contract& contract, const List& list, uint64_t id) {
    const std::vector<uint64_t> before = all(contract, list);
    const auto found = std::ranges::find(before, id);
    if (found == before.end()) return;
    const size_t last = before.size() - 1;
    for (auto i = static_cast<size_t>(found - before.begin()); i < last; ++i)
        contract.set(list[i], before[i + 1]);
    contract.set(list[last], 0);
    contract.set(list.length(), u256{last});
}

}  // namespace plume::id_list

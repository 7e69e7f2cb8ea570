// Short lists of numbers in storage, whose order tells nothing: what an owner has let, what a user
// may use.
#pragma once

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

/// Takes `id` out, if it is in; the last one takes its place.
inline void remove(Contract& contract, const List& list, uint64_t id) {
    const uint64_t size = contract.length(list);
    for (uint64_t i = 0; i < size; ++i) {
        if (contract.get(list[i]) != id) continue;
        const uint64_t last = contract.get(list[size - 1]);
        if (i + 1 < size) contract.set(list[i], last);
        contract.set(list[size - 1], 0);
        contract.set(list.length(), u256{size - 1});
        return;
    }
}

}  // namespace plume::id_list

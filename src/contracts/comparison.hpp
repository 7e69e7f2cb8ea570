// How conditions hold a number against another.
#pragma once

#include <cstdint>
#include <optional>

#include "native/method.hpp"

namespace plume {

/// The numbers that stand for comparisons in calldata.
enum class Comparison : uint8_t {
    equal = 0,
    not_equal = 1,
    less = 2,
    less_or_equal = 3,
    greater = 4,
    greater_or_equal = 5,
};

/// There is no comparison with this number.
using UnknownComparison = CustomError<"UnknownComparison(uint8 op)", uint8_t>;

/// `a op b`, for u256 and i256; nothing when no comparison has the number `op`.
template <class T>
std::optional<bool> compare(const T& a, uint8_t op, const T& b) {
    switch (static_cast<Comparison>(op)) {
        case Comparison::equal:
            return a == b;
        case Comparison::not_equal:
            return a != b;
        case Comparison::less:
            return a < b;
        case Comparison::less_or_equal:
            return a <= b;
        case Comparison::greater:
            return a > b;
        case Comparison::greater_or_equal:
            return a >= b;
    }
    return std::nullopt;
}

}  // namespace plume

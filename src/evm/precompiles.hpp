// Which addresses belong to precompiled contracts.
#pragma once

#include "base/u256.hpp"

namespace plume {

/// 1 to 0x11 as of Prague (EIP-196 to EIP-2537), and P-256 at 0x100 (EIP-7951). They are warm in
/// every transaction (EIP-2929).
constexpr bool is_precompile(const Address& address) {
    for (size_t i = 0; i < 18; ++i)
        if (address[i] != 0) return false;
    const unsigned number = address[18] << 8 | address[19];
    return (number >= 1 && number <= 0x11) || number == 0x100;
}

}  // namespace plume

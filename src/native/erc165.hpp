// ERC-165: what a contract says it can do.
//
//   static constexpr auto own = Methods<Method<...>, ...>{};
//   bool supports_interface(Selector id) const {
//       return erc165::supports(id, {own.interface_id()});
//   }
//
// An interface's id is the exclusive or of its functions' selectors, as Solidity's
// type(I).interfaceId.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "native/method.hpp"

namespace plume::erc165 {

/// supportsInterface(bytes4).
inline constexpr Selector id{{0x01, 0xff, 0xc9, 0xa7}};

/// Whether `asked` is ERC-165 itself or one of `offered`. 0xffffffff is no interface.
inline bool supports(const Selector& asked, std::initializer_list<Selector> offered) {
    if (asked == Selector{{0xff, 0xff, 0xff, 0xff}}) return false;
    return asked == id || std::find(offered.begin(), offered.end(), asked) != offered.end();
}

}  // namespace plume::erc165

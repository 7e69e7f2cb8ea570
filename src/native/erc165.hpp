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

inline constexpr Selector id = interface_id<"supportsInterface(bytes4)">();

// Interfaces that several contracts offer.
inline constexpr Selector erc721 = interface_id<
    "balanceOf(address)", "ownerOf(uint256)", "safeTransferFrom(address,address,uint256,bytes)",
    "safeTransferFrom(address,address,uint256)", "transferFrom(address,address,uint256)",
    "approve(address,uint256)", "setApprovalForAll(address,bool)", "getApproved(uint256)",
    "isApprovedForAll(address,address)">();
inline constexpr Selector erc721_metadata =
    interface_id<"name()", "symbol()", "tokenURI(uint256)">();
/// Of ERC-792: who takes rulings.
inline constexpr Selector arbitrable = interface_id<"rule(uint256,uint256)">();

/// Whether `asked` is ERC-165 itself or one of `offered`. 0xffffffff is no interface.
inline bool supports(const Selector& asked, std::initializer_list<Selector> offered) {
    if (asked == Selector{{0xff, 0xff, 0xff, 0xff}}) return false;
    return asked == id || std::find(offered.begin(), offered.end(), asked) != offered.end();
}

}  // namespace plume::erc165

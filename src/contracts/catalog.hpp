// The list of all native contract types, and those that exist from genesis on.
#pragma once

#include <span>

#include "evm/frame.hpp"
#include "native/method.hpp"

namespace plume {

/// Every type and version that instances may have. The order never changes.
std::span<const NativeType> native_types();

/// The newest version of the type called `name`; null when there is none.
const NativeType* find_native(std::string_view name);

/// An instance that stands in every genesis block, with nonce 1.
struct GenesisContract {
    std::string_view name;
    Address address;
    std::string_view type_name;
};
std::span<const GenesisContract> genesis_contracts();

/// The interface of a type, in the order of its declaration: what dispatches is what is described.
std::vector<AbiEntry> interface_of(std::string_view type_name);

/// The canonical signature of the method of a type that `calldata` calls, by the table that
/// dispatches: "transfer(address,uint256)". Empty when it has no such method.
std::string_view method_called(std::string_view type_name, BytesView calldata);
/// The same for its constructor: "constructor(string,string,uint8)".
std::string_view constructor_of(std::string_view type_name);

}  // namespace plume

// The rows of the catalog, each made where its contract's dispatch is compiled.
#pragma once

#include "evm/frame.hpp"

namespace plume {

NativeType asset_token_type();
NativeType vault_type();
NativeType conditions_type();
NativeType attestations_type();
NativeType launcher_type();
NativeType revenue_vault_type();

}  // namespace plume

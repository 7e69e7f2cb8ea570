// The rows of the catalog, each made where its contract's dispatch is compiled.
#pragma once

#include "evm/frame.hpp"

namespace plume {

NativeType asset_token_type();
NativeType vault_type();
NativeType conditions_type();
NativeType attestations_type();
NativeType launcher_type();
NativeType asset_items_type();
NativeType feeds_type();
NativeType feed_face_type();
NativeType arbitrator_type();
NativeType escrow_vault_type();
NativeType scheduler_type();
NativeType public_goods_type();
NativeType agents_type();
NativeType regulated_token_type();
NativeType revenue_vault_type();
NativeType pool_type();
NativeType queued_pool_type();
NativeType revenue_stream_type();

}  // namespace plume

// Bytes with the runs of zeros taken out: ABI encodings are kept so, in a third of the slots.
//
//   packed = *( byte other than 0 | 0 length )      length: 1 to 255 zeros
#pragma once

#include "base/bytes.hpp"

namespace plume::packing {

Bytes pack(BytesView bytes);
/// The bytes of which `pack` made `packed`.
Bytes unpack(BytesView packed);

}  // namespace plume::packing

#include "contracts/packing.hpp"

#include <algorithm>

namespace plume::packing {

Bytes pack(BytesView bytes) {
    Bytes out;
    for (size_t i = 0; i < bytes.size();) {
        size_t zeros = 0;
        while (zeros < 255 && i + zeros < bytes.size() && bytes[i + zeros] == 0) ++zeros;
        out.push_back(bytes[i]);
        if (zeros > 0) out.push_back(static_cast<uint8_t>(zeros));
        i += std::max<size_t>(zeros, 1);
    }
    return out;
}

Bytes unpack(BytesView packed) {
    Bytes out;
    for (size_t i = 0; i < packed.size(); ++i) {
        const bool is_run = packed[i] == 0 && i + 1 < packed.size();
        if (is_run)
            out.resize(out.size() + packed[++i]);
        else
            out.push_back(packed[i]);
    }
    return out;
}

}  // namespace plume::packing

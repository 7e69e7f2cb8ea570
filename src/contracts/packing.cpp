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
    size_t size = 0;
    for (size_t i = 0; i < packed.size(); ++i) {
        const bool is_run = packed[i] == 0 && i + 1 < packed.size();
        size += is_run ? packed[++i] : 1;
    }
    Bytes out(size);
    uint8_t* to = out.data();
    for (size_t i = 0; i < packed.size(); ++i) {
        const bool is_run = packed[i] == 0 && i + 1 < packed.size();
        if (is_run)
            to += packed[++i];
        else
            *to++ = packed[i];
    }
    return out;
}

}  // namespace plume::packing

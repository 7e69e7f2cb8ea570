#include "evm/execution.hpp"

namespace plume {

Bytes native_code(const NativeType& type) {
    return {native_marker[0],
            native_marker[1],
            static_cast<uint8_t>(type.id >> 8),
            static_cast<uint8_t>(type.id),
            static_cast<uint8_t>(type.version >> 8),
            static_cast<uint8_t>(type.version)};
}

Bytes delegation_to(const Address& address) {
    Bytes out(delegation_size);
    std::ranges::copy(delegation_marker, out.begin());
    std::ranges::copy(address, out.begin() + delegation_marker.size());
    return out;
}

std::optional<Address> delegate_of(BytesView code) {
    if (code.size() != delegation_size || !equal(code.first(3), delegation_marker))
        return std::nullopt;
    return Address::from(code.subspan(3));
}

const NativeType* Execution::native(BytesView code) const {
    if (code.size() != native_code_size || code[0] != native_marker[0] ||
        code[1] != native_marker[1])
        return nullptr;
    const auto id = static_cast<uint16_t>(code[2] << 8 | code[3]);
    const auto version = static_cast<uint16_t>(code[4] << 8 | code[5]);
    for (const NativeType& type : natives)
        if (type.id == id && type.version == version) return &type;
    return nullptr;
}

}  // namespace plume

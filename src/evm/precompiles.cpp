#include "evm/precompiles.hpp"
namespace plume {
bool is_precompile(const Address& address, Revision) {
    for (size_t i = 0; i < 18; ++i)
        if (address[i] != 0) return false;
    const unsigned number = address[18] << 8 | address[19];
    return (number >= 1 && number <= 0x11) || number == 0x100;
}
PrecompileResult run_precompile(const Address&, Revision, BytesView, uint64_t) { return {}; }
}

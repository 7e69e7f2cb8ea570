// Whatever decodes as RLP is the one encoding of what it decoded to: writing that gives the input
// again, be it read as a tree or as a value of some type.
#include "base/result.hpp"
#include "codec/rlp.hpp"
#include "support/rlp_tree.hpp"
#include "types/block.hpp"
#include "types/transaction.hpp"

namespace {

using namespace plume;

template <class T>
void try_type(BytesView input) {
    const auto value = rlp::decode<T>(input);
    if (!value) return;
    check(equal(rlp::encode(*value), input), "a value has one encoding");
    check(rlp::size_of(*value) == input.size(), "its size is known beforehand");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const BytesView input{data, size};
    if (const auto again = test::recode(input))
        check(equal(*again, input), "a tree has one encoding");
    try_type<uint8_t>(input);
    try_type<uint64_t>(input);
    try_type<u256>(input);
    try_type<Bytes>(input);
    try_type<Hash>(input);
    try_type<std::optional<Address>>(input);
    try_type<std::vector<Bytes>>(input);
    try_type<std::vector<std::vector<u256>>>(input);
    if (const auto header = decode_header(input))
        check(equal(encode(*header), input), "a header has one encoding");
    return 0;
}

#include "evm/execution.hpp"

#include <gtest/gtest.h>

#include "support/memory_store.hpp"

namespace plume {
namespace {

using namespace literals;

TEST(Execution, finds_the_native_type_that_a_code_marks) {
    const std::array natives{NativeType{.id = 1, .version = 1, .name = "One"},
                             NativeType{.id = 0x0203, .version = 0x0405, .name = "Two"}};
    const test::MemoryStore nothing;
    State state(nothing);
    const BlockEnvironment block;
    const Execution execution{state, block, natives, {}, {}};
    EXPECT_EQ(native_code(natives[1]), (Bytes{0xef, 0x50, 2, 3, 4, 5}));
    EXPECT_EQ(execution.native(native_code(natives[1])), &natives[1]);
    EXPECT_EQ(execution.native(Bytes{0xef, 0x50, 2, 3, 4, 6}), nullptr);
    EXPECT_EQ(execution.native(Bytes{0xef, 0x51, 2, 3, 4, 5}), nullptr);
    EXPECT_EQ(execution.native(Bytes{0xef, 0x50, 2, 3, 4, 5, 0}), nullptr);
    EXPECT_EQ(execution.native({}), nullptr);
}

TEST(Execution, a_delegation_is_23_bytes_with_the_marker_of_eip_7702) {
    constexpr Address lent = "0x00112233445566778899aabbccddeeff00112233"_address;
    const Bytes code = delegation_to(lent);
    EXPECT_EQ(to_hex(code), "0xef010000112233445566778899aabbccddeeff00112233");
    EXPECT_EQ(delegate_of(code), lent);
    Bytes longer = code;
    longer.push_back(0);
    EXPECT_EQ(delegate_of(longer), std::nullopt);
    EXPECT_EQ(delegate_of(Bytes(23)), std::nullopt);
}

}  // namespace
}  // namespace plume

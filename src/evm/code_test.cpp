#include "evm/code.hpp"

#include <gtest/gtest.h>

#include "base/u256.hpp"
#include "crypto/keccak.hpp"
#include "evm/opcodes.hpp"

namespace plume {
namespace {

using namespace opcode;

TEST(Code, jump_destinations_are_no_data_of_a_push) {
    const Bytes bytes{JUMPDEST, PUSH1, JUMPDEST, JUMPDEST, PUSH32, JUMPDEST};
    const Code code(bytes);
    std::vector<bool> found;
    for (uint64_t i = 0; i < bytes.size(); ++i) found.push_back(code.is_jump_destination(i));
    EXPECT_EQ(found, (std::vector{true, false, false, true, false, false}));
    EXPECT_FALSE(code.is_jump_destination(6));
    EXPECT_FALSE(code.is_jump_destination(~uint64_t{0}));
}

TEST(Code, zeros_stand_behind_it) {
    const Bytes bytes{PUSH32};
    const Code code(bytes);
    EXPECT_EQ(code.size(), 1u);
    for (size_t i = 1; i < 34; ++i) EXPECT_EQ(code.begin()[i], STOP);
    EXPECT_EQ(to_bytes(code.bytes()), bytes);
    EXPECT_EQ(Code({}).begin()[0], STOP);
}

TEST(Code, a_program_is_made_once_it_is_worth_while) {
    const Code code(Bytes(100));
    EXPECT_EQ(code.patience(), 800u);
    code.burnt(500);
    EXPECT_EQ(code.patience(), 300u);
    code.burnt(500);
    EXPECT_EQ(code.patience(), 0u);
    EXPECT_EQ(code.program(), nullptr) << "whoever runs it decides";
    const Program& made = code.make_program();
    EXPECT_EQ(code.program(), &made);
    EXPECT_EQ(&code.make_program(), &made);
}

TEST(Code, an_analysis_is_kept_until_the_cache_has_seen_much_else) {
    const Bytes bytes{JUMPDEST};
    const Hash hash = keccak256(bytes);
    const auto first = analysed(hash, bytes);
    EXPECT_EQ(analysed(hash, bytes), first);
    const Bytes large(1 << 20);
    for (uint64_t i = 0; i * large.size() <= 2 * code_cache_size_max; ++i)
        analysed(to_word(u256{i}), large);
    EXPECT_NE(analysed(hash, bytes), first);
}

}  // namespace
}  // namespace plume

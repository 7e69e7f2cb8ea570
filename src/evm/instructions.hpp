// What each instruction does (Yellow Paper, appendix H.2). A function gets `top`, the stack's top
// word; the words below it are top[-1], top[-2], and what it leaves goes to where it belongs once
// the words it takes are gone: of two words taken and one left, to top[-1]; of none taken, to
// top[1]. The interpreter has checked the stack, charged the flat price of opcodes.hpp, and moves
// `top`.
//
// A function's type says what else it may do:
//
//   void (u256* top)                            work on the stack alone
//   void (u256* top, const Machine&)            and look around
//   void (u256* top, int64_t gas)               and see the gas
//   const uint8_t* (u256* top, const uint8_t* pc)  read what follows the opcode: where to go on
//   const uint8_t* (u256* top, const uint8_t* pc, Machine&)  go elsewhere; null: the frame ends
//   int64_t (u256* top, int64_t gas, Machine&)  use more gas: what is left, negative: the frame
//                                               ends, with Machine::status
//   Ending (u256* top, int64_t gas, Machine&)   end the frame, with Machine::status
#pragma once

#include "base/twos_complement.hpp"
#include "evm/instruction_support.hpp"

namespace plume::op {

struct Ending {
    int64_t gas;
};

// Arithmetic.

inline void add(u256* top) {
    top[-1] = top[0] + top[-1];
}
inline void mul(u256* top) {
    top[-1] = top[0] * top[-1];
}
inline void sub(u256* top) {
    top[-1] = top[0] - top[-1];
}
inline void div(u256* top) {
    top[-1] = top[0] / top[-1];
}
inline void sdiv(u256* top) {
    top[-1] = signed_quotient(top[0], top[-1]);
}
inline void mod(u256* top) {
    top[-1] = top[0] % top[-1];
}
inline void smod(u256* top) {
    top[-1] = signed_remainder(top[0], top[-1]);
}
inline void addmod(u256* top) {
    top[-2] = plume::addmod(top[0], top[-1], top[-2]);
}
inline void mulmod(u256* top) {
    top[-2] = plume::mulmod(top[0], top[-1], top[-2]);
}
inline int64_t exp(u256* top, int64_t gas, Machine&) {
    gas -= static_cast<int64_t>(gas::exp_byte * top[-1].byte_length());
    if (gas < 0) return gas;
    top[-1] = plume::exp(top[0], top[-1]);
    return gas;
}
inline void signextend(u256* top) {
    top[-1] = sign_extend(top[-1], top[0]);
}

// Comparison and bits.

inline void lt(u256* top) {
    top[-1] = as_word(top[0] < top[-1]);
}
inline void gt(u256* top) {
    top[-1] = as_word(top[-1] < top[0]);
}
inline void slt(u256* top) {
    top[-1] = as_word(signed_less(top[0], top[-1]));
}
inline void sgt(u256* top) {
    top[-1] = as_word(signed_less(top[-1], top[0]));
}
inline void eq(u256* top) {
    top[-1] = as_word(top[0] == top[-1]);
}
inline void iszero(u256* top) {
    top[0] = as_word(top[0].is_zero());
}
inline void bit_and(u256* top) {
    top[-1] = top[0] & top[-1];
}
inline void bit_or(u256* top) {
    top[-1] = top[0] | top[-1];
}
inline void bit_xor(u256* top) {
    top[-1] = top[0] ^ top[-1];
}
inline void bit_not(u256* top) {
    top[0] = ~top[0];
}
inline void byte(u256* top) {
    const bool inside = top[0] < u256{32u};
    const auto from_right = static_cast<unsigned>(31 - top[0].low64());
    top[-1] =
        inside ? u256{top[-1].words[from_right / 8] >> (8 * (from_right % 8)) & 0xff} : u256{};
}
inline void shl(u256* top) {
    top[-1] = top[-1] << shift_of(top[0]);
}
inline void shr(u256* top) {
    top[-1] = top[-1] >> shift_of(top[0]);
}
inline void sar(u256* top) {
    top[-1] = arithmetic_shift(top[-1], shift_of(top[0]));
}
inline int64_t clz(u256* top, int64_t gas, Machine& m) {
    if (m.block().revision < Revision::osaka) return ends(m, Status::undefined_instruction);
    top[0] = u256{256 - top[0].bit_length()};
    return gas;
}
inline int64_t keccak(u256* top, int64_t gas, Machine& m) {
    const Range range = range_of(top[0], top[-1]);
    gas = charge_words(range, gas::keccak_word, gas);
    if ((gas = grow(m, range, gas)) < 0) return gas;
    top[-1] = load_word(keccak256(view(m, range)).data());
    return gas;
}

// Around us.

inline void address(u256* top, const Machine& m) {
    top[1] = to_u256(m.message().recipient);
}
inline int64_t balance(u256* top, int64_t gas, Machine& m) {
    return hosted(m, gas, [&](Frame& frame) {
        const auto found = frame.balance(to_address(top[0]));
        if (found) top[0] = *found;
        return paid(found.has_value());
    });
}
inline void origin(u256* top, const Machine& m) {
    top[1] = to_u256(m.execution().origin);
}
inline void caller(u256* top, const Machine& m) {
    top[1] = to_u256(m.message().sender);
}
inline void callvalue(u256* top, const Machine& m) {
    top[1] = m.message().value;
}
inline void calldataload(u256* top, const Machine& m) {
    const BytesView input = m.message().input;
    if (!top[0].fits_uint64() || top[0].low64() >= input.size()) {
        top[0] = {};
        return;
    }
    const size_t offset = top[0].low64();
    if (input.size() - offset >= 32) {
        top[0] = load_word(input.data() + offset);
        return;
    }
    Hash word;
    std::ranges::copy(input.subspan(offset), word.bytes.begin());
    top[0] = load_word(word.data());
}
inline void calldatasize(u256* top, const Machine& m) {
    top[1] = u256{m.message().input.size()};
}
inline int64_t calldatacopy(u256* top, int64_t gas, Machine& m) {
    return copy_in(m, top[0], m.message().input, top[-1], top[-2], gas);
}
inline void codesize(u256* top, const Machine& m) {
    top[1] = u256{m.code.size()};
}
inline int64_t codecopy(u256* top, int64_t gas, Machine& m) {
    return copy_in(m, top[0], m.code.bytes(), top[-1], top[-2], gas);
}
inline void gasprice(u256* top, const Machine& m) {
    top[1] = m.execution().gas_price;
}
inline int64_t extcodesize(u256* top, int64_t gas, Machine& m) {
    return hosted(m, gas, [&](Frame& frame) {
        const auto found = frame.code(to_address(top[0]));
        if (found) top[0] = u256{found->size()};
        return paid(found.has_value());
    });
}
inline int64_t extcodecopy(u256* top, int64_t gas, Machine& m) {
    BytesView code;
    gas = hosted(m, gas, [&](Frame& frame) {
        const auto found = frame.code(to_address(top[0]));
        if (found) code = *found;
        return paid(found.has_value());
    });
    return gas < 0 ? gas : copy_in(m, top[-1], code, top[-2], top[-3], gas);
}
inline void returndatasize(u256* top, const Machine& m) {
    top[1] = u256{m.return_data.size()};
}
inline int64_t returndatacopy(u256* top, int64_t gas, Machine& m) {
    const Range from = range_of(top[-1], top[-2]);
    const size_t size = m.return_data.size();
    // Reading nothing beyond the end is beyond the end, too (EIP-211).
    if (!top[-1].fits_uint64() || !from.is_addressable || top[-1].low64() > size ||
        from.size > size - top[-1].low64())
        return ends(m, Status::return_data_out_of_range);
    return copy_in(m, top[0], m.return_data, top[-1], top[-2], gas);
}
inline int64_t extcodehash(u256* top, int64_t gas, Machine& m) {
    return hosted(m, gas, [&](Frame& frame) {
        const auto found = frame.code_hash(to_address(top[0]));
        if (found) top[0] = to_u256(*found);
        return paid(found.has_value());
    });
}

// The block.

inline void blockhash(u256* top, const Machine& m) {
    const BlockEnvironment& block = m.block();
    const uint64_t wanted = top[0].low64();
    const bool is_known = top[0].fits_uint64() && wanted < block.number &&
                          block.number - wanted <= ancestors_known && block.ancestor_hash;
    top[0] = is_known ? to_u256(block.ancestor_hash(wanted)) : u256{};
}
inline void coinbase(u256* top, const Machine& m) {
    top[1] = to_u256(m.block().coinbase);
}
inline void timestamp(u256* top, const Machine& m) {
    top[1] = u256{m.block().timestamp};
}
inline void number(u256* top, const Machine& m) {
    top[1] = u256{m.block().number};
}
inline void prevrandao(u256* top, const Machine& m) {
    top[1] = to_u256(m.block().prev_randao);
}
inline void gaslimit(u256* top, const Machine& m) {
    top[1] = u256{m.block().gas_limit};
}
inline void chainid(u256* top, const Machine& m) {
    top[1] = u256{m.block().chain_id};
}
inline void selfbalance(u256* top, const Machine& m) {
    top[1] = m.execution().state.balance(m.message().recipient);
}
inline void basefee(u256* top, const Machine& m) {
    top[1] = m.block().base_fee;
}
inline void blobhash(u256* top, const Machine& m) {
    const auto hashes = m.execution().blob_hashes;
    top[0] = top[0] < u256{hashes.size()} ? to_u256(hashes[top[0].low64()]) : u256{};
}
inline void blobbasefee(u256* top, const Machine& m) {
    top[1] = m.block().blob_base_fee;
}

// Memory and storage.

inline void pop(u256*) {}
inline int64_t mload(u256* top, int64_t gas, Machine& m) {
    if ((gas = grow(m, word_at(top[0]), gas)) < 0) return gas;
    top[0] = load_word(m.memory.data() + top[0].low64());
    return gas;
}
inline int64_t mstore(u256* top, int64_t gas, Machine& m) {
    if ((gas = grow(m, word_at(top[0]), gas)) < 0) return gas;
    store_word(m.memory.data() + top[0].low64(), top[-1]);
    return gas;
}
inline int64_t mstore8(u256* top, int64_t gas, Machine& m) {
    if ((gas = grow(m, range_of(top[0], u256{1u}), gas)) < 0) return gas;
    m.memory.data()[top[0].low64()] = static_cast<uint8_t>(top[-1].low64());
    return gas;
}
inline int64_t sload(u256* top, int64_t gas, Machine& m) {
    return hosted(m, gas, [&](Frame& frame) {
        const auto found = frame.load(top[0]);
        if (found) top[0] = *found;
        return paid(found.has_value());
    });
}
inline int64_t sstore(u256* top, int64_t gas, Machine& m) {
    return hosted(m, gas, [&](Frame& frame) { return frame.store(top[0], top[-1]); });
}
inline void tload(u256* top, const Machine& m) {
    top[0] = m.frame.load_transient(top[0]);
}
inline int64_t tstore(u256* top, int64_t gas, Machine& m) {
    return hosted(m, gas, [&](Frame& frame) { return frame.store_transient(top[0], top[-1]); });
}
inline void msize(u256* top, const Machine& m) {
    top[1] = u256{m.memory.size()};
}
inline int64_t mcopy(u256* top, int64_t gas, Machine& m) {
    const Range to = range_of(top[0], top[-2]);
    const Range from = range_of(top[-1], top[-2]);
    gas = charge_words(to, gas::copy_word, gas);
    if ((gas = grow(m, to, gas)) < 0 || (gas = grow(m, from, gas)) < 0) return gas;
    if (to.size != 0)
        std::memmove(m.memory.data() + to.offset, m.memory.data() + from.offset, to.size);
    return gas;
}

// Where to go on.

inline const uint8_t* jump(u256* top, const uint8_t*, Machine& m) {
    if (!top[0].fits_uint64() || !m.code.is_jump_destination(top[0].low64())) {
        m.status = Status::invalid_jump;
        return nullptr;
    }
    return m.code.begin() + top[0].low64();
}
inline const uint8_t* jumpi(u256* top, const uint8_t* pc, Machine& m) {
    return top[-1].is_zero() ? pc + 1 : jump(top, pc, m);
}
inline void jumpdest(u256*) {}
inline const uint8_t* program_counter(u256* top, const uint8_t* pc, Machine& m) {
    top[1] = u256{static_cast<uint64_t>(pc - m.code.begin())};
    return pc + 1;
}
inline void gas_left(u256* top, int64_t gas) {
    top[1] = u256{static_cast<uint64_t>(gas)};
}

// The stack.

inline void push0(u256* top) {
    top[1] = {};
}
template <size_t size>
const uint8_t* push(u256* top, const uint8_t* pc) {
    top[1] = load_bytes<size>(pc + 1);
    return pc + 1 + size;
}
template <size_t depth>
void dup(u256* top) {
    top[1] = top[1 - static_cast<ptrdiff_t>(depth)];
}
template <size_t depth>
void swap(u256* top) {
    u256& other = top[-static_cast<ptrdiff_t>(depth)];
    const u256 upper = top[0];
    const u256 lower = other;
    other = upper;
    top[0] = lower;
}

// Logs, calls, ends.

template <size_t topics>
int64_t log(u256* top, int64_t gas, Machine& m) {
    if (m.message().is_static) return ends(m, Status::static_write);
    const Range range = range_of(top[0], top[-1]);
    if ((gas = grow(m, range, gas)) < 0) return gas;
    return hosted(m, gas, [&](Frame& frame) {
        std::vector<Hash> list(topics);
        for (size_t i = 0; i < topics; ++i) list[i] = to_word(top[-2 - static_cast<ptrdiff_t>(i)]);
        return frame.log(std::move(list), to_bytes(view(m, range)));
    });
}
inline int64_t create(u256* top, int64_t gas, Machine& m) {
    return create_contract(m, top[0], top[-1], top[-2], nullptr, top[-2], gas);
}
inline int64_t create2(u256* top, int64_t gas, Machine& m) {
    return create_contract(m, top[0], top[-1], top[-2], &top[-3], top[-3], gas);
}
inline int64_t call(u256* top, int64_t gas, Machine& m) {
    Call call{.to = to_address(top[-1]), .value = top[-2], .input = {}};
    return call_contract(m, call, top[0], top - 3, top[-6], gas);
}
inline int64_t callcode(u256* top, int64_t gas, Machine& m) {
    Call call{
        .kind = CallKind::call_code, .to = to_address(top[-1]), .value = top[-2], .input = {}};
    return call_contract(m, call, top[0], top - 3, top[-6], gas);
}
inline int64_t delegatecall(u256* top, int64_t gas, Machine& m) {
    Call call{.kind = CallKind::delegate_call, .to = to_address(top[-1]), .value = {}, .input = {}};
    return call_contract(m, call, top[0], top - 2, top[-5], gas);
}
inline int64_t staticcall(u256* top, int64_t gas, Machine& m) {
    Call call{.is_static = true, .to = to_address(top[-1]), .value = {}, .input = {}};
    return call_contract(m, call, top[0], top - 2, top[-5], gas);
}
inline Ending stop(u256*, int64_t gas, Machine& m) {
    m.status = Status::success;
    return {gas};
}
inline Ending ret(u256* top, int64_t gas, Machine& m) {
    return {end_with_output(m, Status::success, range_of(top[0], top[-1]), gas)};
}
inline Ending revert(u256* top, int64_t gas, Machine& m) {
    return {end_with_output(m, Status::revert, range_of(top[0], top[-1]), gas)};
}
inline Ending invalid(u256*, int64_t, Machine& m) {
    return {ends(m, Status::undefined_instruction)};
}
inline Ending selfdestruct(u256* top, int64_t gas, Machine& m) {
    const auto act = [&](Frame& frame) { return frame.self_destruct(to_address(top[0])); };
    gas = hosted(m, gas, act);
    if (gas >= 0) m.status = Status::success;
    return {gas};
}

}  // namespace plume::op

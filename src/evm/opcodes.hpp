// The instructions: name, the function in instructions.hpp, how many words it takes from the stack
// and leaves there, and its flat price; what depends on operands or on what is warm is charged
// inside. Yellow Paper, appendix H; EIP-3855 (PUSH0), 5656 (MCOPY), 1153 (TLOAD), 4844, 7516
// (blobs), 7939 (CLZ, from Osaka on).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// clang-format off
/// ROW(opcode, name, function, taken, left, gas) for what is defined, GAP(opcode) for what is not,
/// in the order of opcodes.
#define PLUME_OPCODES(ROW, GAP) \
    ROW(0x00, STOP, stop, 0, 0, 0) \
    ROW(0x01, ADD, add, 2, 1, 3) \
    ROW(0x02, MUL, mul, 2, 1, 5) \
    ROW(0x03, SUB, sub, 2, 1, 3) \
    ROW(0x04, DIV, div, 2, 1, 5) \
    ROW(0x05, SDIV, sdiv, 2, 1, 5) \
    ROW(0x06, MOD, mod, 2, 1, 5) \
    ROW(0x07, SMOD, smod, 2, 1, 5) \
    ROW(0x08, ADDMOD, addmod, 3, 1, 8) \
    ROW(0x09, MULMOD, mulmod, 3, 1, 8) \
    ROW(0x0a, EXP, exp, 2, 1, 10) \
    ROW(0x0b, SIGNEXTEND, signextend, 2, 1, 5) \
    GAP(0x0c) \
    GAP(0x0d) \
    GAP(0x0e) \
    GAP(0x0f) \
    ROW(0x10, LT, lt, 2, 1, 3) \
    ROW(0x11, GT, gt, 2, 1, 3) \
    ROW(0x12, SLT, slt, 2, 1, 3) \
    ROW(0x13, SGT, sgt, 2, 1, 3) \
    ROW(0x14, EQ, eq, 2, 1, 3) \
    ROW(0x15, ISZERO, iszero, 1, 1, 3) \
    ROW(0x16, AND, bit_and, 2, 1, 3) \
    ROW(0x17, OR, bit_or, 2, 1, 3) \
    ROW(0x18, XOR, bit_xor, 2, 1, 3) \
    ROW(0x19, NOT, bit_not, 1, 1, 3) \
    ROW(0x1a, BYTE, byte, 2, 1, 3) \
    ROW(0x1b, SHL, shl, 2, 1, 3) \
    ROW(0x1c, SHR, shr, 2, 1, 3) \
    ROW(0x1d, SAR, sar, 2, 1, 3) \
    ROW(0x1e, CLZ, clz, 1, 1, 5) \
    GAP(0x1f) \
    ROW(0x20, KECCAK256, keccak, 2, 1, 30) \
    GAP(0x21) \
    GAP(0x22) \
    GAP(0x23) \
    GAP(0x24) \
    GAP(0x25) \
    GAP(0x26) \
    GAP(0x27) \
    GAP(0x28) \
    GAP(0x29) \
    GAP(0x2a) \
    GAP(0x2b) \
    GAP(0x2c) \
    GAP(0x2d) \
    GAP(0x2e) \
    GAP(0x2f) \
    ROW(0x30, ADDRESS, address, 0, 1, 2) \
    ROW(0x31, BALANCE, balance, 1, 1, 0) \
    ROW(0x32, ORIGIN, origin, 0, 1, 2) \
    ROW(0x33, CALLER, caller, 0, 1, 2) \
    ROW(0x34, CALLVALUE, callvalue, 0, 1, 2) \
    ROW(0x35, CALLDATALOAD, calldataload, 1, 1, 3) \
    ROW(0x36, CALLDATASIZE, calldatasize, 0, 1, 2) \
    ROW(0x37, CALLDATACOPY, calldatacopy, 3, 0, 3) \
    ROW(0x38, CODESIZE, codesize, 0, 1, 2) \
    ROW(0x39, CODECOPY, codecopy, 3, 0, 3) \
    ROW(0x3a, GASPRICE, gasprice, 0, 1, 2) \
    ROW(0x3b, EXTCODESIZE, extcodesize, 1, 1, 0) \
    ROW(0x3c, EXTCODECOPY, extcodecopy, 4, 0, 0) \
    ROW(0x3d, RETURNDATASIZE, returndatasize, 0, 1, 2) \
    ROW(0x3e, RETURNDATACOPY, returndatacopy, 3, 0, 3) \
    ROW(0x3f, EXTCODEHASH, extcodehash, 1, 1, 0) \
    ROW(0x40, BLOCKHASH, blockhash, 1, 1, 20) \
    ROW(0x41, COINBASE, coinbase, 0, 1, 2) \
    ROW(0x42, TIMESTAMP, timestamp, 0, 1, 2) \
    ROW(0x43, NUMBER, number, 0, 1, 2) \
    ROW(0x44, PREVRANDAO, prevrandao, 0, 1, 2) \
    ROW(0x45, GASLIMIT, gaslimit, 0, 1, 2) \
    ROW(0x46, CHAINID, chainid, 0, 1, 2) \
    ROW(0x47, SELFBALANCE, selfbalance, 0, 1, 5) \
    ROW(0x48, BASEFEE, basefee, 0, 1, 2) \
    ROW(0x49, BLOBHASH, blobhash, 1, 1, 3) \
    ROW(0x4a, BLOBBASEFEE, blobbasefee, 0, 1, 2) \
    GAP(0x4b) \
    GAP(0x4c) \
    GAP(0x4d) \
    GAP(0x4e) \
    GAP(0x4f) \
    ROW(0x50, POP, pop, 1, 0, 2) \
    ROW(0x51, MLOAD, mload, 1, 1, 3) \
    ROW(0x52, MSTORE, mstore, 2, 0, 3) \
    ROW(0x53, MSTORE8, mstore8, 2, 0, 3) \
    ROW(0x54, SLOAD, sload, 1, 1, 0) \
    ROW(0x55, SSTORE, sstore, 2, 0, 0) \
    ROW(0x56, JUMP, jump, 1, 0, 8) \
    ROW(0x57, JUMPI, jumpi, 2, 0, 10) \
    ROW(0x58, PC, program_counter, 0, 1, 2) \
    ROW(0x59, MSIZE, msize, 0, 1, 2) \
    ROW(0x5a, GAS, gas_left, 0, 1, 2) \
    ROW(0x5b, JUMPDEST, jumpdest, 0, 0, 1) \
    ROW(0x5c, TLOAD, tload, 1, 1, 100) \
    ROW(0x5d, TSTORE, tstore, 2, 0, 100) \
    ROW(0x5e, MCOPY, mcopy, 3, 0, 3) \
    ROW(0x5f, PUSH0, push0, 0, 1, 2) \
    ROW(0x60, PUSH1, push<1>, 0, 1, 3) \
    ROW(0x61, PUSH2, push<2>, 0, 1, 3) \
    ROW(0x62, PUSH3, push<3>, 0, 1, 3) \
    ROW(0x63, PUSH4, push<4>, 0, 1, 3) \
    ROW(0x64, PUSH5, push<5>, 0, 1, 3) \
    ROW(0x65, PUSH6, push<6>, 0, 1, 3) \
    ROW(0x66, PUSH7, push<7>, 0, 1, 3) \
    ROW(0x67, PUSH8, push<8>, 0, 1, 3) \
    ROW(0x68, PUSH9, push<9>, 0, 1, 3) \
    ROW(0x69, PUSH10, push<10>, 0, 1, 3) \
    ROW(0x6a, PUSH11, push<11>, 0, 1, 3) \
    ROW(0x6b, PUSH12, push<12>, 0, 1, 3) \
    ROW(0x6c, PUSH13, push<13>, 0, 1, 3) \
    ROW(0x6d, PUSH14, push<14>, 0, 1, 3) \
    ROW(0x6e, PUSH15, push<15>, 0, 1, 3) \
    ROW(0x6f, PUSH16, push<16>, 0, 1, 3) \
    ROW(0x70, PUSH17, push<17>, 0, 1, 3) \
    ROW(0x71, PUSH18, push<18>, 0, 1, 3) \
    ROW(0x72, PUSH19, push<19>, 0, 1, 3) \
    ROW(0x73, PUSH20, push<20>, 0, 1, 3) \
    ROW(0x74, PUSH21, push<21>, 0, 1, 3) \
    ROW(0x75, PUSH22, push<22>, 0, 1, 3) \
    ROW(0x76, PUSH23, push<23>, 0, 1, 3) \
    ROW(0x77, PUSH24, push<24>, 0, 1, 3) \
    ROW(0x78, PUSH25, push<25>, 0, 1, 3) \
    ROW(0x79, PUSH26, push<26>, 0, 1, 3) \
    ROW(0x7a, PUSH27, push<27>, 0, 1, 3) \
    ROW(0x7b, PUSH28, push<28>, 0, 1, 3) \
    ROW(0x7c, PUSH29, push<29>, 0, 1, 3) \
    ROW(0x7d, PUSH30, push<30>, 0, 1, 3) \
    ROW(0x7e, PUSH31, push<31>, 0, 1, 3) \
    ROW(0x7f, PUSH32, push<32>, 0, 1, 3) \
    ROW(0x80, DUP1, dup<1>, 1, 2, 3) \
    ROW(0x81, DUP2, dup<2>, 2, 3, 3) \
    ROW(0x82, DUP3, dup<3>, 3, 4, 3) \
    ROW(0x83, DUP4, dup<4>, 4, 5, 3) \
    ROW(0x84, DUP5, dup<5>, 5, 6, 3) \
    ROW(0x85, DUP6, dup<6>, 6, 7, 3) \
    ROW(0x86, DUP7, dup<7>, 7, 8, 3) \
    ROW(0x87, DUP8, dup<8>, 8, 9, 3) \
    ROW(0x88, DUP9, dup<9>, 9, 10, 3) \
    ROW(0x89, DUP10, dup<10>, 10, 11, 3) \
    ROW(0x8a, DUP11, dup<11>, 11, 12, 3) \
    ROW(0x8b, DUP12, dup<12>, 12, 13, 3) \
    ROW(0x8c, DUP13, dup<13>, 13, 14, 3) \
    ROW(0x8d, DUP14, dup<14>, 14, 15, 3) \
    ROW(0x8e, DUP15, dup<15>, 15, 16, 3) \
    ROW(0x8f, DUP16, dup<16>, 16, 17, 3) \
    ROW(0x90, SWAP1, swap<1>, 2, 2, 3) \
    ROW(0x91, SWAP2, swap<2>, 3, 3, 3) \
    ROW(0x92, SWAP3, swap<3>, 4, 4, 3) \
    ROW(0x93, SWAP4, swap<4>, 5, 5, 3) \
    ROW(0x94, SWAP5, swap<5>, 6, 6, 3) \
    ROW(0x95, SWAP6, swap<6>, 7, 7, 3) \
    ROW(0x96, SWAP7, swap<7>, 8, 8, 3) \
    ROW(0x97, SWAP8, swap<8>, 9, 9, 3) \
    ROW(0x98, SWAP9, swap<9>, 10, 10, 3) \
    ROW(0x99, SWAP10, swap<10>, 11, 11, 3) \
    ROW(0x9a, SWAP11, swap<11>, 12, 12, 3) \
    ROW(0x9b, SWAP12, swap<12>, 13, 13, 3) \
    ROW(0x9c, SWAP13, swap<13>, 14, 14, 3) \
    ROW(0x9d, SWAP14, swap<14>, 15, 15, 3) \
    ROW(0x9e, SWAP15, swap<15>, 16, 16, 3) \
    ROW(0x9f, SWAP16, swap<16>, 17, 17, 3) \
    ROW(0xa0, LOG0, log<0>, 2, 0, 0) \
    ROW(0xa1, LOG1, log<1>, 3, 0, 0) \
    ROW(0xa2, LOG2, log<2>, 4, 0, 0) \
    ROW(0xa3, LOG3, log<3>, 5, 0, 0) \
    ROW(0xa4, LOG4, log<4>, 6, 0, 0) \
    GAP(0xa5) \
    GAP(0xa6) \
    GAP(0xa7) \
    GAP(0xa8) \
    GAP(0xa9) \
    GAP(0xaa) \
    GAP(0xab) \
    GAP(0xac) \
    GAP(0xad) \
    GAP(0xae) \
    GAP(0xaf) \
    GAP(0xb0) \
    GAP(0xb1) \
    GAP(0xb2) \
    GAP(0xb3) \
    GAP(0xb4) \
    GAP(0xb5) \
    GAP(0xb6) \
    GAP(0xb7) \
    GAP(0xb8) \
    GAP(0xb9) \
    GAP(0xba) \
    GAP(0xbb) \
    GAP(0xbc) \
    GAP(0xbd) \
    GAP(0xbe) \
    GAP(0xbf) \
    GAP(0xc0) \
    GAP(0xc1) \
    GAP(0xc2) \
    GAP(0xc3) \
    GAP(0xc4) \
    GAP(0xc5) \
    GAP(0xc6) \
    GAP(0xc7) \
    GAP(0xc8) \
    GAP(0xc9) \
    GAP(0xca) \
    GAP(0xcb) \
    GAP(0xcc) \
    GAP(0xcd) \
    GAP(0xce) \
    GAP(0xcf) \
    GAP(0xd0) \
    GAP(0xd1) \
    GAP(0xd2) \
    GAP(0xd3) \
    GAP(0xd4) \
    GAP(0xd5) \
    GAP(0xd6) \
    GAP(0xd7) \
    GAP(0xd8) \
    GAP(0xd9) \
    GAP(0xda) \
    GAP(0xdb) \
    GAP(0xdc) \
    GAP(0xdd) \
    GAP(0xde) \
    GAP(0xdf) \
    GAP(0xe0) \
    GAP(0xe1) \
    GAP(0xe2) \
    GAP(0xe3) \
    GAP(0xe4) \
    GAP(0xe5) \
    GAP(0xe6) \
    GAP(0xe7) \
    GAP(0xe8) \
    GAP(0xe9) \
    GAP(0xea) \
    GAP(0xeb) \
    GAP(0xec) \
    GAP(0xed) \
    GAP(0xee) \
    GAP(0xef) \
    ROW(0xf0, CREATE, create, 3, 1, 0) \
    ROW(0xf1, CALL, call, 7, 1, 0) \
    ROW(0xf2, CALLCODE, callcode, 7, 1, 0) \
    ROW(0xf3, RETURN, ret, 2, 0, 0) \
    ROW(0xf4, DELEGATECALL, delegatecall, 6, 1, 0) \
    ROW(0xf5, CREATE2, create2, 4, 1, 0) \
    GAP(0xf6) \
    GAP(0xf7) \
    GAP(0xf8) \
    GAP(0xf9) \
    ROW(0xfa, STATICCALL, staticcall, 6, 1, 0) \
    GAP(0xfb) \
    GAP(0xfc) \
    ROW(0xfd, REVERT, revert, 2, 0, 0) \
    ROW(0xfe, INVALID, invalid, 0, 0, 0) \
    ROW(0xff, SELFDESTRUCT, selfdestruct, 1, 0, 5000)
// clang-format on

namespace plume {

namespace opcode {

#define PLUME_ROW(opcode, name, function, taken, left, gas) name = opcode,
#define PLUME_GAP(opcode)
enum : uint8_t { PLUME_OPCODES(PLUME_ROW, PLUME_GAP) };
#undef PLUME_ROW
#undef PLUME_GAP

}  // namespace opcode

/// The flat price by opcode.
inline constexpr std::array<uint16_t, 256> opcode_prices{
#define PLUME_ROW(opcode, name, function, taken, left, gas) gas,
#define PLUME_GAP(opcode) 0,
    PLUME_OPCODES(PLUME_ROW, PLUME_GAP)
#undef PLUME_ROW
#undef PLUME_GAP
};

/// By opcode; empty where nothing is defined.
inline constexpr std::array<std::string_view, 256> opcode_names{
#define PLUME_ROW(opcode, name, function, taken, left, gas) #name,
#define PLUME_GAP(opcode) "",
    PLUME_OPCODES(PLUME_ROW, PLUME_GAP)
#undef PLUME_ROW
#undef PLUME_GAP
};

}  // namespace plume

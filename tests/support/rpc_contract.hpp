// A contract on an RpcWorld: it counts in slot 0, and sends what it is given on to an address.
#pragma once

#include "evm/call.hpp"
#include "support/bytecode.hpp"
#include "support/rpc_world.hpp"

namespace plume::test {

/// Code that leaves `code`, of at most 32 bytes, as the contract.
inline Bytecode deploying(const Bytecode& code) {
    Hash word;
    std::ranges::copy(code.bytes(), word.bytes.begin());
    return push(to_u256(word)) + push(uint64_t{0}) + op(opcode::MSTORE) + push(code.size()) +
           push(uint64_t{0}) + op(opcode::RETURN);
}

/// A contract that calls `heir` with all the value it is sent, and the transaction that makes it.
struct Forwarder {
    static constexpr Address heir = [] {
        Address out;
        out.bytes.back() = 0xaa;
        return out;
    }();

    explicit Forwarder(RpcWorld& world, uint64_t nonce = 0) {
        using namespace opcode;
        const uint64_t none = 0;
        const Bytecode code = push(none) + push(none) + push(none) + push(none) + op(CALLVALUE) +
                              push(uint64_t{0xaa}) + op(GAS, CALL, POP, STOP);
        Transaction fields =
            RpcWorld::transaction(nonce, Address{}, deploying(code).bytes())->fields;
        fields.to.reset();
        creation = world.run(sign_transaction(fields, RpcWorld::key()));
        address = created_address(RpcWorld::sender(), nonce);
        call = world.run(RpcWorld::transaction(nonce + 1, address, {}, u256{5u}));
    }

    Hash creation;
    Address address;
    Hash call;
};

}  // namespace plume::test

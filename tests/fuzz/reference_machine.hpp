// One frame of the reference EVM: a program with its stack and memory.
#pragma once

#include "reference.hpp"

namespace plume::reference {

/// What ends a frame at once.
struct Halt {
    Ending ending;
    Bytes output;
};

class Machine {
public:
    Machine(World& world, const Surroundings& around, const Message& message, Bytes code)
        : world_(world),
          around_(around),
          message_(message),
          code_(std::move(code)),
          gas_(message.gas) {}

    Result run();

private:
    // What every instruction stands on; each of these may end the frame.
    Word pop();
    void push(const Word& word);
    void pay(uint64_t gas);
    void pay_words(const Word& size, uint64_t price);
    /// Pays for memory up to `offset` + `size` and makes it.
    void expand(const Word& offset, const Word& size);
    void refuse_if_static();
    Bytes read(const Word& offset, const Word& size);
    /// Writes `size` bytes of `source` from `from` on, zeros behind its end.
    void write(const Word& to, const Word& size, BytesView source, const Word& from);
    uint8_t code_at(size_t position) const;
    bool is_jump_destination(const Word& position) const;
    /// 2,600 for an account that is met for the first time, else 100.
    uint64_t access_price(const Address& address);

    // The instructions, by chapter. Each says whether the opcode was one of its own.
    void step();
    bool arithmetic(uint8_t opcode);
    bool signed_arithmetic(uint8_t opcode);
    bool comparison(uint8_t opcode);
    bool bits(uint8_t opcode);
    bool surroundings(uint8_t opcode);
    bool block(uint8_t opcode);
    bool data(uint8_t opcode);
    bool other_accounts(uint8_t opcode);
    bool memory(uint8_t opcode);
    bool storage(uint8_t opcode);
    bool flow(uint8_t opcode);
    bool stack(uint8_t opcode);
    bool log(uint8_t opcode);
    bool calls(uint8_t opcode);
    bool creations(uint8_t opcode);
    bool endings(uint8_t opcode);

    void exponentiate();
    void store_slot();
    void call(uint8_t opcode);
    void create(bool has_salt);
    void self_destruct();
    void jump(const Word& position);

    World& world_;
    const Surroundings& around_;
    const Message& message_;
    const Bytes code_;
    uint64_t gas_;
    size_t pc_ = 0;
    std::vector<Word> stack_;
    Bytes memory_;
    Bytes return_data_;
};

}  // namespace plume::reference

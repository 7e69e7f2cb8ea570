#include "reference_machine.hpp"

#include "base/u256.hpp"
#include "crypto/keccak.hpp"
#include "evm/precompiles.hpp"

namespace plume::reference {

namespace {

const Word sign_bit = Word{1} << 255;

bool is_negative(const Word& x) {
    return (x & sign_bit) != 0;
}
Word negated(const Word& x) {
    return ~x + 1;
}
Word magnitude(const Word& x) {
    return is_negative(x) ? negated(x) : x;
}
Word truth(bool condition) {
    return condition ? 1 : 0;
}

/// The number of words that so many bytes take.
Word words_of(const Word& size) {
    return size / 32 + (size % 32 != 0 ? 1 : 0);
}

}  // namespace

Result Machine::run() {
    try {
        for (;;) step();
    } catch (const Halt& halt) {
        if (halt.ending == Ending::failure) return {Ending::failure, 0, {}};
        return {halt.ending, gas_, halt.output};
    }
}

Word Machine::pop() {
    if (stack_.empty()) throw Halt{Ending::failure, {}};
    const Word word = stack_.back();
    stack_.pop_back();
    return word;
}

void Machine::push(const Word& word) {
    if (stack_.size() == 1'024) throw Halt{Ending::failure, {}};
    stack_.push_back(word);
}

void Machine::pay(uint64_t gas) {
    if (gas > gas_) throw Halt{Ending::failure, {}};
    gas_ -= gas;
}

void Machine::pay_words(const Word& size, uint64_t price) {
    const Word words = words_of(size);
    if (words > (1u << 30)) throw Halt{Ending::failure, {}};
    pay(static_cast<uint64_t>(words) * price);
}

void Machine::expand(const Word& offset, const Word& size) {
    if (size == 0) return;
    constexpr uint64_t far = uint64_t{1} << 32;  // Costs more than any test has.
    if (offset > far || size > far) throw Halt{Ending::failure, {}};
    const auto end = static_cast<uint64_t>(offset + size);
    const auto price = [](uint64_t words) { return 3 * words + words * words / 512; };
    const uint64_t before = memory_.size() / 32;
    const uint64_t after = end / 32 + (end % 32 != 0 ? 1 : 0);
    if (after <= before) return;
    pay(price(after) - price(before));
    memory_.resize(after * 32);
}

void Machine::refuse_if_static() {
    if (message_.is_static) throw Halt{Ending::failure, {}};
}

Bytes Machine::read(const Word& offset, const Word& size) {
    if (size == 0) return {};
    const auto begin = memory_.begin() + static_cast<ptrdiff_t>(offset);
    return {begin, begin + static_cast<ptrdiff_t>(size)};
}

void Machine::write(const Word& to, const Word& size, BytesView source, const Word& from) {
    if (size == 0) return;
    const BytesView rest =
        from < source.size() ? source.subspan(static_cast<size_t>(from)) : BytesView{};
    const auto begin = static_cast<size_t>(to);
    for (size_t i = 0; i < size; ++i) memory_[begin + i] = i < rest.size() ? rest[i] : 0;
}

uint8_t Machine::code_at(size_t position) const {
    return position < code_.size() ? code_[position] : 0;
}

bool Machine::is_jump_destination(const Word& position) const {
    if (position >= code_.size()) return false;
    for (size_t at = 0; at < code_.size(); ++at) {
        if (position == at) return code_[at] == 0x5b;
        if (code_[at] >= 0x60 && code_[at] <= 0x7f) at += code_[at] - 0x5f;
    }
    return false;
}

uint64_t Machine::access_price(const Address& address) {
    const bool is_cold =
        !is_precompile(address, around_.revision) && !world_.warm.contains(address);
    world_.warm.insert(address);
    return is_cold ? 2'600 : 100;
}

void Machine::step() {
    const uint8_t opcode = code_at(pc_++);
    const bool is_known = arithmetic(opcode) || signed_arithmetic(opcode) || comparison(opcode) ||
                          bits(opcode) || surroundings(opcode) || block(opcode) || data(opcode) ||
                          other_accounts(opcode) || memory(opcode) || storage(opcode) ||
                          flow(opcode) || stack(opcode) || log(opcode) || calls(opcode) ||
                          creations(opcode) || endings(opcode);
    if (!is_known) throw Halt{Ending::failure, {}};
}

bool Machine::arithmetic(uint8_t opcode) {
    using Wide = boost::multiprecision::uint512_t;
    if (opcode == 0x0a) {
        exponentiate();
        return true;
    }
    const bool is_cheap = opcode == 0x01 || opcode == 0x03;
    const bool is_modular = opcode == 0x08 || opcode == 0x09;
    if (!is_cheap && !is_modular && opcode != 0x02 && opcode != 0x04 && opcode != 0x06)
        return false;
    pay(is_cheap ? 3 : is_modular ? 8 : 5);
    const Word a = pop();
    const Word b = pop();
    switch (opcode) {
        case 0x01:
            push(a + b);
            return true;
        case 0x02:
            push(a * b);
            return true;
        case 0x03:
            push(a - b);
            return true;
        case 0x04:
            push(b == 0 ? Word{0} : Word{a / b});
            return true;
        case 0x06:
            push(b == 0 ? Word{0} : Word{a % b});
            return true;
        default: {
            const Word n = pop();
            const Wide wide = opcode == 0x08 ? Wide{a} + Wide{b} : Wide{a} * Wide{b};
            push(n == 0 ? Word{0} : Word{wide % Wide{n}});
            return true;
        }
    }
}

void Machine::exponentiate() {
    pay(10);
    Word base = pop();
    const Word exponent = pop();
    unsigned bytes = 0;
    for (Word rest = exponent; rest != 0; rest >>= 8) ++bytes;
    pay(50 * bytes);
    Word out = 1;
    for (Word rest = exponent; rest != 0; rest >>= 1) {
        if ((rest & 1) != 0) out *= base;
        base *= base;
    }
    push(out);
}

bool Machine::signed_arithmetic(uint8_t opcode) {
    if (opcode != 0x05 && opcode != 0x07 && opcode != 0x0b) return false;
    pay(5);
    const Word a = pop();
    const Word b = pop();
    if (opcode == 0x0b) {
        // SIGNEXTEND: `a` counts the bytes of `b` that stay, less one.
        if (a >= 31) {
            push(b);
            return true;
        }
        const unsigned bit_count = 8 * (static_cast<unsigned>(a) + 1);
        const Word low = (Word{1} << bit_count) - 1;
        const bool is_set = (b >> (bit_count - 1) & 1) != 0;
        push(is_set ? Word{b | ~low} : Word{b & low});
        return true;
    }
    if (b == 0) {
        push(0);
        return true;
    }
    const bool divides = opcode == 0x05;
    const Word size =
        divides ? Word{magnitude(a) / magnitude(b)} : Word{magnitude(a) % magnitude(b)};
    const bool is_below = divides ? is_negative(a) != is_negative(b) : is_negative(a);
    push(is_below ? negated(size) : size);
    return true;
}

bool Machine::comparison(uint8_t opcode) {
    if (opcode < 0x10 || opcode > 0x15) return false;
    pay(3);
    const Word a = pop();
    if (opcode == 0x15) {
        push(truth(a == 0));
        return true;
    }
    const Word b = pop();
    // With the sign bit turned, signed numbers are in the order of unsigned ones.
    const Word x = a ^ sign_bit;
    const Word y = b ^ sign_bit;
    const bool answers[] = {a<b, a> b, x<y, x> y, a == b};
    push(truth(answers[opcode - 0x10]));
    return true;
}

bool Machine::bits(uint8_t opcode) {
    if (opcode < 0x16 || opcode > 0x1e) return false;
    if (opcode == 0x1e && around_.revision < Revision::osaka) return false;
    pay(opcode == 0x1e ? 5 : 3);
    const Word a = pop();
    if (opcode == 0x19) {
        push(~a);
        return true;
    }
    if (opcode == 0x1e) {
        unsigned zeros = 256;
        for (Word rest = a; rest != 0; rest >>= 1) --zeros;
        push(zeros);
        return true;
    }
    const Word b = pop();
    const unsigned shift = a < 256 ? static_cast<unsigned>(a) : 256;
    const auto shifted_right = [&](const Word& x) {
        return shift == 256 ? Word{0} : Word{x >> shift};
    };
    switch (opcode) {
        case 0x16:
            push(a & b);
            break;
        case 0x17:
            push(a | b);
            break;
        case 0x18:
            push(a ^ b);
            break;
        case 0x1a:
            push(a < 32 ? Word{b >> (8 * (31 - static_cast<unsigned>(a))) & 0xff} : Word{0});
            break;
        case 0x1b:
            push(shift == 256 ? Word{0} : Word{b << shift});
            break;
        case 0x1c:
            push(shifted_right(b));
            break;
        default:
            push(is_negative(b) ? Word{~shifted_right(~b)} : shifted_right(b));
    }
    return true;
}

bool Machine::surroundings(uint8_t opcode) {
    const auto answer = [&](const Word& word) {
        pay(opcode == 0x47 ? 5 : 2);
        push(word);
        return true;
    };
    switch (opcode) {
        case 0x30:
            return answer(to_word(message_.self));
        case 0x32:
            return answer(to_word(around_.origin));
        case 0x33:
            return answer(to_word(message_.sender));
        case 0x34:
            return answer(message_.value);
        case 0x36:
            return answer(message_.input.size());
        case 0x38:
            return answer(code_.size());
        case 0x3a:
            return answer(around_.gas_price);
        case 0x3d:
            return answer(return_data_.size());
        case 0x47:
            return answer(world_.look(message_.self).balance);
        case 0x58:
            return answer(pc_ - 1);
        case 0x59:
            return answer(memory_.size());
        default:
            return false;
    }
}

bool Machine::block(uint8_t opcode) {
    if (opcode == 0x40) {
        pay(20);
        const Word wanted = pop();
        const bool is_known = wanted < around_.number && around_.number - wanted <= 256;
        push(is_known ? to_word(BytesView{around_.ancestor_hash(static_cast<uint64_t>(wanted))})
                      : Word{0});
        return true;
    }
    if (opcode == 0x49) {
        pay(3);
        pop();
        push(0);  // There are no blobs here.
        return true;
    }
    const std::map<uint8_t, Word> answers = {
        {0x41, to_word(around_.coinbase)}, {0x42, around_.timestamp},    {0x43, around_.number},
        {0x44, around_.prev_randao},       {0x45, around_.gas_limit},    {0x46, around_.chain_id},
        {0x48, around_.base_fee},          {0x4a, around_.blob_base_fee}};
    const auto found = answers.find(opcode);
    if (found == answers.end()) return false;
    pay(2);
    push(found->second);
    return true;
}

bool Machine::data(uint8_t opcode) {
    if (opcode == 0x20) {
        pay(30);
        const Word offset = pop();
        const Word size = pop();
        pay_words(size, 6);
        expand(offset, size);
        push(to_word(BytesView{keccak256(BytesView{read(offset, size)})}));
        return true;
    }
    if (opcode == 0x35) {
        pay(3);
        const Word from = pop();
        Bytes word(32);
        for (unsigned i = 0; i < 32; ++i)
            if (from < message_.input.size() && from + i < message_.input.size())
                word[i] = message_.input[static_cast<size_t>(from) + i];
        push(to_word(BytesView{word}));
        return true;
    }
    if (opcode != 0x37 && opcode != 0x39 && opcode != 0x3e) return false;
    pay(3);
    const Word to = pop();
    const Word from = pop();
    const Word size = pop();
    const Bytes& source = opcode == 0x37 ? message_.input : opcode == 0x39 ? code_ : return_data_;
    // EIP-211: of what was returned, nothing beyond the end may be asked for.
    if (opcode == 0x3e && (from > source.size() || size > source.size() - from))
        throw Halt{Ending::failure, {}};
    pay_words(size, 3);
    expand(to, size);
    write(to, size, source, from);
    return true;
}

bool Machine::other_accounts(uint8_t opcode) {
    if (opcode != 0x31 && opcode != 0x3b && opcode != 0x3c && opcode != 0x3f) return false;
    const Address address = to_address(pop());
    pay(access_price(address));
    const Account account = world_.look(address);
    if (opcode == 0x31) {
        push(account.balance);
    } else if (opcode == 0x3b) {
        push(account.code.size());
    } else if (opcode == 0x3f) {
        push(account.is_empty() ? Word{0} : to_word(BytesView{keccak256(BytesView{account.code})}));
    } else {
        const Word to = pop();
        const Word from = pop();
        const Word size = pop();
        pay_words(size, 3);
        expand(to, size);
        write(to, size, account.code, from);
    }
    return true;
}

bool Machine::memory(uint8_t opcode) {
    if (opcode < 0x51 || (opcode > 0x53 && opcode != 0x5e)) return false;
    pay(3);
    const Word to = pop();
    if (opcode == 0x51) {
        expand(to, 32);
        push(to_word(BytesView{read(to, 32)}));
    } else if (opcode == 0x5e) {
        const Word from = pop();
        const Word size = pop();
        pay_words(size, 3);
        expand(to, size);
        expand(from, size);
        const Bytes copy = read(from, size);
        write(to, size, copy, 0);
    } else {
        const Hash word = to_bytes(pop());
        const unsigned size = opcode == 0x52 ? 32 : 1;
        expand(to, size);
        write(to, size, word, 32 - size);
    }
    return true;
}

bool Machine::storage(uint8_t opcode) {
    if (opcode == 0x55) {
        store_slot();
        return true;
    }
    if (opcode == 0x54) {
        const Slot slot{message_.self, pop()};
        pay(world_.warm_slots.insert(slot).second ? 2'100 : 100);
        push(world_.load(slot));
        return true;
    }
    if (opcode != 0x5c && opcode != 0x5d) return false;
    pay(100);
    const Slot slot{message_.self, pop()};
    if (opcode == 0x5c) {
        push(world_.transient[slot]);
    } else {
        const Word value = pop();
        refuse_if_static();
        world_.transient[slot] = value;
    }
    return true;
}

/// EIP-2200 as EIP-2929 and EIP-3529 leave it.
void Machine::store_slot() {
    const Slot slot{message_.self, pop()};
    const Word value = pop();
    refuse_if_static();
    if (gas_ <= 2'300) throw Halt{Ending::failure, {}};
    if (world_.warm_slots.insert(slot).second) pay(2'100);
    const Word current = world_.load(slot);
    const Word original = around_.before.load(slot);
    if (value == current) {
        pay(100);
        return;
    }
    if (current == original) {
        pay(original == 0 ? 20'000 : 2'900);
        if (value == 0) world_.refund += 4'800;
    } else {
        pay(100);
        if (original != 0 && current == 0) world_.refund -= 4'800;
        if (original != 0 && value == 0) world_.refund += 4'800;
        if (value == original) world_.refund += original == 0 ? 19'900 : 2'800;
    }
    world_.store(slot, value);
}

void Machine::jump(const Word& position) {
    if (!is_jump_destination(position)) throw Halt{Ending::failure, {}};
    pc_ = static_cast<size_t>(position);
}

bool Machine::flow(uint8_t opcode) {
    if (opcode == 0x56) {
        pay(8);
        jump(pop());
    } else if (opcode == 0x57) {
        pay(10);
        const Word position = pop();
        if (pop() != 0) jump(position);
    } else if (opcode == 0x5a) {
        pay(2);
        push(gas_);
    } else if (opcode == 0x5b) {
        pay(1);
    } else {
        return false;
    }
    return true;
}

bool Machine::stack(uint8_t opcode) {
    if (opcode == 0x50) {
        pay(2);
        pop();
    } else if (opcode >= 0x5f && opcode <= 0x7f) {
        pay(opcode == 0x5f ? 2 : 3);
        Bytes number;
        for (unsigned i = 0x5f; i < opcode; ++i) number.push_back(code_at(pc_++));
        push(to_word(BytesView{number}));
    } else if (opcode >= 0x80 && opcode <= 0x9f) {
        pay(3);
        const bool is_swap = opcode >= 0x90;
        const size_t depth = is_swap ? opcode - 0x8fu + 1 : opcode - 0x7fu;
        if (stack_.size() < depth) throw Halt{Ending::failure, {}};
        Word& there = stack_[stack_.size() - depth];
        if (is_swap)
            std::swap(there, stack_.back());
        else
            push(Word{there});
    } else {
        return false;
    }
    return true;
}

bool Machine::log(uint8_t opcode) {
    if (opcode < 0xa0 || opcode > 0xa4) return false;
    const Word offset = pop();
    const Word size = pop();
    std::vector<Hash> topics;
    for (unsigned i = 0xa0; i < opcode; ++i) topics.push_back(to_bytes(pop()));
    refuse_if_static();
    expand(offset, size);
    pay(375 + 375 * topics.size() + 8 * static_cast<uint64_t>(size));
    world_.logs.push_back({message_.self, std::move(topics), read(offset, size)});
    return true;
}

bool Machine::endings(uint8_t opcode) {
    if (opcode == 0x00) throw Halt{Ending::success, {}};
    if (opcode == 0xff) self_destruct();
    if (opcode != 0xf3 && opcode != 0xfd) return false;
    const Word offset = pop();
    const Word size = pop();
    expand(offset, size);
    throw Halt{opcode == 0xf3 ? Ending::success : Ending::revert, read(offset, size)};
}

}  // namespace plume::reference

// The world of the reference EVM, and what goes from one account to another: calls, creations,
// ends.

#include "reference.hpp"

#include "crypto/keccak.hpp"
#include "evm/call.hpp"
#include "evm/precompiles.hpp"
#include "reference_machine.hpp"

namespace plume::reference {

namespace {

constexpr unsigned depth_max = 1'024;

/// EIP-7702: whom the account lends itself to.
std::optional<Address> delegate_of(const Account& account) {
    const Bytes& code = account.code;
    if (code.size() != 23 || code[0] != 0xef || code[1] != 0x01 || code[2] != 0x00)
        return std::nullopt;
    return Address::from(BytesView{code}.subspan(3));
}

/// All but a 64th (EIP-150), or what is asked for when that is less.
uint64_t share_of(uint64_t gas, const Word& asked) {
    const uint64_t most = gas - gas / 64;
    return asked < most ? static_cast<uint64_t>(asked) : most;
}

Result run_precompile_at(const Surroundings& around, const Message& message) {
    const PrecompileResult done =
        run_precompile(message.code_address, around.revision, message.input, message.gas);
    return {done.success ? Ending::success : Ending::failure, done.gas_left, done.output};
}

}  // namespace

Word to_word(BytesView big_endian) {
    Word out = 0;
    for (const uint8_t byte : big_endian) out = out << 8 | byte;
    return out;
}

Hash to_bytes(const Word& word) {
    Hash out;
    for (unsigned i = 0; i < 32; ++i) out[31 - i] = static_cast<uint8_t>(word >> (8 * i) & 0xff);
    return out;
}

Word to_word(const Address& address) {
    return to_word(BytesView{address});
}

Address to_address(const Word& word) {
    return *Address::from(BytesView{to_bytes(word)}.last(20));
}

Account World::look(const Address& address) const {
    const auto found = accounts.find(address);
    return found == accounts.end() ? Account{} : found->second;
}

Word World::load(const Slot& slot) const {
    const auto account = accounts.find(slot.first);
    if (account == accounts.end()) return 0;
    const auto found = account->second.storage.find(slot.second);
    return found == account->second.storage.end() ? Word{0} : found->second;
}

void World::store(const Slot& slot, const Word& value) {
    auto& storage = accounts[slot.first].storage;
    storage[slot.second] = value;
    if (value == 0) storage.erase(slot.second);
}

void World::move(const Address& from, const Address& to, const Word& amount) {
    accounts[from].balance -= amount;
    accounts[to].balance += amount;
}

Result call(World& world, const Surroundings& around, const Message& message) {
    const World before = world;
    if (message.moves_value) world.move(message.sender, message.self, message.value);
    Result out;
    if (is_precompile(message.code_address, around.revision)) {
        out = run_precompile_at(around, message);
    } else {
        const Account target = world.look(message.code_address);
        const auto delegate = delegate_of(target);
        const Bytes code = delegate ? world.look(*delegate).code : target.code;
        out = Machine(world, around, message, code).run();
    }
    if (out.ending != Ending::success) world = before;
    return out;
}

Result create(World& world, const Surroundings& around, const Message& message, Bytes init_code) {
    const Account there = world.look(message.self);
    if (there.nonce != 0 || !there.code.empty() || !there.storage.empty())
        return {Ending::failure, 0, {}};
    const World before = world;
    world.created.insert(message.self);
    world.accounts[message.self].nonce = 1;
    world.move(message.sender, message.self, message.value);
    Result out = Machine(world, around, message, std::move(init_code)).run();
    if (out.ending == Ending::success) {
        const uint64_t price = 200 * out.output.size();
        const bool is_refused = out.output.size() > 24'576 ||
                                (!out.output.empty() && out.output[0] == 0xef) ||
                                price > out.gas_left;
        if (is_refused)
            out = {Ending::failure, 0, {}};
        else
            out.gas_left -= price;
    }
    if (out.ending == Ending::success)
        world.accounts[message.self].code = out.output;
    else
        world = before;
    return out;
}

void end_transaction(World& world) {
    for (const Address& address : world.destroyed) world.accounts.erase(address);
    std::erase_if(world.accounts, [](const auto& entry) { return entry.second.is_empty(); });
}

bool Machine::calls(uint8_t opcode) {
    if (opcode != 0xf1 && opcode != 0xf2 && opcode != 0xf4 && opcode != 0xfa) return false;
    call(opcode);
    return true;
}

void Machine::call(uint8_t opcode) {
    const bool is_call = opcode == 0xf1;
    const bool is_delegated = opcode == 0xf4;
    const Word asked = pop();
    const Address to = to_address(pop());
    const Word value = is_call || opcode == 0xf2 ? pop() : Word{0};
    const Word input_offset = pop();
    const Word input_size = pop();
    const Word output_offset = pop();
    const Word output_size = pop();
    if (is_call && value != 0) refuse_if_static();
    expand(input_offset, input_size);
    expand(output_offset, output_size);
    pay(access_price(to));
    if (const auto delegate = delegate_of(world_.look(to))) pay(access_price(*delegate));
    if (value != 0) pay(9'000);
    if (value != 0 && is_call && world_.look(to).is_empty()) pay(25'000);
    const uint64_t given = share_of(gas_, asked);
    pay(given);

    Message message;
    message.sender = is_delegated ? message_.sender : message_.self;
    message.self = is_call || opcode == 0xfa ? to : message_.self;
    message.code_address = to;
    message.value = is_delegated ? message_.value : value;
    message.input = read(input_offset, input_size);
    message.gas = given + (value != 0 ? 2'300 : 0);
    message.depth = message_.depth + 1;
    message.is_static = message_.is_static || opcode == 0xfa;
    message.moves_value = is_call;
    Result result{Ending::failure, message.gas, {}};
    if (message.depth <= depth_max && world_.look(message_.self).balance >= value)
        result = reference::call(world_, around_, message);
    gas_ += result.gas_left;
    return_data_ = result.output;
    const size_t size = return_data_.size();
    write(output_offset, output_size < size ? output_size : Word{size}, return_data_, 0);
    push(result.ending == Ending::success ? 1 : 0);
}

bool Machine::creations(uint8_t opcode) {
    if (opcode != 0xf0 && opcode != 0xf5) return false;
    create(opcode == 0xf5);
    return true;
}

void Machine::create(bool has_salt) {
    const Word value = pop();
    const Word offset = pop();
    const Word size = pop();
    const Word salt = has_salt ? pop() : Word{0};
    refuse_if_static();
    if (size > 49'152) throw Halt{Ending::failure, {}};
    expand(offset, size);
    pay(32'000);
    pay_words(size, has_salt ? 8 : 2);
    const Bytes init_code = read(offset, size);
    const Account creator = world_.look(message_.self);
    return_data_.clear();
    if (message_.depth == depth_max || creator.balance < value || creator.nonce == ~uint64_t{0}) {
        push(0);
        return;
    }
    Message message;
    message.sender = message_.self;
    message.self = has_salt ? created_address(message_.self, to_bytes(salt), init_code)
                            : created_address(message_.self, creator.nonce);
    message.value = value;
    message.gas = share_of(gas_, gas_);
    message.depth = message_.depth + 1;
    pay(message.gas);
    ++world_.accounts[message_.self].nonce;
    world_.warm.insert(message.self);
    const Result result = reference::create(world_, around_, message, init_code);
    gas_ += result.gas_left;
    if (result.ending == Ending::revert) return_data_ = result.output;
    push(result.ending == Ending::success ? to_word(message.self) : Word{0});
}

/// EIP-6780.
void Machine::self_destruct() {
    pay(5'000);
    const Address heir = to_address(pop());
    refuse_if_static();
    if (access_price(heir) == 2'600) pay(2'600);
    const Word balance = world_.look(message_.self).balance;
    if (balance != 0 && world_.look(heir).is_empty()) pay(25'000);
    world_.move(message_.self, heir, balance);
    if (world_.created.contains(message_.self)) {
        world_.destroyed.insert(message_.self);
        if (heir == message_.self) world_.accounts[heir].balance = 0;
    }
    throw Halt{Ending::success, {}};
}

}  // namespace plume::reference

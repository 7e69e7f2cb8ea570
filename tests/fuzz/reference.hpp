// A second EVM, for tests only: as plain as it can be, so that it can be held against the Yellow
// Paper and the EIPs line by line. It looks at everything anew for each instruction, undoes a call
// by keeping a copy of the world, and shares nothing with the first one but hashes, addresses and
// the precompiles. Numbers are Boost's.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <map>
#include <set>

#include "base/bytes.hpp"
#include "evm/revision.hpp"
#include "types/block.hpp"

namespace plume::reference {

using Word = boost::multiprecision::uint256_t;

Word to_word(BytesView big_endian);
Hash to_bytes(const Word& word);
Word to_word(const Address& address);
Address to_address(const Word& word);

struct Account {
    Word balance;
    uint64_t nonce = 0;
    Bytes code;
    std::map<Word, Word> storage;  ///< without zeros

    bool is_empty() const { return balance == 0 && nonce == 0 && code.empty(); }
};

using Slot = std::pair<Address, Word>;

/// Everything that a call can change, and that comes back when it fails.
struct World {
    std::map<Address, Account> accounts;
    std::map<Slot, Word> transient;
    std::set<Address> warm;
    std::set<Slot> warm_slots;
    std::set<Address> created;
    std::set<Address> destroyed;
    std::vector<Log> logs;
    int64_t refund = 0;

    /// What is at the address; something empty where nothing is.
    Account look(const Address& address) const;
    Word load(const Slot& slot) const;
    void store(const Slot& slot, const Word& value);
    void move(const Address& from, const Address& to, const Word& amount);
};

/// What does not change while a transaction runs.
struct Surroundings {
    Revision revision = Revision::osaka;
    Address origin;
    Address coinbase;
    Word gas_price;
    Word number;
    Word timestamp;
    Word prev_randao;
    Word gas_limit;
    Word chain_id;
    Word base_fee;
    Word blob_base_fee;
    Hash (*ancestor_hash)(uint64_t number) = nullptr;
    World before;  ///< as the transaction found it (EIP-2200)
};

struct Message {
    Address sender;
    Address self;
    Address code_address;
    Word value;  ///< as CALLVALUE shows it
    Bytes input;
    uint64_t gas = 0;
    unsigned depth = 0;
    bool is_static = false;
    bool moves_value = true;
};

enum class Ending { success, revert, failure };

struct Result {
    Ending ending = Ending::success;
    uint64_t gas_left = 0;
    Bytes output;
};

/// A call of a contract or an account.
Result call(World& world, const Surroundings& around, const Message& message);

/// A creation at `message.self`, whose nonce, gas and depth the creator has seen to.
Result create(World& world, const Surroundings& around, const Message& message, Bytes init_code);

/// What the end of a transaction does: the destroyed and the empty go (EIP-161, EIP-6780).
void end_transaction(World& world);

}  // namespace plume::reference

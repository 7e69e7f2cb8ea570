// What is on disk: the tables, and the only place where their keys are made.
//
//   number = block number, 8 bytes       index = place in the block, 4 bytes      (both big-endian,
//   so sorted) owner  = keccak256(address)          key   = keccak256 of the slot's 32-byte word
//   path   = size byte, then its nibbles, two a byte, the last one padded with 0
//
//   meta       "identity"                    -> rlp [format, chain id, genesis hash]
//              "head"                        -> number
//              "development"                 -> "": it has had what only a development chain may
//              "root" number                 -> the state root after that block and the edits
//                                                 that followed it
//              "kept"                        -> number of the lowest block whose state can be
//                                                 read; none: 0
//              "swept"                       -> number: the history has no entry of this block or
//                                                 one before it
//   headers    number                        -> rlp [transaction count, block hash, header]
//   numbers    block hash                    -> number
//   bodies     number index                  -> rlp [raw transaction, sender]
//   receipts   number index                  -> rlp [type, success, cumulative gas, gas, price,
//   created,
//                                                    first log index, [[address, [topic...],
//                                                    data]...]]
//   tx_index   transaction hash              -> number index
//   log_index  0 number                      -> ""     the block has logs
//              1 address number              -> ""     ... from this address
//              2+i topic number              -> ""     ... with this topic at position i
//   codes      code hash                     -> code
//              owner, key                    -> address, slot; of a development chain
//   accounts   owner                         -> the leaf of the account trie
//   slots      owner key                     -> the leaf of the account's storage trie
//   branches   owner path                    -> rlp of a trie's branch or extension node; owner 0:
//   account trie history    "a" owner number              -> what accounts, slots and branches held
//   under that key before
//              "s" owner key number             the block of that number; "" for nothing. Value as
//              of block n = "b" owner path number            the first entry with number > n, else
//              what the table holds.
//
// No key of a table begins with another one of it, so that a key's history lies together and alone.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "base/bytes.hpp"
#include "trie/trie.hpp"

namespace plume {

/// Counts up with every change of this file that older data does not follow. Data of a newer format
/// is refused.
inline constexpr uint32_t format_version = 1;

enum class Table : uint8_t {
    meta,
    headers,
    numbers,
    bodies,
    receipts,
    tx_index,
    log_index,
    codes,
    accounts,
    slots,
    branches,
    history,
};

/// How a table is used, which decides how the engine lays it out.
enum class Access : uint8_t {
    by_key,    ///< mostly hashes, mostly looked up one by one: filters, no compression
    in_order,  ///< written in order or read in rows: compressed
};

struct TableSpec {
    Table table;
    const char* name;
    Access access;
};

/// In the order of `Table`.
inline constexpr std::array<TableSpec, 12> tables{{
    {Table::meta, "default", Access::by_key},  // RocksDB insists on a table of this name.
    {Table::headers, "headers", Access::in_order},
    {Table::numbers, "numbers", Access::by_key},
    {Table::bodies, "bodies", Access::in_order},
    {Table::receipts, "receipts", Access::in_order},
    {Table::tx_index, "tx_index", Access::by_key},
    {Table::log_index, "log_index", Access::in_order},
    {Table::codes, "codes", Access::in_order},
    {Table::accounts, "accounts", Access::by_key},
    {Table::slots, "slots", Access::by_key},
    {Table::branches, "branches", Access::by_key},
    {Table::history, "history", Access::in_order},
}};

/// A key under construction. Ordered as the engine orders: byte by byte.
class Key {
public:
    /// The longest is a branch's in the history: "b" owner size path number.
    static constexpr size_t size_max = 1 + 32 + 1 + 32 + 8;

    Key() = default;
    explicit Key(BytesView bytes) { add(bytes); }

    size_t size() const { return size_; }
    operator BytesView() const { return {bytes_.data(), size_}; }

    Key& add(BytesView bytes) {
        std::memcpy(bytes_.data() + size_, bytes.data(), bytes.size());
        size_ += static_cast<uint8_t>(bytes.size());
        return *this;
    }
    Key& add(uint8_t byte) {
        bytes_[size_++] = byte;
        return *this;
    }
    Key& add_number(uint64_t number) { return add_big_endian(number, 8); }
    Key& add_index(uint32_t index) { return add_big_endian(index, 4); }

    friend bool operator==(const Key& a, const Key& b) { return equal(a, b); }
    friend bool operator<(const Key& a, const Key& b) {
        const int order = std::memcmp(a.bytes_.data(), b.bytes_.data(), std::min(a.size_, b.size_));
        return order != 0 ? order < 0 : a.size_ < b.size_;
    }

private:
    Key& add_big_endian(uint64_t value, unsigned size) {
        for (unsigned i = size; i-- > 0;) add(static_cast<uint8_t>(value >> (8 * i)));
        return *this;
    }

    std::array<uint8_t, size_max> bytes_;
    uint8_t size_ = 0;
};

namespace schema {

inline Key meta_identity() {
    return Key(view_of("identity"));
}
inline Key meta_head() {
    return Key(view_of("head"));
}
inline Key meta_development() {
    return Key(view_of("development"));
}
inline Key meta_kept() {
    return Key(view_of("kept"));
}
inline Key meta_swept() {
    return Key(view_of("swept"));
}
/// All keys of edited roots begin with this.
inline Key meta_roots() {
    return Key(view_of("root"));
}
inline Key meta_root(uint64_t block_number) {
    return meta_roots().add_number(block_number);
}

inline Key number(uint64_t block_number) {
    return Key().add_number(block_number);
}
inline Key place(uint64_t block_number, uint32_t index) {
    return Key().add_number(block_number).add_index(index);
}

inline Key account(const Hash& owner) {
    return Key(owner);
}
inline Key slot(const Hash& owner, const Hash& key) {
    return Key(owner).add(key);
}

inline Key branch(const Hash& owner, const Nibbles& path) {
    Key out(owner);
    out.add(static_cast<uint8_t>(path.size()));
    for (size_t i = 0; i < path.size(); i += 2)
        out.add(static_cast<uint8_t>(path[i] << 4 | (i + 1 < path.size() ? path[i + 1] : 0)));
    return out;
}

/// The table that a key of the history speaks of.
inline Table table_of_history(BytesView key) {
    return key[0] == 'a' ? Table::accounts : key[0] == 's' ? Table::slots : Table::branches;
}
/// All of a key's history begins with this; `table` is accounts, slots or branches.
inline Key history(Table table, BytesView key) {
    const char tag = table == Table::accounts ? 'a' : table == Table::slots ? 's' : 'b';
    return Key().add(static_cast<uint8_t>(tag)).add(key);
}
inline Key history(Table table, BytesView key, uint64_t block_number) {
    return history(table, key).add_number(block_number);
}

/// The table that holds the leaves of `owner`'s trie.
inline Table leaf_table(const TrieOwner& owner) {
    return owner.is_zero() ? Table::accounts : Table::slots;
}
/// The leaf `key` of `owner`'s trie.
inline Key leaf(const TrieOwner& owner, const Hash& key) {
    return owner.is_zero() ? account(key) : slot(owner, key);
}
/// The smallest hash that begins with `prefix`.
inline Hash floor_of(const Nibbles& prefix) {
    Hash out;
    for (size_t i = 0; i < prefix.size(); ++i)
        out[i / 2] |= static_cast<uint8_t>(i % 2 == 0 ? prefix[i] << 4 : prefix[i]);
    return out;
}

/// The history lies in so many parts, each begun by one of these keys: its tags, and below each the
/// owners by their first four bits.
inline constexpr unsigned history_parts = 48;
inline Key history_part(unsigned part) {
    constexpr std::array tags{'a', 'b', 's'};
    return Key()
        .add(static_cast<uint8_t>(tags[part / 16]))
        .add(static_cast<uint8_t>(part % 16 << 4));
}

inline Key any_log() {
    return Key().add(uint8_t{0});
}
inline Key log_address(const Address& address) {
    return Key().add(uint8_t{1}).add(address);
}
inline Key log_topic(size_t position, const Hash& topic) {
    return Key().add(static_cast<uint8_t>(2 + position)).add(topic);
}

/// The block number at the end of a key or value that has one there.
inline uint64_t trailing_number(BytesView key) {
    uint64_t out = 0;
    for (const uint8_t byte : key.last(8)) out = out << 8 | byte;
    return out;
}

}  // namespace schema

inline bool starts_with(BytesView bytes, BytesView prefix) {
    return bytes.size() >= prefix.size() && equal(bytes.first(prefix.size()), prefix);
}

}  // namespace plume

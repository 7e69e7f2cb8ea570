#include "store/past.hpp"

#include <algorithm>

namespace plume {

std::optional<Bytes> read_as_of(const Snapshot& snapshot, Table table, BytesView key,
                                uint64_t number) {
    const Key own = schema::history(table, key);
    Cursor history = snapshot.cursor(Table::history);
    history.seek(Key(own).add_number(number + 1));
    if (!history.valid() || !starts_with(history.key(), own)) return snapshot.get(table, key);
    if (history.value().empty()) return std::nullopt;
    return to_bytes(history.value());
}

std::optional<Hash> leaf_below(const Cursor& cursor, const TrieOwner& owner, size_t skip,
                               const Nibbles& prefix) {
    if (!cursor.valid()) return std::nullopt;
    const BytesView key = cursor.key().subspan(skip);
    const size_t owner_size = owner.is_zero() ? 0 : Hash::size;
    if (owner_size != 0 && !starts_with(key, owner)) return std::nullopt;
    const Hash leaf = *Hash::from(key.subspan(owner_size, Hash::size));
    if (!Nibbles(leaf).starts_with(prefix)) return std::nullopt;
    return leaf;
}

std::optional<Leaf> first_leaf_now(const Snapshot& snapshot, const TrieOwner& owner,
                                   const Nibbles& prefix) {
    Cursor cursor = snapshot.cursor(schema::leaf_table(owner));
    cursor.seek(schema::leaf(owner, schema::floor_of(prefix)));
    const auto key = leaf_below(cursor, owner, 0, prefix);
    if (!key) return std::nullopt;
    return Leaf{*key, to_bytes(cursor.value())};
}

// The smallest key is in the table or, if it was removed since, in the history: both are walked
// side by side, past the keys that did not exist then.
std::optional<Leaf> first_leaf_as_of(const Snapshot& snapshot, const TrieOwner& owner,
                                     const Nibbles& prefix, uint64_t number) {
    const Table table = schema::leaf_table(owner);
    const Key floor = schema::leaf(owner, schema::floor_of(prefix));
    Cursor now = snapshot.cursor(table);
    Cursor past = snapshot.cursor(Table::history);
    const Key tag = schema::history(table, {});
    now.seek(floor);
    past.seek(schema::history(table, floor));
    for (;;) {
        const auto key_now = leaf_below(now, owner, 0, prefix);
        const bool in_table_history = past.valid() && starts_with(past.key(), tag);
        const auto key_past =
            in_table_history ? leaf_below(past, owner, tag.size(), prefix) : std::nullopt;
        if (!key_now && !key_past) return std::nullopt;
        const Hash key = !key_now    ? *key_past
                         : !key_past ? *key_now
                                     : std::min(*key_now, *key_past);
        const Key full = schema::leaf(owner, key);
        if (auto value = read_as_of(snapshot, table, full, number))
            return Leaf{key, std::move(*value)};
        if (key_now == key) now.next();
        // No block has the highest number, so this lands behind all of the key's history.
        if (key_past == key) past.seek(schema::history(table, full, ~uint64_t{0}));
    }
}

}  // namespace plume

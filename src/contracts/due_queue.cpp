#include "contracts/due_queue.hpp"

#include <algorithm>

#include "base/result.hpp"

namespace plume::due_queue {

namespace {

constexpr u256 base = namespace_slot("plume.dueQueue");

constexpr Slot<uint64_t> size_slot{base};
constexpr Map<uint64_t, u256> entry_words{{base + u256{1u}}};
constexpr Map<uint64_t, u256> index_words{{base + u256{2u}}};

/// Children fill whole slots when the root stands at 3: those of node p begin at 4 (p - 2).
constexpr uint64_t root = 3;
constexpr uint64_t fan_out = 4;
constexpr uint64_t parent_of(uint64_t place) {
    return place / fan_out + 2;
}
constexpr uint64_t first_child_of(uint64_t place) {
    return fan_out * (place - 2);
}

constexpr unsigned entry_bits = 128;
constexpr unsigned place_bits = 32;
constexpr uint64_t places_per_word = 8;

/// The bits of `word` from `shift` on, replaced.
u256 with_bits(const u256& word, unsigned shift, unsigned width, const u256& bits) {
    const u256 mask = ((u256{1u} << width) - u256{1u}) << shift;
    return (word & ~mask) | bits << shift;
}

unsigned entry_shift(uint64_t place) {
    return place % 2 == 0 ? 0 : entry_bits;
}

Entry read(const Contract& contract, uint64_t place) {
    const u256 word = contract.get(entry_words[place / 2]) >> entry_shift(place);
    return {(word >> 64).low64(), word.low64()};
}

unsigned place_shift(uint64_t id) {
    return static_cast<unsigned>(id % places_per_word) * place_bits;
}

/// Where `id` stands; 0 when it does not wait.
uint64_t place_of(const Contract& contract, uint64_t id) {
    const u256 word = contract.get(index_words[id / places_per_word]) >> place_shift(id);
    return word.low64() & 0xffff'ffffu;
}

void index(Contract& contract, uint64_t id, uint64_t place) {
    const auto slot = index_words[id / places_per_word];
    contract.set(slot, with_bits(contract.get(slot), place_shift(id), place_bits, u256{place}));
}

void write_bits(Contract& contract, uint64_t place, const u256& bits) {
    const auto slot = entry_words[place / 2];
    contract.set(slot, with_bits(contract.get(slot), entry_shift(place), entry_bits, bits));
}

void put(Contract& contract, uint64_t place, const Entry& entry) {
    write_bits(contract, place, u256{entry.time} << 64 | u256{entry.id});
    index(contract, entry.id, place);
}

/// One behind the last place that is taken.
uint64_t end_place(const Contract& contract) {
    return root + size(contract);
}

/// Puts `entry` where it belongs above or at the hole at `place`.
void rise(Contract& contract, uint64_t place, const Entry& entry) {
    while (place > root) {
        const Entry parent = read(contract, parent_of(place));
        if (parent < entry) break;
        put(contract, place, parent);
        place = parent_of(place);
    }
    put(contract, place, entry);
}

/// Puts `entry` where it belongs below or at the hole at `place`.
void sink(Contract& contract, uint64_t place, const Entry& entry) {
    const uint64_t end = end_place(contract);
    for (;;) {
        const uint64_t child = first_child_of(place);
        uint64_t least_place = 0;
        Entry least = entry;
        for (uint64_t each = child; each < std::min(child + fan_out, end); ++each) {
            const Entry candidate = read(contract, each);
            if (least < candidate) continue;
            least = candidate;
            least_place = each;
        }
        if (least_place == 0) break;
        put(contract, place, least);
        place = least_place;
    }
    put(contract, place, entry);
}

void settle(Contract& contract, uint64_t place, const Entry& entry) {
    if (place > root && entry < read(contract, parent_of(place)))
        rise(contract, place, entry);
    else
        sink(contract, place, entry);
}

}  // namespace

uint64_t size(const Contract& contract) {
    return contract.get(size_slot);
}

std::optional<Entry> first(const Contract& contract) {
    if (size(contract) == 0) return std::nullopt;
    return read(contract, root);
}

std::optional<uint64_t> time_of(const Contract& contract, uint64_t id) {
    const uint64_t place = place_of(contract, id);
    if (place == 0) return std::nullopt;
    return read(contract, place).time;
}

std::vector<Entry> list(const Contract& contract, uint64_t start, uint64_t count) {
    std::vector<Entry> out;
    const uint64_t all = size(contract);
    for (uint64_t i = start; i < all && out.size() < count; ++i)
        out.push_back(read(contract, root + i));
    return out;
}

void add(Contract& contract, const Entry& entry) {
    const uint64_t before = size(contract);
    contract.require(before < entries_max, QueueFull{u256{entries_max}});
    contract.set(size_slot, before + 1);
    rise(contract, root + before, entry);
}

void move(Contract& contract, const Entry& entry) {
    const uint64_t place = place_of(contract, entry.id);
    check(place != 0, "only what waits is moved");
    settle(contract, place, entry);
}

void remove(Contract& contract, uint64_t id) {
    const uint64_t place = place_of(contract, id);
    check(place != 0, "only what waits is removed");
    const uint64_t last = end_place(contract) - 1;
    const Entry moved = read(contract, last);
    write_bits(contract, last, {});
    index(contract, id, 0);
    contract.set(size_slot, size(contract) - 1);
    if (place != last) settle(contract, place, moved);
}

namespace {

std::optional<std::string> broken_at(const Contract& contract, uint64_t place) {
    const uint64_t end = end_place(contract);
    const Entry entry = read(contract, place);
    if (place < root || place >= end || place_of(contract, entry.id) != place)
        return "S-4: the index misses job " + std::to_string(entry.id);
    if (place > root && entry < read(contract, parent_of(place)))
        return "S-4: job " + std::to_string(entry.id) + " is before its parent";
    const uint64_t child = first_child_of(place);
    for (uint64_t each = child; each < std::min(child + fan_out, end); ++each)
        if (read(contract, each) < entry)
            return "S-4: job " + std::to_string(entry.id) + " is behind its child";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> broken_around(const Contract& contract, uint64_t id) {
    if (size(contract) == 0) return std::nullopt;
    if (auto broken = broken_at(contract, root)) return broken;
    const uint64_t place = place_of(contract, id);
    return place == 0 ? std::nullopt : broken_at(contract, place);
}

u256 growth(const Contract& contract) {
    return u256{size(contract)} - u256{contract.before(size_slot)};
}

}  // namespace plume::due_queue

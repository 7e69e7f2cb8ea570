#include "store/read_memory.hpp"

#include <cstring>

namespace plume {

namespace {

uint64_t last_bytes(BytesView bytes) {
    uint64_t out;
    std::memcpy(&out, bytes.data() + bytes.size() - sizeof out, sizeof out);
    return out;
}

/// Spreads what differs in a few bits only, wherever they are (Fibonacci hashing: 2^64 over the
/// golden ratio).
uint64_t spread(uint64_t bits) {
    return ((bits ^ bits >> 32) * 0x9e3779b97f4a7c15) >> 32;
}

struct SlotName {
    Address address;
    u256 slot;

    friend bool operator==(const SlotName&, const SlotName&) = default;
};

uint64_t place_of(const Address& address) {
    return spread(last_bytes(address));
}
uint64_t place_of(const Hash& hash) {
    return spread(last_bytes(hash));
}
uint64_t place_of(const SlotName& name) {
    const auto word = to_word(name.slot);
    return spread(last_bytes(name.address) + 3 * spread(last_bytes(word)) +
                  5 * last_bytes(BytesView(word).first(sizeof(uint64_t))));
}

/// Something at its place. Whoever raises the flag may look at it.
template <class Name, class Value>
struct Place {
    std::atomic_flag is_taken;
    uint64_t version = 0;
    Name name{};
    Value value{};
};

template <class Name, class Value, size_t count>
class Memory {
public:
    std::optional<Value> find(uint64_t version, const Name& name) {
        auto& place = places_[place_of(name) % count];
        if (place.is_taken.test_and_set(std::memory_order_acquire)) return std::nullopt;
        std::optional<Value> out;
        if (place.version == version && place.name == name) out = place.value;
        place.is_taken.clear(std::memory_order_release);
        return out;
    }
    void keep(uint64_t version, const Name& name, Value value) {
        auto& place = places_[place_of(name) % count];
        if (place.is_taken.test_and_set(std::memory_order_acquire)) return;
        place.version = version;
        place.name = name;
        std::swap(place.value, value);
        place.is_taken.clear(std::memory_order_release);
    }

private:
    std::array<Place<Name, Value>, count> places_;
};

/// The version of what never changes.
constexpr uint64_t any_version = 1;

}  // namespace

struct ReadMemory::Places {
    Memory<Address, std::optional<AccountFields>, account_count> accounts;
    Memory<SlotName, u256, slot_count> slots;
    Memory<Hash, std::shared_ptr<const Bytes>, code_count> codes;
};

ReadMemory::ReadMemory() : places_(std::make_unique<Places>()) {}
ReadMemory::~ReadMemory() = default;

std::optional<std::optional<AccountFields>> ReadMemory::account(uint64_t version,
                                                                const Address& address) const {
    return places_->accounts.find(version, address);
}

void ReadMemory::keep(uint64_t version, const Address& address,
                      const std::optional<AccountFields>& fields) {
    places_->accounts.keep(version, address, fields);
}

std::optional<u256> ReadMemory::storage(uint64_t version, const Address& address,
                                        const u256& slot) const {
    return places_->slots.find(version, {address, slot});
}

void ReadMemory::keep(uint64_t version, const Address& address, const u256& slot,
                      const u256& value) {
    places_->slots.keep(version, {address, slot}, value);
}

std::optional<Bytes> ReadMemory::code(const Hash& code_hash) const {
    const auto found = places_->codes.find(any_version, code_hash);
    if (!found) return std::nullopt;
    return **found;
}

void ReadMemory::keep(const Hash& code_hash, const Bytes& code) {
    places_->codes.keep(any_version, code_hash, std::make_shared<const Bytes>(code));
}

}  // namespace plume

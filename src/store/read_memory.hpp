// What was last read of the newest state, by name. Clients ask for the same accounts and contracts
// over and over: whoever finds them here is spared a hash, a search in the database and decoding.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>

#include "state/view.hpp"

namespace plume {

/// Each thing has one place, which it shares with others: the last one keeps it. So its size never
/// changes. What was read of one version of the state is not found in another. Any thread; nobody
/// waits: who meets another at a place goes without.
class ReadMemory {
public:
    static constexpr size_t account_count = 4'096;
    static constexpr size_t slot_count = 8'192;
    static constexpr size_t code_count = 64;

    ReadMemory();
    ~ReadMemory();
    ReadMemory(const ReadMemory&) = delete;
    ReadMemory& operator=(const ReadMemory&) = delete;

    /// Nothing when it is not known; an account that does not exist can be known, too. `version` is
    /// at least 1.
    std::optional<std::optional<AccountFields>> account(uint64_t version,
                                                        const Address& address) const;
    void keep(uint64_t version, const Address& address, const std::optional<AccountFields>& fields);

    std::optional<u256> storage(uint64_t version, const Address& address, const u256& slot) const;
    void keep(uint64_t version, const Address& address, const u256& slot, const u256& value);

    /// Codes are the same in every version.
    std::optional<Bytes> code(const Hash& code_hash) const;
    void keep(const Hash& code_hash, const Bytes& code);

private:
    struct Places;
    std::unique_ptr<Places> places_;
};

}  // namespace plume

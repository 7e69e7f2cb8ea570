// What contracts print in development: calls to the address that Hardhat's and Foundry's
// console.sol call, as text.
#pragma once

#include <functional>
#include <string>

#include "evm/tracer.hpp"

namespace plume {

/// "console.log" in ASCII. Nothing is there, so that the calls succeed on every chain.
extern const Address console_address;

/// Bytes of one message that are printed.
inline constexpr size_t console_text_max = 4'096;
/// Messages of one block that are printed.
inline constexpr size_t console_count_max = 1'000;

/// The text of console.log(...) with this calldata, formatted as console.log in JavaScript does:
/// %s, %d, %i, %o, %j in a first string take what follows, the rest stands behind. Nothing when it
/// is none of console.sol's functions.
std::optional<std::string> console_text(BytesView calldata);

/// Hands every message of the transactions it watches to `print`, those of failed ones, too.
class Console final : public Tracer {
public:
    explicit Console(std::function<void(const std::string&)> print) : print_(std::move(print)) {}

    void enter(const Message& message, BytesView code, const NativeType* native) override;
    void leave(const CallResult&) override {}

private:
    std::function<void(const std::string&)> print_;
    size_t count_ = 0;
};

}  // namespace plume

// Bytes that are nobody else's business: wiped from memory when they go; and chance for new keys.
#pragma once

#include <string>
#include <string_view>

#include "crypto/signature.hpp"

namespace plume {

/// A password, or a text that holds a key. Never logged.
class Secret {
public:
    Secret() = default;
    /// Takes the text and wipes where it came from.
    explicit Secret(std::string&& text);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    std::string_view text() const { return text_; }

private:
    std::string text_;
};

/// Overwrites what the compiler might think is not needed any more.
void wipe(std::span<uint8_t> bytes);

/// From the system's generator. Any thread.
Bytes random_bytes(size_t size);
PrivateKey random_key();

}  // namespace plume

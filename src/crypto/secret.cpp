#include "crypto/secret.hpp"

#include <sodium.h>

#include <utility>

#include "base/result.hpp"

namespace plume {

namespace {

/// Short texts live inside their object, so that moving one copies it: what is left is wiped whole.
void wipe_text(std::string& text) {
    text.resize(text.capacity());
    sodium_memzero(text.data(), text.size());
    text.clear();
}

}  // namespace

Secret::Secret(std::string&& text) : text_(text) {
    wipe_text(text);
}

Secret::Secret(Secret&& other) noexcept : text_(other.text_) {
    wipe_text(other.text_);
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe_text(text_);
    text_ = other.text_;
    wipe_text(other.text_);
    return *this;
}

Secret::~Secret() {
    wipe_text(text_);
}

void wipe(std::span<uint8_t> bytes) {
    sodium_memzero(bytes.data(), bytes.size());
}

Bytes random_bytes(size_t size) {
    check(sodium_init() >= 0, "the system has a generator of random bytes");
    Bytes out(size);
    randombytes_buf(out.data(), out.size());
    return out;
}

PrivateKey random_key() {
    for (;;) {
        Bytes bytes = random_bytes(32);
        const auto key = PrivateKey::from(bytes);
        wipe(bytes);
        // All but one in 2^128 numbers are keys.
        if (key) return *key;
    }
}

}  // namespace plume

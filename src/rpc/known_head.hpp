// The head of a request that was let in, by which the next of its kind is known without being taken
// apart again: clients send the same head over and over, but for the length of the body.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace plume::rpc {

class KnownHead {
public:
    /// Heads of more bytes are not kept in mind.
    static constexpr size_t size_max = 2'048;
    /// Digits of a length that is known again; a number of more has to be looked at.
    static constexpr size_t length_digits_max = 7;

    /// Of a head with its empty line, which was found to be unambiguous (rpc/admission.hpp) and to
    /// have a body with a Content-Length. Nothing when it is too large.
    static std::optional<KnownHead> of(std::string_view head);

    struct Sizes {
        size_t head = 0;
        size_t body = 0;
    };
    /// What begins `text`, when it is a whole head that differs from this one in nothing but the
    /// digits of its Content-Length.
    std::optional<Sizes> match(std::string_view text) const;

private:
    std::string before_;  ///< up to the digits
    std::string after_;
};

}  // namespace plume::rpc
